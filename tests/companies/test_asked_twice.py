"""The same thing asked for twice, of every kind and in every state: two tabs, two people, back and reload (C3, C5)."""

from collections.abc import Callable

import pytest
from django.test import Client

from companies.models import Operation, OperationState, Project
from companies.models.operations import OPEN
from tests.companies import test_create_project, test_enable_uap_service
from tests.companies.conftest import Values, company_values, created, dispatched, operation_after, writes
from tests.companies.test_onboarding import put
from tests.sandbox_server import RunningSandbox

SignedIn = Callable[..., Client]
KINDS = ("company", "project", "service")


def form_of(kind: str, project: Project) -> tuple[str, Values]:
    """Address and values of a form; a new token each time."""
    if kind == "company":
        return "/companies/create/", company_values()
    if kind == "project":
        return test_create_project.url_of(project.company), test_create_project.values()
    return test_enable_uap_service.url_of(project), test_enable_uap_service.values()


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("kind", KINDS)
def test_c3_whoever_comes_second_is_led_to_the_operation_of_the_first(
    kind: str, state: OperationState, agora: RunningSandbox, project: Project, signed_in: SignedIn
) -> None:
    url, values = form_of(kind, project)
    first = put(operation_after(signed_in("operator", email="ann@reseller.example"), url, values), state)
    answer = signed_in("operator").post(*form_of(kind, project))
    page = answer.content.decode()
    assert (answer.status_code, Operation.objects.count(), writes(agora)) == (409, 1, 0)
    assert "This is already being created by ann@reseller.example." in page
    assert f'href="/onboarding/{first.pk}/"' in page


@pytest.mark.parametrize("kind", KINDS)
def test_c5_back_and_send_after_success_leads_to_the_finished_operation(
    kind: str, agora: RunningSandbox, project: Project, signed_in: SignedIn
) -> None:
    client, (url, values) = signed_in("operator"), form_of(kind, project)
    operation = operation_after(client, url, values)
    dispatched()
    assert operation_after(client, url, values) == operation
    dispatched()
    assert (Operation.objects.count(), created(agora)) == (1, [kind])


@pytest.mark.parametrize("state", OperationState)
@pytest.mark.parametrize("kind", KINDS)
def test_c5_a_form_sent_again_leads_to_its_operation_in_any_state(
    kind: str, state: OperationState, agora: RunningSandbox, project: Project, signed_in: SignedIn
) -> None:
    client, (url, values) = signed_in("operator"), form_of(kind, project)
    operation = put(operation_after(client, url, values), state, result_remote_id="77")
    assert operation_after(client, url, values) == operation
    assert (client.get(f"/onboarding/{operation.pk}/").status_code, writes(agora)) == (200, 0)
