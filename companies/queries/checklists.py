"""Reads of checklists and presets: which there are, how they stand, which of their steps can be sent."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from accounts.models import Person
from companies.models import (
    Attempt,
    Checklist,
    ChecklistStep,
    Company,
    Operation,
    OperationKind,
    OperationState,
    Preset,
    StepProblem,
)
from companies.queries.mirror import company as mirror_company
from companies.queries.operations import WAITS_FOR_A_PERSON, WITHOUT_EFFECT

# A step that is behind us: nothing more is to be done for it.
SETTLED = (
    Q(skipped=True) | Q(operation__state=OperationState.DONE) | Q(operation=None, problem=StepProblem.ALREADY_ENABLED)
)
ENDED_WITHOUT = (OperationState.REFUSED, OperationState.CANCELLED)


class StepState(StrEnum):
    """How a step of a checklist that was started stands."""

    DONE = "done"
    SKIPPED = "skipped"
    NEEDS_YOU = "needs-you"
    AT_WORK = "at-work"
    WAITS = "waits"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a checklist is; skipped steps count for nothing."""

    done: int
    total: int
    needs_you: int
    skipped: int
    at_work: int


def checklist(checklist_id: int) -> Checklist | None:
    """A checklist with the people, company and preset it names."""
    rows = Checklist.objects.select_related("created_by", "started_by", "company", "preset")
    return rows.filter(pk=checklist_id).first()


def checklist_of_form(token: uuid.UUID) -> Checklist | None:
    """The checklist that was begun by the form with this token."""
    return Checklist.objects.filter(form_token=token).first()


def steps_of(checklist: Checklist) -> list[ChecklistStep]:
    """The steps of a checklist in order, each with its operation and its parent's."""
    return list(_with_operations().filter(checklist=checklist))


def step_of(checklist: Checklist, step_id: int) -> ChecklistStep | None:
    """One step of this checklist, read like all of them."""
    return _with_operations().filter(checklist=checklist, pk=step_id).first()


def _with_operations() -> QuerySet[ChecklistStep]:
    return ChecklistStep.objects.select_related(
        "operation__decided_by", "conflict__created_by", "asked_by", "parent__operation", "parent__parent__operation"
    )


def steps_to_send() -> QuerySet[ChecklistStep]:
    """Steps that can become operations now: what is above them is confirmed to exist."""
    above = Q(parent=None) | Q(parent__operation__state=OperationState.DONE)
    return ChecklistStep.objects.filter(
        above,
        checklist__started_at__isnull=False,
        checklist__finished_at=None,
        operation=None,
        skipped=False,
        problem="",
    ).order_by("pk")


def checklists_to_finish() -> QuerySet[Checklist]:
    """Checklists that were started and of which every step is behind us."""
    open_steps = ChecklistStep.objects.filter(checklist=OuterRef("pk")).exclude(SETTLED)
    return Checklist.objects.filter(~Exists(open_steps), started_at__isnull=False, finished_at=None)


def waiting_operations(steps: Sequence[ChecklistStep]) -> set[int]:
    """The operations of these steps that nobody but a person can bring further."""
    ids = [step.operation_id for step in steps if step.operation_id]
    return set(Operation.objects.filter(WAITS_FOR_A_PERSON, pk__in=ids).values_list("pk", flat=True))


def in_doubt(steps: Sequence[ChecklistStep]) -> set[int]:
    """Operations of these steps that a person gave up although a company or project may have come of them.

    A UAP service is no such thing: enabling it once more is expected to be harmless.
    """
    ids = [step.operation_id for step in steps if step.operation_id and step.kind != OperationKind.UAP_SERVICE]
    given_up = Attempt.objects.filter(operation__in=ids, operation__state=OperationState.CANCELLED)
    doubtful = given_up.exclude(outcome__in=WITHOUT_EFFECT)
    return set(doubtful.values_list("operation", flat=True))


