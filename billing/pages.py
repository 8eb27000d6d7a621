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
from billing.tables import correction_rows, currency_sums, owner_page, owner_rows, period_rows, unlisted_of
from usage.controls import choices, query_with
from usage.filters import Chip, Narrowing, filter_context, narrowing_of, owner_of, with_owners
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
    narrowing = with_owners(params, narrowing_of(params, asked.selection), asked.selection.owner)
    whose = _("companies that Agora does not list") if asked.selection.unlisted else narrowing.words_of(owner)
    bills, codes = bill_per_period(asked), shown_currencies(asked)
    return {
        "asked": asked,
        "dates": asked.dates,
        "views": choices(params, "view", VIEWS, MONTHS if asked.monthly else "days"),
        "sums": currency_sums(bills, codes),
        "charts": [_chart(asked, whose, bills, code) for code in codes or [""]],
        "into": _into_words(asked, len(bills)),
        "codes": codes,
        "nothing_billed": not codes and any(bill.known for bill in bills),
        "rows": period_rows(params, asked, bills, codes),
        "corrections": correction_rows(asked.selection),
        "problems": list(problems(asked.selection)),
        "currencies": every_currency(asked),
        "currency": asked.selection.currency,
        "unlisted": None if asked.selection.unlisted else unlisted_of(asked.selection),
        "narrowing": narrowing,
        "chips": _chips(params, asked, narrowing),
        "clear_url": query_with(params, tag=None, area=None, country=None, owner=None, listed=None),
        **_links(asked),
        **_owners(params, asked, codes),
        **filter_context(params, owner),
    }


def _chips(params: QueryDict, asked: Question, narrowing: Narrowing) -> list[Chip]:
    """What companies are narrowed down to, each by itself; whose bills these are, the trail says."""
    chips = [Chip(label=kind.label, words=kind.chosen_words, query=kind.without) for kind in narrowing.chosen]
    if asked.selection.unlisted:
        without = query_with(params, listed=None)
        chips.append(Chip(label=_("Companies"), words=_("not listed by Agora"), query=without))
    return chips


def _owners(params: QueryDict, asked: Question, codes: Sequence[str]) -> dict[str, Any]:
    """One page of the companies, or of the projects of the company; none below a project."""
    if asked.selection.project_id or not codes:
        return {}
    page = owner_page(params, bill_per_owner(asked.selection), codes)
    return {"page": page, "owner_rows": owner_rows(params, asked.selection, list(page), codes)}


def _chart(asked: Question, whose: str, bills: Sequence[PeriodBill], currency: str) -> CurrencyChart:
    state = _state(asked) | {"view": MONTHS if asked.monthly else "days"} | ({"currency": currency} if currency else {})
    return CurrencyChart(
        currency=currency,
        url=f"{reverse('billing:chart_daily_bills')}?{urlencode(state)}",
        summary=_summary(asked, whose, bills, currency) if currency else "",
    )


def _summary(asked: Question, whose: str, bills: Sequence[PeriodBill], currency: str) -> str:
    """What the chart shows, in a sentence, for those who cannot see it."""
    known = [(amount, bill.period) for bill in bills if (amount := bill.amount(currency)) is not None]
    if not known:
        return ""
    highest, period = max(known)
    words = {
        "whose": whose,
        "dates": str(DateRange(since=asked.selection.since, until=asked.selection.until)),
        "total": money(sum((amount for amount, _period in known), Decimal()), currency),
        "highest": money(highest, currency),
        "when": date_format(period, "F Y" if asked.monthly else "j M"),
    }
    return _("Daily bills of %(whose)s, %(dates)s: %(total)s in all, at most %(highest)s (%(when)s).") % words


def _into_words(asked: Question, periods: int) -> str:
    """Where a press on a chart leads; '' where it would lead here."""
    if asked.monthly:
        return _("A press on the chart shows the days of that month.")
    return _("A press on the chart shows that day alone.") if periods > 1 else ""


def _state(asked: Question) -> dict[str, str]:
    selection = asked.selection
    days = {"since": f"{selection.since}", "until": f"{selection.until}"}
    whose = {name.removesuffix("_id"): value for name, value in selection.whose.items()}
    return days | whose | selection.kind | ({"listed": "no"} if selection.unlisted else {})


def _links(asked: Question) -> dict[str, str]:
    """The downloads of exactly what is shown."""
    state = urlencode(_state(asked))
    names = ("daily_bills_csv", "daily_bills_xlsx", "corrections_csv", "corrections_xlsx")
    return {f"{name}_url": f"{reverse(f'billing:export_{name}')}?{state}" for name in names}
