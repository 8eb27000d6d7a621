"""Who makes up a selection's figures: the companies or projects that used the most of it."""

from __future__ import annotations

import datetime as dt
import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from polling.periods import DAY, first_of_month, last_of_month
from usage.figures import Reading, Selection, Series, State, as_number
from usage.metrics import columns_of, month_is_sum_of_days
from usage.queries.ledger import Key, days_read, figures_of
from usage.queries.readings import readings
from usage.queries.rollups import sums_of_months
from usage.queries.sums import added
from usage.queries.totals import PeriodUsage, Total, is_there

# As many as there are colours that can be told apart.
MOST_SHARES = 8
# The projects of so many companies are looked at first, then of four times as many, and so on.
FIRST_COMPANIES = 16

Amounts = Mapping[Key, int | Decimal]


@dataclass(frozen=True, kw_only=True)
class Share:
    """One company or project with each of its periods."""

    series: Series
    periods: Sequence[PeriodUsage]


def shares(selection: Selection, metrics: Sequence[str], *, by_project: bool) -> list[Share]:
    """The eight companies, or projects, of a selection that used the most of some metrics, the most first.

    Peaks of different days are added up for this order alone, which is the one of their means.
    """
    keys = leading(replace(selection, by_project=by_project), metrics)
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
    if selection.by_project and not selection.company_id:
        return _most(_of_projects(selection, metrics))
    return _most(_of_companies(selection, metrics))


def _most(amounts: Amounts) -> list[Key]:
    used = {key: value for key, value in amounts.items() if value > 0}
    return heapq.nsmallest(MOST_SHARES, used, key=lambda key: (-used[key], key))


def _of_projects(selection: Selection, metrics: Sequence[str]) -> Amounts:
    """The projects of the companies that used the most: none of another company can use more than that one did."""
    of_companies = _of_companies(replace(selection, by_project=False), metrics)
    companies = sorted(of_companies, key=lambda key: -of_companies[key])
    found: dict[Key, int | Decimal] = {}
    looked_at, size = 0, FIRST_COMPANIES
    while looked_at < len(companies):
        some = companies[looked_at : looked_at + size]
        found |= _of_companies(replace(selection, company_ids=tuple(company_id for company_id, _ in some)), metrics)
        looked_at, size = looked_at + size, 4 * size
        highest = heapq.nlargest(MOST_SHARES, found.values())
        rest = companies[looked_at:]
        if rest and len(highest) == MOST_SHARES and highest[-1] >= of_companies[rest[0]]:
            break
    return found


def _of_companies(selection: Selection, metrics: Sequence[str]) -> Amounts:
    """What each company or project used, from sums of whole months where there are any, and from rows of days."""
    since, until = days_read(selection)
    months_begin = since if since.day == 1 else last_of_month(since) + DAY
    months_end = until if until == last_of_month(until) else first_of_month(until) - DAY
    if (
        selection.by_project
        or months_end < months_begin
        or not month_is_sum_of_days(selection.business, selection.model)
    ):
        return _of_rows(selection, metrics, since, until)
    columns = columns_of(selection.business, selection.model)
    parts = [
        _of_rows(selection, metrics, since, months_begin - DAY),
        sums_of_months(selection, {metric: columns.get(metric, "") for metric in metrics}, months_begin, months_end),
        _of_rows(selection, metrics, months_end + DAY, until),
    ]
    return _added_up(parts)


def _of_rows(selection: Selection, metrics: Sequence[str], since: dt.date, until: dt.date) -> Amounts:
    if until < since:
        return {}
    columns = columns_of(selection.business, selection.model)
    wanted = {metric: columns[metric] for metric in metrics if metric in columns}
    rows = figures_of(selection).filter(period__range=(since, until))
    return {
        (company_id, project_id): sum(found.amounts[metric].value for metric in metrics if metric in found.amounts)
        for (company_id, project_id), found in added(rows, wanted, by=("company_id", "project_id"))
    }


def _added_up(parts: Iterable[Amounts]) -> Amounts:
    sums: dict[Key, int | Decimal] = defaultdict(int)
    for key, value in (item for part in parts for item in part.items()):
        sums[key] += value
    return sums
