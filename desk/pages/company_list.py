"""The list of companies: what is asked for by the address, and the figures of the page it shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from accounts.access import may_care, may_see_amounts
from accounts.models import Person
from billing.figures import Selection
from billing.tables import Unlisted, unlisted_of
from companies.converters import COMPANIES_PATH
from companies.forms.views import ViewNameForm, kept_query
from companies.models import Density, SavedView
from companies.queries import last_listed_at
from companies.queries.care import all_tags, possible_owners, row_numbers
from companies.queries.views import column_choice, may_change_view, saved_view, saved_views
from desk.filters import CompanyFilter
from desk.queries.day_sums import MINUTES
from desk.queries.matching import amounts_of_all, listed_figures, minutes_of_all
from desk.queries.months import month_to_date
from desk.tables import COLUMNS, USUAL, CompanyTable, Totals
from polling.periods import DAY
from usage.metrics import unit_words
from usage.periods import SETTLES_AFTER

LAST_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The columns beside the name, by the address or by what the person chose, and how dense they stand."""

    columns: Sequence[str]
    density: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column as somebody chooses it."""

    name: str
    label: str
    shown: bool


@dataclass(frozen=True, kw_only=True)
class ViewLink:
    """A view of the team as the menu lists it."""

    view: SavedView
    href: str
    is_open: bool
    change_href: str


@dataclass(frozen=True, kw_only=True)
class OpenView:
    """The view that the list began with; `href` leads back to it where the list has `changed` since."""

    view: SavedView
    changed: bool
    href: str


def company_list(params: QueryDict, person: Person, *, today: dt.date) -> dict[str, Any]:
    """Everything that the template of the list reads."""
    asked, shown, view = CompanyFilter(params), shown_to(params, person), opened_view(params)
    table = company_table(asked, shown, person, sort=params.get("sort", ""), today=today)
    _fill(table, asked, page=params.get("page", ""))
    return {
        "filter": asked,
        "narrowed": asked.narrows,
        "chips": list(asked.chips),
        "usage_query": asked.usage_query,
        "hidden": [(name, value) for name in ("sort", "columns", "view") for value in params.getlist(name)],
        "table": table,
        "unlisted": _unlisted(table) if sees_amounts(person, shown) and not asked.narrows else None,
        "query": _with_view(kept_query(params), view),
        "tags": all_tags() if may_care(person) else [],
        "people": possible_owners() if may_care(person) else [],
        "listed_at": last_listed_at(),
        **_menus(params, shown, person, view),
    }


def _unlisted(table: CompanyTable) -> Unlisted | None:
    """What bills hold beside the totals of the list: all companies that it can show are in those."""
    since, until = table.month
    return unlisted_of(Selection(since=since, until=until), apart=True)


def _fill(table: CompanyTable, asked: CompanyFilter, *, page: str) -> None:
    """The figures of one page's companies, and the minutes of all."""
    company_ids = table.turn_to(page)
    per_day = "minutes" in table.shown
    if per_day and company_ids:
        of = table.paginator.count
        minutes = minutes_of_all(table.days, asked.qs, of=of, narrowed=asked.narrows)
        table.totals = replace(table.totals, minutes=minutes)
    month = table.month if table.currencies else None
    table.figures = listed_figures(company_ids, days=table.days, month=month, per_day=per_day)


def _menus(params: QueryDict, shown: Shown, person: Person, view: SavedView | None) -> dict[str, Any]:
    """Views, columns and files."""
    state = _state(params, shown)
    return {
        "state": state,
        "columns": _columns(shown, person),
        "densities": [(value, label, value == shown.density) for value, label in Density.choices],
        "views": _views(params, person),
        "open_view": _open_view(view, state, person) if view else None,
        "view_form": ViewNameForm(auto_id="view_%s"),
        "csv_url": f"{reverse('desk:export_companies_csv')}?{state}",
        "xlsx_url": f"{reverse('desk:export_companies_xlsx')}?{state}",
    }


