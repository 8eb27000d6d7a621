"""Who works on an operation, until when; and what becomes of it when that worker is not heard of again."""

import datetime as dt
import logging
import os
import socket
from typing import Any

from companies.models import Operation, OperationKind, OperationState
from companies.services.moves import move
from companies.timing import times
from polling.services.connection import skew

logger = logging.getLogger(__name__)


def this_worker() -> str:
    """A name for this process that fits the row."""
    return f"{socket.gethostname()[:25]}:{os.getpid()}"


def expire_leases(now: dt.datetime) -> None:
    """End what nobody answers for: unsent it is queued again, sent its outcome is unknown, never the other way."""
    overdue = Operation.objects.filter(lease_until__lt=now)
    for operation in overdue.filter(state=OperationState.PREPARING):
        move(operation, OperationState.QUEUED, now=now, next_action_at=now)
    for operation in overdue.filter(state=OperationState.SENDING):
        if move(operation, OperationState.UNCERTAIN, now=now, reason="lost", **to_be_looked_for(operation, now)):
            logger.error("Operation %d: interrupted, request %s", operation.pk, operation.x_request_id)


def to_be_looked_for(operation: Operation, now: dt.datetime) -> dict[str, Any]:
    """The columns of an operation of unknown outcome: when it is looked for, and when absence proves something."""
    settles_at = (operation.sent_at or now) + times().settles_after(skew())
    return {
        "settles_at": settles_at,
        "settled_at": None,
        "next_action_at": next_look(operation, settles_at, now),
    }


def next_look(operation: Operation, settles_at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """When it is looked for next: at fixed times after it was sent, when it settles, and every minute after that."""
    sent_at = operation.sent_at or now
    planned = [sent_at + dt.timedelta(seconds=after) for after in times().sweeps]
    looks = [at for at in (*planned, settles_at) if at > now and not (at > settles_at)]
    # A UAP service cannot be read back: there is nothing to look for before it settles.
    if operation.kind == OperationKind.UAP_SERVICE and settles_at > now:
        return settles_at
    return min(looks, default=now + dt.timedelta(seconds=times().look_again))
