"""The list of companies: what is asked for by the address, and the figures of the page it shows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import QueryDict

from accounts.access import Access
from companies.queries import last_listed_at
from desk.filters import CompanyFilter
from desk.queries.amounts import amounts_by_company
from desk.queries.day_sums import MINUTES, minutes_by_company
from desk.queries.months import month_to_date
from desk.tables import CompanyTable, ListedFigures
from polling.periods import DAY
from usage.metrics import unit_words
from usage.periods import SETTLES_AFTER
from usage.queries.rollups import last_usage_days

LAST_DAYS = 30


def company_list(params: QueryDict, access: Access, *, today: dt.date) -> dict[str, Any]:
    """Everything that the template of the list reads."""
    asked = CompanyFilter(params)
    until = today - SETTLES_AFTER
    days = (until - (LAST_DAYS - 1) * DAY, until)
    sort = params.get("sort", "")
    month = month_to_date(today).days
    amounts = amounts_by_company(month) if access.see_amounts else None
    table = CompanyTable(
        asked.qs, days=days, unit=unit_words(MINUTES.unit), month=month, amounts=amounts, order_by=sort or "name"
    )
    company_ids = table.turn_to(params.get("page", ""))
    table.figures = ListedFigures(
        minutes=minutes_by_company(days, company_ids), last_usage=last_usage_days(company_ids)
    )
    return {
        "filter": asked,
        "narrowed": asked.narrows,
        "sort": sort,
        "table": table,
        "listed_at": last_listed_at(),
    }
