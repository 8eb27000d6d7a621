"""Steps of checklists that other operations stand in the way of: said in words, and in nobody else's way."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from companies.models import Company, Operation, OperationState
from companies.queries import checklists as queries
from companies.services import checklists, dispatch
from companies.services.operations import OperationConflictError
from sandbox.faults import Fault, Match
from tests.companies.checklists import (
    began,
    carried_on,
    checklist,
    company_typed,
    on_page,
    press,
    started,
    step,
)
from tests.companies.conftest import company_draft, created, dispatched
from tests.sandbox_server import RunningSandbox

SignedIn = Callable[..., Client]
Submitted = Callable[..., Operation]


@pytest.fixture
def client(agora: RunningSandbox, signed_in: SignedIn) -> Client:
    """Somebody who may create."""
    return signed_in("operator")


def undecided(submitted: Submitted, company_id: str) -> Operation:
    """An operation of a company that may be this one, which nobody has decided about."""
    operation = submitted(company_draft(email="other@elsewhere.example"))
    Operation.objects.filter(pk=operation.pk).update(state=OperationState.REVIEW, candidates=[company_id])
    return operation


def begun_in(client: Client, company_id: str) -> str:
    """A draft for that company, with one project."""
    url = began(client, f"?company={company_id}")
    name = f"project-{checklist().steps.get().pk}-name"
    client.post(f"{url}save/", {**on_page(client, url), name: "Classroom"})
    return url


def test_every_conflict_has_a_code_of_its_step() -> None:
    assert set(checklists.PROBLEMS) == set(OperationConflictError.__subclasses__())


def test_an_undecided_company_keeps_a_draft_from_starting(
    client: Client, company: Company, submitted: Submitted
) -> None:
    url = begun_in(client, company.company_id)
    undecided(submitted, company.company_id)
    page = press(client, url, "start").content.decode()
    assert "Decide that first." in page
    assert checklist().started_at is None


def added_while_undecided(client: Client, company_id: str, submitted: Submitted) -> tuple[str, Operation]:
    """A checklist that got one more project after its company had become undecided; its page and what is undecided."""
    url = begun_in(client, company_id)
    press(client, url, "start")
    carried_on()
    other = undecided(submitted, company_id)
    answer = client.post(f"{url}steps/add/", {"form_token": uuid.uuid4(), "name": "Second"})
    assert answer.status_code == 303
    return url, other


def test_a_company_that_becomes_undecided_stops_its_step_alone(
    client: Client, company: Company, submitted: Submitted
) -> None:
    url, _other = added_while_undecided(client, company.company_id, submitted)
    dispatch.begin_what_follows(now=timezone.now())
    second = step("project", "Second")
    assert (second.problem, second.operation) == ("undecided", None)
    assert "Decide that first, then send this again." in client.get(url).content.decode()


def test_a_step_that_waited_for_a_decision_is_sent_again_after_it(
    client: Client, agora: RunningSandbox, company: Company, submitted: Submitted
) -> None:
    url, other = added_while_undecided(client, company.company_id, submitted)
    Operation.objects.filter(pk=other.pk).update(state=OperationState.CANCELLED, candidates=[])
    form = f"{url}steps/{step('project', 'Second').pk}/"
    values = {field.html_name: field.value() for field in client.get(form).context["form"]}
    client.post(form, {name: value for name, value in values.items() if value})
    carried_on()
    done = Operation.objects.filter(kind="project", state="done").order_by("pk")
    assert [operation.payload["name"] for operation in done] == ["Classroom", "Second"]


def test_steps_of_somebody_who_may_not_create_any_more_wait_for_another_person(
    client: Client, agora: RunningSandbox, signed_in: SignedIn
) -> None:
    url = started(client, ("Classroom",))
    Person.objects.filter(role="operator").update(role="viewer")
    carried_on()
    assert (created(agora), step("project").problem) == (["company"], "not-allowed")
    admin = signed_in("admin")
    assert "may no longer create anything" in admin.get(url).content.decode()
    admin.post(f"{url}steps/{step('project').pk}/", {"form_token": uuid.uuid4(), "name": "Classroom"})
    carried_on()
    assert created(agora) == ["company", "project"]


def test_a_known_address_keeps_a_draft_from_starting(client: Client, submitted: Submitted) -> None:
    submitted(company_draft())
    dispatched()
    url = began(client)
    page = press(client, url, "start", **company_typed()).content.decode()
    assert "A company for this e-mail address exists already" in page
    assert checklist().started_at is None


def test_a_step_corrected_to_a_known_address_is_not_done(
    client: Client, agora: RunningSandbox, submitted: Submitted
) -> None:
    submitted(company_draft(email="known@acme.example"))
    dispatched()
    agora.sandbox.faults.order(Fault(action="status", status=400, body="{}", match=Match(method="POST")))
    url = started(client, ("Classroom", "7-2"))
    carried_on(1)
    values = {**company_typed(email="known@acme.example"), "form_token": uuid.uuid4()}
    client.post(f"{url}steps/{step('company').pk}/", values)
    carried_on()
    steps = queries.steps_of(checklist())
    assert (queries.state_of(steps[0], set()), queries.progress_of(steps, set()).needs_you) == ("needs-you", 1)
    assert "A company for this e-mail address exists already" in client.get(url).content.decode()
    assert (created(agora), checklist().finished_at) == (["company"], None)
