"""What the dispatcher does every few seconds: end leases, let blocked creates go, say what is due."""

import datetime as dt
import logging
from dataclasses import dataclass

from agora.errors import AgoraError
from agora.transport.calls import PROBE
from companies import queries
from companies.models import Operation, OperationState
from companies.services import checklists
from companies.services.imports import running as imports
from companies.services.leases import expire_leases
from companies.services.moves import move
from companies.services.sending import connected
from companies.timing import times
from polling.services.connection import FENCED, creates_held

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class Due:
    """Operations to work on now, by their IDs: the oldest first."""

    to_send: list[int]
    to_settle: list[int]


def dispatch_operations(*, now: dt.datetime) -> Due:
    """Bring every operation up to date and say which are to be sent and which to be looked for."""
    expire_leases(now)
    held = creates_held()
    if held != FENCED:
        release_blocked(now)
    due = queries.due_operations(now) if held != FENCED else Operation.objects.none()
    return Due(
        to_send=list(due.values_list("pk", flat=True)[:MOST_AT_ONCE]),
        to_settle=one_per_list(now),
    )


def begin_what_follows(*, now: dt.datetime) -> None:
    """Begin the next steps of checklists and the next rows of imports, each as an operation of its own."""
    checklists.advance(now=now)
    imports.advance(now=now)


def one_per_list(now: dt.datetime) -> list[int]:
    """Of what is to be looked for, one operation for each list that has to be read."""
    lists: dict[tuple[str, str], int] = {}
    for operation_id, kind, company_id in queries.overdue_looks(now).values_list("pk", "kind", "company_id"):
        lists.setdefault((kind, company_id), operation_id)
    return list(lists.values())[:MOST_AT_ONCE]


def release_blocked(now: dt.datetime) -> None:
    """Queue what was blocked once a signed read is accepted again; it is tried every 30 s at most."""
    probe_at = now + dt.timedelta(seconds=times().probe_every)
    blocked = Operation.objects.filter(state=OperationState.BLOCKED)
    # One update decides which dispatcher asks, and for how long nobody else does.
    if not blocked.filter(next_action_at__lte=now).update(next_action_at=probe_at):
        return
    blocked.update(next_action_at=probe_at)
    if not _is_accepted() or creates_held():
        return
    for operation in blocked:
        move(operation, OperationState.QUEUED, now=now, queued_at=now, next_action_at=now, tries=0)


def _is_accepted() -> bool:
    try:
        with connected() as reader:
            reader.client.transport.get(PROBE)
    except AgoraError as error:
        logger.warning("Creates stay blocked: %s", error)
        return False
    return True
