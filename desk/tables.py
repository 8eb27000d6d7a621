"""The list of companies as a table: sorted by links, paged, with the figures of one page's companies only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import django_tables2 as tables
from django.core.paginator import InvalidPage
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.converters import company_path
from companies.models import Company
from companies.queries import by_id
from desk.numbers import figure, short_date
from desk.queries.amounts import AmountsByCompany
from desk.queries.day_sums import DaySum
from desk.queries.listed import by_amount, by_last_usage, by_minutes, by_name, by_projects, country_words, ordered
from usage.figures import Span
from usage.metrics import Words

PER_PAGE = 25
NUMBER = {"th": {"class": "number"}, "td": {"class": "number"}}
UNBROKEN = {"td": {"class": "text-nowrap"}}
Ordered = tuple[QuerySet[Company], bool]


@dataclass(frozen=True, kw_only=True)
class ListedFigures:
    """What the companies of one page used and cost, by company ID."""

    minutes: Mapping[str, DaySum] = field(default_factory=dict)
    last_usage: Mapping[str, dt.date] = field(default_factory=dict)


class CodeColumn(tables.Column):
    """A code that many companies share: those that do are in the order of their IDs."""

    def __init__(self, field: str, **options: Any) -> None:
        super().__init__(accessor=field, **options)
        self.field = field

    def order(self, queryset: QuerySet[Company], is_descending: bool) -> Ordered:
        return ordered(queryset, F(self.field), descending=is_descending), True


class AmountColumn(tables.Column):
    """What each company was billed this month in one currency; a company never billed in it shows a dash."""

    def __init__(self, currency: str, found: AmountsByCompany, days: Span) -> None:
        super().__init__(verbose_name=f"{currency}, {date_format(days[1], 'M')}", empty_values=(), attrs=NUMBER)
        self.currency, self.found, self.days = currency, found, days

    def render(self, record: Company) -> SafeString | str:
        found = self.found.sum_of(record.company_id, self.currency)
        return day_sum_cell(found, is_money=True) if found.value is not None or not found.known else "–"

    def order(self, queryset: QuerySet[Company], is_descending: bool) -> Ordered:
        return by_amount(queryset, self.days, self.currency, descending=is_descending), True


def day_sum_cell(found: DaySum | None, *, is_money: bool = False) -> SafeString:
    """A sum over days with what is missing from it."""
    return render_to_string("desk/parts/figure.html", {"figure": figure(found, is_money=is_money)})


class CompanyTable(tables.Table):
    """One line for each company; `figures` is to be set once the page is known."""

    name = tables.Column(verbose_name=gettext_lazy("Company"), empty_values=())
    company_id = tables.Column(verbose_name=gettext_lazy("CID"), attrs={"td": {"class": "mono"}})
    status = CodeColumn("status", verbose_name=gettext_lazy("Status"), empty_values=(), attrs=UNBROKEN)
    area = CodeColumn("area", verbose_name=gettext_lazy("Area"), attrs=UNBROKEN)
    country = CodeColumn("country", verbose_name=gettext_lazy("Country"))
    project_count = tables.Column(verbose_name=gettext_lazy("Projects"), attrs=NUMBER)
    minutes = tables.Column(empty_values=(), attrs=NUMBER)
    last_usage = tables.Column(verbose_name=gettext_lazy("Last usage"), empty_values=(), attrs=NUMBER)

    class Meta:
        template_name = "django_tables2/portal.html"
        attrs = {"caption": gettext_lazy("Companies")}

    def __init__(
        self,
        found: QuerySet[Company],
        *,
        days: Span,
        unit: Words,
        month: Span,
        amounts: AmountsByCompany | None,
        **options: Any,
    ) -> None:
        self.days, self.month = days, month
        self.figures = ListedFigures()
        codes = amounts.currencies if amounts else []
        columns = [(f"amount_{code}", AmountColumn(code, amounts, month)) for code in codes if amounts]
        super().__init__(found, extra_columns=columns, sequence=("...", "last_usage"), **options)
        self.columns["minutes"].column.verbose_name = _("%(unit)s, 30 days") % {"unit": str(unit).capitalize()}

    def turn_to(self, page: str) -> list[str]:
        """Show this page, or the first one where there is no such page; gives the IDs of its companies."""
        try:
            self.paginate(page=page or 1, per_page=PER_PAGE)
        except InvalidPage:
            self.paginate(page=1, per_page=PER_PAGE)
        return [row.record.company_id for row in self.paginated_rows]

    def render_name(self, record: Company) -> SafeString:
        href = company_path(record.company_id)
        return render_to_string("desk/parts/company_link.html", {"company": record, "href": href})

    def render_status(self, record: Company) -> SafeString:
        return render_to_string("parts/status_badge.html", {"kind": "company", "status": record.status})

    def render_country(self, value: str) -> str:
        return country_words(value)

    def render_project_count(self, record: Company, value: int) -> str:
        return f"{value} / {record.app_limit}" if record.app_limit is not None else f"{value}"

    def render_minutes(self, record: Company) -> SafeString:
        return day_sum_cell(self.figures.minutes.get(record.company_id))

    def render_last_usage(self, record: Company) -> str:
        last = self.figures.last_usage.get(record.company_id)
        if last is None:
            return _("None yet") if record.company_id in self.figures.minutes else _("No data")
        return short_date(last, self.month[1])

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
