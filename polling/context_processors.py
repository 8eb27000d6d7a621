"""What every page says of the connection: which server it is, and how fresh the figures are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polling import queries
from polling.labels import ago
from polling.periods import DAY, utc_day

CALENDAR = "polling:calendar"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the freshness line, which leads to where more is told; the tone is green, amber or red."""

    text: str
    tone: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Server:
    """Which server the portal speaks to."""

    is_demo: bool
    host: str
    refused: str


def freshness(request: HttpRequest) -> dict[str, Any]:
    """`freshness` and `connection`, read from the ledger only where a page shows them."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    return {"freshness": SimpleLazyObject(parts), "connection": SimpleLazyObject(server)}


def server() -> Server:
    """The server of the settings, with why it refuses the portal's signature where it does."""
    host = urlsplit(settings.AGORA_BASE_URL).netloc
    return Server(is_demo=settings.DEMO, host=host, refused=queries.connection().refused_reason)


def parts() -> list[Part]:
    """The freshness line: usage, bills, and what is still missing."""
    now = timezone.now()
    fresh = queries.freshness(now)
    if not fresh.progress.due:
        return [Part(text=_("Nothing fetched yet"), tone="amber", href=reverse(CALENDAR))]
    line = [usage_part(fresh, now), bills_part(fresh)]
    return [*line, missing_part(fresh)] if fresh.progress.open else line


def usage_part(fresh: queries.Freshness, now: dt.datetime) -> Part:
    """To which day usage is known, and how long ago it was fetched."""
    if fresh.usage_until is None or fresh.usage_fetched_at is None:
        return Part(text=_("Usage not fetched yet"), tone="amber", href=reverse(CALENDAR))
    text = _("Usage to %(day)s UTC, fetched %(ago)s") % {
        "day": date_format(fresh.usage_until, "j M"),
        "ago": ago(fresh.usage_fetched_at, now),
    }
    tone = "green" if fresh.usage_until >= utc_day(now) - DAY else "amber"
    return Part(text=text, tone=tone, href=reverse(CALENDAR))


def bills_part(fresh: queries.Freshness) -> Part:
    """To which day bills are known."""
    if fresh.bills_until is None:
        return Part(text=_("Bills not fetched yet"), tone="amber", href=reverse(CALENDAR))
    text = _("Bills to %(day)s (Agora publishes two days later)") % {"day": date_format(fresh.bills_until, "j M")}
    tone = "green" if fresh.bills_until >= fresh.bills_expected_until else "amber"
    return Part(text=text, tone=tone, href=reverse(CALENDAR))


def missing_part(fresh: queries.Freshness) -> Part:
    """How much is still missing: a history that fills, or gaps in one that is full."""
    progress = fresh.progress
    if progress.percent < 90:
        text = _("History %(percent)d %% fetched") % {"percent": progress.percent}
        return Part(text=text, tone="amber", href=reverse(CALENDAR))
    text = ngettext("%(count)d gap", "%(count)d gaps", progress.open) % {"count": progress.open}
    return Part(text=text, tone="red" if progress.open > 20 else "amber", href=reverse("polling:list_gaps"))
