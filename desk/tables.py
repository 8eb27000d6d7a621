"""The list of companies as a table: sorted by links, paged, with the figures of one page's companies only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import django_tables2 as tables
from django.core.paginator import InvalidPage
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from companies.converters import company_path
from companies.labels import AREAS, INDUSTRIES, words
from companies.models import Company
from companies.queries import by_id
from desk.numbers import Figure, figure, short_date
from desk.queries.day_sums import DaySum
from desk.queries.listed import (
    by_amount,
    by_last_usage,
    by_minutes,
    by_name,
    by_owner,
    by_projects,
    country_words,
    ordered,
)
from desk.queries.matching import ListedFigures, MinutesTotal
from desk.sparklines import sparkline
from usage.figures import Span
from usage.metrics import Words
from usage.numerals import grouped

PER_PAGE = 25
NUMBER = {"th": {"class": "number"}, "td": {"class": "number"}, "tf": {"class": "number"}}
UNBROKEN = {"td": {"class": "text-nowrap"}}
AREA_HELP = {"th": {"title": gettext_lazy("Agora's codes: China is CN, Outside China is Non-CN")}}
# What does not fit on one line is read whole under the pointer.
COUNTRY = {"td": {"class": "cut", "title": lambda value: country_words(value)}}
Ordered = tuple[QuerySet[Company], bool]

# What a person can choose to see beside the name, in the table's order; amounts are a column for each currency.
COLUMNS: Mapping[str, Promise] = MappingProxyType(
    {
        "company_id": gettext_lazy("Company ID"),
        "status": gettext_lazy("Status"),
        "area": gettext_lazy("Area"),
        "country": gettext_lazy("Country"),
        "industry": gettext_lazy("Industry"),
        "project_count": gettext_lazy("Projects"),
        "minutes": gettext_lazy("Minutes"),
        "amounts": gettext_lazy("Amounts"),
        "last_usage": gettext_lazy("Last usage"),
        "tags": gettext_lazy("Tags"),
        "owner": gettext_lazy("Owner"),
    }
)
USUAL = tuple(name for name in COLUMNS if name not in ("industry", "owner"))


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What all companies that match used, and what they cost in each currency; None was not asked for."""

    minutes: MinutesTotal | None = None
    amounts: Mapping[str, DaySum] = field(default_factory=dict)


class CodeColumn(tables.Column):
    """A code that many companies share: those that do are in the order of their IDs."""

    def __init__(self, field: str, **options: Any) -> None:
        super().__init__(accessor=field, **options)
        self.field = field

    def order(self, queryset: QuerySet[Company], is_descending: bool) -> Ordered:
        return ordered(queryset, F(self.field), descending=is_descending), True


class AmountColumn(tables.Column):
    """What each company was billed this month in one currency; a company never billed in it shows a dash."""

    def __init__(self, currency: str, days: Span) -> None:
        super().__init__(verbose_name=f"{currency}, {date_format(days[1], 'M')}", empty_values=(), attrs=NUMBER)
        self.currency, self.days = currency, days

    def render(self, record: Company, table: CompanyTable) -> SafeString | str:
        if table.figures.amounts is None:
            return ""
        found = table.figures.amounts.sum_of(record.company_id, self.currency)
        return day_sum_cell(found, is_money=True) if found.value is not None or not found.known else "–"

    def render_footer(self, table: CompanyTable) -> SafeString:
        return day_sum_cell(table.totals.amounts[self.currency], is_money=True)

    def order(self, queryset: QuerySet[Company], is_descending: bool) -> Ordered:
        return by_amount(queryset, self.days, self.currency, descending=is_descending), True


class NameColumn(tables.Column):
    """Who it is, with a box to tick; below, how many there are."""

    def render_footer(self, table: CompanyTable) -> str:
        count = table.paginator.count
        return ngettext("%(count)s company", "%(count)s companies", count) % {"count": grouped(count)}


class MinutesColumn(tables.Column):
    """What each company used; below, what all of them used together."""

    def render_footer(self, table: CompanyTable) -> SafeString | str:
        found = table.totals.minutes
        return figure_cell(total_figure(found)) if found else ""


def day_sum_cell(found: DaySum | None, *, is_money: bool = False) -> SafeString:
    """A sum over days with what is missing from it."""
    return figure_cell(figure(found, is_money=is_money))


def figure_cell(shown: Figure) -> SafeString:
    """A figure, and a mark with what is missing from it."""
    return render_to_string("desk/parts/figure.html", {"figure": shown})


def total_figure(found: MinutesTotal) -> Figure:
    """The minutes of all companies, which say of how many of them every day is in it."""
    if found.value is None:
        return Figure(text="")
    if found.complete == found.of:
        return Figure(text=grouped(found.value))
    counts = {"complete": grouped(found.complete), "of": grouped(found.of), "waiting": grouped(found.waiting)}
    if found.complete + found.waiting == found.of:
        note = _("%(complete)s of %(of)s companies are known on every day; the others used nothing for weeks")
    else:
        note = _("%(complete)s of %(of)s companies are known on every day")
    return Figure(text=grouped(found.value), note=note % counts, waits=found.complete + found.waiting == found.of)


