"""Amounts added up by day, month, company and project, each currency by itself: what pages and charts show."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import BigIntegerField, QuerySet, Sum
from django.db.models.functions import Cast

from billing.fields import PLACES, plain
from billing.figures import Amounts, OwnerBill, PeriodBill, Selection, added
from billing.models import BillRevision, DailyBillLine
from billing.queries.days import known_days
from billing.queries.whose import of_selection
from polling.periods import days_between, first_of_month

# Amounts are added up in two halves: a sum of the largest ones is beyond the numbers that a database counts with.
HALF = 10**9


def lines_of(selection: Selection) -> QuerySet[DailyBillLine]:
    """The stored lines of a selection, in no order."""
    return of_selection(DailyBillLine.objects.order_by(), selection)


def currencies(selection: Selection) -> list[str]:
    """The currencies that a selection has lines in, by their codes."""
    return sorted(lines_of(selection).values_list("currency", flat=True).distinct())


def _sums(lines: QuerySet[DailyBillLine], *by: str) -> dict[tuple[Any, ...], dict[str, Decimal]]:
    """The exact amounts in each currency for each value of the columns `by`."""
    units = Cast("amount", BigIntegerField())
    sums: dict[tuple[Any, ...], dict[str, Decimal]] = defaultdict(dict)
    found = lines.values(*by, "currency").annotate(high=Sum(units / HALF), low=Sum(units % HALF))
    for row in found.iterator(chunk_size=2000):
        amount = Decimal(int(row["high"]) * HALF + int(row["low"])).scaleb(-PLACES)
        sums[tuple(row[name] for name in by)][row["currency"]] = plain(amount)
    return sums


def bill_per_day(selection: Selection) -> list[PeriodBill]:
    """What each UTC day cost ("Fetch the daily bill"); a day without data is known by its `state`."""
    days = known_days(selection.since, selection.until)
    sums = _sums(lines_of(selection), "period")
    corrected = set(of_selection(BillRevision.objects.all(), selection).values_list("period", flat=True))
    return [
        PeriodBill(
            period=day,
            known=int(day in days),
            of=1,
            amounts=sums.get((day,), {}) if day in days else {},
            corrected=day in corrected,
            fetched_at=days.get(day),
        )
        for day in days_between(selection.since, selection.until)
    ]


def bill_per_month(selection: Selection) -> list[PeriodBill]:
    """What each month cost, as the exact sum of those of its days that the selection holds and that are known."""
    by_month = groupby(bill_per_day(selection), key=lambda day: first_of_month(day.period))
    return [_month(month, list(days)) for month, days in by_month]


def _month(month: dt.date, days: list[PeriodBill]) -> PeriodBill:
    return PeriodBill(
        period=month,
        known=sum(day.known for day in days),
        of=len(days),
        amounts=added(day.amounts for day in days),
        corrected=any(day.corrected for day in days),
        fetched_at=min((day.fetched_at for day in days if day.fetched_at), default=None),
    )


def bill_per_owner(selection: Selection) -> list[OwnerBill]:
    """What each company cost over the selection, or each project of its company once it names one."""
    by = ("company_id", "project_id") if selection.company_id else ("company_id",)
    return list(_owners(_sums(lines_of(selection), *by)))


def bill_of_companies(selection: Selection, company_ids: Collection[str]) -> list[OwnerBill]:
    """What each of these companies cost over the selection."""
    lines = lines_of(selection).filter(company_id__in=company_ids)
    return list(_owners(_sums(lines, "company_id")))


def bill_of_all(selection: Selection, company_ids: QuerySet[Any]) -> Amounts:
    """What all of these companies cost together in each currency; a query of their IDs is read by the database."""
    return _sums(lines_of(selection).filter(company_id__in=company_ids)).get((), {})


def _owners(sums: dict[tuple[Any, ...], dict[str, Decimal]]) -> Iterator[OwnerBill]:
    for key, amounts in sums.items():
        company_id, project_id = key if len(key) == 2 else (*key, "")
        yield OwnerBill(company_id=company_id, project_id=project_id, amounts=amounts)
