"""An operation in a browser: every state looks and reads well, follows what happens, and keeps what somebody types."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as portal
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from agora.drafts import AnyDraft, CompanyDraft, ProjectDraft, UapServiceDraft
from companies.models import Company, Operation, OperationState, Project
from companies.queries import candidates, highest_row
from companies.services.operations import fingerprint, kind_of, natural_key
from sandbox.faults import Fault, Match
from tests.browser.test_every_page import DESK, PHONE, faults
from tests.companies.conftest import created, dispatched
from tests.sandbox_server import running_sandbox

Sign = Callable[..., Person]
DRAFT = CompanyDraft(
    company_name="Boreal Bank",
    email="ann@boreal.example",
    first_name="Ann",
    last_name="Doe",
    country="CA",
    area="Non-CN",
)
PROJECT = ProjectDraft(company_id="10001", name="Classroom")
SERVICE = UapServiceDraft(company_id="10001", project_id="-u_1", type_id=7, region=2)
LISTED = {
    "name": "Boreal Bank",
    "country": "CA",
    "area": "Non-CN",
    "app_limit": 10,
    "member_limit": 10,
    "industry": str(DRAFT.industry),
    "interest": str(DRAFT.interest),
    "environment": str(DRAFT.environment),
    "status": "0",
}


def put(by: Person, state: str, draft: AnyDraft = DRAFT, outcome: str = "unknown", **columns: object) -> Operation:
    """An operation in a state, sent three minutes ago with that outcome."""
    now = timezone.now()
    sent_at = now - dt.timedelta(minutes=3)
    values = {
        "reason": "unknown", "sent_at": sent_at, "settles_at": sent_at + dt.timedelta(minutes=12),
        "next_action_at": now + dt.timedelta(minutes=2), "attempt_no": 1, "tries": 1,
        "baseline": highest_row(kind_of(draft)), **columns,
    }  # fmt: skip
    operation = Operation.objects.create(
        kind=kind_of(draft), form_token=uuid.uuid4(), natural_key=natural_key(draft), payload=draft.as_payload(),
        payload_sha256=fingerprint(draft), company_id=getattr(draft, "company_id", ""),
        project_id=getattr(draft, "project_id", ""), state=state, created_by=by, created_at=sent_at, **values,
    )  # fmt: skip
    operation.attempts.create(
        number=1, x_date="Wed, 02 Oct 2019 08:00:00 GMT", x_request_id=str(uuid.uuid4()), signed_at=sent_at,
        answered_at=now, outcome=outcome, status=504, message="upstream timed out",
    )  # fmt: skip
    return operation


def list_company(company_id: str, **changes: object) -> Company:
    """A company that Agora lists since just now."""
    now = timezone.now()
    return Company.objects.create(
        company_id=company_id, **{"first_seen_at": now, "last_seen_at": now, **LISTED, **changes}
    )


def review_of_company(by: Person, **columns: object) -> Operation:
    """A company in review with an exact match, one of another spelling, and one of another name."""
    operation = put(by, "review", **{"reason": "found", **columns})
    list_company("10021")
    list_company("10022", name="BOREAL BANK", country="US", app_limit=5)
    list_company("10023", name="مدرسة النور")
    Operation.objects.update(candidates=["10021", "10022"])
    assert [one.remote_id for one in candidates(operation)] == ["10021", "10022", "10023"]
    return operation


def review_of_project(by: Person) -> Operation:
    """A project in review that a complete list holds, beside another operation for the same."""
    now = timezone.now()
    company = list_company("10001")
    operation = put(by, "review", PROJECT, reason="found", settled_at=now)
    put(by, "review", ProjectDraft(company_id="10001", name="classroom"), reason="not-listed")
    Project.objects.create(
        company=company, project_id="-u_9", name="Classroom", status="1",
        created=operation.sent_at, first_seen_at=now, last_seen_at=now,
    )  # fmt: skip
    return operation


NOW = timezone.now()
STATES: dict[str, Callable[[Person], Operation]] = {
    "queued": lambda by: put(by, "queued", attempt_no=0),
    "preparing": lambda by: put(by, "preparing"),
    "sending": lambda by: put(by, "sending"),
    "retry-wait": lambda by: put(by, "retry-wait", reason="busy"),
    "blocked": lambda by: put(by, "blocked", reason="clock"),
    "uncertain": lambda by: put(by, "uncertain"),
    "uncertain-service": lambda by: put(by, "uncertain", SERVICE),
    "done": lambda by: put(
        by, "done", reason="two-ids", message="10022", result_remote_id="10021", evidence="by-person",
        decided_by=by, decision_note="In the list", ended_at=NOW,
    ),
    "refused": lambda by: put(by, "refused", reason="refused", message="country is invalid"),
    "cancelled": lambda by: put(by, "cancelled", decided_by=by, decision_note="Not wanted", ended_at=NOW),
    "found": review_of_company,
    "found-project": review_of_project,
    "not-there": lambda by: put(by, "review", reason="not-there", settles_at=NOW, settled_at=timezone.now()),
    "not-listed": lambda by: put(by, "review", reason="not-listed", settles_at=NOW),
    "cannot-be-read": lambda by: put(by, "review", SERVICE, reason="cannot-be-read", settled_at=NOW),
    "orphan": lambda by: review_of_company(by, reason="orphan", settled_at=NOW),
    "restored": lambda by: put(by, "review", reason="restored"),
    "tries-used-up": lambda by: put(
        by, "review", outcome="not-sent", reason="tries-used-up", settled_at=NOW, settles_at=None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STATES)
def test_S11_a_state_looks_and_reads_well_bright_and_dark_on_desk_and_phone(
    name: str, page: Page, live_server: LiveServer, sign_in: Sign, axe: Callable[[Page], list[str]]
) -> None:
    operation = STATES[name](sign_in("operator"))
    found = []
    for theme, size in (("light", DESK), ("dark", PHONE)):
        page.context.add_cookies([{"name": portal.THEME_COOKIE_NAME, "value": theme, "url": live_server.url}])
        page.set_viewport_size(size)
        page.goto(f"/onboarding/{operation.pk}/")
        found += [*axe(page), *faults(page)]
    assert found == []


def test_a_page_follows_its_operation_into_review_without_a_reload(page: Page, sign_in: Sign) -> None:
    by = sign_in("operator")
    operation = put(by, "sending")
    page.goto(f"/onboarding/{operation.pk}/")
    expect(page.get_by_text("Being created at Agora.")).to_be_visible()
    Operation.objects.update(state=OperationState.UNCERTAIN, version=1)
    expect(page.get_by_text("It may exist, so do not enter it again.")).to_be_visible()
    Operation.objects.update(state=OperationState.REVIEW, reason="found", version=2)
    expect(page.get_by_role("heading", name="Decide", exact=True)).to_be_visible()
    expect(page.locator("#operation-said")).to_have_text("Needs a decision")
    expect(page.locator(".nav-count")).to_contain_text("1 waits for a person")


def test_what_is_typed_stays_while_things_change_and_when_they_are_shown(page: Page, sign_in: Sign) -> None:
    operation = put(sign_in("operator"), "review", reason="not-listed")
    page.clock.install()
    page.goto(f"/onboarding/{operation.pk}/")
    page.get_by_label("Reason").fill("I looked into the console")
    list_company("10021")
    Operation.objects.update(candidates=["10021"], version=1)
    page.clock.run_for(16_000)
    expect(page.get_by_text("Something has changed since this page was shown to you")).to_be_visible()
    expect(page.get_by_role("button", name="This is it: 10021")).to_have_count(0)
    page.get_by_role("link", name="Show what is new").click()
    expect(page.get_by_role("button", name="This is it: 10021")).to_be_visible()
    expect(page.get_by_label("Reason")).to_have_value("I looked into the console")


def test_a_person_settles_an_uncertain_company_from_the_words_of_the_page(page: Page, sign_in: Sign) -> None:
    operation = review_of_company(sign_in("operator"))
    page.goto("/")
    page.get_by_role("link", name=re.compile("Onboarding")).click()
    page.get_by_role("link", name="Review Boreal Bank").click()
    expect(page.get_by_role("row", name=re.compile("^In short"))).to_contain_text("Agrees in everything")
    expect(page.get_by_role("row", name=re.compile("^Country"))).to_contain_text(
        "United States of America (US) differs"
    )
    page.get_by_role("button", name="This is it: 10021").click()
    expect(page.get_by_text("Say why: your colleagues will ask.")).to_be_visible()
    page.get_by_label("Reason").fill("Nobody else made one today")
    page.get_by_role("button", name="This is it: 10021").click()
    expect(page.get_by_text("Created with the ID 10021.")).to_be_visible()
    operation.refresh_from_db()
    assert (operation.state, operation.result_remote_id) == (OperationState.DONE, "10021")


def test_a_create_without_an_answer_is_followed_and_settled_on_one_page(
    page: Page, sign_in: Sign, settings: Any
) -> None:
    sign_in("operator")
    with running_sandbox(companies=1, projects=1) as box:
        settings.AGORA_BASE_URL, settings.AGORA_KEYS = box.base_url, [(box.key_id, box.key_secret)]
        box.sandbox.faults.order(Fault(action="drop_after", match=Match(method="POST")))
        page.goto("/companies/create/")
        for label, typed in (
            ("Company name", "Boreal Bank"),
            ("E-mail address", "ann@boreal.example"),
            ("First name", "Ann"),
        ):
            page.get_by_label(label).fill(typed)
        page.get_by_label("Last name").fill("Doe")
        page.get_by_label("Country").select_option("CA")
        page.get_by_label("Area").select_option("Non-CN")
        page.get_by_role("button", name="Create company").click()
        expect(page.get_by_text("Waiting to be sent. Nothing has reached Agora yet.")).to_be_visible()
        dispatched()
        expect(page.get_by_text("It may exist, so do not enter it again.")).to_be_visible()
        dispatched(after=6)
        page.get_by_label("Reason").fill("Everything agrees, and nobody else made one today")
        page.get_by_role("button", name=re.compile("^This is it: ")).click()
        expect(page.get_by_role("link", name="Show the company")).to_be_visible()
        assert (Operation.objects.get().state, created(box)) == (OperationState.DONE, ["company"])


def test_enter_in_a_field_decides_nothing(page: Page, sign_in: Sign) -> None:
    operation = review_of_company(sign_in("operator"))
    page.goto(f"/onboarding/{operation.pk}/")
    page.get_by_label("Reason").fill("So it is")
    page.get_by_text("It has another ID").click()
    page.get_by_label("ID at Agora").fill("10022")
    page.get_by_label("ID at Agora").press("Enter")
    page.reload()
    operation.refresh_from_db()
    assert operation.state == OperationState.REVIEW


def test_who_may_not_send_again_reads_why_and_whom_to_ask(
    page: Page, sign_in: Sign, person: Callable[..., Person]
) -> None:
    person("approver", email="bo@reseller.example")
    operation = put(sign_in("operator"), "review", reason="restored")
    page.goto(f"/onboarding/{operation.pk}/")
    expect(page.get_by_role("button", name="Send again")).to_be_disabled()
    expect(page.get_by_text(re.compile(r"Not possible before \d\d:\d\d:\d\d UTC"))).to_be_visible()
    expect(page.get_by_text("Ask one of them: bo@reseller.example")).to_be_visible()


def test_the_list_cancels_a_create_and_stays_as_it_is_filtered(page: Page, sign_in: Sign) -> None:
    operation = put(sign_in("operator"), "queued", attempt_no=0)
    page.goto("/onboarding/?search=boreal")
    page.get_by_role("button", name="Cancel Boreal Bank").click()
    expect(page.get_by_text("“Boreal Bank” is given up; nothing more is sent.")).to_be_visible()
    assert page.url.endswith("/onboarding/?search=boreal")
    operation.refresh_from_db()
    assert operation.state == OperationState.CANCELLED