class CompanyTable(tables.Table):
    """One line for each company; `figures` is to be set once the page is known, `totals` before it is shown.

    `currencies` are those that some company that matches was billed in, `shown` the columns beside the name.
    """

    name = NameColumn(verbose_name=gettext_lazy("Company"), empty_values=())
    company_id = tables.Column(verbose_name=COLUMNS["company_id"], attrs={"td": {"class": "mono"}})
    status = CodeColumn("status", verbose_name=COLUMNS["status"], empty_values=(), attrs=UNBROKEN)
    area = CodeColumn("area", verbose_name=COLUMNS["area"], attrs=AREA_HELP | UNBROKEN)
    country = CodeColumn("country", verbose_name=COLUMNS["country"], attrs=COUNTRY)
    industry = CodeColumn("industry", verbose_name=COLUMNS["industry"])
    project_count = tables.Column(verbose_name=COLUMNS["project_count"], attrs=NUMBER)
    minutes = MinutesColumn(empty_values=(), attrs=NUMBER)
    last_usage = tables.Column(verbose_name=COLUMNS["last_usage"], empty_values=(), attrs=NUMBER)
    tags = tables.Column(verbose_name=COLUMNS["tags"], empty_values=(), orderable=False)
    owner = tables.Column(verbose_name=COLUMNS["owner"], attrs=UNBROKEN)

    class Meta:
        template_name = "django_tables2/portal.html"

    def __init__(
        self,
        found: QuerySet[Company],
        *,
        days: Span,
        unit: Words,
        month: Span,
        currencies: Sequence[str],
        shown: Collection[str],
        sort: str,
        selectable: bool = False,
        density: str = "compact",
    ) -> None:
        self.days, self.month, self.currencies, self.selectable = days, month, currencies, selectable
        self.shown = [name for name in COLUMNS if name in shown]
        self.figures, self.totals = ListedFigures(), Totals()
        amounts = {f"amount_{code}": AmountColumn(code, month) for code in currencies}
        sequence = ["name", *(one for name in self.shown for one in ([*amounts] if name == "amounts" else [name]))]
        super().__init__(
            found,
            extra_columns=amounts.items() if "amounts" in self.shown else (),
            exclude=[name for name in COLUMNS if name not in self.shown],
            sequence=[*sequence, "..."],
            order_by=sort if sort.removeprefix("-") in sequence else "name",
            attrs={"caption": gettext_lazy("Companies"), "class": f"figures is-{density}"},
        )
        if "minutes" in self.shown:
            self.columns["minutes"].column.verbose_name = _("%(unit)s, 30 days") % {"unit": str(unit).capitalize()}

    @property
    def matching(self) -> QuerySet[Company]:
        """All companies that match, in the order of the table."""
        return self.data.data

    def turn_to(self, page: str) -> list[str]:
        """Show this page, or the first one where there is no such page; gives the IDs of its companies."""
        try:
            self.paginate(page=page or 1, per_page=PER_PAGE)
        except InvalidPage:
            self.paginate(page=1, per_page=PER_PAGE)
        return [row.record.company_id for row in self.paginated_rows]

    def render_name(self, record: Company) -> SafeString:
        context = {"company": record, "href": company_path(record.company_id), "selectable": self.selectable}
        return render_to_string("desk/parts/company_cell.html", context)

    def render_status(self, record: Company) -> SafeString:
        return render_to_string("parts/status_badge.html", {"kind": "company", "status": record.status})

    def render_area(self, value: str) -> str:
        return words(AREAS, value)

    def render_country(self, value: str) -> str:
        return country_words(value)

    def render_industry(self, value: str) -> str:
        return words(INDUSTRIES, value)

    def render_project_count(self, record: Company, value: int) -> str:
        return f"{value} / {record.app_limit}" if record.app_limit is not None else f"{value}"

    def render_minutes(self, record: Company) -> SafeString:
        found = self.figures.minutes.get(record.company_id)
        line = sparkline(self.figures.per_day.get(record.company_id, ()))
        return render_to_string("desk/parts/minutes_cell.html", {"figure": figure(found), "line": line})

    def render_last_usage(self, record: Company) -> str:
        last = self.figures.last_usage.get(record.company_id)
        if last is None:
            return _("None yet") if record.company_id in self.figures.minutes else _("No data")
        return short_date(last, self.month[1])

    def render_tags(self, record: Company) -> SafeString:
        return render_to_string("desk/parts/tags_cell.html", {"tags": record.tags.all()})

    def order_name(self, queryset: QuerySet[Company], is_descending: bool) -> Ordered:
        return by_name(queryset, descending=is_descending), True

    def order_company_id(self, queryset: QuerySet[Company], is_descending: bool) -> Ordered:
        return by_id(queryset, descending=is_descending), True

    def order_project_count(self, queryset: QuerySet[Company], is_descending: bool) -> Ordered:
        return by_projects(queryset, descending=is_descending), True

    def order_minutes(self, queryset: QuerySet[Company], is_descending: bool) -> Ordered:
        return by_minutes(queryset, self.days, descending=is_descending), True

    def order_last_usage(self, queryset: QuerySet[Company], is_descending: bool) -> Ordered:
        return by_last_usage(queryset, descending=is_descending), True

    def order_owner(self, queryset: QuerySet[Company], is_descending: bool) -> Ordered:
        return by_owner(queryset, descending=is_descending), True
