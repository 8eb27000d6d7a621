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

MOVES: Mapping[OperationState, frozenset[OperationState]] = MappingProxyType(
    {
        OperationState.QUEUED: frozenset({OperationState.SENDING, OperationState.BLOCKED, OperationState.CANCELLED}),
        OperationState.RETRY_WAIT: frozenset(
            {OperationState.SENDING, OperationState.BLOCKED, OperationState.QUEUED, OperationState.CANCELLED}
        ),
        OperationState.SENDING: frozenset(
            {
                OperationState.DONE,
                OperationState.REFUSED,
                OperationState.RETRY_WAIT,
                OperationState.BLOCKED,
                OperationState.UNCERTAIN,
            }
        ),
        OperationState.BLOCKED: frozenset({OperationState.QUEUED, OperationState.CANCELLED}),
        OperationState.UNCERTAIN: frozenset({OperationState.DONE, OperationState.CANCELLED}),
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
    columns = {"state": to, "version": operation.version + 1, **_left_behind(to, now), **changes}
    unchanged = Operation.objects.filter(pk=operation.pk, state=before, version=operation.version)
    if not unchanged.update(**columns):
        return False
    for name, value in columns.items():
        setattr(operation, name, value)
    store_audit_entry(
        action=f"operation.{to}",
        by=by,
        subject=operation,
        detail={"from": before, **({"reason": operation.reason} if operation.reason else {}), **(detail or {})},
        request_id=operation.x_request_id,
        ip=ip,
    )
    return True


def _left_behind(to: OperationState, now: dt.datetime) -> dict[str, Any]:
    columns: dict[str, Any] = {"reason": "", "message": "", "message_field": "", "next_action_at": None}
    if to != OperationState.SENDING:
        columns |= {"lease_owner": "", "lease_until": None}
    if to in ENDED:
        columns["ended_at"] = now
    return columns
