"""Recording the outcome of an attempt, an answer that comes late included."""

import datetime as dt
import logging
import random
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction

from accounts.services import store_audit_entry
from agora.drafts import UapServiceDraft
from agora.records import CompanyRecord, ProjectRecord, UapServiceRecord
from companies import queries
from companies.models import Attempt, Company, Operation, OperationKind, OperationState, Project
from companies.services import findings, mirror, refresh
from companies.services.leases import to_be_looked_for
from companies.services.moves import amend, move
from companies.services.verdicts import Verdict, says_email_is_used
from companies.timing import times
from polling.models import SNAPSHOT, Stream
from polling.services import slots

logger = logging.getLogger(__name__)

# In these states nobody has decided yet, so that a confirmation that comes late decides.
UNDECIDED = (OperationState.UNCERTAIN, OperationState.REVIEW)


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
        if queries.may_have_used_email(operation) or queries.exact_ids(operation):
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
    """A confirmation that comes after the lease ran out: it decides, unless that was done in the meantime."""
    late = Operation.objects.get(pk=operation.pk)
    if late.state in UNDECIDED and late.attempt_no == attempt.number:
        columns = _columns(late, verdict, now) | {"evidence": "late-reply"}
        if move(late, OperationState.DONE, now=now, reason=verdict.reason, **columns):
            _store_result(late, verdict, now)
    else:
        _note_unexpected(late, verdict, now)


def _note_unexpected(operation: Operation, verdict: Verdict, now: dt.datetime) -> None:
    """A confirmation that nobody waited for any more: what it names is carried into the mirror and shown to people."""
    remote_id = getattr(verdict.record, "id", None)
    if remote_id is None or remote_id == operation.result_remote_id:
        return
    _store_result(operation, verdict, now)
    findings.reopen_ended(kind=operation.kind, company_id=operation.company_id, now=now)
    if operation.state != OperationState.DONE:
        return
    logger.error("Operation %d: created twice, as %s too", operation.pk, remote_id)
    if amend(operation, reason="two-ids", message=str(remote_id)):
        store_audit_entry(action="operation.two-ids", by=None, subject=operation, detail={"remote_id": remote_id})


def _columns(operation: Operation, verdict: Verdict, now: dt.datetime) -> dict[str, Any]:
    if verdict.state == OperationState.DONE:
        return _columns_of_result(verdict)
    if verdict.state == OperationState.BLOCKED:
        return {"next_action_at": now + dt.timedelta(seconds=times().probe_every)}
    if verdict.state == OperationState.RETRY_WAIT:
        return _columns_of_pause(operation, verdict, now)
    if verdict.state == OperationState.UNCERTAIN:
        return to_be_looked_for(operation, now)
    return {"settled_at": now}


def _columns_of_result(verdict: Verdict) -> dict[str, Any]:
    record = verdict.record
    columns: dict[str, Any] = {
        "evidence": "reply",
        "candidates": [],
        "differences": [list(one) for one in verdict.differences],
    }
    if isinstance(record, UapServiceRecord):
        return columns | {"result_status": "" if record.status is None else str(record.status)}
    return columns | {"result_remote_id": record.id if record else None}


def _columns_of_pause(operation: Operation, verdict: Verdict, now: dt.datetime) -> dict[str, Any]:
    """When it is tried again; a try that the gate held back does not count."""
    tries = operation.tries - 1 if verdict.reason == "held" else operation.tries
    pauses = times().pauses
    if tries >= times().most_tries:
        wait = 0.0
    elif verdict.wait is not None:
        wait = verdict.wait
    else:
        wait = pauses[min(max(tries - 1, 0), len(pauses) - 1)] * random.uniform(0.75, 1.25)
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
    """Have the list read at the next opportunity in which what was created appears."""
    if operation.state != OperationState.DONE:
        return
    if operation.kind == OperationKind.COMPANY:
        slots.make_due(stream=Stream.COMPANIES, scope="", periods=[SNAPSHOT], now=now)
    elif operation.kind == OperationKind.PROJECT:
        slots.make_due(stream=Stream.PROJECTS, scope=operation.company_id, periods=[SNAPSHOT], now=now)
    refresh.ask_usage_soon(now)
