"""A checklist from its start to its end: every step is created once, in order, whatever happens in between."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Person
from agora.drafts import ProjectDraft, UapServiceDraft
from companies.models import ChecklistStep, Company, Operation, OperationState
from companies.services import checklists, operations
from sandbox.faults import Fault, Match
from tests.companies.checklists import (
    began,
    carried_on,
    checklist,
    company_typed,
    on_page,
    operation_of,
    press,
    started,
    step,
)
from tests.companies.conftest import company_draft, created, dispatched
from tests.companies.test_submit import together
from tests.sandbox_server import RunningSandbox

SignedIn = Callable[..., Client]
POST = Match(method="POST")
PROJECTS = Match(method="POST", path_regex="/projects$")


def test_a_checklist_runs_through_without_a_browser(agora: RunningSandbox, signed_in: SignedIn) -> None:
    started(signed_in("operator"), ("{company} live", "7-2", "3-1"), ("Classroom",))
    carried_on()
    assert created(agora) == ["company", "project", "project", "service", "service"]
    assert checklist().finished_at is not None


def test_projects_bear_the_name_of_their_company(agora: RunningSandbox, signed_in: SignedIn) -> None:
    started(signed_in("operator"), ("{company} live",), company_name="Acme")
    carried_on()
    assert operation_of("project").payload["name"] == "Acme live"


def test_nothing_is_sent_before_the_start(agora: RunningSandbox, signed_in: SignedIn) -> None:
    client = signed_in("operator")
    press(client, began(client), "save", **company_typed())
    carried_on()
    assert (Operation.objects.count(), created(agora)) == (0, [])


def test_a_company_that_is_not_confirmed_keeps_its_projects_waiting(agora: RunningSandbox, signed_in: SignedIn) -> None:
    agora.sandbox.faults.order(Fault(action="status", status=502, processed=True, match=POST))
    started(signed_in("operator"), ("Classroom", "7-2"))
    carried_on()
    assert operation_of("company").state == OperationState.UNCERTAIN
    assert Operation.objects.count() == 1


def test_services_go_to_the_project_that_they_were_ticked_for(agora: RunningSandbox, signed_in: SignedIn) -> None:
    started(signed_in("operator"), ("One", "7-2"), ("Two", "1-1", "3-2"))
    carried_on()
    asked = Operation.objects.filter(kind="uap-service").order_by("pk")
    names = {
        operation.result_remote_id: operation.payload["name"] for operation in Operation.objects.filter(kind="project")
    }
    found = {(names[one.project_id], one.payload["type_id"], one.payload["region"]) for one in asked}
    assert found == {("One", 7, 2), ("Two", 1, 1), ("Two", 3, 2)}


def test_a_crash_between_sending_and_linking_makes_nothing_twice(agora: RunningSandbox, signed_in: SignedIn) -> None:
    started(signed_in("operator"), ("Classroom",))
    lost = operation_of("company")
    ChecklistStep.objects.update(operation=None)
    carried_on()
    assert (operation_of("company"), created(agora)) == (lost, ["company", "project"])


def test_starting_twice_starts_once(agora: RunningSandbox, signed_in: SignedIn) -> None:
    client = signed_in("operator")
    url = began(client)
    page = on_page(client, url)
    answers = [press(client, url, "start", page, **company_typed()) for _ in range(2)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(303, url)] * 2
    carried_on()
    assert created(agora) == ["company"]


@pytest.mark.django_db(transaction=True)
def test_eight_starts_at_the_same_moment_start_once(agora: RunningSandbox, signed_in: SignedIn) -> None:
    client = signed_in("operator")
    url = began(client)
    page = on_page(client, url)
    clients = [Client() for _ in range(8)]
    for other in clients:
        other.cookies = client.cookies
    answers = together(8, lambda place: press(clients[place], url, "start", page, **company_typed()).status_code)
    carried_on()
    assert (set(answers), created(agora)) == ({303}, ["company"])


@pytest.mark.django_db(transaction=True)
def test_dispatchers_that_advance_at_the_same_moment_send_each_step_once(
    agora: RunningSandbox, signed_in: SignedIn
) -> None:
    started(signed_in("operator"), *[(f"Room {number}", "7-2") for number in range(5)])
    dispatched()
    together(6, lambda _place: checklists.advance(now=timezone.now()))
    carried_on()
    assert created(agora) == ["company", *["project"] * 5, *["service"] * 5]


def test_a_round_in_which_nothing_is_to_be_done_costs_two_queries(
    agora: RunningSandbox, signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    agora.sandbox.faults.order(Fault(action="status", status=502, match=POST))
    started(signed_in("operator"), ("Classroom", "7-2"))
    dispatched()
    with django_assert_num_queries(2):
        checklists.advance(now=timezone.now())


def test_what_is_independent_of_an_uncertain_project_goes_on(agora: RunningSandbox, signed_in: SignedIn) -> None:
    agora.sandbox.faults.order(Fault(action="status", status=502, processed=True, match=PROJECTS))
    started(signed_in("operator"), ("One", "7-2"), ("Two", "3-2"))
    carried_on()
    assert created(agora) == ["company", "project", "project", "service"]
    assert step("project", "One").children.get().operation is None


def test_a_checklist_may_begin_at_a_company_that_exists(
    agora: RunningSandbox, company: Company, signed_in: SignedIn
) -> None:
    client = signed_in("operator")
    url = began(client, f"?company={company.company_id}")
    first = checklist().steps.get()
    press(
        client, url, "start", **{f"project-{first.pk}-name": "{company} live", f"project-{first.pk}-services": ["7-2"]}
    )
    carried_on()
    assert created(agora) == ["project", "service"]
    assert operation_of("project").payload == {"company_id": company.company_id, "name": f"{company.name} live"}


def test_a_company_that_somebody_else_is_creating_is_not_started(
    agora: RunningSandbox, signed_in: SignedIn, submitted: Callable[..., Operation]
) -> None:
    other, client = submitted(company_draft(email="ann@acme.example")), signed_in("operator")
    url = began(client)
    page = press(client, url, "start", **company_typed(email="ANN@acme.example")).content.decode()
    assert "This is already being created by" in page
    assert f'href="/onboarding/{other.pk}/"' in page
    assert checklist().started_at is None


def test_a_step_that_meets_another_operation_says_so_and_is_tried_no_more(
    agora: RunningSandbox, company: Company, submitted: Callable[..., Operation], signed_in: SignedIn
) -> None:
    agora.sandbox.faults.order(Fault(action="status", status=502, match=PROJECTS))
    client = signed_in("operator")
    url = started(client, ("Classroom",))
    dispatched()
    other = submitted(ProjectDraft(company_id=operation_of("company").result_remote_id or "", name="Classroom"))
    carried_on()
    page = client.get(url).content.decode()
    assert "The same is already being created by" in page
    assert f'href="/onboarding/{other.pk}/"' in page
    assert (step("project").problem, Operation.objects.filter(kind="project").count()) == ("already-open", 1)


def test_a_service_that_somebody_enabled_in_the_meantime_counts_as_done(
    agora: RunningSandbox, submitted: Callable[..., Operation], signed_in: SignedIn
) -> None:
    client = signed_in("operator")
    url = started(client, ("Classroom", "7-2"))
    dispatched()
    checklists.advance(now=timezone.now())
    dispatched()
    project = operation_of("project")
    ids = {"company_id": project.company_id, "project_id": project.result_remote_id or ""}
    submitted(UapServiceDraft(**ids, type_id=7, region=2))
    dispatched()
    carried_on()
    assert "This service is enabled already, by" in client.get(url).content.decode()
    assert (created(agora), checklist().finished_at is None) == (["company", "project", "service"], False)


def test_a_token_that_was_used_for_something_else_is_told_and_not_tried_for_ever(
    agora: RunningSandbox, person: Callable[..., Person], signed_in: SignedIn
) -> None:
    client = signed_in("operator")
    url = started(client, ("Classroom",))
    now = timezone.now()
    operations.submit(
        draft=company_draft(email="x@y.example"), token=step("project").token, by=person("admin"), now=now
    )
    carried_on()
    assert "sent before with other values" in client.get(url).content.decode()
    assert step("project").problem == "token-used"


def test_what_is_begun_starts_and_ends_is_in_the_audit_log(agora: RunningSandbox, signed_in: SignedIn) -> None:
    started(signed_in("operator"))
    carried_on()
    actions = AuditEntry.objects.filter(action__startswith="checklist.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["checklist.started", "checklist.finished"]
