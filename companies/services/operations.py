"""How an operation begins: one row and its audit entry, committed before the person is answered."""

import datetime as dt
import hashlib
import json
import logging
import unicodedata
from contextlib import suppress
from functools import partial
from uuid import UUID

from celery import current_app
from django.db import IntegrityError, transaction
from kombu.exceptions import OperationalError

from accounts.models import Person
from accounts.services import store_audit_entry
from agora.drafts import AnyDraft, CompanyDraft, ProjectDraft
from companies import queries
from companies.models import Operation, OperationKind

logger = logging.getLogger(__name__)

SEND_TASK = "companies.tasks.send_operation"
# The message saves waiting for the dispatcher and is no more than that: one quick try.
BRIEFLY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}


class OperationConflictError(Exception):
    """This create cannot begin because of another operation."""

    def __init__(self, operation: Operation) -> None:
        super().__init__(str(operation.pk))
        self.operation = operation


class TokenUsedError(OperationConflictError):
    """The same form was sent before, with other values."""


class AlreadyOpenError(OperationConflictError):
    """The same thing is being created at this moment."""


class AlreadyCreatedError(OperationConflictError):
    """Agora confirmed before that this exists: a company for this e-mail address, or an enabled UAP service."""


class CompanyUndecidedError(OperationConflictError):
    """What this belongs to may be the company of an operation that nobody has decided about."""


def submit(*, draft: AnyDraft, token: UUID, by: Person, now: dt.datetime, ip: str | None = None) -> Operation:
    """Store a create and nudge the worker; the same form sent twice gives the same operation.

    Raises TokenUsedError, AlreadyOpenError, AlreadyCreatedError or CompanyUndecidedError with the operation that
    stands in the way.
    """
    begin = partial(_begun, draft=draft, token=token, by=by, now=now, ip=ip)
    with suppress(IntegrityError):
        return begin()
    # Whatever stood in the way may have ended since, so that the second try has its way.
    return _in_the_way(draft, token) or begin()


@transaction.atomic
def _begun(*, draft: AnyDraft, token: UUID, by: Person, now: dt.datetime, ip: str | None) -> Operation:
    operation = Operation.objects.create(
        kind=kind_of(draft),
        form_token=token,
        natural_key=natural_key(draft),
        company_id=getattr(draft, "company_id", ""),
        project_id=getattr(draft, "project_id", ""),
        payload=draft.as_payload(),
        payload_sha256=fingerprint(draft),
        created_by=by,
        created_at=now,
        queued_at=now,
        baseline=queries.highest_row(kind_of(draft)),
        next_action_at=now,
    )
    # Looked up after the insert, which waits for whoever is just ending the same create.
    if finished := queries.finished_operation(operation.kind, operation.natural_key):
        raise AlreadyCreatedError(finished)
    if undecided := queries.undecided_company(operation.company_id):
        raise CompanyUndecidedError(undecided)
    store_audit_entry(
        action="operation.submitted", by=by, subject=operation, detail={"payload": operation.payload}, ip=ip
    )
    transaction.on_commit(partial(nudge, operation.pk))
    return operation


def _in_the_way(draft: AnyDraft, token: UUID) -> Operation | None:
    """The operation of the same form; raises when it had other values, or another one is open."""
    if same_form := Operation.objects.filter(form_token=token).first():
        if same_form.payload_sha256 != fingerprint(draft):
            raise TokenUsedError(same_form)
        return same_form
    if same_thing := queries.open_operation(kind_of(draft), natural_key(draft)):
        raise AlreadyOpenError(same_thing)
    return None


def nudge(operation_id: int) -> None:
    """Tell a worker at once; without a broker the dispatcher finds the operation by itself."""
    try:
        current_app.send_task(SEND_TASK, args=[operation_id], ignore_result=True, retry=True, retry_policy=BRIEFLY)
    except OperationalError:
        logger.warning(
            "Operation %d is stored; the broker did not answer, so the dispatcher will send it.", operation_id
        )


def kind_of(draft: AnyDraft) -> OperationKind:
    """What a draft creates."""
    if isinstance(draft, CompanyDraft):
        return OperationKind.COMPANY
    return OperationKind.PROJECT if isinstance(draft, ProjectDraft) else OperationKind.UAP_SERVICE


def natural_key(draft: AnyDraft) -> str:
    """What names the thing among the open operations of its kind."""
    if isinstance(draft, CompanyDraft):
        return draft.email.strip().lower()
    if isinstance(draft, ProjectDraft):
        parts: list[object] = [draft.company_id, unicodedata.normalize("NFC", draft.name).strip()]
    else:
        parts = [draft.company_id, draft.project_id, draft.type_id, draft.region]
    return json.dumps(parts, ensure_ascii=False)


def fingerprint(draft: AnyDraft) -> str:
    """SHA-256 over kind and values, so that a form sent twice is known from a form that was changed."""
    text = json.dumps([kind_of(draft), draft.as_payload()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
