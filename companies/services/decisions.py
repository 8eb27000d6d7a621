"""What a person decides about an operation: cancel, try again, "this is it", "none of these, send again", give up."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Person
from companies import queries
from companies.models import Operation, OperationKind, OperationState
from companies.models.operations import NOT_SENT, could_be_id
from companies.services import refresh
from companies.services.moves import move
from companies.services.operations import nudge


class DecisionError(Exception):
    """This cannot be decided; the class says why."""


class StateChangedError(DecisionError):
    """The operation has moved on since the page was shown, or something more was found."""


class NotSettledError(DecisionError):
    """What was sent may still appear: sending again could create it twice."""


class NoIdError(DecisionError):
    """What was typed is no ID of Agora's."""


class NotListedError(DecisionError):
    """Agora does not list this ID."""


class IdTakenError(DecisionError):
    """The ID belongs to another operation."""


class ExistedBeforeError(DecisionError):
    """The ID was listed before this create was asked for."""


def cancel(*, operation: Operation, by: Person, now: dt.datetime, ip: str | None = None) -> None:
    """End an operation that was provably not processed. Raises StateChangedError."""
    _check_state(operation, NOT_SENT)
    _moved(move(operation, OperationState.CANCELLED, now=now, by=by, ip=ip, decided_by=by))


def retry(*, operation: Operation, by: Person, now: dt.datetime, ip: str | None = None) -> None:
    """Queue an operation at once of which nothing can have been created. Raises StateChangedError."""
    if not queries.may_be_retried(operation):
        raise StateChangedError
    _queue_again(operation, by=by, now=now, ip=ip)


def send_again(
    *, operation: Operation, seen: int, reason: str, by: Person, now: dt.datetime, ip: str | None = None
) -> None:
    """Have it sent once more: none of the candidates is it, and nothing of it is on its way any more.

    `seen` is the version of the operation that the person saw. Raises StateChangedError or NotSettledError.
    """
    _check_seen(operation, seen)
    if not queries.is_settled(operation):
        raise NotSettledError
    _queue_again(operation, by=by, now=now, ip=ip, reason=reason)


def give_up(
    *, operation: Operation, seen: int, reason: str, by: Person, now: dt.datetime, ip: str | None = None
) -> None:
    """Stop following an operation that waits for a decision: none of the candidates is it. Raises StateChangedError."""
    _check_seen(operation, seen)
    columns = {"decided_by": by, "decision_note": reason, **_dismissed(operation)}
    detail = {"note": reason, "dismissed": operation.candidates}
    _moved(move(operation, OperationState.CANCELLED, now=now, by=by, ip=ip, detail=detail, **columns))


def adopt(
    *,
    operation: Operation,
    seen: int,
    remote_id: str,
    reason: str,
    by: Person,
    now: dt.datetime,
    ip: str | None = None,
) -> None:
    """Say which listed company or project this operation created.

    Raises StateChangedError, NoIdError, NotListedError, ExistedBeforeError or IdTakenError.
    """
    _check_seen(operation, seen)
    check_id(operation, remote_id)
    detail = {"note": reason, "remote_id": remote_id}
    columns = {"result_remote_id": remote_id, "decided_by": by, "decision_note": reason, "candidates": []}
    columns |= {"reason": "by-person", "evidence": "by-person"}
    try:
        with transaction.atomic():
            _moved(move(operation, OperationState.DONE, now=now, by=by, ip=ip, detail=detail, **columns))
            refresh.ask_usage_soon(now)
    except IntegrityError:
        raise IdTakenError from None


def look_again(*, operation: Operation, now: dt.datetime, **_who: object) -> None:
    """Have Agora's list read at the next opportunity. Raises StateChangedError."""
    _check_state(operation, (OperationState.REVIEW, OperationState.UNCERTAIN))
    unchanged = Operation.objects.filter(pk=operation.pk, state=operation.state)
    _moved(bool(unchanged.update(next_action_at=now)))


def check_id(operation: Operation, remote_id: str) -> None:
    """Refuse what cannot be the ID of what this operation created."""
    if operation.kind == OperationKind.UAP_SERVICE or not could_be_id(operation.kind, remote_id):
        raise NoIdError
    listed = queries.listed_result(operation, remote_id)
    if listed is None or listed.gone_at is not None:
        raise NotListedError
    if listed.pk <= operation.baseline:
        raise ExistedBeforeError


def _queue_again(operation: Operation, *, by: Person, now: dt.datetime, ip: str | None, reason: str = "") -> None:
    columns: Mapping[str, Any] = {"tries": 0, "queued_at": now, "next_action_at": now, **_dismissed(operation)}
    detail = {"note": reason, "dismissed": operation.candidates} if reason else {}
    with transaction.atomic():
        _moved(move(operation, OperationState.QUEUED, now=now, by=by, ip=ip, detail=detail, **columns))
        transaction.on_commit(lambda: nudge(operation.pk))


def _dismissed(operation: Operation) -> dict[str, Any]:
    return {"dismissed_ids": [*operation.dismissed_ids, *operation.candidates], "candidates": []}


def _check_seen(operation: Operation, seen: int) -> None:
    _check_state(operation, (OperationState.REVIEW,))
    if operation.version != seen:
        raise StateChangedError


def _check_state(operation: Operation, allowed: tuple[OperationState, ...]) -> None:
    if operation.state not in allowed:
        raise StateChangedError


def _moved(moved: bool) -> None:
    if not moved:
        raise StateChangedError
