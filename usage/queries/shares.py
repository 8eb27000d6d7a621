"""Who makes up a selection's figures: the companies or projects that used the most of it."""

from __future__ import annotations

import datetime as dt
import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce
from operator import add

from django.db.models import Count, Sum, Value
from django.db.models.functions import Coalesce

from polling.periods import DAY, first_of_month, last_of_month, months_within
from usage.figures import Reading, Selection, Series, State, as_number
from usage.metrics import columns_of, month_is_sum_of_days
from usage.models import UsageFigures, UsageSeries
from usage.queries.among import of_series
from usage.queries.ledger import Key, days_read, of_selection
from usage.queries.readings import readings
from usage.queries.rollups import sums_of_months
from usage.queries.totals import PeriodUsage, Total, is_there

# As many as there are colours that can be told apart.
MOST_SHARES = 8
# The days of so many companies are looked at first, then of four times as many, and so on.
FIRST_COMPANIES = 32
MOST_COMPANIES = 512

OWNER = ("company_id", "project_id")
Amounts = Mapping[Key, int | Decimal]


@dataclass(frozen=True, kw_only=True)
class Share:
    """One company or project with each of its periods."""

    series: Series
    periods: Sequence[PeriodUsage]

    @property
    def key(self) -> Key:
        return self.series.company_id, self.series.project_id


def shares(selection: Selection, metrics: Sequence[str], *, by_project: bool) -> list[Share]:
    """The eight companies, or projects, of a selection that used the most of some metrics, the most first.

    Peaks of different days are added up for this order alone, which is the one of their means.
    """
    keys = leading(replace(selection, by_project=by_project), metrics)
    return shares_of(keys, selection, metrics, by_project=by_project)


def shares_of(keys: Sequence[Key], selection: Selection, metrics: Sequence[str], *, by_project: bool) -> list[Share]:
    """What these companies, or projects, used of some metrics on the days of a selection, in the order of `keys`."""
    if not keys:
        return []
    named = replace(
        selection,
        by_project=by_project,
        company_ids=tuple(sorted({company_id for company_id, _ in keys})),
        project_ids=tuple(sorted({project_id for _, project_id in keys if project_id})),
    )
    found: dict[Key, list[PeriodUsage]] = defaultdict(list)
    owners: dict[Key, Series] = {}
    for reading in readings(named):
        key = reading.series.company_id, reading.series.project_id
        owners[key] = reading.series
        found[key].append(_alone(reading, metrics))
    return [Share(series=owners[key], periods=found[key]) for key in keys if key in owners]


def _alone(reading: Reading, metrics: Sequence[str]) -> PeriodUsage:
    """One series as if it were a selection of its own, with these metrics alone."""
    known = reading.state is not State.MISSING
    numbers = {metric: as_number(reading.values.get(metric)) for metric in metrics}
    return PeriodUsage(
        period=reading.period,
        state=reading.state,
        fetched_at=reading.fetched_at,
        known=int(known),
        of=int(known or is_there(reading.series, reading.period)),
        idle=int(reading.waits),
        totals={metric: Total(value=number, known=1) for metric, number in numbers.items() if number is not None},
    )


def leading(selection: Selection, metrics: Sequence[str]) -> list[Key]:
    """Whose sums over the whole selection are the highest, the highest first; whoever used nothing is not in it."""
    return _most(_of_projects(selection, metrics) if selection.by_project else _of_companies(selection, metrics))


def _most(amounts: Amounts) -> list[Key]:
    used = {key: value for key, value in amounts.items() if value > 0}
    return heapq.nsmallest(MOST_SHARES, used, key=lambda key: (-used[key], key))


def _of_projects(selection: Selection, metrics: Sequence[str]) -> Amounts:
    """The projects of the companies that used the most: none of another company used more than all of that one."""
    if selection.company_id:
        return _of_days(selection, metrics)
    return _looked_at(selection, metrics, _of_companies(replace(selection, by_project=False), metrics))


def _of_companies(selection: Selection, metrics: Sequence[str]) -> Amounts:
    """Companies by what whole months tell; within months, none used more than in all of them."""
    if not month_is_sum_of_days(selection.business, selection.model):
        return _of_days(selection, metrics)
    since, until = days_read(selection)
    months = sums_of_months(selection, _columns(selection, metrics), first_of_month(since), until)
    whole = since.day == 1 and until == last_of_month(until)
    return months if whole else _looked_at(selection, metrics, months)


def _looked_at(selection: Selection, metrics: Sequence[str], bounds: Amounts) -> Amounts:
    """Exact sums of the companies with the highest bounds, of ever more until no other one can be among the first.

    Beyond MOST_COMPANIES nobody is looked at: that many would have to have used nearly the same.
    """
    companies = [company_id for company_id, _ in heapq.nlargest(MOST_COMPANIES, bounds, key=lambda key: bounds[key])]
    found: dict[Key, int | Decimal] = {}
    looked_at, size = 0, FIRST_COMPANIES
    while some := companies[looked_at : looked_at + size]:
        found |= _of_days(replace(selection, company_ids=tuple(some)), metrics)
        looked_at, size = looked_at + size, 4 * size
        highest = heapq.nlargest(MOST_SHARES, found.values())
        rest = companies[looked_at : looked_at + 1]
        if rest and len(highest) == MOST_SHARES and highest[-1] >= bounds[rest[0], ""]:
            break
    return found


def _of_days(selection: Selection, metrics: Sequence[str]) -> Amounts:
    """What each company or project used, from sums of whole months where there are any, and from rows of days."""
    since, until = days_read(selection)
    kept = month_is_sum_of_days(selection.business, selection.model) and not selection.by_project
    months = months_within(since, until) if kept else None
    if months is None:
        return _of_rows(selection, metrics, since, until)
    parts = [
        _of_rows(selection, metrics, since, months[0] - DAY),
        sums_of_months(selection, _columns(selection, metrics), *months),
        _of_rows(selection, metrics, months[1] + DAY, until),
    ]
    return _added_up(parts)


def _columns(selection: Selection, metrics: Sequence[str]) -> dict[str, str]:
    columns = columns_of(selection.business, selection.model)
    return {metric: columns.get(metric, "") for metric in metrics}


def _of_rows(selection: Selection, metrics: Sequence[str], since: dt.date, until: dt.date) -> Amounts:
    """What rows hold of some metrics together; the database adds up by a number that stands for a series."""
    if until < since:
        return {}
    series = of_selection(UsageSeries.objects.all(), selection).values_list("pk", *OWNER)
    owners = {number: (company, project) for number, company, project in series}
    rows = UsageFigures.objects.filter(of_series(owners), period__range=(since, until)).order_by()
    columns = columns_of(selection.business, selection.model)
    parts = [Coalesce(columns[metric], 0) for metric in metrics if metric in columns]
    found = rows.values_list("series_id").annotate(total=Sum(reduce(add, parts, Value(0))), extras=Count("extra"))
    sums: dict[int, int | Decimal] = {}
    with_extra = []
    for number, total, extras in found:
        sums[number] = total
        with_extra += [number] * bool(extras)
    if with_extra:
        for number, extra in rows.filter(of_series(with_extra), extra__isnull=False).values_list("series_id", "extra"):
            values = [as_number((extra or {}).get(metric)) for metric in metrics]
            sums[number] += sum(value for value in values if value is not None)
    return {owners[number]: total for number, total in sums.items() if total}


def _added_up(parts: Iterable[Amounts]) -> Amounts:
    sums: dict[Key, int | Decimal] = defaultdict(int)
    for key, value in (item for part in parts for item in part.items()):
        sums[key] += value
    return sums
