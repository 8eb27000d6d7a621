"""Steps that need a person: corrected and sent again, left out, taken up again, added later."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from companies.models import Company, Operation, OperationState
from companies.services import checklists
from sandbox.faults import Fault, Match
from tests.companies.checklists import carried_on, checklist, operation_of, started, step
from tests.companies.conftest import created, dispatched
from tests.sandbox_server import RunningSandbox

SignedIn = Callable[..., Client]
PROJECTS = Match(method="POST", path_regex="/projects$")
REFUSED = Fault(action="status", status=400, body='{"message": "the name is taken"}', match=PROJECTS)


@pytest.fixture
def client(agora: RunningSandbox, signed_in: SignedIn) -> Client:
    """Somebody who may create."""
    return signed_in("operator")


def form_of(client: Client, url: str) -> dict[str, Any]:
    """What a form holds when it is opened."""
    form = client.get(url).context["form"]
    return {field.html_name: field.value() for field in form if field.value() not in (None, False)}


def refused(client: Client, agora: RunningSandbox) -> str:
    """A checklist whose project Agora refused; the address of its page."""
    agora.sandbox.faults.order(REFUSED)
    url = started(client, ("Classroom", "7-2"))
    carried_on()
    return url


def test_a_refused_step_shows_the_words_of_agora_and_its_children_wait(client: Client, agora: RunningSandbox) -> None:
    page = client.get(refused(client, agora)).content.decode()
    assert "the name is taken" in page
    assert "Begins once the project exists." in page
    assert (created(agora), checklist().finished_at) == (["company"], None)


def test_a_refused_step_is_corrected_and_sent_again(client: Client, agora: RunningSandbox) -> None:
    url = f"{refused(client, agora)}steps/{step('project').pk}/"
    values = form_of(client, url)
    assert "the name is taken" in client.get(url).content.decode()
    answer = client.post(url, {**values, "name": "Other room"})
    carried_on()
    assert (answer.status_code, created(agora)) == (303, ["company", "project", "service"])
    assert operation_of("project").payload["name"] == "Other room"


def test_a_correction_that_is_sent_twice_counts_once(client: Client, agora: RunningSandbox) -> None:
    url = f"{refused(client, agora)}steps/{step('project').pk}/"
    values = form_of(client, url)
    answers = [client.post(url, {**values, "name": name}).status_code for name in ("One", "Two")]
    carried_on()
    assert (answers, operation_of("project").payload["name"]) == ([303, 303], "One")


def test_a_correction_from_a_second_window_comes_too_late_and_says_so(client: Client, agora: RunningSandbox) -> None:
    url = f"{refused(client, agora)}steps/{step('project').pk}/"
    first, second = form_of(client, url), form_of(client, url)
    client.post(url, {**first, "name": "One"})
    page = client.post(url, {**second, "name": "Two"}, follow=True).content.decode()
    carried_on()
    assert "This step has moved on in the meantime" in page
    assert operation_of("project").payload["name"] == "One"


def test_a_correction_that_is_wrong_sends_nothing_and_keeps_what_was_typed(
    client: Client, agora: RunningSandbox
) -> None:
    url = f"{refused(client, agora)}steps/{step('project').pk}/"
    page = client.post(url, {**form_of(client, url), "name": "x" * 256}).content.decode()
    assert "At most 255 characters" in page
    assert Operation.objects.count() == 2


def test_a_refused_company_is_corrected_with_its_projects_behind_it(client: Client, agora: RunningSandbox) -> None:
    message = '{"message": "email already used"}'
    agora.sandbox.faults.order(Fault(action="status", status=400, body=message, match=Match(method="POST")))
    url = started(client, ("{company} live",))
    carried_on()
    corrected = f"{url}steps/{step('company').pk}/"
    client.post(corrected, {**form_of(client, corrected), "email": "other@acme.example"})
    carried_on()
    assert (created(agora), operation_of("company").payload["email"]) == (["company", "project"], "other@acme.example")


def test_a_step_that_waits_may_be_changed_before_it_is_sent(client: Client, agora: RunningSandbox) -> None:
    url = started(client, ("Classroom",))
    changed = f"{url}steps/{step('project').pk}/"
    client.post(changed, {**form_of(client, changed), "name": "Other room"})
    carried_on()
    assert operation_of("project").payload["name"] == "Other room"


def test_a_step_that_is_done_is_not_changed(client: Client, agora: RunningSandbox) -> None:
    url = started(client)
    carried_on()
    answer = client.get(f"{url}steps/{step('company').pk}/", follow=True)
    assert "This step has moved on in the meantime" in answer.content.decode()


def test_a_step_is_left_out_with_all_that_is_below_it_after_a_question(client: Client, agora: RunningSandbox) -> None:
    url = f"{refused(client, agora)}steps/{step('project').pk}/skip/"
    question = client.get(url).content.decode()
    assert "Cloud recording, Outside China" in question
    client.post(url)
    assert (checklist().finished_at is None, created(agora)) == (False, ["company"])


def test_leaving_out_twice_is_no_error(client: Client, agora: RunningSandbox) -> None:
    url = f"{refused(client, agora)}steps/{step('project').pk}/skip/"
    assert [client.post(url).status_code for _ in range(2)] == [303, 303]


def test_what_was_left_out_is_taken_up_again(client: Client, agora: RunningSandbox) -> None:
    url = started(client, ("Classroom", "7-2"))
    place = f"{url}steps/{step('project').pk}"
    client.post(f"{place}/skip/")
    carried_on()
    finished = checklist().finished_at
    client.post(f"{place}/take-up/")
    carried_on()
    assert (finished is None, created(agora)) == (False, ["company", "project", "service"])


def test_a_step_on_its_way_is_not_left_out(client: Client, agora: RunningSandbox) -> None:
    url = started(client)
    page = client.post(f"{url}steps/{step('company').pk}/skip/", follow=True).content.decode()
    assert "This step has moved on in the meantime" in page
    assert not step("company").skipped


def test_a_company_that_is_left_out_ends_the_checklist(client: Client, agora: RunningSandbox) -> None:
    agora.sandbox.faults.order(Fault(action="status", status=400, match=Match(method="POST")))
    url = started(client, ("Classroom", "7-2"))
    carried_on()
    client.post(f"{url}steps/{step('company').pk}/skip/")
    page = client.get(url).content.decode()
    assert "0 of 0 done, 3 left out." in " ".join(page.split())
    assert checklist().finished_at is not None


def test_a_project_is_added_after_the_end_and_created(client: Client, agora: RunningSandbox) -> None:
    url = started(client)
    carried_on()
    values = {**form_of(client, f"{url}steps/add/"), "name": "{company} 2", "services": ["7-2"]}
    answers = [client.post(f"{url}steps/add/", values).status_code for _ in range(2)]
    carried_on()
    assert (answers, created(agora)) == ([303, 303], ["company", "project", "service"])
    assert operation_of("project").payload["name"] == "Acme Learning 2"


def test_services_are_added_to_a_project_and_those_it_has_are_not_asked_again(
    client: Client, agora: RunningSandbox
) -> None:
    url = started(client, ("Classroom", "7-2"))
    carried_on()
    client.post(f"{url}steps/{step('project').pk}/services/", {"services": ["7-2", "3-2"]})
    carried_on()
    assert created(agora) == ["company", "project", "service", "service"]


def test_a_step_whose_outcome_is_unknown_leads_to_its_operation(client: Client, agora: RunningSandbox) -> None:
    agora.sandbox.faults.order(Fault(action="status", status=502, match=Match(method="POST")))
    url = started(client, ("Classroom",))
    carried_on()
    page = client.get(url).content.decode()
    assert "Agora did not confirm this. We are checking; do not enter it again." in page
    assert f'href="/onboarding/{operation_of("company").pk}/"' in page


def test_a_step_that_waits_for_a_decision_is_counted_and_goes_on_once_it_is_decided(
    client: Client, agora: RunningSandbox, company: Company
) -> None:
    url = started(client, ("Classroom",))
    Operation.objects.update(state=OperationState.REVIEW, reason="unknown")
    checklists.advance(now=checklist().changed_at)
    assert "1 needs you" in client.get(url).content.decode()
    Operation.objects.update(state=OperationState.DONE, result_remote_id=company.company_id)
    carried_on()
    assert created(agora) == ["project"]


def test_steps_of_another_checklist_or_a_draft_are_not_found(client: Client, agora: RunningSandbox) -> None:
    url = started(client)
    answers = [client.get(f"{url}steps/999/").status_code, client.get("/onboarding/checklists/999/").status_code]
    assert answers == [404, 404]


def test_after_a_restore_a_person_looks_before_anything_more_is_sent(client: Client, agora: RunningSandbox) -> None:
    url = started(client, ("Classroom", "7-2"))
    dispatched()
    assert checklists.hold_after_restore(now=timezone.now()) == 2
    carried_on()
    page = client.get(url).content.decode()
    assert "this may have been created already" in page
    assert created(agora) == ["company"]


def test_a_step_that_was_held_after_a_restore_is_sent_when_a_person_says_so(
    client: Client, agora: RunningSandbox
) -> None:
    url = f"{started(client, ('Classroom',))}steps/{step('project').pk}/"
    dispatched()
    checklists.hold_after_restore(now=timezone.now())
    client.post(url, form_of(client, url))
    carried_on()
    assert created(agora) == ["company", "project"]


def test_what_was_given_up_in_doubt_is_not_sent_again_and_goes_on_when_it_is_found(
    client: Client, agora: RunningSandbox, company: Company
) -> None:
    agora.sandbox.faults.order(Fault(action="status", status=502, match=Match(method="POST")))
    url = started(client, ("Classroom",))
    carried_on()
    Operation.objects.update(state=OperationState.CANCELLED, decided_by=checklist().created_by)
    page = client.get(url).content.decode()
    answer = client.get(f"{url}steps/{step('company').pk}/")
    assert "It was given up without knowing whether it exists" in page
    assert (answer.status_code, "Correct and send again" in page) == (303, False)
    Operation.objects.update(state=OperationState.DONE, result_remote_id=company.company_id)
    carried_on()
    assert created(agora) == ["project"]


def test_what_was_cancelled_before_it_was_sent_may_be_sent_again(client: Client, agora: RunningSandbox) -> None:
    url = started(client)
    Operation.objects.update(state=OperationState.CANCELLED, decided_by=checklist().created_by, next_action_at=None)
    place = f"{url}steps/{step('company').pk}/"
    client.post(place, form_of(client, place))
    carried_on()
    assert created(agora) == ["company"]
