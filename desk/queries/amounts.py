"""What it cost: this month in each currency, by company too. Currencies are never added together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from billing.figures import Amounts, PeriodBill, Selection, added
from billing.queries import bill_of_companies, bill_per_day
from billing.queries.days import known_days
from desk.queries.day_sums import DaySum
from desk.queries.months import Comparison, MonthToDate
from usage.figures import Span


@dataclass(frozen=True, kw_only=True)
class AmountsByCompany:
    """What each company cost in each currency over the `known` of the `of` days."""

    amounts: Mapping[str, Amounts]
    known: int
    of: int

    def sum_of(self, company_id: str, currency: str) -> DaySum:
        """One company's amount in one currency; None when no day is known, or it was never billed in it."""
        value = self.amounts.get(company_id, {}).get(currency)
        return DaySum(value=value if self.known else None, known=self.known, of=self.of, settled=True)


def amounts_by_company(days: Span, company_ids: Collection[str]) -> AmountsByCompany:
    """What each of these companies, listed or not, cost in these UTC days ("Fetch the daily bill")."""
    since, until = days
    owners = bill_of_companies(Selection(since=since, until=until), company_ids)
    return AmountsByCompany(
        amounts={owner.company_id: owner.amounts for owner in owners},
        known=len(known_days(since, until)),
        of=(until - since).days + 1,
    )


def amounts_to_date(months: MonthToDate, *, company_id: str = "", project_id: str = "") -> list[Comparison]:
    """This month's amount in every currency beside that of the same days of last month."""
    now = _bills(months.days, company_id, project_id)
    before = _bills(months.before, company_id, project_id)
    sums, sums_before = (added(bill.amounts for bill in bills) for bills in (now, before))
    return [
        Comparison(
            label=currency,
            unit=currency,
            now=_day_sum(now, sums.get(currency, Decimal())),
            before=_day_sum(before, sums_before.get(currency, Decimal())),
        )
        for currency in sorted(sums.keys() | sums_before.keys())
    ]


def bills_of(months: MonthToDate) -> Selection:
    """Everybody's bills of this month, as the Bills page asks for them."""
    return Selection(since=months.days[0], until=months.days[1])


def _bills(days: Span, company_id: str, project_id: str) -> list[PeriodBill]:
    return bill_per_day(Selection(since=days[0], until=days[1], company_id=company_id, project_id=project_id))


def _day_sum(bills: list[PeriodBill], value: Decimal) -> DaySum:
    known = sum(bill.known for bill in bills)
    return DaySum(value=value if known else None, known=known, of=len(bills), settled=True)
