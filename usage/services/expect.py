"""Making the slots of usage by the calendar, and planning which series are to be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.conf import settings

from agora.vocabulary import Interval
from companies.services.refresh import addressable_companies
from polling import queries
from polling.models import Stream
from polling.periods import (
    DAY,
    SWEEPS_BEGIN_AT,
    days_between,
    end_of,
    first_of_month,
    last_of_month,
    months_between,
    start_of,
    sweep_day,
    sweeps_began,
    utc_day,
)
from polling.series import Kind, Owner
from polling.services import slots
from usage.services.known import Everything, Roster, facts_of, roster
from usage.services.pace import UNHURRIED, Load, pace_for
from usage.services.plan import (
    KINDS,
    Facts,
    Moment,
    Range,
    Unit,
    gaps_to_ask,
    newest_first,
    plan,
    still_growing,
    wanted,
    without,
)


def polled_kinds() -> tuple[Kind, ...]:
    """What the portal asks for: every legal pair, or those of the settings."""
    return tuple(kind for kind in KINDS if f"{kind.business}/{kind.model}" in settings.POLL_PAIRS)


def expect_usage(since: dt.date, until: dt.date) -> None:
    """Make a slot for every day (and month) of every kind that has none yet; today's is read while it grows."""
    for kind in polled_kinds():
        monthly = kind.interval == Interval.MONTHLY
        periods = months_between(since, until) if monthly else days_between(since, until)
        due = {period: end_of(last_of_month(period) if monthly else period) for period in periods}
        if slots.expect(stream=Stream.USAGE, scope=kind.scope, due=due):
            fresh = [period for period in due if period >= (first_of_month(until) if monthly else until)]
            slots.make_due(stream=Stream.USAGE, scope=kind.scope, periods=fresh, now=start_of(until) + SWEEPS_BEGIN_AT)


def moment_of(now: dt.datetime, everybody: Roster) -> Moment:
    """The moment to plan for, at the pace that the number of companies and of what they use allows."""
    unhurried = Moment(
        now=now,
        since=queries.poll_since(),
        pace=UNHURRIED,
        look_back=settings.AGORA_DAYS_PER_DAILY_CALL,
        slowest_turn=settings.POLL_IDLE_DAYS,
    )
    return replace(
        unhurried,
        pace=pace_for(
            load_of(everybody, unhurried.looked_back[0]),
            calls_a_day=settings.POLL_CALLS_A_DAY,
            slowest_turn=settings.POLL_IDLE_DAYS,
        ),
    )


def load_of(everybody: Roster, since: dt.date) -> Load:
    """How many calls the pairs make that are in use since a day, and how many the others."""
    companies, kinds = len(everybody.projects), polled_kinds()
    in_use, idle = 0, 0
    for kind in kinds:
        used, used_by_company = queries.series_in_use(kind, since)
        in_use += used
        idle += companies - used_by_company if kind.interval == Interval.DAILY else 0
    return Load(
        everybody=len(everybody.owners) * len(kinds),
        in_use=in_use,
        idle=max(0, idle),
        looking_back=in_use // settings.POLL_IDLE_DAYS,
    )


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Everything that a plan of one kind is made of."""

    kind: Kind
    moment: Moment
    roster: Roster
    facts: Everything

    @property
    def asked(self) -> list[Owner]:
        """Who is asked by a plan: everybody, or the companies, whose projects follow from their answers."""
        return self.roster.owners if self.moment.pace.asks_everybody else self.roster.companies

    def days_wanted(self, due: list[Range]) -> dict[Owner, list[Range]]:
        """The days to ask each owner for now; those of a project are its company's where it follows from that."""
        alone = self.moment.pace.asks_everybody
        found = ((one, self._alone(one, due) if alone else self._with_projects(one, due)) for one in self.asked)
        return {owner: days for owner, days in found if days}

    def _alone(self, owner: Owner, due: list[Range]) -> list[Range]:
        return wanted(self.kind, owner, self.facts[owner], due, self.moment)

    def _with_projects(self, company: Owner, due: list[Range]) -> list[Range]:
        facts = self.facts[company]
        days = self._alone(company, due)
        if facts.known:
            for project in self.roster.projects[company]:
                days += lagging(self.kind, self.facts[project], facts, self.moment)
        return days

    def calls(self, owner: Owner) -> int:
        """About how many calls asking a company takes, with those for its projects."""
        if self.moment.pace.asks_everybody:
            return 1
        projects = self.roster.projects[owner]
        facts = self.facts[owner]
        if facts.known is None:
            return 1
        return 1 + sum(self.moment.is_in_use(self.facts[project]) for project in projects)


