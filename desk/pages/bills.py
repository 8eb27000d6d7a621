"""The daily bill over some days, a chart for each currency and one table: of everybody, a company or a project."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.explorer import Question, bill_per_period, question, shown_currencies
from billing.figures import PeriodBill
from billing.money import amount_text, places_of
from billing.tables import CurrencySum, currency_sums
from desk.numbers import to_the_cent
from desk.pages.owners import Owner, narrowed
from polling.periods import BILLS_PUBLISHED_AFTER
from usage.figures import State
from usage.numerals import utc


@dataclass(frozen=True, kw_only=True)
class CurrencyChart:
    """The chart of one currency; without one, the empty chart of days on which nothing is known."""

    currency: str
    url: str
    summary: str


@dataclass(frozen=True, kw_only=True)
class BillRow:
    """One UTC day, its label in charts as `key` and its page: an amount in each currency; empty texts are not known."""

    key: str
    period: str
    href: str
    state: State
    fetched_at: str
    cells: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class BillsPanel:
    """The charts and their table, and where the same is exported and explored."""

    charts: Sequence[CurrencyChart]
    rows: Sequence[BillRow]
    sums: Sequence[CurrencySum]
    csv_url: str
    xlsx_url: str
    bills_url: str


def bills_panel(params: QueryDict, owner: Owner, *, today: dt.date) -> BillsPanel:
    """What each of the page's days cost; days whose bill Agora has not published yet are left out."""
    asked = published(question(narrowed(params, owner), today=today), today)
    bills, codes = bill_per_period(asked), shown_currencies(asked)
    days = {"since": f"{asked.selection.since}", "until": f"{asked.selection.until}"}
    state = urlencode(days | owner.ids)
    return BillsPanel(
        charts=[_chart(owner, days, bills, code) for code in codes or [""]],
        rows=_rows(owner, bills, codes),
        sums=currency_sums(bills, codes),
        csv_url=f"{reverse('billing:export_daily_bills_csv')}?{state}",
        xlsx_url=f"{reverse('billing:export_daily_bills_xlsx')}?{state}",
        bills_url=_bills_url(owner, days),
    )


def _bills_url(owner: Owner, days: dict[str, str]) -> str:
    return f"{reverse('billing:show_daily_bills')}?{urlencode(days | owner.ids)}"


def published(asked: Question, today: dt.date) -> Question:
    """The question up to the last day whose bill Agora has published; at least its first day."""
    selection = asked.selection
    until = max(selection.since, min(selection.until, today - BILLS_PUBLISHED_AFTER))
    return replace(asked, selection=replace(selection, until=until))


def _chart(owner: Owner, days: dict[str, str], bills: Sequence[PeriodBill], currency: str) -> CurrencyChart:
    state = days | ({"currency": currency} if currency else {})
    return CurrencyChart(
        currency=currency,
        url=f"{owner.bills_chart}?{urlencode(state)}",
        summary=_summary(bills, currency) if currency else _nothing(bills),
    )


def _nothing(bills: Sequence[PeriodBill]) -> str:
    """That known days cost nothing; '' where none is known."""
    known = sum(bill.known for bill in bills)
    words = ngettext(
        "Nothing was billed on the %(count)d known day.", "Nothing was billed on %(count)d known days.", known
    )
    return words % {"count": known} if known else ""


def _summary(bills: Sequence[PeriodBill], currency: str) -> str:
    """What the chart shows, in sentences, for those who cannot see it."""
    known = [(amount, bill.period) for bill in bills if (amount := bill.amount(currency)) is not None]
    if not known:
        return ""
    highest, day = max(known)
    words = {
        "total": f"{to_the_cent(sum((amount for amount, _day in known), Decimal()))} {currency}",
        "highest": f"{to_the_cent(highest)} {currency}",
        "when": date_format(day, "j M"),
    }
    sentence = _("%(total)s in all, at most %(highest)s (%(when)s).") % words
    if missing := len(bills) - len(known):
        gaps = ngettext("%(count)d day has no data.", "%(count)d days have no data.", missing) % {"count": missing}
        return f"{sentence} {gaps}"
    return sentence


def _rows(owner: Owner, bills: Sequence[PeriodBill], codes: Sequence[str]) -> list[BillRow]:
    """The days, the newest first; amounts stand below one another, each with the decimals of its column."""
    places = {code: places_of(bill.amount(code) for bill in bills) for code in codes}
    return [
        BillRow(
            key=(day := f"{bill.period}"),
            period=date_format(bill.period, "D, j M Y"),
            href=_bills_url(owner, {"since": day, "until": day}),
            state=bill.state,
            fetched_at=utc(bill.fetched_at),
            cells=[_cell(bill.amount(code), places[code]) for code in codes],
        )
        for bill in reversed(bills)
    ]


def _cell(amount: Decimal | None, places: int) -> str:
    return "" if amount is None else amount_text(amount, places)
