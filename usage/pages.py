"""What the usage page shows for one address: its links, its sentences, its chart and its table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agora.vocabulary import Interval
from usage.answers import answer_to
from usage.comparing import comparison_words
from usage.controls import Choice, choices, query_with
from usage.explorer import (
    DRAWINGS,
    INTERVALS,
    LINES,
    Question,
    comparisons_of,
    groups_of,
    intervals_of,
    leaves_lines_out,
    question,
)
from usage.filters import OF_COMPANIES, Chip, filter_context, narrowing_of, nobody_of, owner_of
from usage.metrics import PEAKS_HELP, PRODUCTS, Words, metric_words
from usage.sentences import into_words, summary_of
from usage.tables import table_of

LONGEST_PRESET = "12m"
OF_ONE_PRODUCT = ("product", "interval", "draw", "group", "metric", "compare", "sort", "provisional", "find")
NARROWING = (*OF_COMPANIES, "metric")


@dataclass(frozen=True, kw_only=True)
class Menu:
    """One thing that the page lets people choose."""

    label: Words
    choices: list[Choice]
    short: Words = ""

    @property
    def chosen(self) -> Words:
        """What is chosen, in as few words as there are for it."""
        return self.short or next((choice.label for choice in self.choices if choice.active), "")


def usage_context(params: QueryDict, *, today: dt.date) -> dict[str, Any]:
    """Everything that the template of the usage page reads."""
    asked = question(params, today=today)
    owner = owner_of(asked.selection.company_id, asked.selection.project_id)
    narrowing = narrowing_of(params, asked.selection)
    answer = answer_to(asked)
    csv_url, xlsx_url = _export_urls(params, asked)
    chips = _chips(params, asked, narrowing.chips(params, owner))
    menus = _menus(params, asked)
    return {
        "asked": asked,
        "dates": asked.dates,
        "products": choices(params, "product", {one.key: one.name for one in PRODUCTS}, asked.product.key),
        "products_url": reverse("usage:show_products") + query_with(params, **dict.fromkeys(OF_ONE_PRODUCT)),
        "intervals": choices(params, "interval", intervals_of(asked.product), asked.selection.interval),
        "drawings": _drawings(params, asked),
        "menus": menus,
        "in_force": _in_force(asked, chips, menus),
        "chart_url": _chart_url(asked),
        "chart_type": asked.drawn_as(len(answer.periods)),
        "csv_url": csv_url,
        "xlsx_url": xlsx_url,
        "table_csv_url": _table_url(params, "csv"),
        "table_xlsx_url": _table_url(params, "xlsx"),
        "helps": _helps(asked),
        "into": into_words(asked),
        "summary": summary_of(answer, narrowing.words_of(owner)),
        "table": table_of(answer, params),
        "is_nothing": answer.is_nothing,
        "year_url": _year_url(params, asked),
        "left_out": leaves_lines_out(asked, answer.periods),
        "incomplete": sum(period.incomplete for period in answer.periods),
        "narrowing": narrowing,
        "nobody": nobody_of(params, asked.selection, narrowing, owner),
        "chips": chips,
        "clear_url": query_with(params, **dict.fromkeys(NARROWING)),
        **filter_context(params, owner),
    }


def _menus(params: QueryDict, asked: Question) -> list[Menu]:
    """By what the figures are split and with what they are compared; what offers no choice is not there."""
    named = comparisons_of(asked.selection)
    against: dict[str, Words] = {"": _("Nothing"), **{how: comparison_words(asked.selection, how) for how in named}}
    compared = choices(params, "compare", against, asked.compare)
    menus = [
        Menu(label=_("Split by"), choices=choices(params, "group", groups_of(asked.selection), asked.group)),
        Menu(label=_("Metric"), choices=_metrics(params, asked) if asked.grouped or asked.metric else []),
        Menu(label=_("Compared with"), choices=compared, short=named.get(asked.compare, "")),
    ]
    return [menu for menu in menus if len(menu.choices) > 1]


def _year_url(params: QueryDict, asked: Question) -> str:
    """The last year by month, where to look when nothing was used; '' where that is what is shown."""
    if asked.dates.dates.name == LONGEST_PRESET:
        return ""
    return query_with(params, period=LONGEST_PRESET, since=None, until=None, interval=Interval.MONTHLY.value)


def _in_force(asked: Question, chips: list[Chip], menus: list[Menu]) -> str:
    """What is chosen, in few words, for where there is no room for the choices themselves."""
    words: list[Words] = [INTERVALS[asked.selection.interval], *(chip.words for chip in chips)]
    words += [_("provisional days")] if asked.provisional else []
    words += [f"{menu.label}: {menu.chosen}" for menu in menus if not menu.choices[0].active]
    return " · ".join(map(str, words))


def _chips(params: QueryDict, asked: Question, chips: list[Chip]) -> list[Chip]:
    if not asked.metric:
        return chips
    return [*chips, Chip(label=_("Metric"), words=metric_words(asked.metric), query=query_with(params, metric=None))]


def _metrics(params: QueryDict, asked: Question) -> list[Choice]:
    """Of which metric companies or projects are shown."""
    leading = _("All of it") if len(asked.product.leading) > 1 else metric_words(asked.product.leading[0])
    others = [name for name in asked.product.metrics if (name,) != asked.product.leading]
    return choices(params, "metric", {"": leading, **{name: metric_words(name) for name in others}}, asked.metric)


def _drawings(params: QueryDict, asked: Question) -> list[Choice]:
    if not asked.grouped and (not asked.product.parts or asked.metric):
        return []
    return choices(params, "draw", DRAWINGS, "stacked" if asked.stacked else LINES)


def _helps(asked: Question) -> list[Words]:
    return [words for words in (asked.product.help, "" if asked.product.adds_up else PEAKS_HELP) if words]


def _whose_and_when(asked: Question) -> dict[str, str]:
    selection = asked.selection
    state = {"since": f"{selection.since}", "until": f"{selection.until}"}
    whose = {
        "company": selection.company_id,
        "project": selection.project_id,
        "tag": selection.tag,
        "area": selection.area,
        "country": selection.country,
    }
    return state | {name: value for name, value in whose.items() if value}


def _chart_url(asked: Question) -> str:
    drawn = {
        "product": asked.product.key,
        "interval": asked.selection.interval,
        "draw": "stacked" if asked.stacked else LINES,
    }
    split = {"group": asked.group if asked.grouped else "", "metric": asked.metric, "compare": asked.compare}
    more = {name: value for name, value in split.items() if value}
    return f"{reverse('usage:chart_usage')}?{urlencode(drawn | _whose_and_when(asked) | more)}"


def _export_urls(params: QueryDict, asked: Question) -> tuple[str, str]:
    """The downloads beside the chart: every figure of every company, where the chart is of no other selection."""
    selection = asked.selection
    if asked.grouped or asked.weekly or asked.compare or asked.metric or selection.of_kind:
        return _table_url(params, "csv"), _table_url(params, "xlsx")
    pair = {"business": selection.business, "model": selection.model, "interval": selection.interval}
    query = urlencode(pair | _whose_and_when(asked))
    return f"{reverse('usage:export_usage_csv')}?{query}", f"{reverse('usage:export_usage_xlsx')}?{query}"


def _table_url(params: QueryDict, ending: str) -> str:
    return f"{reverse(f'usage:export_table_{ending}')}?{params.urlencode()}"