def state_of(step: ChecklistStep, waiting: set[int]) -> StepState:
    """How a step stands; `waiting` holds the operations that wait for a person."""
    operation = step.operation
    if step.skipped:
        return StepState.SKIPPED
    if operation is not None:
        if operation.state == OperationState.DONE:
            return StepState.DONE
        needs_you = operation.state in ENDED_WITHOUT or operation.pk in waiting
        return StepState.NEEDS_YOU if needs_you else StepState.AT_WORK
    if step.problem:
        return StepState.DONE if step.problem == StepProblem.ALREADY_ENABLED else StepState.NEEDS_YOU
    above = step.parent.operation if step.parent else None
    ready = step.parent is None or (above is not None and above.state == OperationState.DONE)
    return StepState.AT_WORK if ready else StepState.WAITS


def progress_of(steps: Sequence[ChecklistStep], waiting: set[int]) -> Progress:
    """How far these steps are."""
    states = [state_of(step, waiting) for step in steps]
    skipped = states.count(StepState.SKIPPED)
    return Progress(
        done=states.count(StepState.DONE),
        total=len(states) - skipped,
        needs_you=states.count(StepState.NEEDS_YOU),
        skipped=skipped,
        at_work=states.count(StepState.AT_WORK),
    )


def company_step(steps: Sequence[ChecklistStep]) -> ChecklistStep | None:
    """The step that creates the company; None where the checklist begins at a company that exists."""
    return next((step for step in steps if step.kind == OperationKind.COMPANY), None)


def company_above(step: ChecklistStep) -> Company | None:
    """The company in which a project is created; None while it does not exist."""
    if step.checklist.company is not None:
        return step.checklist.company
    above = step.parent.operation if step.parent else None
    return mirror_company(above.result_remote_id) if above and above.result_remote_id else None


def children_of(step: ChecklistStep, steps: Sequence[ChecklistStep]) -> list[ChecklistStep]:
    """The steps right below a step."""
    return [other for other in steps if other.parent_id == step.pk]


def steps_below(step: ChecklistStep, steps: Sequence[ChecklistStep]) -> list[ChecklistStep]:
    """The steps below a step, however deep, in order."""
    return [one for child in children_of(step, steps) for one in (child, *steps_below(child, steps))]


def checklists_matching(*, search: str = "", person: Person | None = None, state: str = "") -> QuerySet[Checklist]:
    """Checklists whose company, project or e-mail address contains `search`, the last changed first.

    `person` keeps those that this person began or started; `state` is `open`, `finished`, or '' for both.
    """
    found = Checklist.objects.select_related("created_by", "company").prefetch_related(
        "steps__operation", "steps__parent__operation"
    )
    if search:
        named = Q(typed__company_name__icontains=search) | Q(typed__email__icontains=search)
        steps = ChecklistStep.objects.filter(named | Q(typed__name__icontains=search)).values("checklist")
        companies = Company.objects.filter(Q(name__icontains=search) | Q(company_id=search)).values("pk")
        found = found.filter(Q(pk__in=steps) | Q(company__in=companies))
    if person:
        found = found.filter(Q(created_by=person) | Q(started_by=person))
    if state in ("open", "finished"):
        found = found.filter(finished_at__isnull=state == "open")
    return found.order_by("-changed_at", "-pk")


def unfinished_checklists(person: Person) -> QuerySet[Checklist]:
    """What is still a draft or at work: this person's own first, then the last changed."""
    own = Case(When(created_by=person, then=Value(0)), default=Value(1))
    return checklists_matching(state="open").order_by(own, "-changed_at", "-pk")


def presets() -> QuerySet[Preset]:
    """Every preset, by name."""
    return Preset.objects.select_related("changed_by").order_by("name")


def preset(preset_id: int) -> Preset | None:
    """One preset."""
    return Preset.objects.filter(pk=preset_id).first()


def preset_named(name: str) -> Preset | None:
    """The preset of this name, whatever its case."""
    return Preset.objects.filter(name__iexact=name).first()
