"""What a listing means for the operations that are looked for, and for those that were ended too early."""

import datetime as dt
import logging
from typing import Any

from django.db import IntegrityError, transaction

from companies import queries
from companies.models import Operation, OperationKind, OperationState
from companies.services.leases import next_look
from companies.services.moves import amend, move
from companies.timing import times

logger = logging.getLogger(__name__)

MOST_CANDIDATES = 50


def compare(*, kind: str, company_id: str, now: dt.datetime, listed_from: dt.datetime | None = None) -> None:
    """Look for every operation of this list in the mirror, which was just refreshed.

    `listed_from` is when a reading of the list began that two scans confirmed; only such a reading, begun
    after an operation has settled, proves that something is absent.
    """
    waiting = Operation.objects.filter(queries.LOOKED_FOR, kind=kind, company_id=company_id)
    for operation in waiting:
        look(operation, now=now, listed_from=listed_from)


def look(operation: Operation, *, now: dt.datetime, listed_from: dt.datetime | None) -> None:
    """Bring one operation up to date with the mirror: found, proven absent, or to be looked for again."""
    fitting = [one.remote_id for one in queries.candidates(operation) if one.fits][:MOST_CANDIDATES]
    settles_at = operation.settles_at or now
    settled_at = operation.settled_at
    if settled_at is None and listed_from is not None and listed_from >= settles_at:
        settled_at = now
    next_at = None if settled_at else _next_look(operation, settles_at, now)
    columns = {"candidates": fitting, "settled_at": settled_at, "next_action_at": next_at}
    if operation.state == OperationState.REVIEW:
        if (fitting, settled_at) != (operation.candidates, operation.settled_at):
            amend(operation, **columns)
        else:
            _plan(operation, next_at)
    elif reason := _what_was_found(operation, fitting, settled_at, now):
        hand_to_people(operation, reason=reason, now=now, **columns)
    else:
        _plan(operation, next_at)


def _plan(operation: Operation, next_at: dt.datetime | None) -> None:
    """When it is looked for next is nothing that anybody decides by: its version stays."""
    Operation.objects.filter(pk=operation.pk, version=operation.version).update(next_action_at=next_at)


def _next_look(operation: Operation, settles_at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """A look that is planned already stays where it is."""
    planned = operation.next_action_at
    return planned if planned and planned > now else next_look(operation, settles_at, now)


def _what_was_found(operation: Operation, fitting: list[str], settled_at: dt.datetime | None, now: dt.datetime) -> str:
    """The code of the reason why a person has to look; '' while the portal goes on looking."""
    if fitting:
        return "found"
    if settled_at:
        return "cannot-be-read" if operation.kind == OperationKind.UAP_SERVICE else "not-there"
    budget = dt.timedelta(seconds=times().unlisted_budget)
    return "not-listed" if operation.sent_at and now - operation.sent_at > budget else ""


def hand_to_people(operation: Operation, *, reason: str, now: dt.datetime, **columns: Any) -> bool:
    """Let people decide, with everything that was found; False when the operation has moved on."""
    if not move(operation, OperationState.REVIEW, now=now, **{"reason": reason, **columns}):
        return False
    logger.error("Operation %d needs a person: %s, request %s", operation.pk, reason, operation.x_request_id)
    return True


def reopen_ended(*, kind: str, company_id: str, now: dt.datetime) -> None:
    """Hand to people what was refused or given up and has appeared at Agora after all; for 30 days."""
    since = now - dt.timedelta(seconds=times().orphans_watched)
    states = (OperationState.REFUSED, OperationState.CANCELLED)
    ended = Operation.objects.filter(kind=kind, company_id=company_id, state__in=states, ended_at__gte=since)
    for operation in ended:
        if found := queries.exact_ids(operation):
            _reopen(operation, found, now)


def _reopen(operation: Operation, found: list[str], now: dt.datetime) -> None:
    is_on_its_way = operation.settled_at is None and operation.settles_at is not None and operation.settles_at > now
    columns: dict[str, Any] = {"settled_at": None if is_on_its_way else operation.settled_at or now}
    columns["next_action_at"] = operation.settles_at if is_on_its_way else None
    try:
        with transaction.atomic():
            hand_to_people(operation, reason="orphan", now=now, candidates=found, **columns)
    except IntegrityError:
        # The same thing is being created once more: that operation shows what was found.
        return
