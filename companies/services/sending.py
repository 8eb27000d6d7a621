"""Sending one operation: signed, committed as SENDING, written once, and its outcome recorded."""

import datetime as dt
import logging
import os
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from agora.client import ResellerClient
from agora.drafts import AnyDraft, CompanyDraft, ProjectDraft, UapServiceDraft
from agora.errors import AgoraError, Held
from agora.records import CompanyRecord, ProjectRecord, UapServiceRecord
from agora.transport import PreparedCall
from companies import queries
from companies.models import Attempt, Company, Operation, OperationKind, OperationState, Project
from companies.services import mirror, refresh
from companies.services.moves import move
from companies.services.verdicts import Verdict, says_email_is_used, verdict_of_error, verdict_of_record
from polling.models import SNAPSHOT, Stream
from polling.services import slots
from polling.services.connection import creates_held
from polling.services.reading import Reader, open_reader

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=120)
PROBE_EVERY = dt.timedelta(seconds=30)
MOST_TRIES = 5
# Seconds before the second, third, fourth and fifth try, each ± a quarter by chance.
PAUSES = (15, 60, 240, 900)
# Reasons for which the gateway refuses every create alike, until somebody has repaired it.
REPAIRED_BY_PEOPLE = ("clock", "key", "secret")


@contextmanager
def connected() -> Iterator[Reader]:
    """A client and its gate; what the calls told about the connection is noted in the end."""
    reader = open_reader()
    try:
        yield reader
    finally:
        reader.note()


def send_operation(operation_id: int, *, clock: Callable[[], dt.datetime] = timezone.now) -> None:
    """Send an operation if it is due and nobody else has taken it; safe to be called any number of times."""
    operation = queries.due_operations(clock()).filter(pk=operation_id).first()
    if operation is None:
        return
    held = creates_held()
    if held in REPAIRED_BY_PEOPLE:
        block(operation, held, now=clock())
    elif not held:
        with connected() as reader:
            send_through(reader, operation, clock)


def send_through(reader: Reader, operation: Operation, clock: Callable[[], dt.datetime]) -> None:
    """Sign, commit, write, record; while the gate lets nothing out, the operation stays as it is."""
    try:
        # Waited for before signing: a signature ages while the rate is used up.
        reader.gate.wait(write=True)
    except Held:
        return
    draft = operation.draft()
    call = prepare(reader.client, draft)
    if attempt := claim(operation, call, now=clock()):
        record(operation, attempt, outcome(reader.client, call, draft, clock), now=clock())


def prepare(client: ResellerClient, draft: AnyDraft) -> PreparedCall:
    """Sign the one request of an attempt, without sending it."""
    if isinstance(draft, CompanyDraft):
        return client.prepare_create_company(draft)
    if isinstance(draft, ProjectDraft):
        return client.prepare_create_project(draft)
    return client.prepare_enable_uap_service(draft)


@transaction.atomic
def claim(operation: Operation, call: PreparedCall, *, now: dt.datetime) -> Attempt | None:
    """Commit that this signed request may be written from now on; None when somebody else was faster."""
    number = operation.attempt_no + 1
    claimed = move(
        operation,
        OperationState.SENDING,
        now=now,
        attempt_no=number,
        tries=operation.tries + 1,
        x_date=call.x_date,
        x_request_id=call.x_request_id,
        sent_at=now,
        lease_owner=f"{socket.gethostname()[:25]}:{os.getpid()}",
        lease_until=now + LEASE,
    )
    if not claimed:
        return None
    return Attempt.objects.create(
        operation=operation, number=number, x_date=call.x_date, x_request_id=call.x_request_id, signed_at=now
    )


def outcome(client: ResellerClient, call: PreparedCall, draft: AnyDraft, clock: Callable[[], dt.datetime]) -> Verdict:
    """Write the request and say what its outcome means; no transaction is open meanwhile."""
    try:
        return verdict_of_record(draft, client.send(call))
    except AgoraError as error:
        return verdict_of_error(draft, error, now=clock())


def record(operation: Operation, attempt: Attempt, verdict: Verdict, *, now: dt.datetime) -> None:
    """Store the outcome of an attempt; an answer that comes after the lease ran out counts only as a yes."""
    verdict = doubted(operation, verdict, now)
    try:
        _record(operation, attempt, verdict, now)
    except IntegrityError:
        # The ID, or the service, already belongs to another operation: a person has to look.
        operation.refresh_from_db()
        verdict = replace(verdict, state=OperationState.UNCERTAIN, reason="taken", record=None, is_alarming=True)
        _record(operation, attempt, verdict, now)
    if verdict.is_alarming:
        logger.error(
            "Operation %d: %s, status %s, request %s",
            operation.pk,
            verdict.reason,
            verdict.status,
            attempt.x_request_id,
        )


