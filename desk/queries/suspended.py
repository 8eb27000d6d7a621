"""Suspended companies that are used all the same: money that nobody may ever pay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q

from agora.vocabulary import Interval
from companies.models import Company
from companies.queries.changes import Since, in_states_since
from desk.queries.attention import SUSPENDED
from desk.queries.day_sums import DaySum, minutes_by_company
from polling.models import Target
from polling.periods import utc_day
from usage.figures import Span
from usage.models import UsageFigures, UsageSeries
from usage.queries.rollups import last_usage_days
from usage.queries.traces import ANYTHING

MOST_CONSUMERS = 50


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """A suspended company with the known UTC days on which it used anything although it was suspended.

    The day on which it was first seen so does not count: what was used then may have been used before. Of one that
    was suspended when it was first listed, `used_when_listed` says whether it used anything on that day.
    """

    company: Company
    since: dt.datetime
    used_when_listed: bool
    used_days: int
    last_usage: dt.date
    minutes: DaySum | None


@dataclass(frozen=True, kw_only=True)
class Used:
    """On how many known UTC days something was used, with the first and the last of them."""

    days: int
    first: dt.date
    last: dt.date


@dataclass(frozen=True, kw_only=True)
class Consumers:
    """How many suspended companies are used all the same, and those that were used last, at most fifty."""

    count: int
    rows: Sequence[Consumer]


def suspended_consumers(days: Span) -> Consumers:
    """Suspended companies that used anything since they were seen as suspended; `minutes` are those of these days."""
    suspended = Company.objects.filter(gone_at=None, status__in=SUSPENDED)
    since = in_states_since(suspended, SUSPENDED)
    last = last_usage_days(since)
    later = [one for one in since if one in last and last[one] >= since[one].first_whole_day]
    shown = sorted(later, key=lambda one: (last[one], one), reverse=True)[:MOST_CONSUMERS]
    used = _used_from({company_id: since[company_id].first_whole_day for company_id in shown})
    companies = {company.company_id: company for company in suspended.filter(company_id__in=shown)}
    minutes = minutes_by_company(days, shown)
    rows = [
        _consumer(companies[one], since[one], used[one], minutes.get(one))
        for one in shown
        if one in used and one in companies
    ]
    return Consumers(count=len(rows) + len(later) - len(shown), rows=rows)


def _consumer(company: Company, since: Since, used: Used, minutes: DaySum | None) -> Consumer:
    when_listed = used.first == utc_day(since.seen_at)
    return Consumer(
        company=company,
        since=since.seen_at,
        used_when_listed=when_listed,
        used_days=used.days - when_listed,
        last_usage=used.last,
        minutes=minutes,
    )


def _used_from(days: Mapping[str, dt.date]) -> dict[str, Used]:
    """On how many known days from this one on each company used anything; none without one."""
    if not days:
        return {}
    series: dict[str, list[int]] = {company_id: [] for company_id in days}
    of_companies = UsageSeries.objects.filter(company_id__in=days, project_id="", interval=Interval.DAILY)
    for company_id, pk in of_companies.values_list("company_id", "pk"):
        series[company_id].append(pk)
    # Series by their numbers: no index serves this many companies at once through a join.
    from_then = Q(*(Q(series__in=series[one], period__gte=day) for one, day in days.items()), _connector=Q.OR)
    rows = UsageFigures.objects.filter(from_then, ANYTHING)
    # What is stored of a day that became unknown again does not count.
    unknown = Target.objects.filter(
        company_id=OuterRef("series__company_id"),
        project_id="",
        business=OuterRef("series__business"),
        model=OuterRef("series__model"),
        interval=Interval.DAILY,
        since__lte=OuterRef("period"),
        until__gte=OuterRef("period"),
    )
    found = rows.filter(~Exists(unknown)).order_by().annotate(company_id=F("series__company_id"))
    days_used = Count("period", distinct=True)
    counted = found.values("company_id").annotate(days=days_used, first=Min("period"), last=Max("period"))
    return {row["company_id"]: Used(days=row["days"], first=row["first"], last=row["last"]) for row in counted}
