"""What each outcome of a call means for its operation, against a server that does what it is told (rows C12 to C36)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Person
from companies.models import Operation, OperationState
from companies.queries import may_be_retried
from companies.services import decisions, sending
from polling.models import PollSlot, Stream
from polling.services import slots
from sandbox.companies import Company as SandboxCompany
from sandbox.faults import Fault, Match
from tests.companies.conftest import company_draft, created, dispatched, writes
from tests.companies.faults.conftest import made
from tests.companies.truth import assert_told
from tests.companies.worker import Worker
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
    assert (operation.state, operation.reason, operation.attempt_no) == (OperationState.REVIEW, "tries-used-up", 5)
    assert may_be_retried(operation)


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


@pytest.fixture
def address_in_use(agora: RunningSandbox) -> None:
    """Somebody else has created a company for the address, which no list shows."""
    agora.sandbox.world.create_company(
        lambda number, place: SandboxCompany(
            id=number, place=place, name="Other", email="ann@acme.example", country="DE", area="Non-CN"
        )
    )


def test_c26_an_email_address_in_use_is_refused_at_its_field(
    address_in_use: None, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation = sent(submitted())
    assert (operation.state, operation.message_field, created(agora)) == (OperationState.REFUSED, "email", [])


def test_c26_an_email_address_in_use_after_a_busy_gateway_may_be_our_own(
    agora: RunningSandbox, submitted: Submitted
) -> None:
    agora.sandbox.faults.order(Fault(action="status", match=POST, status=429, body=KONG_BUSY, processed=True))
    operation = sent(submitted())
    assert operation.state == OperationState.RETRY_WAIT
    operation = sent(operation, after=30)
    assert (operation.state, operation.reason) == (OperationState.UNCERTAIN, "used-before")
    assert_told(agora.sandbox)
    operation = sent(operation, after=60)
    assert (operation.state, operation.reason, operation.candidates) == (OperationState.REVIEW, "found", made(agora))
    assert_told(agora.sandbox)


def test_c26_an_email_address_in_use_after_a_server_that_was_down_is_refused(
    address_in_use: None, agora: RunningSandbox, submitted: Submitted, settings: Any
) -> None:
    settings.AGORA_BASE_URL, up = "http://127.0.0.1:9", settings.AGORA_BASE_URL
    operation = sent(submitted())
    settings.AGORA_BASE_URL = up
    assert sent(operation, after=60).state == OperationState.REFUSED


def test_every_move_of_an_operation_has_one_audit_entry(agora: RunningSandbox, submitted: Submitted) -> None:
    operation = sent(submitted())
    entries = AuditEntry.objects.filter(object_id=str(operation.pk)).order_by("pk")
    assert [entry.action.removeprefix("operation.") for entry in entries] == [
        "submitted",
        "preparing",
        "sending",
        "done",
    ]
    assert {entry.request_id for entry in entries[2:]} == {operation.x_request_id}


def test_the_signed_request_is_stored_before_it_is_written(agora: RunningSandbox, submitted: Submitted) -> None:
    operation = sent(submitted())
    (entry,) = [entry for entry in agora.sandbox.truth.entries() if entry.method == "POST"]
    attempt = operation.attempts.get()
    assert (attempt.x_request_id, attempt.x_date) == (entry.request_id, entry.x_date)


def test_nothing_is_sent_before_it_is_due(agora: RunningSandbox, submitted: Submitted) -> None:
    operation = submitted(now=timezone.now() + dt.timedelta(hours=1))
    assert (sent(operation).state, writes(agora)) == (OperationState.QUEUED, 0)


def test_the_list_is_read_soon_in_which_a_create_appears(agora: RunningSandbox, submitted: Submitted) -> None:
    later = timezone.now() + dt.timedelta(hours=1)
    slots.expect_lists(stream=Stream.COMPANIES, scopes=[""], now=later)
    sent(submitted())
    slot = PollSlot.objects.get(stream=Stream.COMPANIES)
    assert slot.next_attempt_at is not None
    assert slot.next_attempt_at < later - dt.timedelta(minutes=50)


def test_c43_a_late_confirmation_of_an_id_that_a_person_gave_to_another_create_changes_nothing(
    agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    worker = Worker(operation=submitted()).up_to("write")
    agora.sandbox.faults.order(Fault(action="drop_before", match=POST))
    other = submitted(company_draft(email="other@acme.example"))
    dispatched()
    dispatched(after=121)
    other = sent(other, after=730)
    assert other.candidates == made(agora)
    by = person("operator")
    now, remote_id = timezone.now(), made(agora)[0]
    decisions.adopt(operation=other, seen=other.version, remote_id=remote_id, reason="Seen", by=by, now=now)
    worker.record()
    late = Operation.objects.get(pk=worker.operation.pk)
    assert (late.state, late.result_remote_id, late.attempts.get().outcome) == (OperationState.REVIEW, None, "taken")
