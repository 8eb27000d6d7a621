"""What waits for a person, as the overview lists it: each thing with the page on which it is settled."""

import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Person
from billing.models import BillProblem
from companies.models import Checklist, ChecklistStep, Company, Operation, OperationKind, OperationState
from polling.models import PollSlot, SlotState
from tests.desk.reading import number_of_queries, words
from tests.usage.known import at, company, day, slot

pytestmark = pytest.mark.usefixtures("noon")

SignedIn = Callable[..., Client]
NewPerson = Callable[..., Person]


def items(browser: Client) -> list[tuple[str, str]]:
    """Each thing in words, with where it leads."""
    page = browser.get("/").content.decode()
    found = re.search(r'<ul class="waiting-list">(.*?)</ul>', page, flags=re.S)
    lines = re.findall(r"<li>(.*?)</li>", found[1], flags=re.S) if found else []
    return [(words(line), "".join(re.findall(r'href="(.*?)"', line))) for line in lines]


def operation(by: Person, name: str, state: str = OperationState.REVIEW) -> Operation:
    return Operation.objects.create(
        kind=OperationKind.COMPANY,
        form_token=uuid.uuid4(),
        natural_key=name,
        payload={"company_name": name, "email": "a@example.com"},
        payload_sha256="",
        state=state,
        state_since=at("2026-09-22 08:00"),
        created_by=by,
        created_at=at("2026-09-22 07:00"),
    )


def checklist(by: Person, at_company: Company, **step: object) -> Checklist:
    """One that was started for a company, with one step."""
    made = Checklist.objects.create(
        form_token=uuid.uuid4(),
        company=at_company,
        created_by=by,
        created_at=at("2026-09-22 07:00"),
        changed_at=at("2026-09-22 07:00"),
        started_at=at("2026-09-22 07:00"),
    )
    ChecklistStep.objects.create(checklist=made, kind=OperationKind.PROJECT, **step)
    return made


def test_where_nothing_waits_there_is_no_list(signed_in: SignedIn) -> None:
    assert items(signed_in("admin")) == []


def test_a_create_leads_to_its_page(signed_in: SignedIn, person: NewPerson) -> None:
    waiting = operation(person("operator"), "Acme")
    said = "Acme waits for a decision since 22 Sep 2026, 08:00 UTC"
    assert items(signed_in("operator")) == [(said, f"/onboarding/{waiting.pk}/")]


def test_beyond_the_fifth_create_there_is_a_link_to_all(signed_in: SignedIn, person: NewPerson) -> None:
    somebody = person("operator")
    for number in range(7):
        operation(somebody, f"Acme {number}")
    found = items(signed_in("operator"))
    assert (len(found), found[5]) == (6, ("All 7 that wait", "/onboarding/?waiting=1"))


def test_whoever_may_not_decide_reads_how_many_wait(signed_in: SignedIn, person: NewPerson) -> None:
    operation(person("operator"), "Acme")
    assert items(signed_in("viewer")) == [("1 create waits for a decision", "")]


def test_a_checklist_with_a_step_that_was_not_taken_leads_to_it(signed_in: SignedIn, person: NewPerson) -> None:
    somebody = person("operator")
    stuck = checklist(somebody, company("1", "Acme"), problem="not-allowed")
    said = "Projects for Acme a step of this checklist could not be taken"
    assert items(signed_in("operator")) == [(said, f"/onboarding/checklists/{stuck.pk}/")]


def test_a_checklist_with_a_refused_step_waits_until_the_step_is_skipped(
    signed_in: SignedIn, person: NewPerson
) -> None:
    somebody = person("operator")
    refused = operation(somebody, "Live", OperationState.REFUSED)
    stuck = checklist(somebody, company("1", "Acme"), operation=refused)
    browser = signed_in("operator")
    before = len(items(browser))
    stuck.steps.update(skipped=True)
    assert (before, items(browser)) == (1, [])


def test_a_checklist_that_only_goes_on_waits_for_nobody(signed_in: SignedIn, person: NewPerson) -> None:
    somebody = person("operator")
    checklist(somebody, company("1", "Acme"))
    checklist(somebody, company("2", "Boreal"), problem="already-enabled")
    assert items(signed_in("operator")) == []


def test_days_that_fail_lead_to_the_gaps(signed_in: SignedIn) -> None:
    failed = slot("2026-09-20", "2026-09-21 06:00")
    PollSlot.objects.filter(pk=failed.pk).update(
        first_complete_at=None, last_complete_at=None, state=SlotState.FAILED, last_error="timeout"
    )
    assert items(signed_in("viewer")) == [("1 day that fails", "/polling/gaps/")]


@pytest.mark.parametrize(("role", "leads"), [("viewer", ""), ("finance", "/bills/")])
def test_unreadable_bill_lines_lead_those_to_the_bills_who_see_amounts(
    role: str, leads: str, signed_in: SignedIn
) -> None:
    BillProblem.objects.create(
        period=day("2026-09-01"), where="line 1", reason="no number", raw="{}", seen_at=at("2026-09-03 00:10")
    )
    assert items(signed_in(role)) == [("1 unreadable bill line", leads)]


def test_it_asks_the_database_as_often_for_30_things_as_for_one(signed_in: SignedIn, person: NewPerson) -> None:
    somebody = person("operator")
    operation(somebody, "Acme")
    checklist(somebody, company("0"), problem="not-allowed")
    browser = signed_in("operator")
    for_one = number_of_queries(browser, "/")
    for number in range(1, 30):
        operation(somebody, f"Acme {number}")
        checklist(somebody, company(f"{number}"), problem="not-allowed")
    assert number_of_queries(browser, "/") == for_one
