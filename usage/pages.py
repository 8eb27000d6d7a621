"""What the usage page shows for one address: its links, its sentences, its chart and its table."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from usage.controls import Choice, choices
from usage.explorer import DRAWINGS, INTERVALS, LINES, Question, leaves_lines_out, question
from usage.filters import filter_context, owner_of
from usage.metrics import PEAKS_HELP, PRODUCTS, Words
from usage.queries import usage_per_period
from usage.tables import summary, usage_table

# Thinner bars than these are hard to tell apart.
MOST_BARS = 62


def usage_context(params: QueryDict, *, today: dt.date) -> dict[str, Any]:
    """Everything that the template of the usage page reads."""
    asked = question(params, today=today)
    owner = owner_of(asked.selection.company_id, asked.selection.project_id)
    periods = usage_per_period(asked.selection)
    return {
        "asked": asked,
        "dates": asked.dates,
        "products": choices(params, "product", {one.key: one.name for one in PRODUCTS}, asked.product.key),
        "intervals": choices(params, "interval", INTERVALS, asked.selection.interval),
        "drawings": _drawings(params, asked),
        "chart_url": _chart_url(asked),
        "chart_type": "bar" if asked.stacked and len(periods) <= MOST_BARS else "line",
        "csv_url": _export_url(asked, "csv"),
        "xlsx_url": _export_url(asked, "xlsx"),
        "helps": _helps(asked),
        "summary": summary(asked, owner.words, periods),
        "table": usage_table(asked, periods),
        "left_out": leaves_lines_out(asked, periods),
        "incomplete": sum(period.incomplete for period in periods),
        **filter_context(params, owner),
    }


def _drawings(params: QueryDict, asked: Question) -> list[Choice]:
    if not asked.product.parts:
        return []
    return choices(params, "draw", DRAWINGS, "stacked" if asked.stacked else LINES)


def _helps(asked: Question) -> list[Words]:
    return [words for words in (asked.product.help, "" if asked.product.adds_up else PEAKS_HELP) if words]


def _whose_and_when(asked: Question) -> dict[str, str]:
    selection = asked.selection
    state = {"since": f"{selection.since}", "until": f"{selection.until}"}
    whose = {"company": selection.company_id, "project": selection.project_id}
    return state | {name: value for name, value in whose.items() if value}


def _chart_url(asked: Question) -> str:
    drawn = {
        "product": asked.product.key,
        "interval": asked.selection.interval,
        "draw": "stacked" if asked.stacked else LINES,
    }
    return f"{reverse('usage:chart_usage')}?{urlencode(drawn | _whose_and_when(asked))}"


def _export_url(asked: Question, ending: str) -> str:
    selection = asked.selection
    pair = {"business": selection.business, "model": selection.model, "interval": selection.interval}
    return f"{reverse(f'usage:export_usage_{ending}')}?{urlencode(pair | _whose_and_when(asked))}"
