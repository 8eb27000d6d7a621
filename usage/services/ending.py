"""Ending a reading: which slots are whole now, which lack somebody, and when each is to be read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agora.vocabulary import Interval
from polling.models import PollSlot
from polling.periods import DAY, days_between, first_of_month, next_sweep, usage_asked_again_at, utc_day
from polling.series import Kind, Owner
from polling.services import slots
from usage.services.expect import Situation, days_of
from usage.services.plan import Facts, Moment, Range, still_growing, without


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """The periods of which somebody in use is not known, and those of which somebody idle waits for a turn."""

    open: Collection[dt.date]
    idle: Collection[dt.date]


def end_slots(
    situation: Situation,
    ended: Sequence[PollSlot],
    *,
    silent: Collection[Owner],
    errors: Mapping[dt.date, str],
    everybody: bool,
    now: dt.datetime,
) -> None:
    """Mark slots complete of which everybody is known, and say when they are read again.

    `ended` are the slots of the reading as they are stored. Nobody waits for a company or project that Agora has
    closed: it stays a gap of its own; `errors` tell of some periods why somebody else did not answer, who is asked
    again with the next sweep. Who was `silent`, for either reason, is not asked again at once. A slot for which
    somebody is still to be asked stays due.
    """
    due = [slot.period for slot in ended if everybody or is_waiting(slot, now)]
    failing = [slot.period for slot in ended if slot.failing_since]
    still_due = periods_still_due(situation, {*due, *failing}, silent)
    lacking = lacking_periods(situation, [slot.period for slot in ended])
    for slot in ended:
        error = errors.get(slot.period, "")
        unanswered = error or (slot.failing_since and slot.period in still_due)
        if unanswered and slot.period not in due and slot.period not in lacking.open:
            continue  # It stays as it is: of a look-back that failed, the series keep that their turn was not taken.
        asked = slot.period in due and slot.period not in still_due
        again_at = next_time(situation, slot.period, silent, now) if asked else slot.next_attempt_at
        if error and asked:
            sweep = next_sweep(now, situation.moment.pace.every)
            again_at = min(again_at, sweep) if again_at else sweep
        end_slot(slot, lacking=lacking, error=error, asked=asked, again_at=again_at, now=now)


def put_off(situation: Situation, due: Sequence[PollSlot], now: dt.datetime) -> None:
    """Let slots that are due wait for which nobody is to be asked; one that nobody lacks is complete.

    Of one that could not be read again nothing was confirmed now.
    """
    still_due = periods_still_due(situation, [slot.period for slot in due], ())
    lacking = lacking_periods(situation, [slot.period for slot in due])
    for slot in (slot for slot in due if slot.period not in still_due):
        again_at = next_time(situation, slot.period, (), now)
        if slot.period in lacking.open:
            PollSlot.objects.filter(pk=slot.pk).update(next_attempt_at=again_at or now + DAY)
        else:
            end_slot(slot, lacking=lacking, error="", asked=not slot.last_error, again_at=again_at, now=now)


def is_waiting(slot: PollSlot, now: dt.datetime) -> bool:
    """Whether the time of a slot has come."""
    return slot.next_attempt_at is not None and slot.next_attempt_at <= now


def end_slot(
    slot: PollSlot, *, lacking: Lacking, error: str, asked: bool, again_at: dt.datetime | None, now: dt.datetime
) -> None:
    """Mark one slot; `asked` says that all who are in use have been asked since it was due."""
    stored = PollSlot.objects.filter(pk=slot.pk)
    if error or slot.period in lacking.open:
        slots.leave_partial(stored, error=error, now=now, again_at=again_at)
        return
    if asked:
        stored.update(active_complete_at=now)
    if slot.period in lacking.idle:
        slots.leave_to_idle(stored, again_at=again_at)
        return
    confirmed_at = now if asked else slot.last_complete_at or slot.active_complete_at or now
    slots.confirm(stored, now=now, confirmed_at=confirmed_at, again_at=again_at)


def next_time(situation: Situation, period: dt.date, silent: Collection[Owner], now: dt.datetime) -> dt.datetime | None:
    """When a period is asked again of those who are in use: as soon as the first of them is to be."""
    kind, moment = situation.kind, situation.moment
    first_day, _ = days_of(kind, period, moment.since, moment.today)
    found = ((owner, situation.facts[owner]) for owner in situation.asked if owner not in silent)
    asked_at = min(
        (
            facts.checked_at
            for _owner, facts in found
            if facts.checked_at and facts.checked_from <= first_day and moment.is_in_use(facts)
        ),
        default=now,
    )
    again_at = usage_asked_again_at(period, kind.interval, asked_at, moment.pace.every)
    if again_at and again_at <= now:
        return usage_asked_again_at(period, kind.interval, now, moment.pace.every)
    return again_at


def periods_still_due(situation: Situation, periods: Iterable[dt.date], silent: Collection[Owner]) -> set[dt.date]:
    """The periods for which somebody is still to be asked."""
    moment = situation.moment
    ranges = {period: days_of(situation.kind, period, moment.since, moment.today) for period in periods}
    wanted = situation.days_wanted(list(ranges.values()))
    asked = {days for owner, found in wanted.items() if owner not in silent for days in found}
    return {
        period
        for period, (since, until) in ranges.items()
        if any(first <= until and since <= last for first, last in asked)
    }


def lacking_periods(situation: Situation, periods: Sequence[dt.date]) -> Lacking:
    """Of which periods somebody is not known."""
    moment, kind = situation.moment, situation.kind
    ranges = {period: days_of(kind, period, moment.since, moment.today) for period in periods}
    if not ranges:
        return Lacking(open=(), idle=())
    span = min(since for since, _ in ranges.values()), max(until for _, until in ranges.values())
    open_days: set[dt.date] = set()
    idle_days: set[dt.date] = set()
    for days, waits in lacking_days(situation, span):
        (idle_days if waits else open_days).update(days_between(*days))
    return Lacking(open=periods_of(kind.interval, open_days), idle=periods_of(kind.interval, idle_days))


def periods_of(interval: str, days: Iterable[dt.date]) -> set[dt.date]:
    """The periods of the slots that days belong to."""
    return set(days) if interval == Interval.DAILY else {first_of_month(day) for day in days}


def lacking_days(situation: Situation, span: Range) -> Iterator[tuple[Range, bool]]:
    """The days of a span that are not known of some series and not closed, and whether it only waits for its turn."""
    facts, moment, kind = situation.facts, situation.moment, situation.kind
    for company, projects in situation.roster.projects.items():
        own = without_growing(facts[company], moment.today)
        for days in missing_days(own, span):
            yield days, own.known is not None and days[0] > own.known[1] and not moment.is_in_use(own)
        for project in projects:
            known = without_growing(facts[project], moment.today)
            for days in missing_days(known, span):
                yield days, follows(kind, own, known, days, moment)


def without_growing(facts: Facts, today: dt.date) -> Facts:
    """The facts without a day that is over by now and was still growing when it was asked last."""
    if facts.known is None or facts.checked_at is None:
        return facts
    first, last = facts.known
    asked_on = utc_day(facts.checked_at)
    return replace(facts, known=(first, asked_on - DAY)) if first < asked_on <= last < today else facts


def follows(kind: Kind, company: Facts, project: Facts, days: Range, moment: Moment) -> bool:
    """Whether days of a project are unknown only because nobody has asked its company for them, or they still grow."""
    if moment.pace.asks_everybody or company.known is None:
        return False
    waits = days[0] > company.known[1] and not moment.is_in_use(company)
    failed = any(hole.since <= days[0] <= hole.until for hole in project.holes)
    grows = project.known is not None and days[0] > max(project.known[1], still_growing(kind, moment.today) - DAY)
    return waits or (grows and not failed) or days[0] == moment.today


def missing_days(facts: Facts, span: Range) -> Iterator[Range]:
    """The days of a span that are not known of one series and that somebody waits for; each gap for itself."""
    since, until = span
    if facts.known is None:
        closed = [(hole.since, hole.until) for hole in facts.holes if hole.closed]
        yield from without(span, closed)
        return
    first, last = facts.known
    for hole in facts.holes:
        if not hole.closed and hole.since <= until and hole.until >= since:
            yield max(hole.since, since), min(hole.until, until)
    holes = [(hole.since, hole.until) for hole in facts.holes]
    if since < first:
        yield from without((since, min(until, first - DAY)), holes)
    if until > last:
        yield from without((max(since, last + DAY), until), holes)
