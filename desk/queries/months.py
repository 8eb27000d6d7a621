"""This month beside the same days of last month: what was used, and what it cost in each currency."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from agora.vocabulary import Interval
from desk.queries.day_sums import DaySum
from polling.periods import first_of_month, last_of_month
from usage.figures import Selection, Span
from usage.metrics import PRODUCTS, Product, Words
from usage.periods import SETTLES_AFTER, months_later
from usage.queries import PeriodUsage, usage_per_period

# Only durations are the sum of their days; peaks and daily active users are not compared.
ADDED_UP = tuple(product for product in PRODUCTS if product.adds_up)


@dataclass(frozen=True, kw_only=True)
class MonthToDate:
    """The days of this month that are settled by now, and the same days of last month; both in UTC."""

    days: Span
    before: Span


def month_to_date(today: dt.date) -> MonthToDate:
    """Days 1 to n of the month that lies two days back, where figures are settled and daily bills published."""
    until = today - SETTLES_AFTER
    first = first_of_month(until)
    first_before = months_later(first, -1)
    return MonthToDate(
        days=(first, until), before=(first_before, min(first_before + (until - first), last_of_month(first_before)))
    )


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One figure of this month beside the same days of last month."""

    label: Words
    unit: Words
    now: DaySum
    before: DaySum

    @property
    def delta(self) -> int | Decimal | None:
        """The difference; None where either is not known completely."""
        now, before = self.now, self.before
        if not (now.complete and before.complete) or now.value is None or before.value is None:
            return None
        return now.value - before.value


def usage_to_date(
    months: MonthToDate, *, products: Sequence[Product] = ADDED_UP, company_id: str = "", project_id: str = ""
) -> list[Comparison]:
    """Durations of these products of a project, a company, or of everybody, in Agora's own unit."""
    return [_usage_to_date(months, product, company_id, project_id) for product in products]


def _usage_to_date(months: MonthToDate, product: Product, company_id: str, project_id: str) -> Comparison:
    periods = usage_per_period(
        Selection(
            business=product.business,
            model=product.model,
            interval=Interval.DAILY,
            since=months.before[0],
            until=months.days[1],
            company_id=company_id,
            project_id=project_id,
            by_project=bool(project_id),
        )
    )
    return Comparison(
        label=product.name,
        unit=product.unit,
        now=_day_sum(periods, months.days, product.parts),
        before=_day_sum(periods, months.before, product.parts),
    )


def _day_sum(periods: Sequence[PeriodUsage], days: Span, metrics: Sequence[str]) -> DaySum:
    """What is known of these days; a day that somebody's figure is missing from is in the sum, and not complete.

    One that only waits for whoever used nothing for weeks is.
    """
    wanted = [period for period in periods if days[0] <= period.period <= days[1]]
    values = [value for period in wanted if (value := _day_value(period, metrics)) is not None]
    complete = sum(
        period.known == period.expected and not any(period.lacks(metric) for metric in metrics)
        for period in wanted
        if _day_value(period, metrics) is not None
    )
    idle = sum(period.waits and not period.known for period in wanted)
    return DaySum(value=sum(values) if values else None, known=complete, of=len(wanted), idle=idle)


def _day_value(period: PeriodUsage, metrics: Sequence[str]) -> int | Decimal | None:
    values = [period.value(metric) for metric in metrics]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
