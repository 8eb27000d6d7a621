"""What people may decide about an operation, and what they read when it cannot be (C11, C12, C21, C35)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from companies.models import Company, Operation, OperationState
from sandbox.faults import Fault, Match
from tests.companies.conftest import company_draft, created, dispatched, writes
from tests.sandbox_server import RunningSandbox

Submitted = Callable[..., Operation]
SignedIn = Callable[..., Client]
MOVED_ON = "This has moved on since it was shown to you; nothing was changed."


def sent_into_the_dark(agora: RunningSandbox, submitted: Submitted, action: str, *looks: float) -> Operation:
    """A company of unknown outcome, looked for so many seconds later."""
    agora.sandbox.faults.order(Fault(action=action, match=Match(method="POST")))
    operation = submitted()
    for after in (0.0, *looks):
        dispatched(after=after)
    operation.refresh_from_db()
    return operation


@pytest.fixture
def uncertain(agora: RunningSandbox, submitted: Submitted) -> Operation:
    """A company that Agora created without a word."""
    return sent_into_the_dark(agora, submitted, "drop_after")


@pytest.fixture
def found(agora: RunningSandbox, submitted: Submitted) -> Operation:
    """A company that Agora created without a word and lists since; it has not settled yet."""
    return sent_into_the_dark(agora, submitted, "drop_after", 6)


@pytest.fixture
def absent(agora: RunningSandbox, submitted: Submitted) -> Operation:
    """A company that never reached Agora, as its complete list has proven."""
    return sent_into_the_dark(agora, submitted, "drop_before", 1000)


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


def decided(client: Client, operation: Operation, what: str, **values: object) -> tuple[int, Operation]:
    """The answer to a decision about what is shown now, and the operation after it."""
    answer = client.post(f"/onboarding/{operation.pk}/{what}/", {"seen": operation.version, **values})
    operation.refresh_from_db()
    return answer.status_code, operation


def id_of_created(agora: RunningSandbox) -> str:
    """The ID of what Agora created first."""
    return agora.sandbox.truth.effects()[0].split(" ")[1]


def test_what_waits_to_be_sent_can_be_cancelled(
    agora: RunningSandbox, submitted: Submitted, signed_in: SignedIn
) -> None:
    status, operation = decided(signed_in("operator"), submitted(), "cancel")
    dispatched()
    assert (status, operation.state, writes(agora)) == (302, OperationState.CANCELLED, 0)


@pytest.mark.parametrize("what", ["cancel", "retry"])
def test_what_was_sent_can_be_neither_cancelled_nor_tried_again(
    what: str, agora: RunningSandbox, uncertain: Operation, signed_in: SignedIn
) -> None:
    client = signed_in("operator")
    _status, operation = decided(client, uncertain, what)
    assert operation.state == OperationState.UNCERTAIN
    page = client.get(f"/onboarding/{operation.pk}/").content.decode()
    assert "This has moved on in the meantime; nothing was changed." in page


@pytest.mark.parametrize("what", ["adopt", "give-up", "send-again"])
def test_nothing_is_decided_while_the_portal_still_looks(
    what: str, agora: RunningSandbox, uncertain: Operation, signed_in: SignedIn
) -> None:
    values = {"remote_id": id_of_created(agora), "reason": "So it is"}
    client = signed_in("admin")
    answer = client.post(f"/onboarding/{uncertain.pk}/{what}/", {"seen": uncertain.version, **values})
    uncertain.refresh_from_db()
    assert (answer.status_code, uncertain.state) == (200, OperationState.UNCERTAIN)
    assert MOVED_ON in answer.content.decode()


def test_used_up_tries_can_be_tried_again_by_whoever_creates(
    agora: RunningSandbox, used_up: Operation, signed_in: SignedIn
) -> None:
    assert (used_up.state, used_up.reason) == (OperationState.REVIEW, "tries-used-up")
    _status, operation = decided(signed_in("operator"), used_up, "retry")
    assert (operation.state, operation.tries) == (OperationState.QUEUED, 0)
    dispatched(after=20_000)
    operation.refresh_from_db()
    assert (operation.state, created(agora)) == (OperationState.DONE, ["company"])


def test_what_waits_to_be_tried_again_can_be_hurried(
    agora: RunningSandbox, submitted: Submitted, signed_in: SignedIn, settings: Any
) -> None:
    settings.AGORA_BASE_URL, up = "http://127.0.0.1:9", settings.AGORA_BASE_URL
    operation = submitted()
    dispatched()
    settings.AGORA_BASE_URL = up
    operation.refresh_from_db()
    _status, operation = decided(signed_in("operator"), operation, "retry")
    dispatched()
    operation.refresh_from_db()
    assert (operation.state, created(agora)) == (OperationState.DONE, ["company"])


def test_c12_what_exists_is_done_under_the_id_that_a_person_confirms(
    agora: RunningSandbox, found: Operation, signed_in: SignedIn
) -> None:
    client, remote_id = signed_in("operator"), id_of_created(agora)
    status, operation = decided(client, found, "adopt", remote_id=remote_id, reason="All of it agrees")
    assert (status, operation.state, operation.result_remote_id) == (302, OperationState.DONE, remote_id)
    assert operation.evidence == "by-person"
    assert "All of it agrees" in client.get(f"/onboarding/{operation.pk}/").content.decode()
    dispatched(after=7200)
    assert created(agora) == ["company"]


def test_an_id_can_be_typed_where_none_is_shown(agora: RunningSandbox, found: Operation, signed_in: SignedIn) -> None:
    remote_id = id_of_created(agora)
    values = {"remote_id": "", "other_id": f" {remote_id} ", "reason": "Seen in the console"}
    status, operation = decided(signed_in("operator"), found, "adopt", **values)
    assert (status, operation.state, operation.result_remote_id) == (302, OperationState.DONE, remote_id)


@pytest.mark.parametrize("typed", ["", "abc", "-1", "12 34", "9" * 19, "１２"])
def test_what_is_no_company_id_is_not_taken_and_stays_in_its_field(
    typed: str, agora: RunningSandbox, found: Operation, signed_in: SignedIn
) -> None:
    values = {"seen": found.version, "other_id": typed, "reason": "So it is"}
    answer = signed_in("operator").post(f"/onboarding/{found.pk}/adopt/", values)
    form = answer.context["form"]
    found.refresh_from_db()
    assert (answer.status_code, found.state) == (200, OperationState.REVIEW)
    assert (list(form.errors), form["other_id"].value(), form["reason"].value()) == (["other_id"], typed, "So it is")


def test_an_id_that_agora_does_not_list_is_not_taken(
    agora: RunningSandbox, found: Operation, signed_in: SignedIn
) -> None:
    values = {"seen": found.version, "other_id": "424242", "reason": "So it is"}
    form = signed_in("operator").post(f"/onboarding/{found.pk}/adopt/", values).context["form"]
    assert form.errors == {
        "other_id": ["Agora does not list this ID now. Look again, or copy it from Agora's console."]
    }


def test_c35_an_id_of_another_operation_is_not_taken(
    agora: RunningSandbox, found: Operation, submitted: Submitted, signed_in: SignedIn
) -> None:
    other = submitted(company_draft(email="other@acme.example", company_name="Other"))
    dispatched()
    other.refresh_from_db()
    values = {"seen": found.version, "remote_id": other.result_remote_id or "", "reason": "So it is"}
    page = signed_in("operator").post(f"/onboarding/{found.pk}/adopt/", values).content.decode()
    assert "This ID belongs to another operation already." in page
    assert "So it is</textarea>" in page


def test_an_id_that_was_listed_before_is_not_taken(
    company: Company, submitted: Submitted, agora: RunningSandbox, signed_in: SignedIn
) -> None:
    operation = sent_into_the_dark(agora, submitted, "drop_after", 6)
    values = {"seen": operation.version, "remote_id": company.company_id, "reason": "So it is"}
    page = signed_in("operator").post(f"/onboarding/{operation.pk}/adopt/", values).content.decode()
    assert "This ID was listed before this was asked for, so it is another one." in page


def test_giving_up_needs_a_reason_and_sends_nothing_more(
    agora: RunningSandbox, found: Operation, signed_in: SignedIn
) -> None:
    client = signed_in("operator", email="ann@reseller.example")
    status, operation = decided(client, found, "give-up", reason="")
    assert (status, operation.state) == (200, OperationState.REVIEW)
    status, operation = decided(client, found, "give-up", reason="Entered by hand")
    assert (status, operation.state, operation.decision_note) == (302, OperationState.CANCELLED, "Entered by hand")
    dispatched(after=7200)
    assert writes(agora) == 1
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.email, entry.detail["note"]) == (
        "operation.cancelled",
        "ann@reseller.example",
        "Entered by hand",
    )


def test_c11_what_is_proven_absent_is_sent_again_by_an_approver(
    agora: RunningSandbox, absent: Operation, signed_in: SignedIn
) -> None:
    assert (absent.state, absent.reason, created(agora)) == (OperationState.REVIEW, "not-there", [])
    status, operation = decided(signed_in("approver"), absent, "send-again", reason="Not in the console either")
    assert (status, operation.state) == (302, OperationState.QUEUED)
    dispatched(after=1010)
    operation.refresh_from_db()
    assert (operation.state, created(agora)) == (OperationState.DONE, ["company"])


def test_c21_what_has_not_settled_is_not_sent_again(
    agora: RunningSandbox, found: Operation, signed_in: SignedIn
) -> None:
    values = {"seen": found.version, "reason": "None of these"}
    page = signed_in("approver").post(f"/onboarding/{found.pk}/send-again/", values).content.decode()
    found.refresh_from_db()
    assert found.state == OperationState.REVIEW
    assert "It may still appear at Agora, so it cannot be sent again yet." in page
    assert "None of these</textarea>" in page


@pytest.mark.parametrize("what", ["adopt", "give-up", "send-again"])
def test_what_has_changed_since_it_was_shown_is_not_decided_and_nothing_typed_is_lost(
    what: str, agora: RunningSandbox, absent: Operation, signed_in: SignedIn
) -> None:
    now = timezone.now()
    Company.objects.create(company_id="70", name="Acme Learning", first_seen_at=now, last_seen_at=now)
    values = {"seen": absent.version - 1, "remote_id": "70", "reason": "I looked for long"}
    answer = signed_in("admin").post(f"/onboarding/{absent.pk}/{what}/", values)
    absent.refresh_from_db()
    page = answer.content.decode()
    assert (absent.state, MOVED_ON in page, "I looked for long</textarea>" in page) == (
        OperationState.REVIEW,
        True,
        True,
    )
    assert f'name="seen" value="{absent.version}"' in page


def test_a_decision_that_does_not_say_what_was_shown_is_none(
    agora: RunningSandbox, absent: Operation, signed_in: SignedIn
) -> None:
    signed_in("operator").post(f"/onboarding/{absent.pk}/give-up/", {"reason": "So it is"})
    absent.refresh_from_db()
    assert absent.state == OperationState.REVIEW


def test_of_two_people_who_decide_the_second_reads_what_the_first_did(
    agora: RunningSandbox, absent: Operation, signed_in: SignedIn
) -> None:
    seen = absent.version
    decided(signed_in("operator"), absent, "give-up", reason="Not wanted")
    values = {"seen": seen, "reason": "Wanted, I think"}
    answer = signed_in("approver").post(f"/onboarding/{absent.pk}/send-again/", values)
    absent.refresh_from_db()
    page = answer.content.decode()
    assert (answer.status_code, absent.state) == (200, OperationState.CANCELLED)
    assert [words in page for words in (MOVED_ON, "Not wanted", "Wanted, I think")] == [True] * 3


def test_looking_again_has_the_list_read_at_once(agora: RunningSandbox, absent: Operation, signed_in: SignedIn) -> None:
    client = signed_in("operator")
    answer = client.post(f"/onboarding/{absent.pk}/look-again/", follow=True)
    assert "Agora&#x27;s list is read again now; what it brings appears here." in answer.content.decode()
    now = timezone.now()
    absent.refresh_from_db()
    assert absent.next_action_at is not None
    assert absent.next_action_at <= now


@pytest.mark.parametrize("what", ["cancel", "retry", "look-again", "send-again", "give-up", "adopt"])
@pytest.mark.parametrize("role", ["viewer", "finance"])
def test_whoever_may_not_create_decides_nothing(
    what: str, role: str, agora: RunningSandbox, absent: Operation, signed_in: SignedIn
) -> None:
    status, operation = decided(signed_in(role), absent, what, remote_id="5", reason="So it is")
    assert (status, operation.state) == (403, OperationState.REVIEW)


def test_S6_sending_again_needs_somebody_who_approves(
    agora: RunningSandbox, absent: Operation, signed_in: SignedIn
) -> None:
    status, operation = decided(signed_in("operator"), absent, "send-again", reason="So it is")
    assert (status, operation.state) == (403, OperationState.REVIEW)


@pytest.mark.parametrize("what", ["cancel", "retry", "look-again", "send-again", "give-up", "adopt"])
def test_looking_decides_nothing(what: str, agora: RunningSandbox, absent: Operation, signed_in: SignedIn) -> None:
    assert signed_in("admin").get(f"/onboarding/{absent.pk}/{what}/").status_code == 405