def _state(params: QueryDict, shown: Shown) -> str:
    """What the list shows now, with its columns, so that it is the same for everybody."""
    state = params.copy()
    state.setlist("columns", [",".join(["name", *shown.columns])])
    return kept_query(state)


def _open_view(view: SavedView, state: str, person: Person) -> OpenView:
    """A view with whether the list, in this state, shows something else by now."""
    saved = QueryDict(view.query)
    return OpenView(view=view, changed=_state(saved, shown_to(saved, person)) != state, href=address_of(view))


def _columns(shown: Shown, person: Person) -> list[Column]:
    allowed = [name for name in COLUMNS if name != "amounts" or may_see_amounts(person)]
    return [Column(name=name, label=str(COLUMNS[name]), shown=name in shown.columns) for name in allowed]


def _views(params: QueryDict, person: Person) -> list[ViewLink]:
    return [
        ViewLink(
            view=view,
            href=f"{COMPANIES_PATH}?view={view.pk}",
            is_open=f"{view.pk}" == params.get("view"),
            change_href=reverse("companies:change_view", args=[view.pk]) if may_change_view(view, person) else "",
        )
        for view in saved_views()
    ]


def company_table(asked: CompanyFilter, shown: Shown, person: Person, *, sort: str, today: dt.date) -> CompanyTable:
    """The table of all companies that match, in order, with the totals of all of them."""
    until = today - SETTLES_AFTER
    days, month = (until - (LAST_DAYS - 1) * DAY, until), month_to_date(today).days
    found = asked.qs.select_related("owner").prefetch_related("tags")
    amounts = amounts_of_all(month, found) if sees_amounts(person, shown) else {}
    table = CompanyTable(
        found,
        days=days,
        unit=unit_words(MINUTES.unit),
        month=month,
        currencies=list(amounts),
        shown=shown.columns,
        sort=sort,
        selectable=may_care(person),
        density=shown.density,
    )
    table.totals = Totals(amounts=amounts)
    return table


def sees_amounts(person: Person, shown: Shown) -> bool:
    """Whether this person wants amounts and may see them."""
    return may_see_amounts(person) and "amounts" in shown.columns


def shown_to(params: QueryDict, person: Person) -> Shown:
    """What the address asks for, else what this person chose, else what everybody sees."""
    choice = column_choice(person)
    asked = [name for part in params.getlist("columns") for name in part.split(",") if name]
    columns = asked or (choice.columns if choice else USUAL)
    return Shown(
        columns=[name for name in COLUMNS if name in columns],
        density=choice.density if choice else Density.COMPACT.value,
    )


def opened_view(params: QueryDict) -> SavedView | None:
    """The view that an address names."""
    numbers = row_numbers([params.get("view", "")])
    return saved_view(numbers[0]) if numbers else None


def address_of(view: SavedView | None) -> str:
    """The list as a view shows it; without one, as it is."""
    return f"{COMPANIES_PATH}?view={view.pk}" if view else COMPANIES_PATH


def asked_by(view: SavedView) -> str:
    """What the address of a view asks for, in full."""
    return _with_view(view.query, view)


def _with_view(kept: str, view: SavedView | None) -> str:
    """What an address asks for, and the view that it began with."""
    return "&".join(filter(None, [kept, f"view={view.pk}" if view else ""]))


def address_with(query: str, *, columns: bool = True) -> str:
    """The list with what an address asked for, as far as it makes sense; without `columns` in one's own.

    What a view opens anyway is not said beside it.
    """
    asked = QueryDict(query, mutable=True)
    if not columns:
        asked.pop("columns", None)
    view, kept = opened_view(asked), kept_query(asked)
    if view and kept == view.query:
        return address_of(view)
    kept = _with_view(kept, view)
    return f"{COMPANIES_PATH}?{kept}" if kept else COMPANIES_PATH


def asked_table(params: QueryDict, person: Person, *, today: dt.date) -> CompanyTable:
    """The table that an address asks for, of which every company is to be read."""
    shown = shown_to(params, person)
    return company_table(CompanyFilter(params), shown, person, sort=params.get("sort", ""), today=today)
