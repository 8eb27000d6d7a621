"""What people may decide about an operation, and what they read when it cannot be (C11, C12, C43)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Person
from companies.models import Company, Operation, OperationState
from companies.services import decisions, sending
from companies.services.moves import move
from polling.services.reading import open_reader
from sandbox.faults import Fault, Match
from tests.companies.conftest import company_draft, created, dispatched, writes
from tests.sandbox_server import RunningSandbox

Submitted = Callable[..., Operation]


@pytest.fixture
def uncertain(agora: RunningSandbox, submitted: Submitted) -> Operation:
    """A company that Agora created without a word."""
    agora.sandbox.faults.order(Fault(action="drop_after", match=Match(method="POST")))
    operation = submitted()
    dispatched()
    operation.refresh_from_db()
    return operation


@pytest.fixture
def used_up(agora: RunningSandbox, submitted: Submitted, settings: Any) -> Operation:
    """A company that could not be sent five times."""
    settings.AGORA_BASE_URL, up = "http://127.0.0.1:9", settings.AGORA_BASE_URL
    operation = submitted()
    for number in range(6):
        dispatched(after=2000 * number)
    settings.AGORA_BASE_URL = up
    operation.refresh_from_db()
    return operation


def decided(client: Client, operation: Operation, what: str, **values: str) -> tuple[int, Operation]:
    answer = client.post(f"/onboarding/{operation.pk}/{what}/", values)
    operation.refresh_from_db()
    return answer.status_code, operation


def test_what_waits_to_be_sent_can_be_cancelled(
    agora: RunningSandbox, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    status, operation = decided(signed_in("operator"), submitted(), "cancel")
    dispatched()
    assert (status, operation.state, writes(agora)) == (302, OperationState.CANCELLED, 0)


def test_what_was_sent_cannot_be_cancelled(
    agora: RunningSandbox, uncertain: Operation, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    _status, operation = decided(client, uncertain, "cancel")
    assert operation.state == OperationState.UNCERTAIN
    page = client.get(f"/onboarding/{operation.pk}/").content.decode()
    assert "This has moved on in the meantime; nothing was changed." in page


def test_used_up_tries_can_be_tried_again(
    agora: RunningSandbox, used_up: Operation, signed_in: Callable[..., Client]
) -> None:
    _status, operation = decided(signed_in("operator"), used_up, "retry")
    assert (operation.state, operation.tries) == (OperationState.QUEUED, 0)
    dispatched(after=20_000)
    operation.refresh_from_db()
    assert (operation.state, created(agora)) == (OperationState.DONE, ["company"])


def test_what_is_tried_again_by_itself_is_not_hurried(
    agora: RunningSandbox, submitted: Submitted, signed_in: Callable[..., Client], settings: Any
) -> None:
    settings.AGORA_BASE_URL = "http://127.0.0.1:9"
    operation = submitted()
    dispatched()
    _status, operation = decided(signed_in("operator"), operation, "retry")
    assert operation.state == OperationState.RETRY_WAIT


def test_giving_up_needs_a_reason_and_sends_nothing_more(
    agora: RunningSandbox, uncertain: Operation, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator", email="ann@reseller.example")
    status, operation = decided(client, uncertain, "give-up", reason="")
    assert (status, operation.state) == (200, OperationState.UNCERTAIN)
    status, operation = decided(client, uncertain, "give-up", reason="Entered by hand")
    assert (status, operation.state, operation.decision_note) == (302, OperationState.CANCELLED, "Entered by hand")
    dispatched(after=7200)
    assert writes(agora) == 1
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.email, entry.detail["note"]) == (
        "operation.cancelled",
        "ann@reseller.example",
        "Entered by hand",
    )


def test_what_exists_is_done_under_the_id_that_a_person_gives(
    agora: RunningSandbox, uncertain: Operation, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    remote_id = agora.sandbox.truth.effects()[0].split(" ")[1]
    status, operation = decided(client, uncertain, "adopt", remote_id=f" {remote_id} ", reason="Seen in the console")
    assert (status, operation.state, operation.result_remote_id) == (302, OperationState.DONE, remote_id)
    assert operation.evidence == "by-person"
    assert "Seen in the console" in client.get(f"/onboarding/{operation.pk}/").content.decode()


@pytest.mark.parametrize("typed", ["", "abc", "-1", "12 34", "9" * 19, "１２"])
def test_what_is_no_company_id_is_not_taken(
    typed: str, agora: RunningSandbox, uncertain: Operation, signed_in: Callable[..., Client]
) -> None:
    status, operation = decided(signed_in("operator"), uncertain, "adopt", remote_id=typed, reason="So it is")
    assert (status, operation.state) == (200, OperationState.UNCERTAIN)


def test_an_id_of_another_operation_is_not_taken(
    agora: RunningSandbox, uncertain: Operation, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    other = submitted(company_draft(email="other@acme.example"))
    dispatched()
    other.refresh_from_db()
    client = signed_in("operator")
    values = {"remote_id": other.result_remote_id or "", "reason": "So it is"}
    page = client.post(f"/onboarding/{uncertain.pk}/adopt/", values).content.decode()
    assert "This ID belongs to another operation already." in page
    assert "So it is" in page


def test_an_id_that_was_listed_before_is_not_taken(
    company: Company, uncertain: Operation, signed_in: Callable[..., Client]
) -> None:
    values = {"remote_id": company.company_id, "reason": "So it is"}
    page = signed_in("operator").post(f"/onboarding/{uncertain.pk}/adopt/", values).content.decode()
    assert "This ID was listed before this was asked for, so it is another one." in page


def test_what_was_listed_since_under_the_name_is_offered(
    agora: RunningSandbox, uncertain: Operation, signed_in: Callable[..., Client]
) -> None:
    now = timezone.now()
    for company_id, name in (("70", "acme learning"), ("71", "Other")):
        Company.objects.create(company_id=company_id, name=name, first_seen_at=now, last_seen_at=now)
    page = signed_in("operator").get(f"/onboarding/{uncertain.pk}/").context["page"]
    assert [row.company_id for row in page.lookalikes] == ["70"]


def test_c43_of_a_decision_and_a_late_confirmation_one_wins(
    agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    operation, client, now = submitted(), open_reader().client, timezone.now()
    call = sending.prepare(client, operation.draft())
    attempt = sending.claim(operation, call, now=now)
    verdict = sending.outcome(client, call, operation.draft(), timezone.now)
    dispatched(after=121)
    on_screen = Operation.objects.get(pk=operation.pk)
    assert attempt is not None
    sending.record(operation, attempt, verdict, now=now)
    remote_id = agora.sandbox.truth.effects()[0].split(" ")[1]
    with pytest.raises(decisions.StateChangedError):
        decisions.adopt(operation=on_screen, remote_id=remote_id, reason="Seen", by=person("operator"), now=now)
    operation.refresh_from_db()
    assert (operation.state, operation.result_remote_id) == (OperationState.DONE, remote_id)


def test_c43_a_late_confirmation_of_an_id_that_was_given_to_another_operation_changes_nothing(
    agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    late, client, now = submitted(), open_reader().client, timezone.now()
    call = sending.prepare(client, late.draft())
    attempt = sending.claim(late, call, now=now)
    verdict = sending.outcome(client, call, late.draft(), timezone.now)
    agora.sandbox.faults.order(Fault(action="drop_before", match=Match(method="POST")))
    other = submitted(company_draft(email="other@acme.example"))
    dispatched(after=121)
    other.refresh_from_db()
    remote_id = agora.sandbox.truth.effects()[0].split(" ")[1]
    decisions.adopt(operation=other, remote_id=remote_id, reason="Seen", by=person("operator"), now=now)
    assert attempt is not None
    sending.record(late, attempt, verdict, now=now)
    late.refresh_from_db()
    assert (late.state, late.result_remote_id, late.attempts.get().outcome) == (OperationState.UNCERTAIN, None, "taken")


@pytest.mark.parametrize("what", ["cancel", "retry", "give-up", "adopt"])
@pytest.mark.parametrize("role", ["viewer", "finance"])
def test_whoever_may_not_create_decides_nothing(
    what: str, role: str, agora: RunningSandbox, uncertain: Operation, signed_in: Callable[..., Client]
) -> None:
    status, operation = decided(signed_in(role), uncertain, what, remote_id="5", reason="So it is")
    assert (status, operation.state) == (403, OperationState.UNCERTAIN)


@pytest.mark.parametrize("what", ["cancel", "retry", "give-up", "adopt"])
def test_looking_decides_nothing(
    what: str, agora: RunningSandbox, uncertain: Operation, signed_in: Callable[..., Client]
) -> None:
    assert signed_in("operator").get(f"/onboarding/{uncertain.pk}/{what}/").status_code == 405


def test_of_two_moves_from_the_same_state_one_is_made(agora: RunningSandbox, submitted: Submitted) -> None:
    first, now = submitted(), timezone.now()
    second = Operation.objects.get(pk=first.pk)
    made = [move(one, OperationState.CANCELLED, now=now) for one in (first, second)]
    assert made == [True, False]
