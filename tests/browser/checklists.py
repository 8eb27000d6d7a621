"""Checklists as people and the dispatcher would have left them, for pages that are looked at."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from accounts.models import Person
from agora.drafts import ProjectDraft
from companies.models import Checklist, ChecklistStep, Company, Operation, OperationKind, OperationState, Preset
from companies.services import checklist_drafts, checklists
from companies.services.operations import submit

PROJECTS = [
    {"name": "{company} live", "services": [[1, 1], [7, 1]]},
    {"name": "{company} with a name that is far longer than anybody would ever type into it", "services": []},
]


@dataclass(frozen=True, kw_only=True)
class Checklists:
    """A draft, one that was started, its project that Agora refused, its project that was left out, and a preset."""

    draft: Checklist
    started: Checklist
    refused: ChecklistStep
    preset: Preset


def store_checklists(company: Company, by: Person, now: dt.datetime) -> Checklists:
    """Store it all; nothing of it is sent."""
    preset = Preset.objects.create(
        name="Education CN",
        company={"country": "CN", "area": "CN", "app_limit": "20", "industry": "3"},
        projects=PROJECTS,
        changed_by=by,
        changed_at=now,
    )
    draft = checklist_drafts.begin(token=uuid.uuid4(), by=by, now=now, preset=preset)
    typed = checklist_drafts.Changes(company={"company_name": "Acme", "email": "no address", "app_limit": "1"})
    checklist_drafts.save_draft(checklist=draft, changes=typed, now=now)
    started = checklist_drafts.begin(token=uuid.uuid4(), by=by, now=now, company=company, preset=preset)
    started.refresh_from_db()
    projects = list(started.steps.filter(kind=OperationKind.PROJECT))
    names = {step.pk: {"name": f"Room {number}"} for number, step in enumerate(projects)}
    checklists.start(checklist=started, payloads=names, by=by, now=now)
    checklists.skip(step=projects[1], by=by, now=now)
    return Checklists(draft=draft, started=started, refused=_refused(projects[0], company, by, now), preset=preset)


def _refused(step: ChecklistStep, company: Company, by: Person, now: dt.datetime) -> ChecklistStep:
    operation = submit(
        draft=ProjectDraft(company_id=company.company_id, name="Room 0"), token=step.token, by=by, now=now
    )
    ended = {"state": OperationState.REFUSED, "reason": "refused", "message": "project name already exists"}
    Operation.objects.filter(pk=operation.pk).update(**ended, message_field="name", ended_at=now, next_action_at=None)
    ChecklistStep.objects.filter(pk=step.pk).update(operation=operation)
    return step
