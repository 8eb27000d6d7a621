"""A checklist from its start to its end: each step becomes an ordinary operation once what is above it exists."""

import datetime as dt
import logging
import uuid
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction

from accounts.access import may_create
from accounts.models import Person
from accounts.services import store_audit_entry
from agora.drafts import AnyDraft, CompanyDraft, Payload, ProjectDraft, UapServiceDraft
from companies.models import Checklist, ChecklistStep, OperationKind, OperationState, StepProblem
from companies.queries import checklists as queries
from companies.queries.operations import may_be_asked_again
from companies.services.checklist_drafts import Service, add_project_step, add_service, raise_version, service_of
from companies.services.operations import (
    AlreadyCreatedError,
    AlreadyOpenError,
    CompanyUndecidedError,
    OperationConflictError,
    TokenUsedError,
    submit,
)

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200
PROBLEMS: Mapping[type[OperationConflictError], StepProblem] = {
    AlreadyOpenError: StepProblem.ALREADY_OPEN,
    AlreadyCreatedError: StepProblem.ALREADY_ENABLED,
    CompanyUndecidedError: StepProblem.UNDECIDED,
    TokenUsedError: StepProblem.TOKEN_USED,
}


class StepMovedError(Exception):
    """The step has moved on in the meantime, so that nothing was changed."""


@transaction.atomic
def start(
    *, checklist: Checklist, payloads: Mapping[int, Payload], by: Person, now: dt.datetime, ip: str | None = None
) -> bool:
    """Start a draft with what was checked, by step; False when it was changed or started since it was read."""
    columns = {"started_at": now, "started_by": by, "changed_at": now, "version": checklist.version + 1}
    if not Checklist.objects.filter(pk=checklist.pk, version=checklist.version, started_at=None).update(**columns):
        return False
    for step_id, payload in payloads.items():
        checklist.steps.filter(pk=step_id).update(payload=payload)
    checklist.steps.update(asked_by=by)
    store_audit_entry(action="checklist.started", by=by, subject=checklist, detail={"steps": len(payloads)}, ip=ip)
    return True


def advance(*, now: dt.datetime, checklist: Checklist | None = None) -> int:
    """Send every step that can be sent now, of one checklist or of all; give how many became operations.

    The dispatcher calls this every few seconds: two queries where nothing is to be done. A step that another
    operation stands in the way of is marked with it and waits for a person.
    """
    ready = queries.steps_to_send().select_related("checklist")
    finishing = queries.checklists_to_finish()
    if checklist is not None:
        ready, finishing = ready.filter(checklist=checklist), finishing.filter(pk=checklist.pk)
    sent = sum(_sent(step, now) for step in ready[:MOST_AT_ONCE])
    for done in finishing:
        _finish(done, now)
    return sent


def _sent(step: ChecklistStep, now: dt.datetime) -> bool:
    try:
        return _submitted(step, now)
    except OperationConflictError as conflict:
        return _note_problem(step, conflict, now)


@transaction.atomic
def _submitted(step: ChecklistStep, now: dt.datetime) -> bool:
    """Begin the step's operation and link it; whoever comes second finds the step linked."""
    raise_version(step.checklist, now)
    ready = queries.steps_to_send().filter(pk=step.pk)
    found = ready.select_related("checklist__company", "parent__operation", "asked_by").first()
    if found is None or found.asked_by is None:
        return False
    if not may_create(found.asked_by):
        return not ready.update(problem=StepProblem.NOT_ALLOWED)
    found.operation = submit(draft=_draft(found), token=found.token, by=found.asked_by, now=now)
    found.save(update_fields=["operation"])
    return True


def _draft(step: ChecklistStep) -> AnyDraft:
    """What the step creates, with the IDs that Agora gave to what is above it."""
    if step.kind == OperationKind.COMPANY:
        return CompanyDraft(**step.payload)
    above = step.parent.operation if step.parent else None
    if step.kind == OperationKind.PROJECT:
        company = step.checklist.company
        company_id = above.result_remote_id if above else company.company_id if company else None
        return ProjectDraft(company_id=company_id or "", **step.payload)
    ids = {"company_id": above.company_id, "project_id": above.result_remote_id or ""} if above else {}
    return UapServiceDraft.from_payload({**ids, **step.payload})


@transaction.atomic
def _note_problem(step: ChecklistStep, conflict: OperationConflictError, now: dt.datetime) -> bool:
    raise_version(step.checklist, now)
    unchanged = ChecklistStep.objects.filter(pk=step.pk, token=step.token, operation=None)
    unchanged.update(problem=_problem(step, conflict), conflict=conflict.operation)
    logger.warning("Step %d of checklist %d met operation %s.", step.pk, step.checklist_id, conflict)
    return False


def _problem(step: ChecklistStep, conflict: OperationConflictError) -> StepProblem:
    """A service that is enabled is what was wanted; a company that exists may be another one."""
    if isinstance(conflict, AlreadyCreatedError) and step.kind == OperationKind.COMPANY:
        return StepProblem.ALREADY_CREATED
    return PROBLEMS[type(conflict)]


@transaction.atomic
def _finish(checklist: Checklist, now: dt.datetime) -> None:
    raise_version(checklist, now)
    if not queries.checklists_to_finish().filter(pk=checklist.pk).update(finished_at=now):
        return
    store_audit_entry(action="checklist.finished", by=None, subject=checklist)


