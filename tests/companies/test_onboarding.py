"""The list of operations: what waits for a person first, filters, pages, a flat number of queries."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agora.drafts import ProjectDraft, UapServiceDraft
from companies import queries
from companies.models import Operation, OperationState, Project
from tests.companies.conftest import company_draft

Submitted = Callable[..., Operation]
LIST = "/onboarding/"


def put(operation: Operation, state: OperationState, **columns: Any) -> Operation:
    """Bring an operation into a state, whatever came before."""
    Operation.objects.filter(pk=operation.pk).update(state=state, **columns)
    return operation


def shown(client: Client, query: str = "") -> list[int]:
    return [row.operation.pk for row in client.get(LIST + query).context["rows"]]


def test_what_waits_for_a_person_comes_first_then_the_newest(
    submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    first, second, third = (submitted(company_draft(email=f"{name}@acme.example")) for name in "abc")
    put(first, OperationState.UNCERTAIN)
    assert shown(signed_in("operator")) == [first.pk, third.pk, second.pk]


@pytest.mark.parametrize(
    ("state", "columns", "waits"),
    [
        (OperationState.QUEUED, {}, 0),
        (OperationState.SENDING, {}, 0),
        (OperationState.RETRY_WAIT, {}, 0),
        (OperationState.RETRY_WAIT, {"next_action_at": None}, 1),
        (OperationState.BLOCKED, {}, 1),
        (OperationState.UNCERTAIN, {"next_action_at": None}, 1),
        (OperationState.DONE, {"next_action_at": None}, 0),
        (OperationState.REFUSED, {"next_action_at": None}, 0),
        (OperationState.CANCELLED, {"next_action_at": None}, 0),
    ],
)
def test_only_what_a_person_must_settle_is_counted(
    state: OperationState, columns: dict[str, None], waits: int, submitted: Submitted
) -> None:
    put(submitted(), state, **columns)
    assert queries.waiting_for_a_person() == waits


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?search=acme+learn", ["Acme Learning"]),
        ("?search=ANN@acme", ["Acme Learning"]),
        ("?search=classroom", ["Live classroom"]),
        ("?state=uncertain", ["Live classroom"]),
        ("?kind=company", ["Acme Learning"]),
        ("?kind=uap-service", ["Cloud recording, Outside China"]),
        ("?waiting=1", ["Live classroom"]),
        ("?search=nobody", []),
        ("?state=nonsense", ["Live classroom", "Cloud recording, Outside China", "Acme Learning"]),
        ("?person=999", ["Live classroom", "Cloud recording, Outside China", "Acme Learning"]),
        ("?page=99", ["Live classroom", "Cloud recording, Outside China", "Acme Learning"]),
    ],
)
def test_operations_are_found_by_name_address_state_and_kind(
    query: str, names: list[str], project: Project, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    ids = {"company_id": project.company.company_id}
    submitted()
    put(submitted(ProjectDraft(**ids, name="Live classroom")), OperationState.UNCERTAIN)
    submitted(UapServiceDraft(**ids, project_id=project.project_id, type_id=7, region=2))
    rows = signed_in("operator").get(LIST + query).context["rows"]
    assert [row.title for row in rows] == names


def test_operations_of_one_person_are_found(submitted: Submitted, signed_in: Callable[..., Client]) -> None:
    operation, client = submitted(), signed_in("operator")
    assert shown(client, f"?person={operation.created_by.pk}") == [operation.pk]


def test_a_list_that_is_filtered_away_says_so_and_leads_back(
    submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    submitted()
    page = signed_in("operator").get(LIST + "?search=nobody").content.decode()
    assert "Nothing matches these filters" in page
    assert f'href="{LIST}"' in page


def test_an_empty_list_leads_to_the_first_form(db: None, signed_in: Callable[..., Client]) -> None:
    page = signed_in("operator").get(LIST).content.decode()
    assert "Nothing was created here yet" in page
    assert 'href="/companies/create/"' in page


def test_a_long_list_has_pages(submitted: Submitted, signed_in: Callable[..., Client]) -> None:
    for number in range(51):
        submitted(company_draft(email=f"{number}@acme.example"))
    client = signed_in("operator")
    assert (len(shown(client)), len(shown(client, "?page=2"))) == (50, 1)


def test_the_number_of_queries_does_not_grow_with_the_list(
    project: Project, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    counts = []
    for names in (range(1), range(1, 30)):
        for name in names:
            submitted(ProjectDraft(company_id=project.company.company_id, name=str(name)))
        with CaptureQueriesContext(connection) as queries_made:
            client.get(LIST)
        counts.append(len(queries_made))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", ["viewer", "finance"])
def test_whoever_may_not_create_sees_no_operation(
    role: str, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    operation, client = submitted(), signed_in(role)
    assert [client.get(LIST).status_code, client.get(f"{LIST}{operation.pk}/").status_code] == [403, 403]


def test_names_are_text_and_never_markup(submitted: Submitted, signed_in: Callable[..., Client]) -> None:
    submitted(company_draft(company_name="<script>x</script>"))
    page = signed_in("operator").get(LIST).content.decode()
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "<script>x" not in page


def test_an_operation_that_is_overdue_is_still_only_waiting(
    submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    operation = submitted(now=timezone.now())
    assert "Waiting to be sent" in signed_in("operator").get(f"{LIST}{operation.pk}/").content.decode()
