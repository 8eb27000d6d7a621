"""The pages of checklists: the list, the block of unfinished ones, and a page that follows what happens."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person
from companies.models import Checklist, Company, Operation, OperationState
from companies.pages.checklists import unfinished_rows
from companies.services import checklist_drafts
from companies.services.checklists import advance
from tests.companies.checklists import LIST, add_project, began, carried_on, checklist, press, started
from tests.sandbox_server import RunningSandbox

SignedIn = Callable[..., Client]
HTMX = {"HTTP_HX_REQUEST": "true"}


def listed(client: Client, query: str = "") -> list[str]:
    return [row.title for row in client.get(LIST + query).context["rows"]]


def draft(client: Client, name: str, token: int) -> str:
    """A draft for a company of that name."""
    url = began(client, form_token=f"6b1e3a52-0000-4000-8000-{token:012d}")
    press(client, url, "save", company_name=name, email=f"ann@{name.lower()}.example")
    add_project(client, url, f"{name} classroom")
    return url


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Bolt", "Acme"]),
        ("?search=acm", ["Acme"]),
        ("?search=ANN@bolt", ["Bolt"]),
        ("?search=acme+class", ["Acme"]),
        ("?search=nobody", []),
        ("?state=open", ["Bolt"]),
        ("?state=finished", ["Acme"]),
        ("?state=nonsense", ["Bolt", "Acme"]),
        ("?whose=mine", ["Bolt"]),
        ("?page=99", ["Bolt", "Acme"]),
    ],
)
def test_checklists_are_found(query: str, titles: list[str], db: None, signed_in: SignedIn) -> None:
    client = signed_in("operator")
    draft(signed_in("operator"), "Acme", 1)
    Checklist.objects.update(finished_at=timezone.now(), started_at=timezone.now())
    draft(client, "Bolt", 2)
    assert listed(client, query) == titles


def test_a_checklist_of_an_existing_company_is_found_by_its_name(company: Company, signed_in: SignedIn) -> None:
    client = signed_in("operator")
    began(client, f"?company={company.company_id}")
    assert listed(client, f"?search={quote(company.name)}") == [f"Projects for {company.name}"]


def test_an_empty_list_leads_to_the_first_one(db: None, signed_in: SignedIn) -> None:
    page = signed_in("operator").get(LIST).content.decode()
    assert "No checklist yet" in page
    assert f'href="{LIST}begin/"' in page


def test_the_list_takes_as_many_queries_for_nine_as_for_one(agora: RunningSandbox, signed_in: SignedIn) -> None:
    client = signed_in("operator")
    counts = []
    for tokens in (range(1), range(1, 9)):
        for token in tokens:
            draft(client, f"Room {token}", token)
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_started_page_takes_as_many_queries_for_many_steps_as_for_few(
    agora: RunningSandbox, signed_in: SignedIn
) -> None:
    client = signed_in("operator")
    url = started(client, ("One", "7-2"), app_limit="50")
    carried_on()
    counts = []
    for _ in range(2):
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
        for number in range(5):
            place = f"{url}steps/add/"
            token = client.get(place).context["form"]["form_token"].value()
            client.post(place, {"name": f"Room {number}", "services": ["7-2", "1-1"], "form_token": token})
        carried_on()
    assert (counts[0], Operation.objects.count()) == (counts[1], 33)


def test_the_page_answers_204_until_something_has_changed(agora: RunningSandbox, signed_in: SignedIn) -> None:
    client = signed_in("operator")
    url = started(client, ("Classroom",))
    mark = client.get(url).context["page"].mark
    before = client.get(f"{url}?mark={mark}", **HTMX).status_code
    carried_on()
    after = client.get(f"{url}?mark={mark}", **HTMX)
    assert (before, after.status_code) == (204, 200)
    assert "2 of 2 done" in after.content.decode()


def test_a_finished_page_stops_looking(agora: RunningSandbox, signed_in: SignedIn) -> None:
    client = signed_in("operator")
    url = started(client)
    before = "hx-get" in client.get(url).content.decode()
    carried_on()
    assert (before, "hx-get" in client.get(url).content.decode()) == (True, False)


def test_the_page_leads_to_what_was_created(agora: RunningSandbox, signed_in: SignedIn) -> None:
    client = signed_in("operator")
    url = started(client, ("Classroom",))
    carried_on()
    project = Operation.objects.get(kind="project")
    page = client.get(url).content.decode()
    assert f'href="/companies/{project.company_id}/"' in page
    assert f'href="/companies/{project.company_id}/projects/{project.result_remote_id}/"' in page


def test_names_are_text_and_never_markup(db: None, signed_in: SignedIn) -> None:
    client = signed_in("operator")
    url = draft(client, "<i>x</i>", 1)
    pages = client.get(url).content.decode() + client.get(LIST).content.decode()
    assert "<i>x" not in pages
    assert "&lt;i&gt;x&lt;/i&gt;" in pages


def test_ones_own_unfinished_checklists_come_first_and_finished_ones_not(
    db: None, person: Callable[..., Person]
) -> None:
    ann, bob = person("operator"), person("operator")
    made: list[Any] = []
    for number, by in enumerate((ann, bob, ann), start=1):
        token = f"6b1e3a52-0000-4000-8000-{number:012d}"
        made.append(checklist_drafts.begin(token=token, by=by, now=timezone.now()))  # type: ignore[arg-type]
    Checklist.objects.filter(pk=made[2].pk).update(finished_at=timezone.now())
    assert [row.checklist.pk for row in unfinished_rows(ann)] == [made[0].pk, made[1].pk]


def test_a_checklist_whose_only_step_was_decided_by_a_person_is_finished(
    agora: RunningSandbox, company: Company, signed_in: SignedIn
) -> None:
    started(signed_in("operator"))
    Operation.objects.update(state=OperationState.DONE, result_remote_id=company.company_id)
    advance(now=timezone.now())
    assert checklist().finished_at is not None


@pytest.mark.parametrize("role", ["viewer", "finance"])
def test_whoever_may_not_create_sees_no_checklist(role: str, db: None, signed_in: SignedIn) -> None:
    url, client = began(signed_in("operator")), signed_in(role)
    pages = [client.get(LIST), client.get(url), client.get(f"{LIST}begin/"), client.post(f"{url}start/")]
    assert [page.status_code for page in pages] == [403] * 4
