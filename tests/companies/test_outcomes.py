"""What each outcome of a call means for its operation, against a server that does what it is told (rows C11 to C32)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from companies.models import Company, Operation, OperationState
from companies.services import sending
from polling.models import PollSlot, Stream
from polling.services import slots
from polling.services.reading import open_reader
from sandbox.faults import Fault, Match
from tests.companies.conftest import company_draft, created, dispatched, writes
from tests.sandbox_server import RunningSandbox

POST = Match(method="POST")
KONG_BUSY = '{"message":"API rate limit exceeded"}'

Submitted = Callable[..., Operation]


def sent(operation: Operation, after: float = 0.0) -> Operation:
    """The operation after one round of the dispatcher."""
    dispatched(after)
    operation.refresh_from_db()
    return operation


@pytest.mark.parametrize(
    ("fault", "times_created"),
    [
        ({"action": "drop_before"}, 0),
        ({"action": "drop_after"}, 1),
        ({"action": "reset"}, 1),
        ({"action": "cut_body", "sent_bytes": 9}, 1),
        ({"action": "empty"}, 1),
        ({"action": "html"}, 1),
        ({"action": "body", "body": "{}"}, 1),
        ({"action": "body", "body": '{"id": null, "name": "Acme Learning"}'}, 1),
        ({"action": "body", "body": '{"id": "x", "name": "Acme Learning"}'}, 1),
        ({"action": "body", "body": '{"id": 1180591620717411303424, "name": "Acme Learning"}'}, 1),
        ({"action": "body", "body": '{"id": 5, "name": "Somebody else"}'}, 1),
        ({"action": "body", "body": '{"id": 5, "name": "Acme'}, 1),
        ({"action": "redirect", "status": 307, "location": "/v1/resellers/companies"}, 0),
        ({"action": "redirect", "status": 301, "location": "http://127.0.0.1:9/"}, 0),
        ({"action": "status", "status": 500}, 0),
        ({"action": "status", "status": 502, "processed": True}, 1),
        ({"action": "status", "status": 503}, 0),
        ({"action": "status", "status": 504, "processed": True}, 1),
        ({"action": "status", "status": 408}, 0),
        ({"action": "status", "status": 409}, 0),
        ({"action": "status", "status": 429, "body": '{"message": "slow down"}', "processed": True}, 1),
    ],
)
def test_c20_to_c32_an_answer_that_proves_nothing_is_never_sent_again(
    fault: dict[str, Any], times_created: int, agora: RunningSandbox, submitted: Submitted
) -> None:
    agora.sandbox.faults.order(Fault(match=POST, **fault))
    operation = sent(submitted())
    dispatched(after=7200)
    operation.refresh_from_db()
    assert (operation.state, writes(agora)) == (OperationState.UNCERTAIN, 1)
    assert created(agora) == ["company"] * times_created


def test_c21_a_call_that_takes_too_long_has_an_unknown_outcome(
    agora: RunningSandbox, submitted: Submitted, settings: Any
) -> None:
    settings.AGORA_READ_TIMEOUT = 0.3
    agora.sandbox.faults.order(Fault(action="delay", match=POST, seconds=1.5))
    assert sent(submitted()).state == OperationState.UNCERTAIN


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (400, '{"message": "something else is wrong"}', "something else is wrong"),
        (400, '["<b>", "no"]', '["<b>", "no"]'),
        (404, '{"message": "not here"}', "not here"),
        (403, '{"message": "no permission"}', "no permission"),
        (422, "plain words", "plain words"),
        (400, "x" * 1_000_000, "x" * 4096),
    ],
)
def test_c27_c30_a_definite_no_is_kept_with_its_words(
    status: int, body: str, message: str, agora: RunningSandbox, submitted: Submitted
) -> None:
    agora.sandbox.faults.order(Fault(action="status", match=POST, status=status, body=body))
    operation = sent(submitted())
    assert (operation.state, operation.message) == (OperationState.REFUSED, message)
    assert operation.attempts.get().status == status


def test_c30_no_permission_alarms(agora: RunningSandbox, submitted: Submitted, caplog: Any) -> None:
    agora.sandbox.faults.order(Fault(action="status", match=POST, status=403, body='{"message": "no"}'))
    sent(submitted())
    assert [record.levelname for record in caplog.records if record.name.startswith("companies")] == ["ERROR"]


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:9", "https://agora.invalid"])
def test_c19_a_server_that_is_not_reached_gets_it_later(
    base_url: str, agora: RunningSandbox, submitted: Submitted, settings: Any
) -> None:
    settings.AGORA_BASE_URL, up = base_url, settings.AGORA_BASE_URL
    operation = sent(submitted())
    assert (operation.state, operation.reason) == (OperationState.RETRY_WAIT, "not-sent")
    settings.AGORA_BASE_URL = up
    assert sent(operation, after=60).state == OperationState.DONE
    assert created(agora) == ["company"]


def test_used_up_tries_wait_for_a_person(agora: RunningSandbox, submitted: Submitted, settings: Any) -> None:
    settings.AGORA_BASE_URL = "http://127.0.0.1:9"
    operation = submitted()
    for number in range(8):
        dispatched(after=2000 * number)
    operation.refresh_from_db()
    assert (operation.state, operation.attempt_no, operation.next_action_at) == (OperationState.RETRY_WAIT, 5, None)


@pytest.mark.parametrize(
    ("retry_after", "least", "most"),
    [("5", 5, 5), ("-1", 1, 1), ("1000000000", 3600, 3600), ("abc", 11, 19)],
)
def test_c31_a_pause_that_agora_asks_for_is_kept(
    retry_after: str, least: float, most: float, agora: RunningSandbox, submitted: Submitted
) -> None:
    headers = {"Retry-After": retry_after}
    agora.sandbox.faults.order(Fault(action="status", match=POST, status=429, body=KONG_BUSY, headers=headers))
    now = timezone.now()
    operation = submitted(now=now)
    sending.send_operation(operation.pk, clock=lambda: now)
    operation.refresh_from_db()
    wait = (operation.next_action_at - now).total_seconds() if operation.next_action_at else None
    assert operation.state == OperationState.RETRY_WAIT
    assert wait is not None
    assert least <= wait <= most


def test_c31_a_pause_holds_every_create_and_counts_as_no_try(agora: RunningSandbox, submitted: Submitted) -> None:
    agora.sandbox.faults.order(
        Fault(action="status", match=POST, status=429, body=KONG_BUSY, headers={"Retry-After": "60"})
    )
    first = sent(submitted())
    second = sent(submitted(company_draft(email="other@acme.example")))
    assert (first.state, first.tries) == (OperationState.RETRY_WAIT, 1)
    assert (second.state, second.tries) == (OperationState.QUEUED, 0)
    assert writes(agora) == 1


def test_c26_an_email_address_in_use_is_refused_at_its_field(agora: RunningSandbox, submitted: Submitted) -> None:
    sent(submitted())
    operation = sent(submitted())
    assert (operation.state, operation.message_field) == (OperationState.REFUSED, "email")
    assert created(agora) == ["company"]


def test_c26_an_email_address_in_use_after_a_busy_gateway_may_be_our_own(
    agora: RunningSandbox, submitted: Submitted
) -> None:
    agora.sandbox.faults.order(Fault(action="status", match=POST, status=429, body=KONG_BUSY, processed=True))
    operation = sent(submitted())
    assert operation.state == OperationState.RETRY_WAIT
    operation = sent(operation, after=60)
    assert (operation.state, operation.reason) == (OperationState.UNCERTAIN, "used-before")
    assert created(agora) == ["company"]


def test_c26_an_email_address_in_use_after_a_server_that_was_down_is_refused(
    agora: RunningSandbox, submitted: Submitted, settings: Any
) -> None:
    sent(submitted())
    settings.AGORA_BASE_URL, up = "http://127.0.0.1:9", settings.AGORA_BASE_URL
    operation = sent(submitted())
    settings.AGORA_BASE_URL = up
    assert sent(operation, after=60).state == OperationState.REFUSED


def test_c11_an_attempt_that_was_never_written_ends_as_unknown(agora: RunningSandbox, submitted: Submitted) -> None:
    operation = submitted()
    client = open_reader().client
    sending.claim(operation, sending.prepare(client, operation.draft()), now=timezone.now())
    assert sent(operation, after=60).state == OperationState.SENDING
    operation = sent(operation, after=121)
    assert (operation.state, operation.reason, writes(agora)) == (OperationState.UNCERTAIN, "lost", 0)


def test_c12_an_answer_that_was_never_stored_ends_as_unknown(agora: RunningSandbox, submitted: Submitted) -> None:
    operation, client = submitted(), open_reader().client
    call = sending.prepare(client, operation.draft())
    sending.claim(operation, call, now=timezone.now())
    sending.outcome(client, call, operation.draft(), timezone.now)
    assert sent(operation, after=121).state == OperationState.UNCERTAIN
    dispatched(after=7200)
    assert created(agora) == ["company"]


def test_c17_a_late_confirmation_settles_the_operation(agora: RunningSandbox, submitted: Submitted) -> None:
    operation, client = submitted(), open_reader().client
    call = sending.prepare(client, operation.draft())
    attempt = sending.claim(operation, call, now=timezone.now())
    verdict = sending.outcome(client, call, operation.draft(), timezone.now)
    dispatched(after=121)
    assert attempt is not None
    sending.record(operation, attempt, verdict, now=timezone.now())
    operation.refresh_from_db()
    assert (operation.state, operation.evidence) == (OperationState.DONE, "late-reply")
    assert Company.objects.get().company_id == operation.result_remote_id
    assert created(agora) == ["company"]


def test_c17_a_late_refusal_settles_nothing(agora: RunningSandbox, submitted: Submitted) -> None:
    agora.sandbox.faults.order(Fault(action="status", match=POST, status=400, body="no"))
    operation, client = submitted(), open_reader().client
    call = sending.prepare(client, operation.draft())
    attempt = sending.claim(operation, call, now=timezone.now())
    verdict = sending.outcome(client, call, operation.draft(), timezone.now)
    dispatched(after=121)
    assert attempt is not None
    sending.record(operation, attempt, verdict, now=timezone.now())
    operation.refresh_from_db()
    assert operation.state == OperationState.UNCERTAIN


def test_an_id_that_belongs_to_another_operation_is_never_linked_twice(
    agora: RunningSandbox, submitted: Submitted
) -> None:
    first = sent(submitted())
    body = f'{{"id": {first.result_remote_id}, "name": "Acme Learning"}}'
    agora.sandbox.faults.order(Fault(action="body", match=POST, body=body))
    second = sent(submitted(company_draft(email="other@acme.example")))
    assert (second.state, second.reason) == (OperationState.UNCERTAIN, "taken")


def test_c36_codes_in_text_and_a_name_in_another_case_confirm_and_are_told(
    agora: RunningSandbox, submitted: Submitted
) -> None:
    body = (
        '{"id": "77", "name": " ACME learning ", "country": "de", "area": "non-cn", "appLimit": "9", "industry": "12"}'
    )
    agora.sandbox.faults.order(Fault(action="body", match=POST, body=body))
    operation = sent(submitted())
    assert operation.state == OperationState.DONE
    assert operation.differences == [["company_name", "Acme Learning", " ACME learning "], ["app_limit", "10", "9"]]


def test_every_move_of_an_operation_has_one_audit_entry(agora: RunningSandbox, submitted: Submitted) -> None:
    operation = sent(submitted())
    entries = AuditEntry.objects.filter(object_id=str(operation.pk)).order_by("pk")
    assert [entry.action for entry in entries] == ["operation.submitted", "operation.sending", "operation.done"]
    assert {entry.request_id for entry in entries[1:]} == {operation.x_request_id}


def test_the_signed_request_is_stored_before_it_is_written(agora: RunningSandbox, submitted: Submitted) -> None:
    operation = sent(submitted())
    (entry,) = [entry for entry in agora.sandbox.truth.entries() if entry.method == "POST"]
    attempt = operation.attempts.get()
    assert (attempt.x_request_id, attempt.x_date) == (entry.request_id, entry.x_date)


def test_nothing_is_sent_before_it_is_due(agora: RunningSandbox, submitted: Submitted) -> None:
    operation = submitted(now=timezone.now() + dt.timedelta(hours=1))
    assert (sent(operation).state, writes(agora)) == (OperationState.QUEUED, 0)


@pytest.mark.parametrize("answer", ["pass", "drop_after"])
def test_the_list_is_read_soon_in_which_a_create_appears(
    agora: RunningSandbox, submitted: Submitted, answer: str
) -> None:
    later = timezone.now() + dt.timedelta(hours=1)
    slots.expect_lists(stream=Stream.COMPANIES, scopes=[""], now=later)
    agora.sandbox.faults.order(Fault(action=answer, match=Match(method="POST")))

    sent(submitted())

    slot = PollSlot.objects.get(stream=Stream.COMPANIES)
    assert slot.next_attempt_at is not None
    assert slot.next_attempt_at < later - dt.timedelta(minutes=50)