def doubted(operation: Operation, verdict: Verdict, now: dt.datetime) -> Verdict:
    """The verdict in the light of what happened before to this operation and to its project."""
    if verdict.state != OperationState.REFUSED:
        return verdict
    if operation.kind == OperationKind.COMPANY and says_email_is_used(verdict.message):
        if queries.attempts_that_may_have_worked(operation).exists():
            return replace(verdict, state=OperationState.UNCERTAIN, reason="used-before", is_alarming=True)
    elif operation.kind == OperationKind.UAP_SERVICE and verdict.reason == "not-found":
        project = queries.project_of(operation.company_id, operation.project_id)
        if project and queries.is_being_set_up(project, now):
            return replace(verdict, state=OperationState.RETRY_WAIT, reason="not-ready")
    return verdict


@transaction.atomic
def _record(operation: Operation, attempt: Attempt, verdict: Verdict, now: dt.datetime) -> None:
    Attempt.objects.filter(pk=attempt.pk, answered_at=None).update(
        answered_at=now, outcome=verdict.reason, status=verdict.status, message=verdict.message
    )
    changes: dict[str, Any] = {"reason": verdict.reason, "message": verdict.message, "message_field": verdict.field}
    changes |= _columns(operation, verdict, now)
    if operation.state == OperationState.SENDING and move(operation, verdict.state, now=now, **changes):
        _store_result(operation, verdict, now)
        _look_soon(operation, now)
    elif verdict.state == OperationState.DONE:
        _record_late(operation, attempt, verdict, now)


def _record_late(operation: Operation, attempt: Attempt, verdict: Verdict, now: dt.datetime) -> None:
    """The answer of an attempt whose lease ran out: it settles the operation unless that has moved on."""
    late = Operation.objects.filter(pk=operation.pk, state=OperationState.UNCERTAIN, attempt_no=attempt.number).first()
    if late is None:
        return
    columns = _columns(late, verdict, now) | {"evidence": "late-reply"}
    if move(late, OperationState.DONE, now=now, reason=verdict.reason, **columns):
        _store_result(late, verdict, now)


def _columns(operation: Operation, verdict: Verdict, now: dt.datetime) -> dict[str, Any]:
    if verdict.state == OperationState.DONE:
        return _columns_of_result(verdict)
    if verdict.state == OperationState.BLOCKED:
        return {"next_action_at": now + PROBE_EVERY}
    if verdict.state == OperationState.RETRY_WAIT:
        return _columns_of_pause(operation, verdict, now)
    return {}


def _columns_of_result(verdict: Verdict) -> dict[str, Any]:
    record = verdict.record
    columns: dict[str, Any] = {"evidence": "reply", "differences": [list(one) for one in verdict.differences]}
    if isinstance(record, UapServiceRecord):
        return columns | {"result_status": "" if record.status is None else str(record.status)}
    return columns | {"result_remote_id": record.id if record else None}


def _columns_of_pause(operation: Operation, verdict: Verdict, now: dt.datetime) -> dict[str, Any]:
    """When it is tried again; a try that the gate held back does not count, and the last one waits for a person."""
    tries = operation.tries - 1 if verdict.reason == "held" else operation.tries
    if tries >= MOST_TRIES:
        return {"tries": tries, "next_action_at": None}
    pause = PAUSES[max(tries - 1, 0)] * random.uniform(0.75, 1.25)
    wait = pause if verdict.wait is None else verdict.wait
    return {"tries": tries, "next_action_at": now + dt.timedelta(seconds=wait)}


def _store_result(operation: Operation, verdict: Verdict, now: dt.datetime) -> None:
    """Carry what Agora confirmed into the mirror; any other outcome carries nothing."""
    record, draft = verdict.record, operation.draft()
    if isinstance(record, CompanyRecord):
        mirror.store_company(record, seen_at=now)
    elif isinstance(record, ProjectRecord):
        company = Company.objects.get(company_id=operation.company_id)
        mirror.store_project(company, record, seen_at=now)
    elif isinstance(record, UapServiceRecord) and isinstance(draft, UapServiceDraft):
        project = Project.objects.get(company__company_id=draft.company_id, project_id=draft.project_id)
        mirror.store_uap_service(project, draft, record, seen_at=now)


def _look_soon(operation: Operation, now: dt.datetime) -> None:
    """Have the list read at the next opportunity in which what was created, or may have been, appears."""
    if operation.state not in (OperationState.DONE, OperationState.UNCERTAIN):
        return
    if operation.kind == OperationKind.COMPANY:
        slots.make_due(stream=Stream.COMPANIES, scope="", periods=[SNAPSHOT], now=now)
    elif operation.kind == OperationKind.PROJECT:
        slots.make_due(stream=Stream.PROJECTS, scope=operation.company_id, periods=[SNAPSHOT], now=now)
    if operation.state == OperationState.DONE:
        refresh.ask_usage_soon(now)


def block(operation: Operation, reason: str, *, now: dt.datetime) -> bool:
    """Hold a create that the gateway would refuse anyway, until a read is accepted again."""
    return move(operation, OperationState.BLOCKED, now=now, reason=reason, next_action_at=now + PROBE_EVERY)
