"""A UAP service is enabled for many projects at once: from a table, or chosen from a list."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from companies.models import Import, Operation, OperationState, Project
from tests.companies.conftest import company_draft, created
from tests.companies.tables import (
    load_rows,
)
from tests.companies.test_import_check import SERVICE_HEADINGS, rows_of, service_row
from tests.companies.test_import_run import begin, counts, rounds
from tests.sandbox_server import RunningSandbox

Browsers = Callable[..., Client]


def test_services_are_enabled_for_projects_chosen_from_a_list(
    project: Project, agora: RunningSandbox, signed_in: Browsers
) -> None:
    client = signed_in("operator")
    values = {"form_token": str(uuid.uuid4()), "projects": [project.pk], "type_id": "7", "region": "2"}
    answer = client.post("/onboarding/imports/services/", values)
    batch = Import.objects.get()
    assert (answer["Location"], counts(batch)) == (f"/onboarding/imports/{batch.pk}/", {"ready": 1})
    begin(client, batch)
    rounds(2)
    assert (created(agora), counts(batch)) == (["service"], {"done": 1})


def test_a_service_that_agora_reported_as_enabled_is_not_asked_for_again(
    project: Project, agora: RunningSandbox, signed_in: Browsers
) -> None:
    client = signed_in("operator")
    for expected in ({"done": 1}, {"problem": 1}):
        batch = load_rows(client, [service_row(project)], kind="uap-service", headings=SERVICE_HEADINGS)
        if counts(batch) == {"ready": 1}:
            begin(client, batch)
            rounds(2)
        assert counts(batch) == expected


@pytest.mark.parametrize(
    ("query", "extra", "words"),
    [
        ("", {}, "Choose at least one project."),
        ("?search=nothing", {"everything": "on"}, "Nothing matches these filters"),
        ("", {"projects": "999"}, "Choose at least one project."),
    ],
)
def test_no_project_is_no_import(
    query: str, extra: dict[str, str], words: str, project: Project, signed_in: Browsers
) -> None:
    values = {"form_token": str(uuid.uuid4()), "type_id": "7", "region": "2", **extra}
    answer = signed_in("operator").post(f"/onboarding/imports/services/{query}", values)
    assert words in answer.content.decode()
    assert Import.objects.count() == 0


def test_a_service_in_an_undecided_company_waits_for_the_decision_and_says_so(
    project: Project, submitted: Callable[..., Operation], signed_in: Browsers
) -> None:
    operation = submitted(company_draft())
    company_id = project.company.company_id
    Operation.objects.filter(pk=operation.pk).update(state=OperationState.REVIEW, candidates=[company_id])
    client = signed_in("operator")
    batch = load_rows(client, [service_row(project)], kind="uap-service", headings=SERVICE_HEADINGS)
    row = rows_of(client, batch)[0]
    words = "Its company may be one that Agora did not confirm. Decide that first."
    assert (row.hindrance, row.hindered_by, counts(batch)) == (words, operation.pk, {"problem": 1})


def test_everything_that_matches_is_chosen_at_once(project: Project, signed_in: Browsers) -> None:
    values = {"form_token": str(uuid.uuid4()), "everything": "on", "type_id": "1", "region": "1"}
    signed_in("operator").post(f"/onboarding/imports/services/?search={project.project_id}", values)
    assert counts(Import.objects.get()) == {"ready": 1}


def test_a_row_tells_which_company_and_project_its_ids_stand_for(project: Project, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [service_row(project)], kind="uap-service", headings=SERVICE_HEADINGS)
    row = rows_of(client, batch)[0]
    names = [str(project.company.name), project.name]
    assert ([cell.meaning for cell in row.cells[:2]], row.title) == (names, " · ".join(names))
