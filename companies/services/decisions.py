"""What a person decides about an operation: cancel, try again, give up, or "it exists"."""

import datetime as dt

from django.db import IntegrityError, transaction

from accounts.models import Person
from companies import queries
from companies.models import Operation, OperationKind, OperationState
from companies.models.operations import could_be_id
from companies.services.moves import move
from companies.services.operations import nudge


class DecisionError(Exception):
    """This cannot be decided; the class says why."""


class StateChangedError(DecisionError):
    """The operation has moved on since the page was shown."""


class NoIdError(DecisionError):
    """What was typed is no ID of Agora's."""


class IdTakenError(DecisionError):
    """The ID belongs to another operation."""


class ExistedBeforeError(DecisionError):
    """The ID was listed before this create was asked for."""


def cancel(*, operation: Operation, by: Person, now: dt.datetime, ip: str | None = None) -> None:
    """End an operation that was provably not processed. Raises StateChangedError."""
    allowed = (OperationState.QUEUED, OperationState.RETRY_WAIT, OperationState.BLOCKED)
    _check_state(operation, allowed)
    _moved(move(operation, OperationState.CANCELLED, now=now, by=by, ip=ip, decided_by=by))


def retry(*, operation: Operation, by: Person, now: dt.datetime, ip: str | None = None) -> None:
    """Queue an operation again whose tries are used up. Raises StateChangedError."""
    _check_state(operation, (OperationState.RETRY_WAIT,))
    if operation.next_action_at is not None:
        raise StateChangedError
    with transaction.atomic():
        _moved(move(operation, OperationState.QUEUED, now=now, by=by, ip=ip, tries=0, next_action_at=now))
        transaction.on_commit(lambda: nudge(operation.pk))


def give_up(*, operation: Operation, reason: str, by: Person, now: dt.datetime, ip: str | None = None) -> None:
    """Stop following an operation of unknown outcome. Raises StateChangedError."""
    _check_state(operation, (OperationState.UNCERTAIN,))
    _moved(
        move(
            operation,
            OperationState.CANCELLED,
            now=now,
            by=by,
            ip=ip,
            detail={"note": reason},
            decided_by=by,
            decision_note=reason,
        )
    )


def adopt(
    *, operation: Operation, remote_id: str, reason: str, by: Person, now: dt.datetime, ip: str | None = None
) -> None:
    """Say that a company or project exists after all, under this ID.

    Raises StateChangedError, NoIdError, IdTakenError or ExistedBeforeError.
    """
    _check_state(operation, (OperationState.UNCERTAIN,))
    check_id(operation, remote_id)
    detail = {"note": reason, "remote_id": remote_id}
    columns = {"result_remote_id": remote_id, "decided_by": by, "decision_note": reason}
    columns |= {"reason": "by-person", "evidence": "by-person"}
    try:
        _moved(move(operation, OperationState.DONE, now=now, by=by, ip=ip, detail=detail, **columns))
    except IntegrityError:
        raise IdTakenError from None


def check_id(operation: Operation, remote_id: str) -> None:
    """Refuse what cannot be the ID of what this operation created."""
    if operation.kind == OperationKind.UAP_SERVICE or not could_be_id(operation.kind, remote_id):
        raise NoIdError
    listed = queries.listed_result(operation, remote_id)
    if listed and listed.first_seen_at < operation.created_at:
        raise ExistedBeforeError


def _check_state(operation: Operation, allowed: tuple[OperationState, ...]) -> None:
    if operation.state not in allowed:
        raise StateChangedError


def _moved(moved: bool) -> None:
    if not moved:
        raise StateChangedError
