"""What the page of a company and that of a project have in common: two months, two panels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from accounts.access import Access
from desk.numbers import ComparedRow, compared, dates_words
from desk.pages.bills import bills_panel
from desk.pages.owners import Owner
from desk.pages.panels import usage_panel
from desk.queries.amounts import amounts_to_date
from desk.queries.day_sums import MINUTES
from desk.queries.months import MonthToDate, month_to_date, usage_to_date
from usage.metrics import unit_words


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that is known about a company or project; an empty value is not known."""

    label: str
    value: str
    is_code: bool = False


def figures_of(owner: Owner, params: QueryDict, access: Access, *, today: dt.date) -> dict[str, Any]:
    """Usage and, for whoever may see amounts, cost: of two months side by side and day by day."""
    months = month_to_date(today)
    return {
        "owner": owner,
        "months": [dates_words(months.days), dates_words(months.before)],
        "compared": list(_compared(owner, months, access)),
        "usage": usage_panel(params, owner, today=today),
        "bills": bills_panel(params, owner, today=today) if access.see_amounts else None,
    }


def _compared(owner: Owner, months: MonthToDate, access: Access) -> Iterator[ComparedRow]:
    """Amounts first; of the products, the one that everybody uses and those that were used in either month."""
    if access.see_amounts:
        for amount in amounts_to_date(months, company_id=owner.company_id, project_id=owner.project_id):
            yield compared(amount, is_money=True)
    for usage in usage_to_date(months, company_id=owner.company_id, project_id=owner.project_id):
        if usage.label == MINUTES.name or usage.now.value or usage.before.value:
            yield compared(usage, unit=str(unit_words(str(usage.unit))))
