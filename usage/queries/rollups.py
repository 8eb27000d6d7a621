"""Sums that are kept, read as if their rows had just been added up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any

from django.db.models import Max, Sum
from django.db.models.functions import Coalesce

from usage.figures import Selection, as_number
from usage.models import CompanyMonth, DayTotal
from usage.queries.series import companies_of
from usage.queries.sums import Added, Amount, Key

SUM = ("rows", "lacking", "extra", "corrected")


def day_totals(selection: Selection, metrics: Mapping[str, str]) -> dict[dt.date, Added]:
    """What all companies used on each UTC day of the selection; a day without rows is not in it."""
    rows = DayTotal.objects.filter(
        business=selection.business, model=selection.model, period__range=(selection.since, selection.until)
    )
    return {row["period"]: _added(row, metrics) for row in rows.values("period", *SUM, *metrics.values())}


def company_months(
    selection: Selection, metrics: Mapping[str, str], since: dt.date, until: dt.date
) -> Iterator[tuple[Key, Added]]:
    """What each company of the selection used in the months that begin in this range, by month and company ID."""
    rows = CompanyMonth.objects.filter(
        business=selection.business, model=selection.model, month__range=(since, until), rows__gt=0
    )
    if selection.of_some:
        rows = rows.filter(company_id__in=companies_of(selection).values("company_id"))
    fields = ("month", "company_id", *SUM, *metrics.values())
    for row in rows.order_by("month", "company_id").values(*fields).iterator(chunk_size=2000):
        yield (row["month"], row["company_id"], ""), _added(row, metrics)


def sums_of_months(
    selection: Selection, metrics: Mapping[str, str], since: dt.date, until: dt.date
) -> dict[Key, int | Decimal]:
    """What each company of the selection used of some metrics together, in the months that begin in this range."""
    rows = CompanyMonth.objects.filter(
        business=selection.business, model=selection.model, month__range=(since, until), rows__gt=0
    )
    if selection.of_some:
        rows = rows.filter(company_id__in=companies_of(selection).values("company_id"))
    columns = [Coalesce(Sum(column), 0) for column in metrics.values() if column]
    sums: dict[Key, int | Decimal] = {}
    if columns:
        totals = rows.order_by().values("company_id").annotate(total=reduce(add, columns))
        sums = {(company_id, ""): total for company_id, total in totals.values_list("company_id", "total")}
    for company_id, extra in rows.exclude(extra={}).values_list("company_id", "extra"):
        values = [as_number(extra.get(metric)) for metric in metrics]
        sums[company_id, ""] = sums.get((company_id, ""), 0) + sum(value for value in values if value is not None)
    return sums


def last_usage_days(company_ids: Collection[str]) -> dict[str, dt.date]:
    """The last UTC day on which each company used anything at all; companies without one are absent."""
    rows = CompanyMonth.objects.filter(company_id__in=company_ids).exclude(last_used=None).order_by()
    return dict(rows.values_list("company_id").annotate(Max("last_used")))


def _added(row: Mapping[str, Any], metrics: Mapping[str, str]) -> Added:
    kept = {metric: row[column] for metric, column in metrics.items()} | row["extra"]
    amounts = {
        metric: Amount(value=as_number(value) or 0, carried=row["rows"] - row["lacking"].get(metric, 0))
        for metric, value in kept.items()
    }
    return Added(rows=row["rows"], corrected=frozenset(row["corrected"]), amounts=amounts)
