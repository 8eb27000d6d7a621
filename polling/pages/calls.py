"""The calls to Agora in words: how much of the rate they used, how they ended, how long answers took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from math import isinf
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polling.labels import Words
from polling.models.calls import TOOK_WITHIN
from polling.queries.calls import Calls, calls_by_hour, together

Hours = Mapping[dt.datetime, Calls | None]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing about the connection; the tone is green, amber or red."""

    label: Words
    words: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class HourLine:
    """One hour of the table: a cell for each column, empty ones where nothing was counted."""

    hour: str
    cells: list[str]


def calls_part(now: dt.datetime) -> dict[str, Any]:
    """The calls of the last 24 hours: facts, the chart's address, and the same as a table."""
    hours = calls_by_hour(now)
    counted = [calls for calls in hours.values() if calls]
    whole = together(counted)
    return {
        "facts": facts(counted[-1] if counted else Calls(), whole),
        "summary": summary(whole) if counted else "",
        "url": reverse("desk:chart_calls"),
        "lines": [hour_line(hour, calls) for hour, calls in reversed(hours.items())] if counted else [],
    }


def calls_words(number: int) -> str:
    """A number of calls."""
    return ngettext("%(count)s call", "%(count)s calls", number) % {"count": f"{number:,}"}


def summary(whole: Calls) -> str:
    """The day in a sentence."""
    told = {"calls": calls_words(whole.calls), "share": share_of_rate(whole.busiest)}
    return _("%(calls)s in 24 hours; the busiest minute used %(share)s of the rate.") % told


def share_of_rate(in_a_minute: int) -> str:
    """How much of what may go out in a minute did: `97 %`."""
    return f"{100 * in_a_minute / (60 * settings.AGORA_REQUESTS_PER_SECOND):.0f} %"


def facts(running: Calls, whole: Calls) -> list[Fact]:
    """What a glance should tell; `running` is the hour that runs, `whole` the last 24."""
    limit = {"limit": settings.AGORA_REQUESTS_PER_SECOND, "most": f"{60 * settings.AGORA_REQUESTS_PER_SECOND:,}"}
    rate = {"calls": calls_words(running.calls), "busiest": f"{running.busiest:,}", **limit}
    words = _("%(calls)s, up to %(busiest)s a minute; the limit is %(limit)s a second, %(most)s a minute")
    return [
        Fact(label=_("Calls since the full hour"), words=words % rate),
        share_fact(_("Refused for the rate (429), 24 hours"), whole.refused, whole.calls),
        share_fact(_("Failed calls, 24 hours"), whole.failed, whole.calls),
        Fact(label=_("How long answers took, 24 hours"), words=took_fact_words(whole)),
    ]


def share_fact(label: str, number: int, whole: int) -> Fact:
    """How many of the calls went wrong in one way; more than one in twenty is more than chance."""
    if not number:
        return Fact(label=label, words=_("none"), tone="green" if whole else "")
    words = _("%(number)s of %(calls)s") % {"number": f"{number:,}", "calls": calls_words(whole)}
    return Fact(label=label, words=words, tone="red" if 20 * number > whole else "amber")


def took_fact_words(calls: Calls) -> str:
    """How long answers took, in a sentence."""
    if not sum(calls.took):
        return _("no answers")
    return _("half of them %(median)s, 95 %% of them %(most)s") % {
        "median": took_words(calls.within(0.5)),
        "most": took_words(calls.within(0.95)),
    }


def took_words(seconds: float | None) -> str:
    """About how long an answer took at most: `80 ms`, `1.2 s`."""
    if seconds is None:
        return _("no answers")
    if isinf(seconds):
        return _("more than %(seconds)s s") % {"seconds": f"{TOOK_WITHIN[-1] / 1000:.0f}"}
    if seconds < 1:
        return _("up to %(milliseconds)d ms") % {"milliseconds": max(10, round(seconds * 100) * 10)}
    return _("up to %(seconds)s s") % {"seconds": f"{seconds:.1f}"}


def hour_words(hour: dt.datetime) -> str:
    """An hour: `14:00`."""
    return date_format(hour.astimezone(dt.UTC), "H:i")


def hour_line(hour: dt.datetime, calls: Calls | None) -> HourLine:
    """One hour of the table; an hour in which nobody counted says that nothing is known of it."""
    at = date_format(hour.astimezone(dt.UTC), "j M, H:i")
    if calls is None:
        return HourLine(hour=at, cells=[])
    busiest = f"{calls.busiest:,} ({share_of_rate(calls.busiest)})"
    counts = [f"{number:,}" for number in (calls.calls, calls.refused, calls.failed)]
    return HourLine(hour=at, cells=[*counts, busiest, took_words(calls.within(0.5)), took_words(calls.within(0.95))])
