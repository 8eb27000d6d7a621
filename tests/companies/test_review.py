"""What a person reads who has to decide: the comparison, what is proven, what follows, who may and from when."""

import datetime as dt
import html
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person
from agora.drafts import ProjectDraft, UapServiceDraft
from companies.models import Company, Operation, OperationState, Project
from companies.pages.review import MOST_COLUMNS, Review
from tests.companies.conftest import company_draft
from tests.companies.test_onboarding import put

Submitted = Callable[..., Operation]
SignedIn = Callable[..., Client]
NOON = dt.datetime(2026, 3, 2, 12, 0, 5, tzinfo=dt.UTC)
LATER = dt.timedelta(hours=1)


def in_review(operation: Operation, **columns: Any) -> Operation:
    """An operation that was sent and waits for a decision."""
    return put(operation, OperationState.REVIEW, **{"reason": "found", "attempt_no": 1, "sent_at": NOON, **columns})


def list_company(company_id: str, **changes: Any) -> Company:
    """A company that is listed since just now and fits `company_draft` but for the changes."""
    draft, now = company_draft(), timezone.now()
    fitting = {
        "name": draft.company_name, "country": draft.country, "area": draft.area, "app_limit": draft.app_limit,
        "member_limit": draft.member_limit, "industry": str(draft.industry), "interest": str(draft.interest),
        "environment": str(draft.environment), "first_seen_at": now, "last_seen_at": now,
    }  # fmt: skip
    return Company.objects.create(company_id=company_id, **{**fitting, **changes})


def page_of(client: Client, operation: Operation) -> str:
    return html.unescape(client.get(f"/onboarding/{operation.pk}/").content.decode())


def review_on(client: Client, operation: Operation) -> Review:
    review: Review = client.get(f"/onboarding/{operation.pk}/").context["page"].review
    return review


def test_a_company_stands_beside_what_was_asked_for_with_its_differences_marked(
    submitted: Submitted, signed_in: SignedIn
) -> None:
    operation = in_review(submitted())
    list_company("70", name="ACME LEARNING", country="FR", industry="77", app_limit=None)
    review = review_on(signed_in("operator"), operation)
    shown = {line.label: (line.asked, line.cells[0].value, line.cells[0].differs) for line in review.lines}
    assert shown["Company name"] == ("Acme Learning", "ACME LEARNING", True)
    assert shown["E-mail address"] == ("ann@acme.example", "", False)
    assert shown["Country"] == ("Germany (DE)", "France (FR)", True)
    assert shown["Industry"] == ("Other", "Unknown (77)", True)
    assert shown["Project limit"] == ("10", "", False)
    assert shown["Area"] == ("Outside China", "Outside China", False)
    assert shown["Status"] == ("", "Unknown", False)
    assert review.candidates[0].differing == ["Company name", "Country", "Industry"]


def test_a_project_stands_beside_what_was_asked_for(
    company: Company, submitted: Submitted, signed_in: SignedIn
) -> None:
    operation = in_review(submitted(ProjectDraft(company_id=company.company_id, name="Live classroom")))
    seen = {"first_seen_at": NOON, "last_seen_at": NOON}
    late = NOON + dt.timedelta(days=1)
    Project.objects.create(company=company, project_id="u_9", name="Live classroom", created=late, status="1", **seen)
    review = review_on(signed_in("operator"), operation)
    shown = {line.label: (line.asked, line.cells[0].value, line.cells[0].differs) for line in review.lines}
    assert shown["Project name"] == ("Live classroom", "Live classroom", False)
    assert shown["Created, UTC"] == ("Sent 2026-03-02 12:00:05", "2026-03-03 12:00:05", True)
    assert shown["Status"] == ("", "Enabled", False)
    assert review.candidates[0].url == f"/companies/{company.company_id}/projects/u_9/"


def test_what_bears_another_name_stands_apart(submitted: Submitted, signed_in: SignedIn) -> None:
    operation = in_review(submitted())
    list_company("70")
    list_company("71", name="Somebody else")
    review = review_on(signed_in("operator"), operation)
    assert [one.remote_id for one in review.candidates] == ["70"]
    assert [(one.remote_id, one.differing) for one in review.others] == [("71", ["Company name"])]


def test_more_candidates_than_fit_are_counted(submitted: Submitted, signed_in: SignedIn) -> None:
    operation = in_review(submitted())
    for number in range(MOST_COLUMNS + 2):
        list_company(str(100 + number))
    review = review_on(signed_in("operator"), operation)
    assert (len(review.candidates), review.more_candidates) == (MOST_COLUMNS, 2)


