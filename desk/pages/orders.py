"""The form that orders days to be read again, with what that takes said first."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from desk.backfills.planning import cost_of
from desk.forms import OrderForm
from polling import queries
from polling.labels import cost_words
from polling.models import Stream
from polling.pages.addresses import calendar_crumb
from polling.pages.backfills import order_line
from polling.periods import DAY

ASKED = ("streams", "since", "until", "scope", "company_id", "only_gaps")
ALL_GAPS = "gaps"


def is_ordered(data: QueryDict, form: OrderForm) -> bool:
    """Whether what the form shows is to be ordered: where a price was told, only what that was told of."""
    return form.is_valid() and "ask" not in data and data.get("priced", form.wanted().key) == form.wanted().key


def order_page(form: OrderForm, now: dt.datetime) -> dict[str, Any]:
    """The page of the form; the cost stands on it as soon as the form makes sense."""
    found: dict[str, Any] = {
        "form": form,
        "narrowed": [form["since"], form["until"], form["scope"], form["company_id"]],
        "presets": presets(form.today),
        "crumbs": [calendar_crumb()],
        "asked": form.is_bound and form.is_valid(),
    }
    if found["asked"]:
        wanted = form.wanted()
        cost = cost_of(wanted, now)
        order = queries.open_backfills([wanted.key]).first()
        found |= {
            "key": wanted.key,
            "calls": cost.calls,
            "cost": cost_words(cost.calls, cost.seconds),
            "order": order_line(order, now) if order else None,
        }
    return found


def presets(today: dt.date) -> list[tuple[str, str]]:
    """Links that fill the form in: address and words."""
    first, dated = queries.poll_since(), [Stream.USAGE.value, Stream.DAILY_BILLS.value]
    wishes: list[tuple[str, dict[str, object]]] = [
        (_("All gaps"), {"streams": list(Stream.values), "since": first, "only_gaps": "on"}),
        (_("Last 7 days"), {"streams": dated, "since": today - 6 * DAY}),
        (_("Last 30 days"), {"streams": dated, "since": today - 29 * DAY}),
    ]
    path = reverse("desk:order_backfill")
    return [(f"{path}?{urlencode({**wish, 'until': today}, doseq=True)}", words) for words, wish in wishes]
