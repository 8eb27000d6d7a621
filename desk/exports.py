"""The list of companies as a table to download: the same companies, columns and order as the page, exact values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from billing.exports import exact_amount
from companies.labels import COMPANY_STATUSES, INDUSTRIES, words
from companies.models import Company
from desk.queries.day_sums import MINUTES
from desk.queries.listed import country_words
from desk.queries.matching import ListedFigures, listed_figures
from desk.tables import CompanyTable
from usage.exports import exact
from usage.figures import Span
from usage.sheets import Kind, Sheet

AT_ONCE = 1000

Cell = Callable[[Company, ListedFigures], str]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the file: its heading, what it holds, and how a cell is made."""

    heading: str
    kind: Kind
    cell: Cell


def company_sheet(table: CompanyTable) -> Sheet:
    """Every company that matches, with the columns that are shown; days of sums stand in the headings, in UTC."""
    names = ["name", *table.shown]
    columns = list(chain.from_iterable(_columns(name, table) for name in names))
    return Sheet(
        name=f"companies-{table.days[1]}",
        columns=[(column.heading, column.kind) for column in columns],
        rows=_rows(table, columns),
    )


def _rows(table: CompanyTable, columns: Sequence[Column]) -> Iterator[list[str]]:
    month = table.month if table.currencies else None
    some: list[Company] = []
    for company in chain(table.matching.iterator(chunk_size=AT_ONCE), [None]):
        if company is not None:
            some.append(company)
        if some and (company is None or len(some) == AT_ONCE):
            figures = listed_figures([one.company_id for one in some], days=table.days, month=month)
            yield from ([column.cell(one, figures) for column in columns] for one in some)
            some = []


def _columns(name: str, table: CompanyTable) -> list[Column]:
    if name == "minutes":
        return _minutes(table.days)
    if name == "amounts":
        amounts = [_amount(currency, table.month) for currency in table.currencies]
        return [*amounts, AMOUNT_DAYS] if amounts else []
    return PLAIN[name]


def _minutes(days: Span) -> list[Column]:
    """What is known of the sum, and on how many of its days: an empty sum is not known."""
    unit = MINUTES.unit
    heading = f"{unit}_{days[0]}_{days[1]}"

    def value(company: Company, figures: ListedFigures) -> str:
        found = figures.minutes.get(company.company_id)
        return exact(found.value) if found else ""

    def known(company: Company, figures: ListedFigures) -> str:
        found = figures.minutes.get(company.company_id)
        return f"{found.known if found else 0}"

    return [
        Column(heading=heading, kind=Kind.NUMBER, cell=value),
        Column(heading=f"{unit}_days_known", kind=Kind.NUMBER, cell=known),
    ]


def _amount(currency: str, days: Span) -> Column:
    def cell(company: Company, figures: ListedFigures) -> str:
        found = figures.amounts.sum_of(company.company_id, currency) if figures.amounts else None
        return exact_amount(Decimal(found.value)) if found and found.value is not None else ""

    return Column(heading=f"amount_{currency}_{days[0]}_{days[1]}", kind=Kind.NUMBER, cell=cell)


def _amount_days(_company: Company, figures: ListedFigures) -> str:
    return f"{figures.amounts.known}" if figures.amounts else ""


# Of how many days the bills are known: the same in every currency.
AMOUNT_DAYS = Column(heading="amount_days_known", kind=Kind.NUMBER, cell=_amount_days)


def _plain(heading: str, kind: Kind, of: Callable[[Company], str]) -> Column:
    return Column(heading=heading, kind=kind, cell=lambda company, _figures: of(company))


def _number(value: int | None) -> str:
    return "" if value is None else f"{value}"


def _last_usage(company: Company, figures: ListedFigures) -> str:
    last = figures.last_usage.get(company.company_id)
    return last.isoformat() if last else ""


PLAIN: dict[str, list[Column]] = {
    "name": [_plain("company_name", Kind.TEXT, lambda one: one.name)],
    "company_id": [_plain("company_id", Kind.ID, lambda one: one.company_id)],
    "status": [_plain("status", Kind.TEXT, lambda one: words(COMPANY_STATUSES, one.status))],
    "area": [_plain("area", Kind.TEXT, lambda one: one.area)],
    "country": [_plain("country", Kind.TEXT, lambda one: country_words(one.country))],
    "industry": [_plain("industry", Kind.TEXT, lambda one: words(INDUSTRIES, one.industry))],
    "project_count": [
        _plain("projects", Kind.NUMBER, lambda one: f"{one.project_count}"),  # type: ignore[attr-defined]
        _plain("project_limit", Kind.NUMBER, lambda one: _number(one.app_limit)),
    ],
    "last_usage": [Column(heading="last_usage", kind=Kind.ID, cell=_last_usage)],
    "tags": [_plain("tags", Kind.TEXT, lambda one: ", ".join(tag.name for tag in one.tags.all()))],
    "owner": [_plain("owner", Kind.TEXT, lambda one: f"{one.owner}" if one.owner else "")],
}
