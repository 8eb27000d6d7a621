"""What the Bills page shows for one address: its links, its sums, a chart for each currency, and its tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.explorer import MONTHS, VIEWS, Question, bill_per_period, every_currency, question, shown_currencies
from billing.figures import PeriodBill
from billing.money import money
from billing.queries import bill_per_owner, problems
from billing.tables import correction_rows, currency_sums, owner_page, owner_rows, period_rows
from usage.controls import choices
from usage.filters import Owner, filter_context, owner_of
from usage.periods import DateRange


@dataclass(frozen=True, kw_only=True)
class CurrencyChart:
    """One currency's chart; with no currency the empty chart of days on which nothing is known."""

    currency: str
    url: str
    summary: str


def bills_context(params: QueryDict, *, today: dt.date) -> dict[str, Any]:
    """Everything that the template of the Bills page reads."""
    asked = question(params, today=today)
    owner = owner_of(asked.selection.company_id, asked.selection.project_id)
    bills, codes = bill_per_period(asked), shown_currencies(asked)
    return {
        "asked": asked,
        "dates": asked.dates,
        "views": choices(params, "view", VIEWS, MONTHS if asked.monthly else "days"),
        "sums": currency_sums(bills, codes),
        "charts": [_chart(asked, owner, bills, code) for code in codes or [""]],
        "codes": codes,
        "nothing_billed": not codes and any(bill.known for bill in bills),
        "rows": period_rows(params, asked, bills, codes),
        "corrections": correction_rows(asked.selection),
        "problems": list(problems(asked.selection)),
        "currencies": every_currency(asked),
        "currency": asked.selection.currency,
        **_links(asked),
        **_owners(params, asked, codes),
        **filter_context(params, owner),
    }


def _owners(params: QueryDict, asked: Question, codes: Sequence[str]) -> dict[str, Any]:
    """One page of the companies, or of the projects of the company; none below a project."""
    if asked.selection.project_id or not codes:
        return {}
    page = owner_page(params, bill_per_owner(asked.selection), codes)
    return {"page": page, "owner_rows": owner_rows(params, asked.selection, list(page), codes)}


def _chart(asked: Question, owner: Owner, bills: Sequence[PeriodBill], currency: str) -> CurrencyChart:
    state = _state(asked) | {"view": MONTHS if asked.monthly else "days"} | ({"currency": currency} if currency else {})
    return CurrencyChart(
        currency=currency,
        url=f"{reverse('billing:chart_daily_bills')}?{urlencode(state)}",
        summary=_summary(asked, owner, bills, currency) if currency else "",
    )


def _summary(asked: Question, owner: Owner, bills: Sequence[PeriodBill], currency: str) -> str:
    """What the chart shows, in a sentence, for those who cannot see it."""
    known = [(amount, bill.period) for bill in bills if (amount := bill.amount(currency)) is not None]
    if not known:
        return ""
    highest, period = max(known)
    words = {
        "whose": owner.words,
        "dates": str(DateRange(since=asked.selection.since, until=asked.selection.until)),
        "total": money(sum((amount for amount, _period in known), Decimal()), currency),
        "highest": money(highest, currency),
        "when": date_format(period, "F Y" if asked.monthly else "j M"),
    }
    return _("Daily bills of %(whose)s, %(dates)s: %(total)s in all, at most %(highest)s (%(when)s).") % words


def _state(asked: Question) -> dict[str, str]:
    selection = asked.selection
    days = {"since": f"{selection.since}", "until": f"{selection.until}"}
    return days | {name.removesuffix("_id"): value for name, value in selection.whose.items()}


def _links(asked: Question) -> dict[str, str]:
    """The downloads of exactly what is shown."""
    state = urlencode(_state(asked))
    names = ("daily_bills_csv", "daily_bills_xlsx", "corrections_csv", "corrections_xlsx")
    return {f"{name}_url": f"{reverse(f'billing:export_{name}')}?{state}" for name in names}
