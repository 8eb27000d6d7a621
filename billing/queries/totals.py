"""Amounts added up by day, month, company and project, each currency by itself: what pages and charts show."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import BigIntegerField, F, Q, QuerySet, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from agora.vocabulary import Interval
from billing.fields import HALF, amount_of_halves
from billing.figures import Amounts, OwnerBill, PeriodBill, Selection, added
from billing.models import BillRevision, BillSum, DailyBillLine
from billing.queries.days import known_days
from billing.queries.whose import of_selection
from polling.periods import days_between, first_of_month, last_of_month, months_within

Sums = dict[tuple[Any, ...], dict[str, Decimal]]
DAYS = Q(interval=Interval.DAILY)


def currencies(selection: Selection) -> list[str]:
    """The currencies that a selection has lines in, by their codes."""
    rows = _lines(selection) if selection.project_id else _sums_kept(selection)
    return sorted(rows.values_list("currency", flat=True).distinct())


def _lines(selection: Selection) -> QuerySet[DailyBillLine]:
    return of_selection(DailyBillLine.objects.order_by(), selection)


def _sums_kept(selection: Selection, *, by_company: bool = False) -> QuerySet[BillSum]:
    """The sums that are kept of a selection without a project, of months where it holds whole ones.

    Of everybody where nobody is picked out.
    """
    return _kept(selection, sums_of(selection.since, selection.until), by_company=by_company)


def _kept(selection: Selection, periods: Q, *, by_company: bool = False) -> QuerySet[BillSum]:
    rows = of_selection(BillSum.objects.filter(periods).order_by(), selection)
    picked = by_company or selection.company_id or selection.kind or selection.unlisted
    return rows.exclude(company_id="") if picked else rows.filter(company_id="")


def sums_of(since: dt.date, until: dt.date) -> Q:
    """The sums that make up a range of UTC days: of the months that it holds, and of its days before and after them."""
    days = Q(DAYS, period__range=(since, until))
    months = months_within(since, _end_of_what_is_stored(until))
    if months is None:
        return days
    beside = Q(days, period__lt=months[0]) | Q(days, period__gt=months[1])
    return Q(interval=Interval.MONTHLY, period__range=months) | beside


def _end_of_what_is_stored(until: dt.date) -> dt.date:
    """The last day of the month where nothing of it is stored after a day: its sum holds no other days, then."""
    end = last_of_month(until)
    later = BillSum.objects.filter(DAYS, company_id="", period__gt=until, period__lte=end)
    return until if later.exists() else end


def _of_lines(lines: QuerySet[DailyBillLine], *by: str) -> Sums:
    """The exact amounts of lines in each currency for each value of the columns `by`."""
    units = Cast("amount", BigIntegerField())
    return _added(lines, units / HALF, units % HALF, by)


def _of_sums(rows: QuerySet[BillSum], *by: str) -> Sums:
    """The same of sums that are kept."""
    return _added(rows, F("high"), F("low"), by)


def _added(rows: QuerySet[Any], high: Combinable, low: Combinable, by: Sequence[str]) -> Sums:
    sums: Sums = defaultdict(dict)
    # All at once: a cursor would be given the plan that finds the first few rows soonest.
    for row in rows.values(*by, "currency").annotate(highs=Sum(high), lows=Sum(low)):
        sums[tuple(row[name] for name in by)][row["currency"]] = amount_of_halves(row["highs"], row["lows"])
    return sums


def bill_per_day(selection: Selection) -> list[PeriodBill]:
    """What each UTC day cost ("Fetch the daily bill"); a day without data is known by its `state`."""
    days = known_days(selection.since, selection.until)
    sums = (
        _of_lines(_lines(selection), "period") if selection.project_id else _of_sums(_kept(selection, DAYS), "period")
    )
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
    """What each company cost over the selection, or each project of its company once it names either."""
    if selection.company_id or selection.project_id:
        return list(_owners(_of_lines(_lines(selection), "company_id", "project_id")))
    return list(_owners(_of_sums(_sums_kept(selection, by_company=True), "company_id")))


def bill_of_companies(selection: Selection, company_ids: Collection[str]) -> list[OwnerBill]:
    """What each of these companies cost over the selection."""
    rows = _sums_kept(selection, by_company=True).filter(company_id__in=company_ids)
    return list(_owners(_of_sums(rows, "company_id")))


def bill_of_all(selection: Selection, company_ids: QuerySet[Any]) -> Amounts:
    """What all of these companies cost together in each currency; a query of their IDs is read by the database."""
    return _of_sums(_sums_kept(selection, by_company=True).filter(company_id__in=company_ids)).get((), {})


def _owners(sums: dict[tuple[Any, ...], dict[str, Decimal]]) -> Iterator[OwnerBill]:
    for key, amounts in sums.items():
        company_id, project_id = key if len(key) == 2 else (*key, "")
        yield OwnerBill(company_id=company_id, project_id=project_id, amounts=amounts)