def lagging(kind: Kind, facts: Facts, company: Facts, moment: Moment) -> Iterator[Range]:
    """The days that are known of a company and not of one of its projects; of a period that grows, what failed.

    Of a project that was left out when its company was looked back at, all those days.
    """
    if company.known is None:
        return
    first, last = company.known
    over = min(last, still_growing(kind, moment.over + DAY) - DAY)
    gaps = list(gaps_to_ask(facts, moment))
    if facts.known and facts.known[1] < over:
        waiting = [(hole.since, hole.until) for hole in facts.holes if not hole.due]
        gaps += without((facts.known[1] + DAY, over), waiting)
    if was_left_out(facts, company, moment):
        gaps.append(moment.turned_back if moment.is_in_use(company) else moment.looked_back)
    for since, until in gaps:
        if since <= last and until >= first:
            yield max(since, first), min(until, last)


def was_left_out(project: Facts, company: Facts, moment: Moment) -> bool:
    """Whether a call for a project failed when its company was looked back at, and neither was asked today."""
    if project.checked_at is None or company.checked_at is None or company.looked_back_at is None:
        return False
    taken = project.looked_back_at or project.checked_at
    asked_today = sweep_day(company.checked_at) >= sweep_day(moment.now)
    refused = any(hole.refused for hole in project.holes)
    return taken < sweeps_began(company.looked_back_at) and not asked_today and not refused


def situations(now: dt.datetime, kinds: Iterable[Kind] | None = None) -> Iterator[Situation]:
    """What is to be planned for these kinds, or for each that is polled; nothing where there is nobody."""
    everybody = roster()
    if everybody.projects:
        moment = moment_of(now, everybody)
        for kind in polled_kinds() if kinds is None else kinds:
            yield Situation(kind=kind, moment=moment, roster=everybody, facts=facts_of(kind, now))


def is_known_whom_to_ask() -> bool:
    """Whether there is anybody, and each company's projects were asked for: its answers are compared with theirs."""
    return addressable_companies().exists() and not queries.unread_lists().exists()


def due_units(now: dt.datetime) -> list[Unit]:
    """What the ledger says is to be asked now, the newest first."""
    if not is_known_whom_to_ask():
        return []
    expect_usage(queries.poll_since(), utc_day(now))
    return newest_first(unit for situation in situations(now) for unit in units_of(situation))


def units_of(situation: Situation) -> list[Unit]:
    """The readings of one kind that are to be made now."""
    kind, moment = situation.kind, situation.moment
    due = [days_of(kind, period, moment.since, moment.today) for period in due_periods(kind, moment.now)]
    units = plan(
        kind=kind, whole=(min([moment.since, *(first for first, _ in due)]), moment.today),
        days=situation.days_wanted(due), days_per_call=settings.AGORA_DAYS_PER_DAILY_CALL,
    )  # fmt: skip
    follow = not moment.pace.asks_everybody
    return [
        replace(
            unit, follow=follow, ends_turns=moment.ends_turns(unit.since, unit.until),
            calls=sum(map(situation.calls, unit.owners)),
        )
        for unit in units
    ]  # fmt: skip


def due_periods(kind: Kind, now: dt.datetime) -> list[dt.date]:
    """The periods of a kind whose turn it is and that nobody is reading."""
    return list(queries.due_slots(Stream.USAGE, now).filter(scope=kind.scope).values_list("period", flat=True))


def days_of(kind: Kind, period: dt.date, since: dt.date, today: dt.date) -> Range:
    """The UTC days that one slot asks for: a month counts from the first day wanted and ends today at the latest."""
    if kind.interval == Interval.DAILY:
        return period, period
    first = max(period, since) if last_of_month(period) >= since else period
    return first, min(last_of_month(period), today)


def units_of_days(since: dt.date, until: dt.date, now: dt.datetime) -> list[Unit]:
    """Every kind of every owner for these days, whatever the ledger says of them."""
    first_wanted, today = queries.poll_since(), utc_day(now)
    until = min(until, today)
    owners = roster().owners
    if not owners:
        return []
    expect_usage(since, until)
    units: list[Unit] = []
    for kind in polled_kinds():
        whole = (since, until)
        if kind.interval == Interval.MONTHLY:
            whole = (
                days_of(kind, first_of_month(since), first_wanted, today)[0],
                min(last_of_month(until), today),
            )
        asked: Mapping[Owner, list[Range]] = {owner: [whole] for owner in owners}
        units += plan(kind=kind, whole=whole, days=asked, days_per_call=settings.AGORA_DAYS_PER_DAILY_CALL)
    return newest_first(replace(unit, everybody=True) for unit in units)


def asked_owners() -> list[Owner]:
    """Every listed company, and every listed project of any status, that an address can name."""
    return roster().owners
