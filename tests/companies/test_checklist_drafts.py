"""A checklist that is a draft: kept field by field, by several people and windows, filled in from presets."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Person
from companies.models import Checklist, ChecklistStep, Company, Operation, Preset, Project
from tests.companies.checklists import (
    LIST,
    add_project,
    began,
    carried_on,
    checklist,
    company_typed,
    on_page,
    press,
    step,
)
from tests.sandbox_server import RunningSandbox

SignedIn = Callable[..., Client]
HTMX = {"HTTP_HX_REQUEST": "true"}
STARTED = "This checklist was started in the meantime; nothing was changed now."


@pytest.fixture
def client(db: None, signed_in: SignedIn) -> Client:
    """Somebody who may create."""
    return signed_in("operator")


@pytest.fixture
def preset(person: Callable[..., Person]) -> Preset:
    """What schools in China have in common."""
    return Preset.objects.create(
        name="Education CN",
        company={"country": "CN", "area": "CN", "app_limit": "20", "industry": "3"},
        projects=[{"name": "{company} live", "services": [[7, 1], [1, 1]]}, {"name": "{company} test", "services": []}],
        changed_by=person("admin"),
        changed_at=timezone.now(),
    )


def saved_by_itself(client: Client, url: str, page: dict[str, Any], **typed: Any) -> str:
    """What a page that saves by itself gets back."""
    answer = client.post(f"{url}save/", {**page, **typed}, **HTMX)
    assert answer.status_code == 200
    return str(answer.content.decode())


@contextmanager
def once_before(words: str, act: Callable[[], object]) -> Iterator[None]:
    """Do something just before the first statement that holds these words, as another request would."""
    done: list[object] = []

    def watch(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if words in sql and not done:
            done.append(None)
            act()
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield
    assert done


def test_what_was_typed_is_there_when_somebody_comes_back(client: Client) -> None:
    url = began(client)
    saved_by_itself(client, url, on_page(client, url), company_name="Acme", industry="3")
    page = on_page(client, url)
    assert (page["company_name"], page["industry"], page["email"]) == (["Acme"], ["3"], [""])


def test_beginning_twice_with_one_form_begins_one(client: Client) -> None:
    assert (began(client), Checklist.objects.count()) == (began(client), 1)


def test_two_people_lose_nothing_of_each_other(client: Client, signed_in: SignedIn) -> None:
    url, other = began(client), signed_in("operator")
    mine, theirs = on_page(client, url), on_page(other, url)
    saved_by_itself(client, url, mine, company_name="Acme")
    saved_by_itself(other, url, theirs, first_name="Zoë")
    saved_by_itself(client, url, mine, company_name="Acme", last_name="Doe")
    assert step("company").typed == {"company_name": "Acme", "first_name": "Zoë", "last_name": "Doe"}


def test_of_two_people_in_one_field_the_last_one_wins(client: Client, signed_in: SignedIn) -> None:
    url, other = began(client), signed_in("operator")
    mine, theirs = on_page(client, url), on_page(other, url)
    answer = client.post(f"{url}save/", {**mine, "company_name": "Mine"}, **HTMX)
    saved_by_itself(other, url, theirs, company_name="Theirs")
    seen = answer.context["seen"]
    saved_by_itself(client, url, {**json.loads(seen), "seen": seen}, last_name="Doe")
    assert step("company").typed == {"company_name": "Theirs", "last_name": "Doe"}


def test_services_that_two_people_tick_are_both_kept(client: Client, signed_in: SignedIn) -> None:
    url, other = began(client), signed_in("operator")
    project = add_project(client, url, "Classroom", "7-1")
    pages = [on_page(one, url) for one in (client, other)]
    name = f"project-{project.pk}-services"
    saved_by_itself(client, url, pages[0], **{name: ["7-1", "1-1"]})
    saved_by_itself(other, url, pages[1], **{name: ["3-2"]})
    found = {(child.typed["type_id"], child.typed["region"]) for child in project.children.all()}
    assert found == {(1, 1), (3, 2)}


def test_a_project_that_somebody_removed_is_passed_over(client: Client, signed_in: SignedIn) -> None:
    url = began(client)
    project = add_project(client, url, "Classroom")
    page = on_page(client, url)
    press(signed_in("operator"), url, f"projects/{project.pk}/remove")
    saved_by_itself(client, url, page, company_name="Acme", **{f"project-{project.pk}-name": "Other"})
    assert (step("company").typed, ChecklistStep.objects.count()) == ({"company_name": "Acme"}, 1)


def test_a_draft_that_was_changed_by_another_person_is_not_started_unseen(client: Client, signed_in: SignedIn) -> None:
    url = began(client)
    page = on_page(client, url)
    other = signed_in("operator")
    saved_by_itself(other, url, on_page(other, url), app_limit="500")
    answer = press(client, url, "start", page, **company_typed(app_limit=page["app_limit"]))
    assert "Somebody else changed this too." in answer.content.decode()
    assert (checklist().started_at, on_page(client, url)["app_limit"]) == (None, ["500"])


def test_a_page_that_saves_itself_while_it_is_started_is_not_taken_for_somebody_else(client: Client) -> None:
    url = began(client)
    press(client, url, "save", **company_typed())
    with once_before('SET "started_at"', lambda: Checklist.objects.update(version=F("version") + 1)):
        press(client, url, "start")
    assert checklist().started_at is not None


@pytest.mark.parametrize(("typed", "said"), [({}, []), ({"last_name": "Roe"}, [STARTED])])
def test_a_page_that_saves_itself_after_the_start_tells_only_of_what_is_lost(
    typed: dict[str, str], said: list[str], client: Client
) -> None:
    url = began(client)
    press(client, url, "save", **company_typed())
    page = on_page(client, url)
    press(client, url, "start", page)
    client.post(f"{url}save/", {**page, **typed}, **HTMX)
    assert [str(message) for message in client.get(url).context["messages"]] == said


def test_errors_stand_beside_their_fields_once_something_is_typed(client: Client) -> None:
    url = began(client)
    answer = saved_by_itself(client, url, on_page(client, url), email="no address", company_name="x" * 21)
    assert "At most 20 characters; these are 21." in answer
    assert "This is no e-mail address" in answer
    assert "This cannot stay empty" not in answer


def test_the_start_shows_every_error_at_once_and_sends_nothing(client: Client) -> None:
    url = began(client)
    press(client, url, "projects/add")
    page = press(client, url, "start", email="no address").content.decode()
    assert "Nothing was sent: 7 fields need another look." in page
    assert (Operation.objects.count(), checklist().started_at) == (0, None)


def test_two_projects_of_one_name_are_questioned(client: Client) -> None:
    url = began(client)
    add_project(client, url, "{company}")
    add_project(client, url, "Acme Learning")
    page = press(client, url, "start", **company_typed()).content.decode()
    assert "Another project of this checklist has this name." in page


def test_a_name_that_only_fits_without_the_companys_is_refused(client: Client) -> None:
    url = began(client)
    add_project(client, url, "{company}" + "x" * 245)
    page = press(client, url, "start", **company_typed()).content.decode()
    assert "At most 255 characters; these are 258." in page


def test_the_name_that_a_project_will_have_is_shown(client: Client) -> None:
    url = began(client)
    add_project(client, url, "{company} live")
    answer = saved_by_itself(client, url, on_page(client, url), company_name="Acme")
    assert "Will be created as “Acme live”." in answer


def test_more_projects_than_the_limit_are_questioned(client: Client) -> None:
    url = began(client)
    for name in ("One", "Two"):
        add_project(client, url, name)
    answer = saved_by_itself(client, url, on_page(client, url), app_limit="1")
    assert "That makes 2 projects, and its limit is 1." in answer


def test_a_preset_fills_in_what_is_empty_and_says_what_it_left(client: Client, preset: Preset) -> None:
    url = began(client)
    press(client, url, "save", company_name="Acme", app_limit="5")
    press(client, url, "fill-in", preset=str(preset.pk))
    page = on_page(client, url)
    assert (page["country"], page["app_limit"], page["industry"], page["company_name"]) == (
        ["CN"],
        ["5"],
        ["3"],
        ["Acme"],
    )
    assert "Project limit: 5 (preset: 20)" in client.get(url).content.decode()


def test_a_preset_overwrites_only_when_it_is_told_to(client: Client, preset: Preset) -> None:
    url = began(client, preset=preset.pk)
    press(client, url, "save", app_limit="5")
    press(client, url, "fill-in", overwrite="1")
    assert on_page(client, url)["app_limit"] == ["20"]
    assert "stays as it is" not in client.get(url).content.decode()


def test_a_preset_brings_its_projects_and_services_once(client: Client, preset: Preset) -> None:
    url = began(client, preset=preset.pk)
    press(client, url, "fill-in", preset=str(preset.pk))
    kinds = list(ChecklistStep.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["company", "project", "uap-service", "uap-service", "project"]


def test_a_preset_that_somebody_removed_leaves_its_drafts_alone(client: Client, preset: Preset) -> None:
    url = began(client, preset=preset.pk)
    preset.delete()
    assert on_page(client, url)["app_limit"] == ["20"]


def test_filling_in_without_a_preset_asks_for_one(client: Client) -> None:
    url = began(client)
    press(client, url, "fill-in", preset="", follow=True)
    assert "Choose a preset first." in client.get(url).content.decode()


def test_a_draft_is_discarded_after_a_question(client: Client) -> None:
    url = began(client)
    press(client, url, "save", company_name="Acme")
    assert "Acme" in client.get(f"{url}discard/").content.decode()
    page = client.post(f"{url}discard/", follow=True).content.decode()
    assert "“Acme” was discarded; nothing had been sent." in page
    entry = AuditEntry.objects.get(action="checklist.discarded")
    assert (Checklist.objects.count(), entry.detail["steps"]) == (0, [{"kind": "company", "company_name": "Acme"}])


def test_whoever_still_types_into_a_discarded_draft_is_told(client: Client) -> None:
    url = began(client)
    page = on_page(client, url)
    client.post(f"{url}discard/")
    answer = client.post(f"{url}save/", {**page, "company_name": "Acme"}, **HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, LIST)
    assert "was discarded in the meantime" in client.get(LIST).content.decode()


def test_whoever_still_types_into_a_started_draft_is_led_to_it(
    agora: RunningSandbox, client: Client, signed_in: SignedIn
) -> None:
    url = began(client)
    page = on_page(client, url)
    press(signed_in("operator"), url, "start", **company_typed())
    answer = client.post(f"{url}save/", {**page, "company_name": "Other"}, **HTMX)
    late = press(client, url, "projects/add", page)
    assert (answer.status_code, answer["HX-Redirect"], late["Location"]) == (204, url, url)
    assert step("company").payload["company_name"] == "Acme Learning"


@pytest.mark.parametrize("seen", ["", "no JSON", "[]", '{"company_name": 7}', "null", "[" * 100_000], ids=len)
def test_a_page_that_lost_what_it_had_shown_changes_nothing(client: Client, seen: str) -> None:
    url = began(client)
    answer = press(client, url, "save", seen=seen, company_name="Acme")
    assert (answer.status_code, step("company").typed) == (303, {})


def test_a_sign_that_databases_refuse_is_left_out(client: Client) -> None:
    url = began(client)
    press(client, url, "save", company_name="Ac\0me")
    assert step("company").typed == {"company_name": "Acme"}


def test_a_checklist_without_steps_is_not_started(client: Client, company: Company) -> None:
    url = began(client, f"?company={company.company_id}")
    press(client, url, f"projects/{checklist().steps.get().pk}/remove")
    assert "add a project first" in press(client, url, "start").content.decode()


def test_a_company_that_nobody_lists_is_not_found(client: Client) -> None:
    assert client.get(f"{LIST}begin/?company=nobody").status_code == 404


def test_the_password_mail_may_be_switched_off(agora: RunningSandbox, client: Client) -> None:
    url = began(client)
    press(client, url, "start", **{**company_typed(), "send_password_reset_email": []})
    carried_on()
    assert Operation.objects.get().payload["send_password_reset_email"] is False


def test_a_draft_of_many_projects_takes_as_many_queries_as_one(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    url = began(client)
    with django_assert_max_num_queries(40) as first:
        client.get(url)
    for number in range(3):
        add_project(client, url, f"Room {number}", "7-2", "1-1")
    client.get(url)
    with django_assert_max_num_queries(40) as second:
        client.get(url)
    assert len(first) == len(second)


def test_a_project_that_the_company_has_already_is_questioned(client: Client, project: Project) -> None:
    url = began(client, f"?company={project.company.company_id}")
    name = f"project-{checklist().steps.get().pk}-name"
    page = press(client, url, "start", **{name: project.name}).content.decode()
    assert "This company has a project of this name already." in page
