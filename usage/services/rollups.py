"""Keeping the sums of usage: computed anew from all of their rows, in the transaction that changed one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import F, Max, Min, QuerySet
from django.db.models.functions import TruncMonth

from agora.vocabulary import PAIRS, Interval
from polling.periods import first_of_month, last_of_month, months_between
from polling.series import Kind
from polling.services.alone import alone_with
from usage.metrics import columns_of, month_is_sum_of_days
from usage.models import CompanyMonth, DayTotal, MetricColumns, Rollup, UsageFigures
from usage.queries.sums import Added, added
from usage.queries.traces import ANYTHING

LARGEST = 2**63 - 1
SUMS = [*(field.name for field in MetricColumns._meta.fields), "extra", "corrected", "rows", "lacking"]

Pair = tuple[str, str]


def roll_up(kind: Kind, touched: Collection[tuple[str, dt.date]]) -> None:
    """Compute the sums anew that hold rows of companies as a whole, given by company ID and period, that changed.

    Nobody else computes sums of the pair until the transaction ends, since sums that are computed side by side would
    each lack the other's rows.
    """
    if not touched:
        return
    pair = kind.business.value, kind.model.value
    alone_with(f"usage sums of {kind.business}/{kind.model}")
    if kind.interval == Interval.DAILY:
        periods = [period for _, period in touched]
        roll_up_days(pair, min(periods), max(periods))
    months = {first_of_month(period) for _, period in touched}
    roll_up_months(pair, months, {company_id for company_id, _ in touched})


def roll_up_everything() -> None:
    """Compute every sum anew, a month of one pair at a time."""
    for business, model in PAIRS:
        pair = business.value, model.value
        ends = _of_companies(pair).aggregate(first=Min("period"), last=Max("period"))
        for month in months_between(ends["first"], ends["last"]) if ends["first"] else ():
            roll_up_days(pair, month, last_of_month(month))
            roll_up_months(pair, {month}, None)


def _of_companies(pair: Pair) -> QuerySet[UsageFigures]:
    found = UsageFigures.objects.filter(series__project_id="", series__business=pair[0], series__model=pair[1])
    return found.annotate(company_id=F("series__company_id"))


def roll_up_days(pair: Pair, since: dt.date, until: dt.date) -> None:
    """What all companies used on each of these UTC days; a day without rows has no total.

    The days between are computed too: each series finds all of them in one place, so that costs less than a search
    for each day.
    """
    metrics = columns_of(*pair)
    rows = _of_companies(pair).filter(series__interval=Interval.DAILY, period__range=(since, until))
    fresh = [
        DayTotal(business=pair[0], model=pair[1], period=day, **columns_with(found, metrics))
        for (day,), found in added(rows, metrics, by=("period",))
    ]
    stored = DayTotal.objects.filter(business=pair[0], model=pair[1], period__range=(since, until))
    _replace(stored, ("period",), fresh, SUMS)


def roll_up_months(pair: Pair, months: Collection[dt.date], company_ids: Collection[str] | None) -> None:
    """What each of these companies, or every one, used in the months from the first of these to the last."""
    metrics = columns_of(*pair)
    first, last = min(months), max(months)
    rows = _of_companies(pair).filter(period__range=(first, last_of_month(last)))
    stored = CompanyMonth.objects.filter(business=pair[0], model=pair[1], month__range=(first, last))
    if company_ids is not None:
        rows = rows.filter(series__company_id__in=company_ids)
        stored = stored.filter(company_id__in=company_ids)
    rows = rows.annotate(month=TruncMonth("period"))
    told = Interval.DAILY if month_is_sum_of_days(*pair) else Interval.MONTHLY
    by = ("month", "company_id")
    of_told = rows.filter(series__interval=told)
    sums = {key: columns_with(found, metrics) for key, found in added(of_told, metrics, by=by)}
    used = rows.filter(ANYTHING, series__interval=Interval.DAILY).order_by().values_list(*by).annotate(Max("period"))
    last_used = {(month, company_id): day for month, company_id, day in used}
    fresh = [
        CompanyMonth(
            business=pair[0], model=pair[1], month=key[0], company_id=key[1],
            last_used=last_used.get(key), **sums.get(key, {"rows": 0}),
        )
        for key in sums.keys() | last_used.keys()
    ]  # fmt: skip
    _replace(stored, by, fresh, [*SUMS, "last_used"])


def columns_with(found: Added, metrics: Mapping[str, str]) -> dict[str, Any]:
    """A sum as its row keeps it: whole numbers in their columns, all others as exact text."""
    columns: dict[str, Any] = {}
    extra: dict[str, str] = {}
    for metric, amount in found.amounts.items():
        column, whole = metrics.get(metric), int(amount.value)
        if amount.carried and column and whole == amount.value and abs(whole) <= LARGEST:
            columns[column] = whole
        elif amount.carried:
            extra[metric] = str(amount.value)
    lacking = {metric: found.rows - amount.carried for metric, amount in found.amounts.items()}
    return {
        **columns,
        "rows": found.rows,
        "extra": extra,
        "corrected": sorted(found.corrected),
        "lacking": {metric: rows for metric, rows in lacking.items() if rows},
    }


def _replace(stored: QuerySet[Rollup], by: tuple[str, ...], fresh: Sequence[Rollup], columns: list[str]) -> None:
    """Let the stored sums be these, of which each key that has no rows any more is taken out."""
    keys = {tuple(getattr(row, name) for name in by) for row in fresh}
    gone = [pk for pk, *key in stored.values_list("pk", *by) if tuple(key) not in keys]
    stored.filter(pk__in=gone).delete()
    stored.model._default_manager.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["business", "model", *by],
        update_fields=columns,
        batch_size=200,
    )
