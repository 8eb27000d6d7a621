"""What usage to ask for, and in which order: pure arithmetic over what is known, what is due and the pace."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agora.vocabulary import MONTHLY_PAIRS, PAIRS, Interval
from polling.periods import (
    DAY,
    USAGE_READ_AGAIN_FOR,
    first_of_month,
    last_of_month,
    months_between,
    sweep_day,
    sweeps_began,
    turns,
    usage_asked_again_at,
    utc_day,
)
from polling.series import Kind, Owner
from usage.services.pace import Pace

Range = tuple[dt.date, dt.date]
MONTHS_PER_CALL = 12

KINDS: tuple[Kind, ...] = (
    *(Kind(business=business, model=model, interval=Interval.DAILY) for business, model in PAIRS),
    *(Kind(business=business, model=model, interval=Interval.MONTHLY) for business, model in MONTHLY_PAIRS),
)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One reading: a call for each of these owners, all of one kind over one range of UTC days.

    `follow` asks companies, and of their projects those that their answers call for. `calls` is how many calls all
    take about. `everybody` says that nobody is left out, whatever the ledger says of them. What `ends_turns` reads the
    older days of a look-back, whose newer ones are another unit.
    """

    kind: Kind
    since: dt.date
    until: dt.date
    owners: tuple[Owner, ...]
    follow: bool = False
    everybody: bool = False
    ends_turns: bool = False
    calls: int = 0

    @property
    def slots(self) -> Range:
        """The first and last period of the slots that the reading is about."""
        if self.kind.interval == Interval.DAILY:
            return self.since, self.until
        return first_of_month(self.since), first_of_month(self.until)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hole:
    """Days of a series that are a target: whether their turn has come, and whether Agora has nothing for them.

    It `refused` them where it does not let anybody read the series, or does not know it.
    """

    since: dt.date
    until: dt.date
    due: bool
    closed: bool
    refused: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of one series: the defaults are those of one that was never asked."""

    known: Range | None = None
    checked_from: dt.date = dt.date.max
    checked_at: dt.datetime | None = None
    used_until: dt.date | None = None
    looked_back_at: dt.datetime | None = None
    holes: tuple[Hole, ...] = ()

    def uses(self, since: dt.date) -> bool:
        """Whether there may be usage on or after a day: it is in use until the contrary is known."""
        return self.known is not None and (self.used_until is None or self.used_until >= since)


NEVER_ASKED = Facts()


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When a plan is made, for which days, and at which pace.

    `since` is the first UTC day wanted; the days of the last `look_back` are compared with Agora in turns, be the
    pace as quick as it may: within `slowest_turn` days everybody has had one.
    """

    now: dt.datetime
    since: dt.date
    pace: Pace
    look_back: int
    slowest_turn: int

    @property
    def today(self) -> dt.date:
        return utc_day(self.now)

    @property
    def over(self) -> dt.date:
        """The last day that was over when the sweeps of this day began, and whose figures are asked with them."""
        return sweep_day(self.now) - DAY

    @property
    def looked_back(self) -> Range:
        """The days that the turn of what is idle asks for, which one call can tell."""
        return max(self.since, self.today - (self.look_back - 1) * DAY), self.today

    @property
    def turned_back(self) -> Range:
        """The days that the turn of what is in use asks for.

        They are those of the look-back and as many before them as may pass until the turn.
        """
        return max(self.since, self.looked_back[0] - self.slowest_turn * DAY), self.today

    def ends_turns(self, since: dt.date, until: dt.date) -> bool:
        """Whether these days are the older ones of a turn, which one call cannot tell with the newer ones."""
        return self.turned_back[0] <= since and until < self.looked_back[0]

    def is_in_use(self, facts: Facts) -> bool:
        """Whether a series is asked with every sweep."""
        return self.pace.asks_everybody or facts.uses(self.looked_back[0])


def wanted(kind: Kind, owner: Owner, facts: Facts, due: Sequence[Range], moment: Moment) -> list[Range]:
    """The days to ask a series for now: its gaps, what is due of it, and what its turn brings."""
    if facts.known is None and not facts.holes:
        return [(moment.since, moment.today)]
    ranges = list(gaps_to_ask(facts, moment))
    in_use = moment.is_in_use(facts)
    if in_use:
        # Up to today, whose figure comes along: only an answer to the last day known counts as a new look at them.
        due_now = [(days[0], moment.today) for days in due if is_due(kind, facts, days, moment)]
        ranges += due_now
        if due_now and facts.known and facts.used_until is None:
            ranges.append(moment.looked_back)
    if in_use and has_turn(kind, owner, facts, moment, within=moment.slowest_turn):
        ranges.append(moment.turned_back)
    idle_days = moment.pace.idle_days or moment.slowest_turn
    if not in_use and kind.interval == Interval.DAILY and has_turn(kind, owner, facts, moment, within=idle_days):
        ranges.append(moment.looked_back)
    return ranges


def still_growing(kind: Kind, day: dt.date) -> dt.date:
    """The first day of the period that still grows on a day: between two calls its figure may become another."""
    return first_of_month(day) if kind.interval == Interval.MONTHLY else day


