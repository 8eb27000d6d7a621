"""The form of a project: done, asked again, refused, of unknown outcome, not allowed."""

import datetime as dt
import json
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from companies.models import Company, Operation, OperationState, Project
from companies.queries import set_up_at
from sandbox.faults import Fault, Match
from tests.companies.conftest import Values, company_values, created, dispatched, operation_after, writes
from tests.sandbox_server import RunningSandbox


def url_of(company: Company) -> str:
    return f"/companies/{company.company_id}/projects/create/"


def values(**changes: str) -> Values:
    return {"form_token": str(uuid.uuid4()), "name": "Live classroom", **changes}


def test_a_project_is_created_once_and_its_page_linked(
    agora: RunningSandbox, company: Company, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    operation = operation_after(client, url_of(company), values(name="  Live 课堂 "))
    dispatched()
    dispatched()
    (entry,) = [entry for entry in agora.sandbox.truth.entries() if entry.effect]
    assert (entry.path, json.loads(entry.body)) == (
        f"/v1/resellers/companies/{company.company_id}/projects",
        {"name": "Live 课堂"},
    )
    project = Project.objects.get(company=company)
    page = client.get(f"/onboarding/{operation.pk}/").content.decode()
    assert f'href="/companies/{company.company_id}/projects/{project.project_id}/"' in page


def test_a_new_project_says_when_it_is_ready(
    agora: RunningSandbox, company: Company, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    operation = operation_after(client, url_of(company), values())
    dispatched()
    ready_at = set_up_at(Project.objects.get(company=company))
    assert dt.timedelta(minutes=4) < ready_at - timezone.now() < dt.timedelta(minutes=6)
    page = client.get(f"/onboarding/{operation.pk}/").content.decode()
    assert f"The project is being set up, ready at about {ready_at:%H:%M} UTC." in page


def test_the_same_name_asked_for_twice_at_once_is_created_once(
    agora: RunningSandbox, company: Company, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    operation_after(client, url_of(company), values(name="Café"))
    assert client.post(url_of(company), values(name=" Cafe\u0301 ")).status_code == 409
    dispatched()
    assert created(agora) == ["project"]


def test_a_refusal_is_read_beside_the_name(
    agora: RunningSandbox, company: Company, signed_in: Callable[..., Client]
) -> None:
    agora.sandbox.faults.order(
        Fault(action="status", match=Match(method="POST"), status=400, body='{"message": "name is too rude"}')
    )
    client = signed_in("operator")
    refused = operation_after(client, url_of(company), values())
    dispatched()
    answer = client.get(f"{url_of(company)}?again={refused.pk}")
    assert answer.context["form"].errors == {"name": ["name is too rude"]}
    assert answer.context["form"]["name"].value() == "Live classroom"


def test_an_unknown_outcome_is_never_sent_again(
    agora: RunningSandbox, company: Company, signed_in: Callable[..., Client]
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_after", match=Match(method="POST")))
    operation = operation_after(signed_in("operator"), url_of(company), values())
    dispatched()
    dispatched(after=3600)
    operation.refresh_from_db()
    assert (operation.state, created(agora)) == (OperationState.REVIEW, ["project"])


def test_a_name_that_is_there_already_is_questioned_once(
    agora: RunningSandbox, project: Project, signed_in: Callable[..., Client]
) -> None:
    client, url = signed_in("operator"), url_of(project.company)
    answer = client.post(url, values(name=f" {project.name} "))
    assert (answer.status_code, Operation.objects.count()) == (200, 0)
    assert "This company has a project of this name already." in answer.content.decode()
    operation_after(client, url, values(name=project.name, same_name="on"))
    dispatched()
    assert created(agora) == ["project"]


def test_c44_nothing_is_created_below_a_company_that_may_be_an_unconfirmed_one(
    agora: RunningSandbox, company: Company, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    agora.sandbox.faults.order(Fault(action="drop_after", match=Match(method="POST")))
    asked = operation_after(client, "/companies/create/", company_values())
    dispatched()
    dispatched(after=10)
    asked.refresh_from_db()
    unconfirmed = Company.objects.get(company_id=asked.candidates[0])
    answer = client.post(url_of(unconfirmed), values())
    assert (answer.status_code, Operation.objects.count()) == (409, 1)
    assert "Decide that first." in answer.content.decode()


@pytest.mark.parametrize("role", ["viewer", "finance"])
def test_whoever_may_not_create_is_refused(
    role: str, agora: RunningSandbox, company: Company, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(role)
    assert [client.get(url_of(company)).status_code, client.post(url_of(company), values()).status_code] == [403, 403]
    assert (Operation.objects.count(), writes(agora)) == (0, 0)


def test_a_company_that_was_never_listed_has_no_form(db: None, signed_in: Callable[..., Client]) -> None:
    assert signed_in("operator").get("/companies/999/projects/create/").status_code == 404


def test_a_company_that_is_full_warns_and_lets_try(company: Company, signed_in: Callable[..., Client]) -> None:
    client = signed_in("operator")
    now = timezone.now()
    Company.objects.update(app_limit=1)
    Project.objects.create(company=company, project_id="one", status="1", first_seen_at=now, last_seen_at=now)
    page = client.get(url_of(company)).content.decode()
    assert "This company has 1 project already, and its limit is 1." in page
    assert "Create project" in page


def test_deleted_projects_do_not_count_against_the_limit(company: Company, signed_in: Callable[..., Client]) -> None:
    now = timezone.now()
    Company.objects.update(app_limit=1)
    Project.objects.create(company=company, project_id="one", status="-1", first_seen_at=now, last_seen_at=now)
    assert signed_in("operator").get(url_of(company)).context["is_full"] is False
