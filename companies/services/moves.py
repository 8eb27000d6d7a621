"""The moves of an operation from state to state: which exist, and how one is made by exactly one writer."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db import transaction

from accounts.models import Person
from accounts.services import store_audit_entry
from companies.models import Operation
from companies.models.operations import ENDED, OperationState

QUEUED, PREPARING, SENDING = OperationState.QUEUED, OperationState.PREPARING, OperationState.SENDING
RETRY_WAIT, BLOCKED, UNCERTAIN = OperationState.RETRY_WAIT, OperationState.BLOCKED, OperationState.UNCERTAIN
REVIEW, DONE = OperationState.REVIEW, OperationState.DONE
REFUSED, CANCELLED = OperationState.REFUSED, OperationState.CANCELLED

MOVES: Mapping[OperationState, frozenset[OperationState]] = MappingProxyType(
    {
        state: frozenset(reached)
        for state, reached in {
            QUEUED: (PREPARING, BLOCKED, REVIEW, CANCELLED),
            PREPARING: (SENDING, QUEUED, REVIEW, REFUSED),
            SENDING: (DONE, REFUSED, RETRY_WAIT, BLOCKED, UNCERTAIN, REVIEW),
            RETRY_WAIT: (PREPARING, QUEUED, BLOCKED, REVIEW, CANCELLED),
            BLOCKED: (QUEUED, REVIEW, CANCELLED),
            UNCERTAIN: (REVIEW, DONE),
            REVIEW: (QUEUED, DONE, CANCELLED),
            REFUSED: (REVIEW,),
            CANCELLED: (REVIEW,),
        }.items()
    }
)


class NoSuchMoveError(Exception):
    """The operation cannot go from the state it is in to the state that was asked for."""


@transaction.atomic
def move(
    operation: Operation,
    to: OperationState,
    *,
    now: dt.datetime,
    by: Person | None = None,
    ip: str | None = None,
    detail: Mapping[str, object] | None = None,
    **changes: Any,
) -> bool:
    """Make one move and its audit entry, unless the row has changed since `operation` was read: then False.

    `changes` are further columns to set; a state's own columns are cleared where it ends.
    """
    before = OperationState(operation.state)
    if to not in MOVES.get(before, frozenset()):
        raise NoSuchMoveError(f"{before} -> {to}")
    if not amend(operation, **{**_left_behind(before, to, now), **changes, "state": to}):
        return False
    store_audit_entry(
        action=f"operation.{to}",
        by=by,
        subject=operation,
        detail={"from": before, **({"reason": operation.reason} if operation.reason else {}), **(detail or {})},
        request_id=operation.x_request_id,
        ip=ip,
    )
    return True


def amend(operation: Operation, **columns: Any) -> bool:
    """Set columns of the row, unless it has changed since `operation` was read: then False."""
    columns = {**columns, "version": operation.version + 1}
    unchanged = Operation.objects.filter(pk=operation.pk, state=operation.state, version=operation.version)
    if not unchanged.update(**columns):
        return False
    for name, value in columns.items():
        setattr(operation, name, value)
    return True


def _left_behind(before: OperationState, to: OperationState, now: dt.datetime) -> dict[str, Any]:
    columns: dict[str, Any] = {"next_action_at": None, "state_since": now, "reminded_at": None}
    # Why it was to be tried again is worth knowing until it is.
    if to != PREPARING:
        columns |= {"reason": "", "message": "", "message_field": ""}
    if to not in (PREPARING, SENDING):
        columns |= {"lease_owner": "", "lease_until": None}
    if to in ENDED:
        columns["ended_at"] = now
    elif before in ENDED:
        columns["ended_at"] = None
    return columns
