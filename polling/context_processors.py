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
# Percent of what is due from which on single days are counted; the company list is read every hour.
FULL_HISTORY = 90
STANDS_STILL_AFTER = dt.timedelta(hours=2)


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
    """The freshness line, as of now."""
    now = timezone.now()
    return parts_of(queries.freshness(now), now)


def parts_of(fresh: queries.Freshness, now: dt.datetime) -> list[Part]:
    """Usage, bills, what is missing, and what still waits to be read for the first time."""
    if not fresh.progress.due:
        return [Part(text=_("Nothing fetched yet"), tone="amber", href=reverse(CALENDAR))]
    line = [usage_part(fresh, now), bills_part(fresh)]
    if fresh.progress.failing:
        line.append(gaps_part(fresh.progress))
    return [*line, waiting_part(fresh.progress, now)] if fresh.progress.waiting else line


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


def gaps_part(progress: queries.Progress) -> Part:
    """How many gaps there are: days and lists that could not be read, or are missing for over a day."""
    text = ngettext("%(count)s gap", "%(count)s gaps", progress.failing) % {"count": f"{progress.failing:,}"}
    return Part(text=text, tone="red", href=reverse("polling:list_gaps"))


def waiting_part(progress: queries.Progress, now: dt.datetime) -> Part:
    """How much waits for its first reading; red when nothing was read for longer than a working portal takes."""
    stands_still = progress.read_at is None or now - progress.read_at > STANDS_STILL_AFTER
    if progress.percent < FULL_HISTORY:
        text = _("History %(percent)d %% fetched") % {"percent": progress.percent}
    else:
        text = ngettext("%(count)s still to be read", "%(count)s still to be read", progress.waiting)
        text %= {"count": f"{progress.waiting:,}"}
    href = CALENDAR if progress.percent < FULL_HISTORY else "polling:list_gaps"
    return Part(text=text, tone="red" if stands_still and progress.known else "amber", href=reverse(href))
