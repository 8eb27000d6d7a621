"""What an order to read days again consists of, and so what it costs: arithmetic over the ledger's gaps."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.conf import settings

from agora.vocabulary import Interval
from companies.services.refresh import listed_companies
from desk.queries.asked import asked_calls
from polling import queries
from polling.models import SERIES, Stream
from polling.periods import days_between, first_of_month, last_of_month, latest_bill, utc_day
from polling.series import Kind, Owner
from polling.services.backfills import Step, Wanted
from usage.services.expect import days_of, polled_kinds
from usage.services.plan import KINDS, Range, blocks, hull, whole_months

RANGE = ("since", "until")
KIND_OF: Mapping[str, Kind] = {kind.scope: kind for kind in KINDS}


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What an order takes at least: calls, and seconds at the rate of the settings."""

    calls: int

    @property
    def seconds(self) -> float:
        return self.calls / settings.AGORA_REQUESTS_PER_SECOND


def cost_of(wanted: Wanted, now: dt.datetime) -> Cost:
    """What reading this again takes."""
    return Cost(calls=sum(step.expected_calls for step in planned(wanted, now)))


def planned(wanted: Wanted, now: dt.datetime) -> list[Step]:
    """The steps of an order: the lists, on which all else builds, then the newest days first."""
    lists = [*companies_steps(wanted, now), *projects_steps(wanted, now)]
    dated = [*usage_steps(wanted, now), *bill_steps(wanted, now)]
    return [*lists, *sorted(dated, key=lambda step: step.until, reverse=True)]


def companies_steps(wanted: Wanted, now: dt.datetime) -> Iterator[Step]:
    """One reading of the company list."""
    asked = Stream.COMPANIES in wanted.streams and not wanted.company_id
    if asked and (not wanted.only_gaps or missing_scopes(Stream.COMPANIES, now)):
        yield Step(stream=Stream.COMPANIES, expected_calls=1)


def projects_steps(wanted: Wanted, now: dt.datetime) -> Iterator[Step]:
    """One reading of every company's project list, or of those that are missing."""
    calls = len(companies_to_list(wanted, now)) if Stream.PROJECTS in wanted.streams else 0
    if calls:
        yield Step(stream=Stream.PROJECTS, expected_calls=calls, everybody=not wanted.only_gaps)


def companies_to_list(wanted: Wanted, now: dt.datetime) -> list[str]:
    """The companies whose project lists are read, in the order in which they are."""
    listed = listed_companies()
    if wanted.company_id:
        listed = [company_id for company_id in listed if company_id == wanted.company_id]
    if wanted.only_gaps:
        gaps = missing_scopes(Stream.PROJECTS, now)
        listed = [company_id for company_id in listed if company_id in gaps]
    return sorted(listed)


def missing_scopes(stream: Stream, now: dt.datetime) -> set[str]:
    """The scopes of the lists of a stream that are not known, or could not be read again."""
    return {slot.scope for slot in queries.missing(now, streams=[stream], days=None)}


def bill_steps(wanted: Wanted, now: dt.datetime) -> Iterator[Step]:
    """One reading for each day; a bill is of all companies at once."""
    if Stream.DAILY_BILLS not in wanted.streams or wanted.company_id:
        return
    days: Iterable[dt.date] = days_between(wanted.since, min(wanted.until, latest_bill(now)))
    if wanted.only_gaps:
        found = queries.missing(now, streams=[Stream.DAILY_BILLS], days=(wanted.since, wanted.until))
        days = [slot.period for slot in found]
    for day in days:
        yield Step(stream=Stream.DAILY_BILLS, since=day, until=day, expected_calls=1)


def usage_steps(wanted: Wanted, now: dt.datetime) -> Iterator[Step]:
    """Readings of usage: as many days at once as a call may carry, of one business and model."""
    if Stream.USAGE not in wanted.streams:
        return
    calls = asked_calls(wanted.company_id)
    gaps = usage_gaps(wanted, now) if wanted.only_gaps else None
    for kind in polled_kinds():
        if calls and wanted.scope in ("", kind.scope):
            yield from steps_of_kind(kind, wanted, None if gaps is None else gaps[kind.scope], calls, now)


@dataclass(kw_only=True)
class Gaps:
    """What is missing of one kind of usage.

    Days that could not be read again are asked of everybody (`of_all`), days that were never whole of everybody of
    whom they are unknown (`unread`); of others it is known whose days are missing (`of_some`).
    """

    of_all: list[Range] = field(default_factory=list)
    unread: list[Range] = field(default_factory=list)
    of_some: dict[Range, set[Owner]] = field(default_factory=lambda: defaultdict(set))

    def ranges(self) -> list[Range]:
        return [*self.of_all, *self.unread, *self.of_some]


def usage_gaps(wanted: Wanted, now: dt.datetime) -> dict[str, Gaps]:
    """What is missing of usage in the wanted days, by kind; two queries, whatever the number of companies."""
    days = (wanted.since, wanted.until)
    gaps: dict[str, Gaps] = defaultdict(Gaps)
    targets = queries.open_targets(*days, company_id=wanted.company_id)
    for company_id, project_id, business, model, interval, since, until in targets.values_list(*SERIES, *RANGE):
        within = (max(since, days[0]), min(until, days[1]))
        owner = Owner(company_id=company_id, project_id=project_id)
        gaps[f"{business}/{model}/{interval}"].of_some[within].add(owner)
    found_slots = queries.missing(now, streams=[Stream.USAGE], days=days)
    for slot in (slot for slot in found_slots if slot.scope in KIND_OF):
        period = days_of(KIND_OF[slot.scope], slot.period, wanted.since, utc_day(now))
        found = gaps[slot.scope]
        if not any(overlap(period, some) for some in found.of_some):
            (found.of_all if slot.first_complete_at else found.unread).append(period)
    return gaps


def overlap(one: Range, other: Range) -> bool:
    """Whether two ranges of days share one."""
    return one[0] <= other[1] and other[0] <= one[1]


def steps_of_kind(kind: Kind, wanted: Wanted, gaps: Gaps | None, calls: int, now: dt.datetime) -> Iterator[Step]:
    """The readings of one kind; with `gaps` those alone that fill them."""
    for block in blocks(kind, *whole_range(kind, wanted, now), settings.AGORA_DAYS_PER_DAILY_CALL):
        if gaps is None:
            yield Step(stream=Stream.USAGE, scope=kind.scope, since=block[0], until=block[1], expected_calls=calls)
        elif days := hull(gaps.ranges(), block):
            days = whole_months(days, block) if kind.interval == Interval.MONTHLY else days
            yield filling_step(kind, days, gaps, calls)


def whole_range(kind: Kind, wanted: Wanted, now: dt.datetime) -> Range:
    """The UTC days that readings of one kind may ask for: whole months where they are reported by month."""
    today = utc_day(now)
    if kind.interval == Interval.DAILY:
        return wanted.since, min(wanted.until, today)
    first = days_of(kind, first_of_month(wanted.since), queries.poll_since(), today)[0]
    return first, min(last_of_month(wanted.until), today)


def filling_step(kind: Kind, days: Range, gaps: Gaps, calls: int) -> Step:
    """The reading that fills the gaps of some days."""
    everybody = any(overlap(days, missing) for missing in gaps.of_all)
    owners = set().union(*(some for missing, some in gaps.of_some.items() if overlap(days, missing)))
    many = everybody or any(overlap(days, missing) for missing in gaps.unread)
    return Step(
        stream=Stream.USAGE, scope=kind.scope, since=days[0], until=days[1],
        expected_calls=calls if many else len(owners), everybody=everybody,
    )  # fmt: skip
