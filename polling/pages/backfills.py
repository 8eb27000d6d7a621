"""Orders to read days again, in words: what was ordered, how far it is, and what came of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polling import queries
from polling.labels import STREAMS, cost_words, duration_words, error_words, moment_words, scope_words
from polling.models import SNAPSHOT, UNFINISHED, Backfill, BackfillState, BackfillStep, Stream, Waiting
from polling.pages.addresses import calendar_crumb, slot_path

MOST_FAILURES = 100


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """One order as a list shows it; `mark` changes with everything else."""

    order: Backfill
    href: str
    what: str
    days: str
    progress: str
    waits: str
    by: str

    @property
    def is_open(self) -> bool:
        return self.order.state in UNFINISHED

    @property
    def done(self) -> int:
        return min(self.order.calls, self.total)

    @property
    def total(self) -> int:
        return max(1, self.order.expected_calls)

    @property
    def mark(self) -> str:
        order = self.order
        return f"{order.pk}.{order.state}.{order.calls}.{order.expected_calls}.{order.waits_for}"


def order_line(order: Backfill, now: dt.datetime) -> OrderLine:
    """One order in words."""
    return OrderLine(
        order=order,
        href=reverse("polling:show_backfill", args=[order.pk]),
        what=what_words(order),
        days=days_words(order.since, order.until),
        progress=progress_words(order),
        waits=waits_words(order, now),
        by=str(order.ordered_by) if order.ordered_by else _("the command line"),
    )


def what_words(order: Backfill) -> str:
    """What is read again."""
    if order.scope:
        words = scope_words(order.streams[0], order.scope)
    elif len(order.streams) == len(STREAMS):
        words = _("Everything")
    else:
        words = ", ".join(str(STREAMS[stream]) for stream in STREAMS if stream in order.streams)
    if order.company_id:
        words = _("%(what)s of company %(id)s") % {"what": words, "id": order.company_id}
    return _("%(what)s, gaps only") % {"what": words} if order.only_gaps else words


def days_words(since: dt.date, until: dt.date) -> str:
    """A range of UTC days in words."""
    if since == until:
        return date_format(until, "j M Y")
    same_year = since.year == until.year
    return f"{date_format(since, 'j M' if same_year else 'j M Y')} – {date_format(until, 'j M Y')}"


def progress_words(order: Backfill) -> str:
    """How far an order is, or what came of it."""
    if order.state == BackfillState.QUEUED:
        return cost_words(order.expected_calls, seconds_of(order.expected_calls))
    calls = ngettext("%(count)s call made", "%(count)s calls made", order.calls) % {"count": f"{order.calls:,}"}
    changed = ngettext("%(count)s row changed", "%(count)s rows changed", order.changed) % {
        "count": f"{order.changed:,}"
    }
    if order.state != BackfillState.RUNNING:
        return f"{calls}, {changed}"
    left = max(0, order.expected_calls - order.calls)
    of_all = _("%(done)s of %(total)s calls") % {"done": f"{order.calls:,}", "total": f"{order.expected_calls:,}"}
    return _("%(calls)s, %(time)s left") % {"calls": of_all, "time": duration_words(seconds_of(left))}


def seconds_of(calls: int) -> float:
    """How long calls take at the rate of the settings, at least."""
    return calls / float(settings.AGORA_REQUESTS_PER_SECOND)


def waits_words(order: Backfill, now: dt.datetime) -> str:
    """What an order waits for, if it does."""
    if order.state == BackfillState.QUEUED:
        return _("Waiting for a free worker. Close this page if you like: the order goes on without it.")
    at = {"at": moment_words(order.next_attempt_at, now)}
    if order.waits_for == Waiting.HOLD:
        return _("Agora asked for a pause; it goes on at %(at)s.") % at
    if order.waits_for == Waiting.REFUSED:
        return _("Agora refuses the portal's signature. It goes on when an administrator has put that right.")
    if order.waits_for == Waiting.BUSY:
        return _("The worker reads the same days at this moment; it goes on right after.")
    return ""


@dataclass(frozen=True, kw_only=True)
class StreamLine:
    """How far one stream of an order is."""

    name: str
    ended: int
    all: int


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A part of an order of which something could not be read."""

    what: str
    days: str
    error: str
    request_id: str
    href: str


def backfill_page(order: Backfill, now: dt.datetime) -> dict[str, Any]:
    """The page of one order."""
    failed = list(queries.failed_steps(order)[: MOST_FAILURES + 1])
    return {
        "line": order_line(order, now),
        "order": order,
        "streams": stream_lines(order),
        "failures": [failure(step) for step in failed[:MOST_FAILURES]],
        "more_failures": len(failed) > MOST_FAILURES,
        "outcome": outcome_words(order, bool(failed)),
        "slot_href": slot_href(order),
        "crumbs": [calendar_crumb(), (reverse("polling:list_backfills"), _("Orders"))],
    }


def slot_href(order: Backfill) -> str:
    """The page of the only slot that an order is about; '' where it is about several."""
    stream = order.streams[0]
    if len(order.streams) > 1:
        return ""
    if stream == Stream.COMPANIES or (stream == Stream.PROJECTS and order.company_id):
        return slot_path(stream, order.company_id, SNAPSHOT)
    one_period = order.since == order.until or order.scope.endswith("/monthly")
    whole = stream == Stream.DAILY_BILLS or (stream == Stream.USAGE and order.scope and not order.company_id)
    return slot_path(stream, order.scope, order.since) if one_period and whole else ""


def stream_lines(order: Backfill) -> list[StreamLine]:
    """How far each stream of an order is."""
    counted = queries.steps_by_stream(order)
    return [
        StreamLine(name=str(words), ended=counted[stream][0], all=counted[stream][1])
        for stream, words in STREAMS.items()
        if stream in counted
    ]


def failure(step: BackfillStep) -> Failure:
    """A step of which something could not be read."""
    has_days = step.stream in (Stream.USAGE, Stream.DAILY_BILLS)
    return Failure(
        what=scope_words(step.stream, step.scope),
        days=days_words(step.since, step.until) if has_days else "",
        error=error_words(step.error),
        request_id=step.request_id,
        href=slot_path(step.stream, step.scope, step.until) if step.stream == Stream.DAILY_BILLS else "",
    )


def outcome_words(order: Backfill, has_failures: bool) -> str:
    """What came of an order that has ended."""
    if order.state == BackfillState.CANCELLED:
        by = str(order.cancelled_by) if order.cancelled_by else _("the command line")
        return _("Cancelled by %(person)s. What was read until then is stored.") % {"person": by}
    if order.state != BackfillState.FINISHED:
        return ""
    if has_failures:
        return _(
            "It has ended, but not everything could be read. What is missing is below and is tried again by itself."
        )
    if not order.calls:
        return _("There was nothing to read: nothing of this is missing.")
    if not order.changed:
        return _("Everything was read, and nothing had changed.")
    return _("Everything was read.")