def gaps_to_ask(facts: Facts, moment: Moment) -> Iterator[Range]:
    """The days that are not known and whose turn has come; those after the known ones come with their slots.

    Where a call for the newest days failed, those come along that it would have looked at again: they would not be
    asked after this day.
    """
    due = [hole for hole in facts.holes if hole.due]
    yield from ((hole.since, hole.until) for hole in due)
    if facts.known and facts.checked_at and any(hole.until > facts.known[1] for hole in due):
        missed = sweep_day(facts.checked_at) - USAGE_READ_AGAIN_FOR * DAY
        if facts.checked_at < sweeps_began(moment.now):
            yield max(missed, moment.looked_back[0]), moment.today
    if facts.known and facts.known[0] > moment.since:
        first = facts.known[0]
        waiting = [hole for hole in facts.holes if not hole.due and hole.since < first]
        yield from without((moment.since, first - DAY), [(hole.since, hole.until) for hole in waiting])
    elif facts.known is None:
        waiting = [hole for hole in facts.holes if not hole.due]
        yield from without((moment.since, moment.today - DAY), [(hole.since, hole.until) for hole in waiting])


def without(days: Range, others: Iterable[Range]) -> list[Range]:
    """The days, without some others."""
    left = [days]
    for first, last in others:
        left = [
            (a, b)
            for since, until in left
            for a, b in ((since, min(until, first - DAY)), (max(since, last + DAY), until))
            if a <= b
        ]
    return left


def is_due(kind: Kind, facts: Facts, days: Range, moment: Moment) -> bool:
    """Whether the days of a slot have not been asked since their time came.

    Of days that the last call left out, it is only certain that they were asked before that day's sweeps began.
    """
    if facts.known is None or facts.checked_at is None or facts.known[1] < min(days[1], sweep_day(moment.now)):
        return True
    before = sweeps_began(facts.checked_at) - dt.timedelta.resolution
    asked_at = facts.checked_at if facts.checked_from <= days[0] else before
    period = first_of_month(days[0]) if kind.interval == Interval.MONTHLY else days[0]
    again_at = usage_asked_again_at(period, kind.interval, asked_at, moment.pace.every)
    return again_at is not None and again_at <= moment.now


def has_turn(kind: Kind, owner: Owner, facts: Facts, moment: Moment, *, within: int) -> bool:
    """Whether the turn of a series, one within so many days, has come since it was taken last.

    One of which a call failed has not been taken; it is tried again with the next day's sweeps.
    """
    if facts.checked_at is None:
        return False
    key = f"{owner.company_id}/{owner.project_id}/{kind.scope}"
    today, taken = sweep_day(moment.now), sweep_day(facts.looked_back_at or facts.checked_at)
    return turns(key, today, within) > turns(key, taken, within) and sweep_day(facts.checked_at) < today


def blocks(kind: Kind, since: dt.date, until: dt.date, days_per_call: int) -> Iterator[Range]:
    """The ranges one call may ask for, the newest first: days in steps, months in years."""
    if kind.interval == Interval.MONTHLY:
        months = list(months_between(since, until))
        for end in range(len(months), 0, -MONTHS_PER_CALL):
            first = months[max(0, end - MONTHS_PER_CALL)]
            yield max(first, since), min(last_of_month(months[end - 1]), until)
        return
    while since <= until:
        start = max(since, until - (days_per_call - 1) * DAY)
        yield start, until
        until = start - DAY


def plan(*, kind: Kind, whole: Range, days: Mapping[Owner, Sequence[Range]], days_per_call: int) -> list[Unit]:
    """The readings that ask each owner for its days, the newest first."""
    units: list[Unit] = []
    for block in blocks(kind, *whole, days_per_call):
        by_range: dict[Range, list[Owner]] = defaultdict(list)
        for owner, ranges in days.items():
            needed = hull(ranges, block)
            if needed:
                by_range[whole_months(needed, block) if kind.interval == Interval.MONTHLY else needed].append(owner)
        units += [
            Unit(kind=kind, since=since, until=until, owners=tuple(asked), calls=len(asked))
            for (since, until), asked in sorted(by_range.items(), reverse=True)
        ]
    return units


def hull(ranges: Iterable[Range], block: Range) -> Range | None:
    """The smallest range that holds every part of the ranges that lies in the block, or None without any."""
    parts = [(max(a, block[0]), min(b, block[1])) for a, b in ranges if a <= block[1] and b >= block[0]]
    return (min(a for a, _ in parts), max(b for _, b in parts)) if parts else None


def whole_months(days: Range, block: Range) -> Range:
    """The months the days lie in, as far as the block reaches: part of a month would count as the month."""
    return max(first_of_month(days[0]), block[0]), min(last_of_month(days[1]), block[1])


def newest_first(units: Iterable[Unit]) -> list[Unit]:
    """All kinds of a block before any kind of an older one, so that the newest days are whole first."""
    return sorted(units, key=lambda unit: (unit.until, unit.since), reverse=True)
