"""Words for what is polled, for how far it is, and for moments and spans of time; arithmetic and words, no tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

Words = str | Promise

PAIRS: Mapping[str, Words] = {
    "default/duration": gettext_lazy("Video & Audio"),
    "default/transcoding": gettext_lazy("Transcoding and channels"),
    "recording/duration": gettext_lazy("On-premise Recording"),
    "cloudRecording/duration": gettext_lazy("Cloud Recording"),
    "miniapp/duration": gettext_lazy("Mini App"),
    "rtm/counter": gettext_lazy("RTM"),
}
STREAMS: Mapping[str, Words] = {
    "companies": gettext_lazy("List of companies"),
    "projects": gettext_lazy("Lists of projects"),
    "usage": gettext_lazy("Usage"),
    "daily-bills": gettext_lazy("Daily bills"),
}


class Look(StrEnum):
    """How one cell of the calendar looks: each has a sign and a word of its own."""

    COMPLETE = "complete"
    FINAL = "final"
    GROWING = "growing"
    IN_USE = "in-use"
    RUNNING = "running"
    WAITING = "waiting"
    LATER = "later"
    EMPTY = "empty"
    PARTIAL = "partial"
    FAILED = "failed"


SIGNS: Mapping[Look, str] = {
    Look.COMPLETE: "✓",
    Look.FINAL: "■",
    Look.GROWING: "◔",
    Look.IN_USE: "≈",
    Look.RUNNING: "▶",
    Look.WAITING: "○",
    Look.LATER: "·",
    Look.EMPTY: "∅",
    Look.PARTIAL: "!",
    Look.FAILED: "✕",
}
LOOKS: Mapping[Look, Words] = {
    Look.COMPLETE: gettext_lazy("complete"),
    Look.FINAL: gettext_lazy("final"),
    Look.GROWING: gettext_lazy("known so far"),
    Look.IN_USE: gettext_lazy("known of everybody who uses it"),
    Look.RUNNING: gettext_lazy("being read now"),
    Look.WAITING: gettext_lazy("still to be read"),
    Look.LATER: gettext_lazy("not due yet"),
    Look.EMPTY: gettext_lazy("no data yet"),
    Look.PARTIAL: gettext_lazy("gap: something is missing"),
    Look.FAILED: gettext_lazy("gap: failing for over a day"),
}
MEANINGS: Mapping[Look, Words] = {
    Look.COMPLETE: gettext_lazy("Everything that should be known of it is stored. It is compared with Agora again."),
    Look.FINAL: gettext_lazy("Everything is stored, and it was compared with Agora for the last time."),
    Look.GROWING: gettext_lazy("The day or month is not over; its figures still grow."),
    Look.IN_USE: gettext_lazy("Companies that have not used it lately take turns, and follow within days."),
    Look.RUNNING: gettext_lazy("Somebody reads it at this moment."),
    Look.WAITING: gettext_lazy("It is due, and was not read yet, or not of every company. It is on its way."),
    Look.LATER: gettext_lazy("There is nothing to read yet."),
    Look.EMPTY: gettext_lazy("Agora was asked and has not published it yet. It is asked again every six hours."),
    Look.PARTIAL: gettext_lazy("It was read, and something is missing or could not be read again. It is tried again."),
    Look.FAILED: gettext_lazy("Something has been missing for more than a day. It is tried again once a day."),
}
# What looks like one of these is a gap, and what is failing does not just wait for its first reading.
FAILING = frozenset({Look.PARTIAL, Look.FAILED})
GAPS = FAILING | {Look.WAITING}
TONES: Mapping[Look, str] = {
    Look.COMPLETE: "green",
    Look.FINAL: "green",
    Look.GROWING: "hollow",
    Look.IN_USE: "hollow",
    Look.RUNNING: "accent",
    Look.WAITING: "amber",
    Look.LATER: "hollow",
    Look.EMPTY: "hollow",
    Look.PARTIAL: "red",
    Look.FAILED: "red",
}


# Why a call did not go out, by what the gate says.
NOT_ASKED: Mapping[str, Words] = {
    "hold": gettext_lazy("Calls to Agora were paused, so nothing was asked."),
    "broken": gettext_lazy("Agora had failed too often, so nothing was asked for a while."),
    "clock": gettext_lazy("The clocks differ too much, so nothing was asked."),
    "key": gettext_lazy("Agora does not know the key, so nothing was asked."),
    "secret": gettext_lazy("The secret is wrong, so nothing was asked."),
}
BETWEEN = " · "


def error_words(error: str) -> str:
    """An error as a person reads it: without the page that a gateway sent, and without the ID that stands beside it."""
    if error in NOT_ASKED:
        return str(NOT_ASKED[error])
    told = [part for part in error.split(BETWEEN) if not part.startswith(("<", "request "))]
    return BETWEEN.join(told) or error


def usage_words(scope: str) -> str:
    """What kind of usage a scope names: `Video & Audio`, `RTM, by month`."""
    pair, _slash, interval = scope.rpartition("/")
    name = str(PAIRS.get(pair, pair))
    return _("%(name)s, by month") % {"name": name} if interval == "monthly" else name


def scope_words(stream: str, scope: str) -> str:
    """What is polled, in words: `Usage: Video & Audio`, `Projects of 10001`."""
    if stream == "usage" and scope:
        return _("Usage: %(name)s") % {"name": usage_words(scope)}
    if stream == "projects" and scope:
        return _("Projects of %(company)s") % {"company": scope}
    return str(STREAMS.get(stream, stream))


def period_words(period: dt.date, scope: str) -> str:
    """A period in words: a UTC day, or a month where figures are reported by month."""
    return date_format(period, "F Y" if scope.endswith("/monthly") else "j M Y")


def ago(moment: dt.datetime, now: dt.datetime) -> str:
    """How long ago a moment was, in its largest unit; under a minute it is just now."""
    if now - moment < dt.timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, now, depth=1)}


def moment_words(moment: dt.datetime, now: dt.datetime) -> str:
    """A moment as `14:05 UTC`, with its day where that is not today."""
    at = moment.astimezone(dt.UTC)
    today = at.date() == now.astimezone(dt.UTC).date()
    return f"{date_format(at, 'H:i' if today else 'j M, H:i')} UTC"


def again_words(moment: dt.datetime | None, now: dt.datetime) -> str:
    """When something is read next."""
    if moment is None:
        return _("never: it is final")
    return _("within minutes") if moment <= now else moment_words(moment, now)


def duration_words(seconds: float) -> str:
    """About how long something takes."""
    if seconds < 45:
        return _("less than a minute")
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return ngettext("about %(count)d minute", "about %(count)d minutes", minutes) % {"count": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("about %(count)d hour", "about %(count)d hours", hours) % {"count": hours}
    days = round(hours / 24)
    return ngettext("about %(count)d day", "about %(count)d days", days) % {"count": days}


def cost_words(calls: int, seconds: float) -> str:
    """What an order takes: `212 calls, about 4 minutes`."""
    counted = ngettext("%(count)s call", "%(count)s calls", calls) % {"count": f"{calls:,}"}
    return f"{counted}, {duration_words(seconds)}"
