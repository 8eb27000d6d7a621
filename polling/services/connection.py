"""Writes about the connection to Agora: which server is mirrored, and how the calls to it fare."""

from __future__ import annotations

import datetime as dt
import statistics

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from agora.transport import Exchange
from polling import queries
from polling.gate import LedgerGate
from polling.models import Connection
from polling.periods import utc_day
from polling.services.calls import count_calls

# What stands in Connection.refused_reason for each refusal of the gateway, by the name of its error.
REASONS = {"ClockRefused": "clock", "UnknownKey": "key", "WrongSecret": "secret", "GatewayRefused": "key"}

# Creates wait while the clocks differ by more than this, in seconds: it is less than the gateway tolerates.
MOST_SKEW = 120

# The columns that calls change; the mirrored origin is not among them.
TOLD_BY_ANSWERS = (
    "refused_reason",
    "refused_since",
    "failures_in_a_row",
    "skew_seconds",
    "last_answer_at",
    "last_error",
    "last_error_at",
    "last_error_request_id",
)


class OtherServer(Exception):
    """The database mirrors another server than the one the portal was started against."""


def claim_origin() -> Connection:
    """Bind the database to the server that this portal talks to; refuse when it mirrors another one."""
    connection, _created = Connection.objects.get_or_create(pk=1)
    if not connection.origin:
        # Only a new database takes the name of whoever starts with it: an older one may be a copy.
        connection.origin, connection.poll_since = settings.MIRRORED_ORIGIN, first_day_wanted()
        connection.instance_id = settings.PORTAL_INSTANCE_ID
        connection.save(update_fields=["origin", "poll_since", "instance_id"])
    if connection.origin != settings.MIRRORED_ORIGIN:
        raise OtherServer(
            _(
                "This database mirrors %(stored)s, but the portal was started against %(asked)s. "
                "Start it with another database (DATABASE_URL or PORTAL_VAR), or against the old server."
            )
            % {"stored": connection.origin, "asked": settings.MIRRORED_ORIGIN}
        )
    return connection


def first_day_wanted() -> dt.date:
    """POLL_SINCE, or as many days back as the portal wants by itself, counted from today."""
    wanted: dt.date | None = settings.POLL_SINCE
    return wanted or utc_day(timezone.now()) - dt.timedelta(days=settings.POLL_DEFAULT_DAYS)


def note_answers(gate: LedgerGate) -> None:
    """Write down what a gate has seen since the last time: how many calls, the clock's skew, errors, refusals."""
    answers = gate.drain()
    if not answers:
        return
    connection = queries.connection()
    for answer in answers:
        note_answer(connection, answer)
    # What others counted meanwhile stands until a call is answered.
    failures = gate.failures_in_a_row
    connection.failures_in_a_row = max(connection.failures_in_a_row, failures) if failures else 0
    skews = [skew for answer in answers[-9:] if (skew := skew_of(answer)) is not None]
    if skews:
        connection.skew_seconds = statistics.median(skews)
    Connection.objects.update_or_create(pk=1, defaults=changed_fields(connection))
    count_calls(answers)


def note_answer(connection: Connection, answer: Exchange) -> None:
    """Carry one exchange into the row, which the caller saves."""
    if answer.status is not None:
        connection.last_answer_at = answer.sent_at
    if answer.error in REASONS:
        connection.refused_since = connection.refused_since or answer.sent_at
        connection.refused_reason = REASONS[answer.error]
    elif answer.status is not None and answer.status < 500:
        connection.refused_reason, connection.refused_since = "", None
    if answer.error:
        connection.last_error = answer.error
        connection.last_error_at = answer.sent_at
        connection.last_error_request_id = answer.request_id


def skew_of(answer: Exchange) -> float | None:
    """Seconds by which the server's clock is ahead of this machine's, or None where the answer does not tell."""
    if answer.server_date is None or answer.has_age:
        return None
    middle = answer.sent_at + dt.timedelta(seconds=answer.took / 2)
    return (answer.server_date - middle).total_seconds()


def changed_fields(connection: Connection) -> dict[str, object]:
    """What calls told about the connection, ready to be written."""
    return {name: getattr(connection, name) for name in TOLD_BY_ANSWERS}


# Why no create may go out of a database that was copied or restored: somebody has to say so first.
FENCED = "fenced"


def creates_held() -> str:
    """Why no create may go out, else ''.

    'fenced' in a copy of the database that another instance works with; 'clock', 'key' or 'secret' when
    Agora refused the last signature, 'clock' also when the clocks are known to differ too much.
    """
    connection = queries.connection()
    if connection.instance_id != settings.PORTAL_INSTANCE_ID:
        return FENCED
    if connection.refused_reason:
        return connection.refused_reason
    return "clock" if abs(connection.skew_seconds or 0) > MOST_SKEW else ""


def skew() -> float:
    """Seconds by which Agora's clock was last seen to be ahead of this machine's; 0 when that is not known."""
    return queries.connection().skew_seconds or 0.0


def join_instance() -> None:
    """Let this instance work with the database as it is, from now on."""
    Connection.objects.update_or_create(pk=1, defaults={"instance_id": settings.PORTAL_INSTANCE_ID})
