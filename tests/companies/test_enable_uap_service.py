"""The form of a UAP service: done, reported off, refused, of unknown outcome, not allowed (C41, C42, C44)."""

import datetime as dt
import json
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from companies.models import Operation, OperationState, Project, UapService
from sandbox.faults import Fault, Match
from tests.companies.conftest import Values, created, dispatched, operation_after, writes
from tests.sandbox_server import RunningSandbox

POST = Match(method="POST")


def url_of(project: Project) -> str:
    return f"/companies/{project.company.company_id}/projects/{project.project_id}/uap/enable/"


def values(**changes: str) -> Values:
    return {"form_token": str(uuid.uuid4()), "type_id": "7", "region": "2", **changes}


def answered(agora: RunningSandbox, status: object, type_id: int = 7) -> None:
    """Let Agora answer the next create with this status of the service."""
    body = json.dumps({"id": 1, "typeId": type_id, "projectName": "P", "status": status, "region": 2})
    agora.sandbox.faults.order(Fault(action="body", match=POST, body=body))


def test_a_service_is_enabled_once_and_shown_as_reported_on(
    agora: RunningSandbox, project: Project, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    operation = operation_after(client, url_of(project), values())
    dispatched()
    dispatched()
    (entry,) = [entry for entry in agora.sandbox.truth.entries() if entry.effect]
    assert (entry.path, json.loads(entry.body)) == (
        f"/v1/resellers/companies/{project.company.company_id}/projects/{project.project_id}/uap",
        {"typeId": 7, "region": 2},
    )
    assert "Agora reports: enabled." in client.get(f"/onboarding/{operation.pk}/").content.decode()
    assert "Reported on" in client.get(url_of(project)).content.decode()


def test_a_service_that_is_enabled_is_not_asked_for_again(
    agora: RunningSandbox, project: Project, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator", name="Ann Operator")
    operation_after(client, url_of(project), values())
    dispatched()
    answer = client.post(url_of(project), values())
    assert answer.status_code == 409
    assert "This service is enabled already, by Ann Operator." in answer.content.decode()
    assert Operation.objects.count() == 1


def test_another_region_of_an_enabled_product_can_be_asked_for(
    agora: RunningSandbox, project: Project, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    operation_after(client, url_of(project), values())
    operation_after(client, url_of(project), values(region="1"))
    dispatched()
    assert created(agora) == ["service", "service"]


def test_c42_a_service_reported_off_says_so_and_can_be_tried_again(
    agora: RunningSandbox, project: Project, signed_in: Callable[..., Client]
) -> None:
    answered(agora, status=0)
    client = signed_in("operator")
    operation = operation_after(client, url_of(project), values())
    dispatched()
    page = client.get(f"/onboarding/{operation.pk}/").content.decode()
    assert "Agora answered, and reports: disabled." in page
    assert UapService.objects.get().status == "0"
    form = client.get(f"{url_of(project)}?again={operation.pk}").context["form"]
    assert (form["type_id"].value(), form["region"].value()) == (7, 2)
    operation_after(client, url_of(project), values())
    dispatched()
    assert UapService.objects.get().status == "1"


def test_c42_an_answer_about_another_product_proves_nothing(
    agora: RunningSandbox, project: Project, signed_in: Callable[..., Client]
) -> None:
    answered(agora, status=1, type_id=3)
    operation = operation_after(signed_in("operator"), url_of(project), values())
    dispatched()
    operation.refresh_from_db()
    assert (operation.state, UapService.objects.count()) == (OperationState.UNCERTAIN, 0)


def test_c41_an_unknown_outcome_waits_for_a_person_without_evidence(
    agora: RunningSandbox, project: Project, signed_in: Callable[..., Client]
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_after", match=POST))
    client = signed_in("operator")
    operation = operation_after(client, url_of(project), values())
    dispatched()
    dispatched(after=600)
    operation.refresh_from_db()
    assert operation.state == OperationState.UNCERTAIN
    dispatched(after=800)
    operation.refresh_from_db()
    assert (operation.state, operation.reason, created(agora)) == (
        OperationState.REVIEW,
        "cannot-be-read",
        ["service"],
    )
    assert "cannot be read back" in client.get(f"/onboarding/{operation.pk}/").content.decode()


def test_c44_a_project_that_is_being_set_up_is_waited_for(
    agora: RunningSandbox, project: Project, signed_in: Callable[..., Client]
) -> None:
    Project.objects.update(created=timezone.now())
    agora.sandbox.faults.order(Fault(action="status", match=POST, status=404, body='{"message": "no such project"}'))
    client = signed_in("operator")
    operation = operation_after(client, url_of(project), values())
    dispatched()
    operation.refresh_from_db()
    assert (operation.state, operation.reason) == (OperationState.RETRY_WAIT, "not-ready")
    dispatched(after=60)
    operation.refresh_from_db()
    assert operation.state == OperationState.DONE


def test_c44_an_old_project_that_agora_does_not_know_is_refused(
    agora: RunningSandbox, project: Project, signed_in: Callable[..., Client]
) -> None:
    Project.objects.update(created=timezone.now() - dt.timedelta(minutes=6))
    agora.sandbox.faults.order(Fault(action="status", match=POST, status=404, body='{"message": "no such project"}'))
    operation = operation_after(signed_in("operator"), url_of(project), values())
    dispatched()
    operation.refresh_from_db()
    assert (operation.state, operation.message) == (OperationState.REFUSED, "no such project")


@pytest.mark.parametrize("wrong", [{"type_id": "2"}, {"region": "3"}, {"type_id": ""}, {"region": "x"}])
def test_only_the_documents_products_and_regions_are_taken(
    wrong: dict[str, str], agora: RunningSandbox, project: Project, signed_in: Callable[..., Client]
) -> None:
    answer = signed_in("operator").post(url_of(project), values(**wrong))
    assert list(answer.context["form"].errors) == list(wrong)
    assert Operation.objects.count() == 0


@pytest.mark.parametrize("role", ["viewer", "finance"])
def test_whoever_may_not_create_is_refused(
    role: str, agora: RunningSandbox, project: Project, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(role)
    assert [client.get(url_of(project)).status_code, client.post(url_of(project), values()).status_code] == [403, 403]
    assert (Operation.objects.count(), writes(agora)) == (0, 0)


def test_a_project_of_another_company_has_no_form_here(project: Project, signed_in: Callable[..., Client]) -> None:
    url = f"/companies/999/projects/{project.project_id}/uap/enable/"
    assert signed_in("operator").get(url).status_code == 404
