"""What the dispatcher does every few seconds: end leases, let blocked creates go, say what is due."""

import datetime as dt
import logging

from agora.errors import AgoraError
from agora.transport.calls import PROBE
from companies import queries
from companies.models import Operation, OperationState
from companies.services.moves import move
from companies.services.sending import PROBE_EVERY, connected

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 100


def dispatch_operations(*, now: dt.datetime) -> list[int]:
    """Bring every operation up to date and give the IDs of those to be sent now, the oldest first."""
    expire_leases(now)
    release_blocked(now)
    return list(queries.due_operations(now).values_list("pk", flat=True)[:MOST_AT_ONCE])


def expire_leases(now: dt.datetime) -> None:
    """A request that nobody answers for may have been written: its outcome is unknown, it is never sent again."""
    for operation in Operation.objects.filter(state=OperationState.SENDING, lease_until__lt=now):
        if move(operation, OperationState.UNCERTAIN, now=now, reason="lost"):
            logger.error("Operation %d: interrupted, request %s", operation.pk, operation.x_request_id)


def release_blocked(now: dt.datetime) -> None:
    """Queue what was blocked once a signed read is accepted again; it is tried every 30 s at most."""
    blocked = Operation.objects.filter(state=OperationState.BLOCKED)
    # One update decides which dispatcher asks, and for how long nobody else does.
    if not blocked.filter(next_action_at__lte=now).update(next_action_at=now + PROBE_EVERY):
        return
    blocked.update(next_action_at=now + PROBE_EVERY)
    if not _is_accepted():
        return
    for operation in blocked:
        move(operation, OperationState.QUEUED, now=now, next_action_at=now, tries=0)


def _is_accepted() -> bool:
    try:
        with connected() as reader:
            reader.client.transport.get(PROBE)
    except AgoraError as error:
        logger.warning("Creates stay blocked: %s", error)
        return False
    return True
