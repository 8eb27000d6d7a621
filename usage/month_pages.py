"""What the page of all products in one month shows for one address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format

from polling.periods import first_of_month
from usage.controls import Choice, query_with
from usage.explorer import Question, question
from usage.figures import State
from usage.filters import OF_COMPANIES, filter_context, narrowing_of, nobody_of, owner_of
from usage.metrics import PRODUCTS, Words
from usage.months import Line, ProductMonth, month_asked, products_in_month
from usage.numerals import utc
from usage.periods import DateRange, months_later
from usage.sentences import coverage_words
from usage.tables import Cell, cell_of

OFFERED = 12
OF_THE_PAGE = (
    "since",
    "until",
    "sort",
    "group",
    "metric",
    "compare",
    "interval",
    "draw",
    "provisional",
    "find",
    "product",
)


@dataclass(frozen=True, kw_only=True)
class MonthControl:
    """The month that is shown, with links to others; none lies in the future."""

    label: str
    previous: str
    next: str
    months: list[Choice]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure."""

    label: Words
    cell: Cell


@dataclass(frozen=True, kw_only=True)
class ProductRows:
    """A product's figures, how final they are, and the address of its days."""

    name: Words
    unit: str
    href: str
    state: State
    note: str
    waits: bool
    fetched_at: str
    rows: list[Row]


def products_context(params: QueryDict, *, today: dt.date) -> dict[str, Any]:
    """Everything that the template of the page of all products reads."""
    asked = question(params, today=today)
    month = month_asked(asked)
    owner = owner_of(asked.selection.company_id, asked.selection.project_id)
    narrowing = narrowing_of(params, asked.selection)
    found = products_in_month(asked)
    kept = _kept(params, month)
    return {
        "month": _control(params, month, today),
        "products": product_tabs(kept, ""),
        "all_products": Choice(label="", query="", active=True),
        "found": [_rows_of(kept, one) for one in found],
        "whose": narrowing.words_of(owner),
        "provisional": any(one.period.state == State.PROVISIONAL for one in found),
        "missing": any(line.figure.value is None for one in found for line in one.lines),
        "csv_url": f"{reverse('usage:export_products_csv')}?{kept.urlencode()}",
        "xlsx_url": f"{reverse('usage:export_products_xlsx')}?{kept.urlencode()}",
        "narrowing": narrowing,
        "nobody": nobody_of(params, asked.selection, narrowing, owner),
        "chips": narrowing.chips(params, owner),
        "clear_url": query_with(params, **dict.fromkeys(OF_COMPANIES)),
        **filter_context(params, owner),
    }


def product_tabs(kept: QueryDict, active: str) -> list[Choice]:
    """The explorer's tabs, of the same days and whoever is asked for."""
    page = reverse("usage:show_usage")
    return [
        Choice(label=one.name, query=page + query_with(kept, product=one.key), active=one.key == active)
        for one in PRODUCTS
    ]


def _kept(params: QueryDict, month: DateRange) -> QueryDict:
    """The address of the month, without whatever only the explorer knows."""
    kept = params.copy()
    for name in OF_THE_PAGE:
        kept.pop(name, None)
    kept["period"] = month.name
    return kept


def _control(params: QueryDict, month: DateRange, today: dt.date) -> MonthControl:
    newest = first_of_month(today)
    offered = [months_later(newest, -number) for number in range(OFFERED + 1)]
    later = months_later(month.since, 1)
    return MonthControl(
        label=f"{date_format(month.since, 'F Y')} UTC",
        previous=_to(params, months_later(month.since, -1)),
        next=_to(params, later) if later <= newest else "",
        months=[
            Choice(label=date_format(one, "F Y"), query=_to(params, one), active=one == month.since) for one in offered
        ],
    )


def _to(params: QueryDict, month: dt.date) -> str:
    return query_with(params, period=f"{month:%Y-%m}", since=None, until=None)


def _rows_of(kept: QueryDict, found: ProductMonth) -> ProductRows:
    asked, period = found.asked, found.period
    return ProductRows(
        name=asked.product.name,
        unit=asked.unit,
        href=reverse("usage:show_usage") + query_with(kept, product=asked.product.key),
        state=period.state,
        note=_note(asked, found),
        waits=period.waits,
        fetched_at=utc(period.fetched_at),
        rows=_rows(found.lines),
    )


def _note(asked: Question, found: ProductMonth) -> str:
    return coverage_words(asked, found.period) if found.period.incomplete or found.period.waits else ""


def _rows(lines: Sequence[Line]) -> list[Row]:
    return [Row(label=line.label, cell=cell_of(line.figure)) for line in lines]
