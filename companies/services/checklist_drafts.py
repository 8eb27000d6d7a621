"""What is written to a checklist before it is started: field by field, so that nobody loses what another typed."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from accounts.models import Person
from accounts.services import store_audit_entry
from companies.models import Checklist, ChecklistStep, Company, OperationKind, Preset
from companies.models.checklists import MOST_PROJECTS
from companies.queries import checklists as queries

# Product and region of a UAP service, as codes of the document.
Service = tuple[int, int]


class NoDraftError(Exception):
    """The checklist was started or discarded in the meantime, so that nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What one person changed: fields of the company, names of projects, services ticked and unticked by project."""

    company: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    ticked: Collection[tuple[int, Service]] = ()
    unticked: Collection[tuple[int, Service]] = ()

    def __bool__(self) -> bool:
        return any((self.company, self.names, self.ticked, self.unticked))


def begin(
    *, token: uuid.UUID, by: Person, now: dt.datetime, company: Company | None = None, preset: Preset | None = None
) -> Checklist:
    """Store an empty draft, or one that a preset fills in; the same form sent twice gives the same draft."""
    try:
        return _begun(token, by, now, company, preset)
    except IntegrityError:
        if (begun := queries.checklist_of_form(token)) is None:
            raise
        return begun


@transaction.atomic
def _begun(token: uuid.UUID, by: Person, now: dt.datetime, company: Company | None, preset: Preset | None) -> Checklist:
    checklist = Checklist.objects.create(
        form_token=token, company=company, created_by=by, created_at=now, changed_at=now
    )
    if company is None:
        checklist.steps.create(kind=OperationKind.COMPANY)
    if preset is not None:
        fill_in(checklist=checklist, preset=preset, now=now)
    elif company is not None:
        _add_project(checklist, "", ())
    return checklist


@transaction.atomic
def save_draft(*, checklist: Checklist, changes: Changes, now: dt.datetime) -> None:
    """Store the fields that were changed and no others; steps that are gone are passed over. Raises NoDraftError."""
    if not changes:
        return
    steps = _steps_of_draft(checklist, now)
    for step in steps:
        new = changes.company if step.kind == OperationKind.COMPANY else {}
        if step.pk in changes.names and step.kind == OperationKind.PROJECT:
            new = {"name": changes.names[step.pk]}
        if new:
            _store(step, {**step.typed, **new})
    _tick(steps, changes.ticked, changes.unticked)


def _tick(
    steps: Sequence[ChecklistStep],
    ticked: Collection[tuple[int, Service]],
    unticked: Collection[tuple[int, Service]],
) -> None:
    for project in steps:
        if project.kind != OperationKind.PROJECT:
            continue
        there = {service_of(step): step for step in queries.children_of(project, steps)}
        for project_id, service in ticked:
            if project_id == project.pk and service not in there:
                add_service(project, service)
        for project_id, service in unticked:
            if project_id == project.pk and service in there:
                there[service].delete()


@transaction.atomic
def add_project(*, checklist: Checklist, now: dt.datetime) -> ChecklistStep | None:
    """Add an empty project to a draft; None when it has as many as it may have. Raises NoDraftError."""
    steps = _steps_of_draft(checklist, now)
    if sum(step.kind == OperationKind.PROJECT for step in steps) >= MOST_PROJECTS:
        return None
    return _add_project(checklist, "", ())


@transaction.atomic
def remove_project(*, checklist: Checklist, step_id: int, now: dt.datetime) -> None:
    """Take a project and its services out of a draft. Raises NoDraftError."""
    _steps_of_draft(checklist, now)
    checklist.steps.filter(pk=step_id, kind=OperationKind.PROJECT).delete()


@transaction.atomic
def fill_in(*, checklist: Checklist, preset: Preset, now: dt.datetime, overwrite: bool = False) -> None:
    """Fill in what is empty from a preset; what was typed stays unless it is to be overwritten. Raises NoDraftError."""
    steps = _steps_of_draft(checklist, now)
    Checklist.objects.filter(pk=checklist.pk).update(preset=preset)
    if company := queries.company_step(steps):
        typed = {name: value for name, value in company.typed.items() if value != ""}
        _store(company, {**typed, **preset.company} if overwrite else {**preset.company, **typed})
    projects = [step for step in steps if step.kind == OperationKind.PROJECT]
    for planned in preset.projects:
        name, services = planned["name"], [(type_id, region) for type_id, region in planned["services"]]
        same = [step for step in projects if step.typed.get("name") == name]
        blank = [step for step in projects if not step.typed.get("name") and not queries.children_of(step, steps)]
        if same and overwrite:
            _set_services(same[0], services, steps)
        elif not same and blank:
            _store(blank[0], {"name": name})
            _set_services(blank[0], services, steps)
        elif not same and len(projects) < MOST_PROJECTS:
            projects.append(_add_project(checklist, name, services))


def _set_services(project: ChecklistStep, services: Sequence[Service], steps: Sequence[ChecklistStep]) -> None:
    there = {service_of(step) for step in queries.children_of(project, steps)}
    wanted = set(services)
    _tick(
        steps,
        [(project.pk, service) for service in wanted - there],
        [(project.pk, service) for service in there - wanted],
    )


@transaction.atomic
def discard(*, checklist: Checklist, by: Person, now: dt.datetime, ip: str | None) -> None:
    """Remove a draft, of which nothing was sent. Raises NoDraftError."""
    steps = _steps_of_draft(checklist, now)
    typed = [{"kind": step.kind, **step.typed} for step in steps]
    store_audit_entry(action="checklist.discarded", by=by, subject=checklist, detail={"steps": typed}, ip=ip)
    checklist.delete()


def _steps_of_draft(checklist: Checklist, now: dt.datetime) -> list[ChecklistStep]:
    """The steps as they stand, after every other writer of this checklist and before the next."""
    if not raise_version(checklist, now, started_at=None):
        raise NoDraftError
    return queries.steps_of(checklist)


def raise_version(checklist: Checklist, now: dt.datetime, **conditions: object) -> bool:
    """Let one writer after the other change a checklist: the row stays locked until the transaction ends."""
    rows = Checklist.objects.filter(pk=checklist.pk, **conditions)
    return bool(rows.update(version=F("version") + 1, changed_at=now))


def _store(step: ChecklistStep, typed: Mapping[str, str]) -> None:
    step.typed = dict(typed)
    step.save(update_fields=["typed"])


def _add_project(checklist: Checklist, name: str, services: Sequence[Service]) -> ChecklistStep:
    project = add_project_step(checklist, {"name": name} if name else {})
    for service in services:
        add_service(project, service)
    return project


def add_project_step(checklist: Checklist, typed: Mapping[str, str], **columns: object) -> ChecklistStep:
    """Add a project behind the others, below the company's step where there is one."""
    company = checklist.steps.filter(kind=OperationKind.COMPANY).first()
    last: int = checklist.steps.filter(kind=OperationKind.PROJECT).aggregate(last=Max("position"))["last"] or 0
    return ChecklistStep.objects.create(
        checklist=checklist,
        parent=company,
        kind=OperationKind.PROJECT,
        position=last + 1,
        typed=dict(typed),
        **columns,
    )


def add_service(project: ChecklistStep, service: Service, **columns: object) -> ChecklistStep:
    """Add a service to a project; what was ticked needs no further checking."""
    type_id, region = service
    codes = {"type_id": type_id, "region": region}
    return ChecklistStep.objects.create(
        checklist_id=project.checklist_id,
        parent=project,
        kind=OperationKind.UAP_SERVICE,
        position=10 * type_id + region,
        typed=codes,
        payload=codes,
        **columns,
    )


def service_of(step: ChecklistStep) -> Service:
    """Product and region of a step that enables a service."""
    return step.typed["type_id"], step.typed["region"]
