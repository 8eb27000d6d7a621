"""Where the pages of a slot, of the gaps and of an order are."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from polling.models import SNAPSHOT

LIST = "list"


def period_text(period: dt.date) -> str:
    """How an address spells a period: `2026-11-21`, or `list` for what has no days."""
    return LIST if period == SNAPSHOT else period.isoformat()


def slot_path(stream: str, scope: str, period: dt.date) -> str:
    """The page of one slot."""
    path = reverse("desk:show_slot", args=[stream, period_text(period)])
    return f"{path}?{urlencode({'scope': scope})}" if scope else path


def calendar_crumb() -> tuple[str, str]:
    """The way back to the calendar."""
    return reverse("polling:calendar"), _("Polling")
