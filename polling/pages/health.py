"""How the connection to Agora fares, in words: readings, clock, pauses, refusals, errors, and what is read next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agora import errors
from polling import queries
from polling.gate import FAILURES_BEFORE_PAUSE, held_until
from polling.labels import again_words, ago, error_words, moment_words, scope_words
from polling.models import Connection, PollRun
from polling.pages.addresses import slot_path
from polling.pages.backfills import days_words
from polling.pages.calls import Fact, calls_part
from polling.periods import DAY, bill_due_at, latest_bill

HOUR = dt.timedelta(hours=1)
MOST_ERRORS = 5
SKEW_WARNS, SKEW_HOLDS = 30, 120
REFUSALS = {
    "clock": gettext_lazy("the clocks differ too much"),
    "key": gettext_lazy("it does not know the key"),
    "secret": gettext_lazy("the secret is wrong"),
}


@dataclass(frozen=True, kw_only=True)
class ErrorLine:
    """A reading of which something was missing."""

    at: str
    what: str
    days: str
    error: str
    request_id: str
    href: str


def health(now: dt.datetime) -> dict[str, Any]:
    """The part of the page that tells how the connection fares."""
    connection, calls = queries.connection(), calls_part(now)
    return {
        "facts": [*calls["facts"], readings_fact(now), *connection_facts(connection, now)],
        "calls": calls,
        "errors": [error_line(run, now) for run in queries.failed_runs()[:MOST_ERRORS]],
        "coming": coming_lines(now),
    }


def coming_lines(now: dt.datetime) -> list[tuple[str, str]]:
    """What is read next and when: each stream, and the daily bill that appears next."""
    lines = [(scope_words(stream, ""), again_words(at, now)) for stream, at in queries.coming().items()]
    fresh = latest_bill(now) + DAY
    bill = _("Daily bill of %(day)s, for the first time") % {"day": days_words(fresh, fresh)}
    return [*lines, (bill, moment_words(bill_due_at(fresh), now))]


def readings_fact(now: dt.datetime) -> Fact:
    """How many readings of the last hour missed something; a reading is counted when it has ended."""
    traffic = queries.traffic(now - HOUR)
    return Fact(
        label=_("Readings in the last hour that missed something"),
        words=_("%(failed)d of %(all)d") % {"failed": traffic.failed, "all": traffic.readings},
        tone="amber" if traffic.failed else "green",
    )


def connection_facts(connection: Connection, now: dt.datetime) -> list[Fact]:
    """What the last calls told."""
    answered = connection.last_answer_at
    return [
        signature_fact(connection, now),
        skew_fact(connection.skew_seconds),
        pause_fact(connection, now),
        Fact(label=_("Last answer of Agora"), words=ago(answered, now) if answered else _("none yet")),
        last_error_fact(connection, now),
    ]


def signature_fact(connection: Connection, now: dt.datetime) -> Fact:
    """Whether Agora accepts the portal's signature."""
    label = _("Signature")
    if not connection.refused_reason:
        words = _("accepted") if connection.last_answer_at else _("not tried yet")
        return Fact(label=label, words=words, tone="green" if connection.last_answer_at else "")
    why = str(REFUSALS.get(connection.refused_reason, connection.refused_reason))
    since = moment_words(connection.refused_since, now) if connection.refused_since else "?"
    return Fact(label=label, words=_("refused since %(at)s: %(why)s") % {"at": since, "why": why}, tone="red")


def skew_fact(seconds: float | None) -> Fact:
    """How far the clocks are apart; creates wait when that is too much."""
    label = _("Clocks")
    if seconds is None:
        return Fact(label=label, words=_("not compared yet"))
    if abs(seconds) < 1:
        return Fact(label=label, words=_("This machine and Agora agree within a second."), tone="green")
    apart = f"{abs(seconds):,.0f}"
    ahead = _("Agora's clock is %(seconds)s s ahead of this machine's.")
    behind = _("Agora's clock is %(seconds)s s behind this machine's.")
    words = (ahead if seconds > 0 else behind) % {"seconds": apart}
    if abs(seconds) > SKEW_HOLDS:
        return Fact(label=label, words=words + " " + _("Creates wait until this machine's clock is right."), tone="red")
    return Fact(label=label, words=words, tone="amber" if abs(seconds) > SKEW_WARNS else "green")


def pause_fact(connection: Connection, now: dt.datetime) -> Fact:
    """Whether calls wait, until when, and whether Agora asked for that or keeps failing."""
    label, failures = _("Pause"), connection.failures_in_a_row
    until = max(connection.hold_until or now, dt.datetime.fromtimestamp(held_until(), tz=dt.UTC))
    counted = ngettext("the last call failed", "the last %(count)d calls failed", failures) % {"count": failures}
    if until > now:
        told = {"at": moment_words(until, now), "why": counted}
        asked, failing = _("No calls until %(at)s: Agora asked for it."), _("No calls until %(at)s: %(why)s.")
        words = failing if failures >= FAILURES_BEFORE_PAUSE else asked
        return Fact(label=label, words=words % told, tone="amber")
    if failures:
        tone = "red" if failures >= FAILURES_BEFORE_PAUSE else "amber"
        return Fact(label=label, words=_("none, but %(why)s") % {"why": counted}, tone=tone)
    return Fact(label=label, words=_("none"), tone="green")


def last_error_fact(connection: Connection, now: dt.datetime) -> Fact:
    """The last call that went wrong."""
    label = _("Last error of a call")
    if not connection.last_error_at:
        return Fact(label=label, words=_("none"), tone="green")
    words = f"{ago(connection.last_error_at, now)}: {last_error_words(connection.last_error)}"
    if connection.last_error_request_id:
        words += " " + _("Request ID %(id)s") % {"id": connection.last_error_request_id}
    return Fact(label=label, words=words)


def last_error_words(name: str) -> str:
    """What an error says that is known by the name of its class."""
    kind = getattr(errors, name, None)
    if isinstance(kind, type) and issubclass(kind, errors.AgoraError):
        return _(kind.help_message)
    return name


def error_line(run: PollRun, now: dt.datetime) -> ErrorLine:
    """A reading of which something was missing, with the newest slot it was about."""
    return ErrorLine(
        at=moment_words(run.ended_at, now),
        what=scope_words(run.stream, run.scope),
        days=days_words(run.since, run.until) if run.since.year > 1970 else "",
        error=error_words(run.error),
        request_id=run.request_id,
        href=slot_path(
            run.stream, run.scope, run.until.replace(day=1) if run.scope.endswith("/monthly") else run.until
        ),
    )
