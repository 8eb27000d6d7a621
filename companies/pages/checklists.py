"""The pages of checklists: the lists, a checklist that was started, and what a preset would change in a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Person
from agora.drafts import Payload
from companies import labels
from companies.converters import company_path, project_path
from companies.models import (
    Checklist,
    ChecklistStep,
    Operation,
    OperationKind,
    OperationState,
    StepProblem,
)
from companies.models.operations import DRAFTS
from companies.pages import addresses
from companies.pages.words import words_for
from companies.queries import checklists as queries
from companies.queries.checklists import Progress, StepState
from companies.queries.operations import finished_operation, open_operation, undecided_company
from companies.services.checklists import is_created, may_be_corrected, may_be_skipped
from companies.services.operations import natural_key

# Seconds between two looks of a browser: while a machine is at work, and while it waits for a person.
SOON, LATER = 2, 15
MOST_UNFINISHED = 5
IN_DOUBT = _lazy(
    "It was given up without knowing whether it exists, so it is not sent again from here. If it is found at Agora "
    "after all, it comes back for a decision and this goes on. Else leave it out; you can add it anew."
)


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """A step as its checklist shows it, with the steps below it."""

    step: ChecklistStep
    title: str
    state: StepState
    words: str | Promise
    result_url: str
    may_correct: bool
    may_skip: bool
    may_take_up: bool
    may_add_services: bool
    children: Sequence["StepRow"]


@dataclass(frozen=True, kw_only=True)
class ChecklistPage:
    """A checklist that was started; `mark` changes whenever its page would look different."""

    checklist: Checklist
    title: str
    progress: Progress
    rows: Sequence[StepRow]
    mark: str
    may_add_projects: bool
    look_again_after: int | None


@dataclass(frozen=True, kw_only=True)
class ChecklistRow:
    """A checklist as a list shows it."""

    checklist: Checklist
    title: str
    projects: int
    progress: Progress


def checklists_crumb() -> tuple[str, str]:
    """Address and name of the list of checklists."""
    return reverse("companies:list_checklists"), _("Checklists")


def presets_crumb() -> tuple[str, str]:
    """Address and name of the list of presets."""
    return reverse("companies:list_presets"), _("Presets")


def address_of(checklist: Checklist) -> str:
    """The page of a checklist."""
    return reverse("companies:show_checklist", args=[checklist.pk])


def crumbs_of(checklist: Checklist) -> list[tuple[str, str]]:
    """The pages that a checklist belongs below."""
    crumbs = [addresses.onboarding_crumb(), checklists_crumb()]
    return [*crumbs, addresses.company_crumb(checklist.company)] if checklist.company else crumbs


def company_name(checklist: Checklist) -> str:
    """The name of the company that the checklist creates, or that it begins at."""
    if checklist.company is not None:
        return checklist.company.name or checklist.company.company_id
    company = queries.company_step(queries.steps_of(checklist))
    return str(company.payload.get("company_name", "")) if company else ""


def in_the_way(checklist: Checklist, payloads: Mapping[int, Payload]) -> list[Operation]:
    """What begins at once would meet these operations: they create or created the same, or are undecided."""
    found = []
    if checklist.company and (undecided := undecided_company(checklist.company.company_id)):
        return [undecided]
    for step in queries.steps_of(checklist):
        if step.parent_id is not None or step.pk not in payloads:
            continue
        above = {"company_id": checklist.company.company_id} if checklist.company else {}
        draft = DRAFTS[step.kind].from_payload({**above, **payloads[step.pk]})
        key = natural_key(draft)
        if operation := open_operation(step.kind, key) or finished_operation(step.kind, key):
            found.append(operation)
    return found


def title_of_checklist(checklist: Checklist, steps: Sequence[ChecklistStep]) -> str:
    """What a checklist is called: by its company."""
    if checklist.company is not None:
        return _("Projects for %(company)s") % {"company": checklist.company.name or checklist.company.company_id}
    company = queries.company_step(steps)
    name = str((company.payload or company.typed).get("company_name", "")).strip() if company else ""
    return name or _("New company")


def checklist_page(checklist: Checklist, steps: Sequence[ChecklistStep]) -> ChecklistPage:
    """Everything that the page of a started checklist says; two queries beside its steps."""
    waiting, doubtful = queries.waiting_operations(steps), queries.in_doubt(steps)
    progress = queries.progress_of(steps, waiting)
    company = queries.company_step(steps)
    tops = [step for step in steps if step.parent_id is None]
    moves = sum(step.operation.version for step in steps if step.operation)
    busy = SOON if progress.at_work else LATER
    return ChecklistPage(
        checklist=checklist,
        title=title_of_checklist(checklist, steps),
        progress=progress,
        rows=[_row(step, steps, waiting, doubtful) for step in tops],
        mark=f"{checklist.version}-{moves}-{len(waiting)}",
        may_add_projects=company is None or not company.skipped,
        look_again_after=None if checklist.finished_at else busy,
    )


def _row(step: ChecklistStep, steps: Sequence[ChecklistStep], waiting: set[int], doubtful: set[int]) -> StepRow:
    state = queries.state_of(step, waiting)
    above_is_skipped = step.parent is not None and step.parent.skipped
    return StepRow(
        step=step,
        title=step_title(step),
        state=state,
        words=IN_DOUBT if step.operation_id in doubtful and not step.skipped else _words(step, state),
        result_url=_result_url(step),
        may_correct=may_be_corrected(step, doubtful),
        may_skip=may_be_skipped(step) and state != StepState.DONE,
        may_take_up=step.skipped and not above_is_skipped,
        may_add_services=step.kind == OperationKind.PROJECT and not step.skipped,
        children=[_row(child, steps, waiting, doubtful) for child in queries.children_of(step, steps)],
    )


def step_title(step: ChecklistStep) -> str:
    """What a step creates, as a person would call it."""
    values = step.payload or step.typed
    if step.kind == OperationKind.UAP_SERVICE:
        words = {"product": words_for("type_id", values["type_id"]), "region": words_for("region", values["region"])}
        return _("%(product)s, %(region)s") % words
    return str(values.get("company_name") or values.get("name") or "")


def _words(step: ChecklistStep, state: StepState) -> str:
    """Why a step stands where it stands, in a sentence or two; '' where its state says it all."""
    if state == StepState.SKIPPED:
        return ""
    if step.operation is not None:
        return _operation_words(step.operation)
    if step.problem:
        return _problem_words(step)
    if state == StepState.WAITS:
        waits_for_project = step.kind == OperationKind.UAP_SERVICE
        return _("Begins once the project exists.") if waits_for_project else _("Begins once the company exists.")
    return _("Begins in a few seconds.")


def _operation_words(operation: Operation) -> str:
    if operation.state == OperationState.UNCERTAIN:
        return _("Agora did not confirm this. We are checking; do not enter it again. What stands below it waits.")
    if operation.state == OperationState.REVIEW:
        return _("It needs your decision. What stands below it waits.")
    if operation.state == OperationState.REFUSED:
        return operation.message or labels.reason_words(operation.reason)
    if operation.state == OperationState.CANCELLED:
        words = {"person": operation.decided_by, "note": operation.decision_note}
        return (_("Given up by %(person)s. %(note)s") % words).strip()
    if operation.state == OperationState.DONE:
        off = operation.kind == OperationKind.UAP_SERVICE and operation.result_status == "0"
        return _("Agora answered, and reports: disabled. It may need a moment; it can be tried again.") if off else ""
    return labels.reason_words(operation.reason)


def _problem_words(step: ChecklistStep) -> str:
    person = {"person": step.conflict.created_by if step.conflict else ""}
    if step.problem == StepProblem.ALREADY_ENABLED:
        return _("This service is enabled already, by %(person)s.") % person
    if step.problem == StepProblem.NOT_ALLOWED:
        words = _("%(person)s asked for this and may no longer create anything. Send it yourself, or leave it out.")
        return words % {"person": step.asked_by}
    if step.problem == StepProblem.RESTORED:
        return _(
            "The portal's database was restored, so this may have been created already. Look for it at Agora; "
            "then send it, or leave it out."
        )
    if step.problem == StepProblem.ALREADY_CREATED:
        return (
            _(
                "A company for this e-mail address exists already, created by %(person)s. Nothing was sent. Correct "
                "the address, or leave this out and begin a checklist for that company."
            )
            % person
        )
    if step.problem == StepProblem.UNDECIDED:
        return (
            _(
                "This company may be the one that %(person)s asked for and that Agora did not confirm. Decide that "
                "first, then send this again."
            )
            % person
        )
    if step.problem == StepProblem.ALREADY_OPEN:
        return _("The same is already being created by %(person)s, so nothing was sent for this step.") % person
    return _("This step was sent before with other values, which stand. Nothing was sent now.")


def _result_url(step: ChecklistStep) -> str:
    """The page of what a step created; '' while there is none."""
    operation = step.operation
    if operation is None or not is_created(step):
        return ""
    if step.kind == OperationKind.COMPANY:
        return company_path(operation.result_remote_id or "")
    if step.kind == OperationKind.PROJECT:
        return project_path(operation.company_id, operation.result_remote_id or "")
    return ""


def checklist_rows(checklists: Sequence[Checklist]) -> list[ChecklistRow]:
    """Checklists with their steps at hand, as a list shows them; one query for all."""
    steps = {checklist.pk: list(checklist.steps.all()) for checklist in checklists}
    waiting = queries.waiting_operations([step for some in steps.values() for step in some])
    return [
        ChecklistRow(
            checklist=checklist,
            title=title_of_checklist(checklist, steps[checklist.pk]),
            projects=sum(step.kind == OperationKind.PROJECT for step in steps[checklist.pk]),
            progress=queries.progress_of(steps[checklist.pk], waiting),
        )
        for checklist in checklists
    ]


def unfinished_rows(person: Person) -> list[ChecklistRow]:
    """The first few checklists that go on, this person's own first; four queries."""
    return checklist_rows(list(queries.unfinished_checklists(person)[:MOST_UNFINISHED]))
