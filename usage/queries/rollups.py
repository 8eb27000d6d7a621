"""Sums that are kept, read as if their rows had just been added up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Max

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
