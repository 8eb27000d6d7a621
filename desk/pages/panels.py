"""A chart of one product's usage with its table beneath: of everybody, a company or a project."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from desk.pages.owners import Owner, narrowed
from usage.controls import Choice, DateControl, choices, query_with
from usage.explorer import Question, question
from usage.metrics import PRODUCTS, Words
from usage.queries import usage_per_period
from usage.sentences import into_words, summary
from usage.tables import Table, usage_table


@dataclass(frozen=True, kw_only=True)
class UsagePanel:
    """One product's usage over some days: the chart's address and look, its table, and links to other states."""

    asked: Question
    products: list[Choice]
    provisional: Choice
    chart_url: str
    chart_type: str
    summary: str
    table: Table
    into: str
    incomplete: bool
    csv_url: str
    xlsx_url: str
    usage_url: str
    products_url: str

    @property
    def dates(self) -> DateControl:
        return self.asked.dates

    @property
    def title(self) -> Words:
        return self.asked.product.name


def usage_panel(params: QueryDict, owner: Owner, *, today: dt.date, product: str = "") -> UsagePanel:
    """Usage by day, of the product that the address names, or of `product` where the page has no choice."""
    asked = question(narrowed(params, owner, product=product), today=today)
    periods = usage_per_period(asked.selection)
    days = {"since": f"{asked.dates.since}", "until": f"{asked.dates.until}"}
    pair = {"business": asked.selection.business, "model": asked.selection.model, "interval": "daily"}
    state = {"product": asked.product.key} | days
    return UsagePanel(
        asked=asked,
        products=choices(params, "product", {one.key: one.name for one in PRODUCTS}, asked.product.key),
        provisional=Choice(
            label="",
            query=query_with(params, provisional=None if asked.provisional else "1"),
            active=asked.provisional,
        ),
        chart_url=f"{owner.usage_chart}?{urlencode(state)}",
        chart_type=asked.drawn_as(len(periods)),
        summary=summary(asked, owner.words, periods),
        table=usage_table(asked, periods, reverse("usage:show_usage"), QueryDict(urlencode(state | owner.ids))),
        into=into_words(asked),
        incomplete=any(period.incomplete for period in periods),
        csv_url=f"{reverse('usage:export_usage_csv')}?{urlencode(pair | days | owner.ids)}",
        xlsx_url=f"{reverse('usage:export_usage_xlsx')}?{urlencode(pair | days | owner.ids)}",
        usage_url=f"{reverse('usage:show_usage')}?{urlencode(state | owner.ids)}",
        products_url=f"{reverse('usage:show_products')}?{urlencode(days | owner.ids)}",
    )