def test_the_number_of_queries_does_not_grow_with_the_candidates(submitted: Submitted, signed_in: SignedIn) -> None:
    client, operation = signed_in("operator"), in_review(submitted())
    counts = []
    for numbers in (range(1), range(1, 20)):
        for number in numbers:
            list_company(str(100 + number))
        with CaptureQueriesContext(connection) as queries_made:
            page_of(client, operation)
        counts.append(len(queries_made))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"reason": "found"}, "It was sent, Agora did not confirm it, and now something new is listed that fits."),
        (
            {"reason": "found", "attempt_no": 0},
            "Nothing was sent: before sending, the portal looks into Agora's list",
        ),
        ({"reason": "not-there"}, "So it was not created. It can be sent again, or given up."),
        ({"reason": "not-listed"}, "Until then it cannot be sent again, since it may exist."),
        ({"reason": "cannot-be-read"}, "Enabling a service again is expected to be harmless"),
        ({"reason": "orphan"}, "It was refused or given up here."),
        ({"reason": "restored"}, "The portal looks for it in Agora's list first."),
        ({"reason": "tries-used-up"}, "See first that Agora can be reached again"),
    ],
)
def test_each_reason_has_its_advice(
    columns: dict[str, Any], words: str, submitted: Submitted, signed_in: SignedIn
) -> None:
    assert words in page_of(signed_in("operator"), in_review(submitted(), **columns))


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("used-before", "the address belongs to a company that existed before: sending it again would be refused"),
        ("taken", "Agora answered with an ID that another operation has."),
    ],
)
def test_what_the_last_attempt_told_is_part_of_the_advice(
    outcome: str, words: str, submitted: Submitted, signed_in: SignedIn
) -> None:
    operation = in_review(submitted(), reason="not-there")
    operation.attempts.create(number=1, x_date="", x_request_id="", signed_at=NOON, outcome=outcome)
    assert words in page_of(signed_in("operator"), operation)


def test_a_proven_absence_names_the_list_that_proves_it(submitted: Submitted, signed_in: SignedIn) -> None:
    operation = in_review(submitted(), reason="not-there", settles_at=NOON, settled_at=NOON + LATER)
    words = "Agora's complete list of 2026-03-02 13:00 UTC does not hold it"
    assert words in page_of(signed_in("operator"), operation)


@pytest.mark.parametrize("columns", [{"settled_at": None}, {"settled_at": NOON - LATER}, {"settles_at": None}])
def test_what_is_not_proven_is_not_claimed(columns: dict[str, Any], submitted: Submitted, signed_in: SignedIn) -> None:
    settled = {"settles_at": NOON, "settled_at": NOON + LATER}
    operation = in_review(submitted(), **{"reason": "tries-used-up", **settled, **columns})
    assert "complete list of" not in page_of(signed_in("operator"), operation)


@pytest.mark.parametrize(
    ("role", "columns", "offered", "words"),
    [
        ("approver", {"settled_at": NOON}, True, ""),
        ("operator", {"settled_at": NOON}, False, "Only an approver or an admin may do this."),
        ("approver", {"settles_at": NOON}, False, "first Agora's list has to be read completely"),
        (
            "approver",
            {"settles_at": dt.datetime(2126, 3, 2, 12, 17, tzinfo=dt.UTC)},
            False,
            "Not possible before 12:17:00 UTC",
        ),
    ],
)
def test_sending_again_is_offered_or_says_why_not(
    role: str, columns: dict[str, Any], offered: bool, words: str, submitted: Submitted, signed_in: SignedIn
) -> None:
    operation = in_review(submitted(), reason="not-there", **columns)
    page = page_of(signed_in(role), operation)
    assert (f'formaction="/onboarding/{operation.pk}/send-again/"' in page) is offered
    assert '<button class="btn" type="button" disabled>Send again</button>' in page or offered
    assert words in page


def test_whoever_may_not_send_again_reads_whom_to_ask(
    submitted: Submitted, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    person("approver", email="bo@reseller.example")
    person("admin", email="cy@reseller.example")
    person("approver", email="gone@reseller.example", is_active=False)
    page = page_of(signed_in("operator"), in_review(submitted(), reason="not-there"))
    assert "Ask one of them: bo@reseller.example, cy@reseller.example" in page


def test_c35_other_operations_of_the_same_name_are_named(submitted: Submitted, signed_in: SignedIn) -> None:
    operation = in_review(submitted())
    other = in_review(submitted(company_draft(email="other@acme.example", company_name="ACME Learning")))
    put(submitted(company_draft(email="done@acme.example")), OperationState.DONE)
    submitted(company_draft(email="more@acme.example", company_name="Acme Learning 2"))
    assert review_on(signed_in("operator"), operation).namesakes == [other]


def test_c41_a_service_is_decided_without_a_comparison(
    project: Project, submitted: Submitted, signed_in: SignedIn
) -> None:
    ids = {"company_id": project.company.company_id, "project_id": project.project_id}
    operation = in_review(
        submitted(UapServiceDraft(**ids, type_id=7, region=2)), reason="cannot-be-read", settled_at=NOON
    )
    page = page_of(signed_in("approver"), operation)
    parts = ("Compare", "adopt/", "look-again/", "send-again/", "give-up/")
    assert [part in page for part in parts] == [False, False, False, True, True]


def test_S40_what_agora_lists_is_text_and_never_markup(submitted: Submitted, signed_in: SignedIn) -> None:
    name = "<script>x</script>"
    operation = in_review(submitted(company_draft(company_name=name)))
    list_company("70", name=name)
    list_company("71", name="<b>other")
    page = signed_in("operator").get(f"/onboarding/{operation.pk}/").content.decode()
    assert [words in page for words in ("<script>x", "<b>other", "&lt;b&gt;other")] == [False, False, True]