def hold_after_restore(*, now: dt.datetime) -> int:
    """Let a person look at every step that was to be sent next; gives how many there are.

    A database that was restored may have forgotten that they were sent already.
    """
    held = 0
    for checklist in Checklist.objects.filter(started_at__isnull=False, finished_at=None):
        with transaction.atomic():
            raise_version(checklist, now)
            unsent = checklist.steps.filter(operation=None, skipped=False, problem="")
            held += unsent.update(problem=StepProblem.RESTORED)
    return held


def may_be_corrected(step: ChecklistStep, doubtful: Collection[int]) -> bool:
    """Whether a step's values may still change: it was not sent yet, or ended without what was asked for.

    What was given up in doubt may exist; `doubtful` holds these operations, as `queries.in_doubt` gives them.
    """
    operation = step.operation
    if step.skipped or operation is None:
        return not step.skipped
    return may_be_asked_again(operation) and operation.pk not in doubtful


def may_be_skipped(step: ChecklistStep) -> bool:
    """Whether a step can be left out: nothing was sent for it, or Agora refused it, or a person gave it up."""
    return not step.skipped and (step.operation is None or step.operation.state in queries.ENDED_WITHOUT)


@transaction.atomic
def correct(
    *,
    step: ChecklistStep,
    payload: Payload,
    token: uuid.UUID,
    by: Person,
    now: dt.datetime,
    ip: str | None = None,
) -> None:
    """Give a step other values and let it begin anew under a new token; the same form sent twice counts once.

    Raises StepMovedError when it was sent in the meantime.
    """
    now_standing = _locked_step(step, now)
    if now_standing.token == token:
        return
    if not may_be_corrected(now_standing, queries.in_doubt([now_standing])):
        raise StepMovedError
    before = now_standing.operation
    store_audit_entry(
        action="checklist.step-corrected",
        by=by,
        subject=step,
        detail={"checklist": step.checklist_id, "before": before.pk if before else None, "payload": payload},
        ip=ip,
    )
    _renew(now_standing, token=token, payload=payload, typed={**now_standing.typed, **payload}, asked_by=by)


def _renew(step: ChecklistStep, **columns: object) -> None:
    for name, value in columns.items():
        setattr(step, name, value)
    step.operation, step.problem, step.conflict, step.skipped = None, "", None, False
    step.save()
    Checklist.objects.filter(pk=step.checklist_id).update(finished_at=None)


@transaction.atomic
def skip(*, step: ChecklistStep, by: Person, now: dt.datetime, ip: str | None = None) -> None:
    """Leave a step out, with all that stands below it. Raises StepMovedError when it was sent in the meantime."""
    if not may_be_skipped(_locked_step(step, now)):
        raise StepMovedError
    _set_skipped(step, True, by, ip)


@transaction.atomic
def take_up(*, step: ChecklistStep, by: Person, now: dt.datetime, ip: str | None = None) -> None:
    """Undo that a step was left out, with all that stands below it. Raises StepMovedError when it is not left out."""
    now_standing = _locked_step(step, now)
    if not now_standing.skipped or (now_standing.parent is not None and now_standing.parent.skipped):
        raise StepMovedError
    _set_skipped(step, False, by, ip)
    Checklist.objects.filter(pk=step.checklist_id).update(finished_at=None)


def _set_skipped(step: ChecklistStep, skipped: bool, by: Person, ip: str | None) -> None:
    below = queries.steps_below(step, queries.steps_of(step.checklist))
    ids = [step.pk, *(other.pk for other in below)]
    ChecklistStep.objects.filter(pk__in=ids).update(skipped=skipped)
    action = "checklist.step-skipped" if skipped else "checklist.step-taken-up"
    store_audit_entry(
        action=action, by=by, subject=step, detail={"checklist": step.checklist_id, "steps": len(ids)}, ip=ip
    )


@transaction.atomic
def add_project(
    *,
    checklist: Checklist,
    name: str,
    services: Sequence[Service],
    token: uuid.UUID,
    by: Person,
    now: dt.datetime,
    ip: str | None = None,
) -> None:
    """Add a project with services to a checklist that was started; the same form sent twice adds one."""
    raise_version(checklist, now)
    if checklist.steps.filter(token=token).exists():
        return
    checked = {"name": name}
    project = add_project_step(checklist, checked, payload=checked, token=token, asked_by=by)
    _note_added(project, services, by, ip)


@transaction.atomic
def add_services(
    *, project: ChecklistStep, services: Sequence[Service], by: Person, now: dt.datetime, ip: str | None = None
) -> None:
    """Add those of these services to a project that it does not have yet. Raises StepMovedError for one left out."""
    now_standing = _locked_step(project, now)
    if now_standing.skipped:
        raise StepMovedError
    there = {service_of(step) for step in now_standing.children.all()}
    if new := [service for service in services if service not in there]:
        _note_added(now_standing, new, by, ip)


def _note_added(project: ChecklistStep, services: Sequence[Service], by: Person, ip: str | None) -> None:
    for service in services:
        add_service(project, service, asked_by=by)
    detail = {"checklist": project.checklist_id, "project": project.payload, "services": list(services)}
    store_audit_entry(action="checklist.steps-added", by=by, subject=project, detail=detail, ip=ip)
    Checklist.objects.filter(pk=project.checklist_id).update(finished_at=None)


def _locked_step(step: ChecklistStep, now: dt.datetime) -> ChecklistStep:
    """The step as it stands, after every other writer of its checklist."""
    raise_version(step.checklist, now, started_at__isnull=False)
    rows = ChecklistStep.objects.select_related("operation", "parent")
    return rows.get(pk=step.pk, checklist__started_at__isnull=False)


def is_created(step: ChecklistStep) -> bool:
    """Whether Agora confirmed what this step creates."""
    return step.operation is not None and step.operation.state == OperationState.DONE
