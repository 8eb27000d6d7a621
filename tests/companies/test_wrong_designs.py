"""What each wrong design of a create would do, seen from Agora: the least that the mutants must not survive."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import Person
from companies.models import Attempt, Operation, OperationState
from companies.services import decisions, sending
from companies.timing import times
from polling.services.reading import open_reader
from sandbox.faults import Fault, Match
from tests.companies.conftest import company_draft, created, dispatched, writes
from tests.sandbox_server import RunningSandbox

POST = Match(method="POST")
SETTLED = times().settles_after(0).total_seconds()
ROUNDS = (6, 31, 121, 301, 450, 600)
Submitted = Callable[..., Operation]


@pytest.fixture(params=["listed at once", "listed late"])
def agora_lists(request: pytest.FixtureRequest, agora: RunningSandbox) -> RunningSandbox:
    """Agora shows what was created at once, or not before all of this is over."""
    agora.sandbox.world.list_lag = 0.0 if request.param == "listed at once" else 3600.0
    return agora


def begun(operation: Operation) -> tuple[Any, Any, Attempt]:
    """An operation whose attempt is committed and not written: the reader, the signed request and the attempt."""
    reader = open_reader()
    assert sending.claim(operation, now=timezone.now())
    call = sending.signed(reader.client, operation.draft())
    attempt = sending.begin_attempt(operation, call, now=timezone.now())
    assert attempt
    return reader, call, attempt


def after_rounds(operation: Operation, *rounds: float) -> Operation:
    """The operation after rounds of the dispatcher, so many seconds from now."""
    for after in rounds:
        dispatched(after)
    operation.refresh_from_db()
    return operation


def test_an_attempt_that_nobody_answers_for_is_not_sent_again(
    agora_lists: RunningSandbox, submitted: Submitted
) -> None:
    operation = submitted()
    reader, call, _attempt = begun(operation)
    sending.outcome(reader, call, operation.draft())
    after_rounds(operation, *ROUNDS)
    assert (writes(agora_lists), created(agora_lists)) == (1, ["company"])


def test_an_attempt_of_unknown_outcome_is_not_sent_again(agora_lists: RunningSandbox, submitted: Submitted) -> None:
    agora_lists.sandbox.faults.order(Fault(action="drop_after", match=POST))
    after_rounds(submitted(), 0, *ROUNDS)
    assert (writes(agora_lists), created(agora_lists)) == (1, ["company"])


def test_a_429_that_is_not_marked_as_the_gateways_is_not_sent_again(
    agora_lists: RunningSandbox, submitted: Submitted
) -> None:
    agora_lists.sandbox.faults.order(
        Fault(action="status", status=429, body='{"message": "slow down"}', processed=True, match=POST)
    )
    after_rounds(submitted(), 0, *ROUNDS)
    assert (writes(agora_lists), created(agora_lists)) == (1, ["company"])


@pytest.mark.django_db(transaction=True)
def test_that_it_is_being_sent_is_committed_before_it_is_written(agora: RunningSandbox, submitted: Submitted) -> None:
    seen: list[tuple[str, list[str]]] = []

    def look() -> None:
        operation = Operation.objects.get()
        seen.append((operation.state, list(operation.attempts.values_list("x_request_id", flat=True))))
        connections.close_all()

    agora.sandbox.faults.order(Fault(action="pass", match=POST, then=look))
    submitted()
    dispatched()
    entry = next(entry for entry in agora.sandbox.truth.entries() if entry.method == "POST")
    assert seen == [("sending", [entry.request_id])]


def test_what_has_not_settled_cannot_be_sent_again(
    agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_after", match=POST))
    operation = after_rounds(submitted(), 0, 6)
    assert operation.state == OperationState.REVIEW
    approver = person("approver")
    with pytest.raises(decisions.NotSettledError):
        decisions.send_again(
            operation=operation, seen=operation.version, reason="It is not there", by=approver, now=timezone.now()
        )
    assert writes(agora) == 1


def test_an_absence_proves_nothing_before_it_has_settled(agora: RunningSandbox, submitted: Submitted) -> None:
    agora.sandbox.faults.order(Fault(action="drop_before", match=POST))
    operation = after_rounds(submitted(), 0, *ROUNDS, SETTLED - 5)
    assert (operation.state, operation.settled_at) == (OperationState.UNCERTAIN, None)
    operation = after_rounds(operation, SETTLED + 5)
    assert (operation.state, operation.candidates) == (OperationState.REVIEW, [])


def test_a_worker_that_was_held_up_writes_nothing(agora: RunningSandbox, submitted: Submitted) -> None:
    operation = submitted()
    reader, call, _attempt = begun(operation)
    held_up = replace(call, signed_monotonic=call.signed_monotonic - times().write_within - 1)
    verdict = sending.outcome(reader, held_up, operation.draft())
    assert (verdict.reason, writes(agora)) == ("too-late", 0)


def test_what_is_written_is_what_was_signed_and_committed(agora: RunningSandbox, submitted: Submitted) -> None:
    submitted()
    dispatched()
    attempt = Attempt.objects.get()
    entry = next(entry for entry in agora.sandbox.truth.entries() if entry.method == "POST")
    assert (entry.request_id, entry.x_date) == (attempt.x_request_id, attempt.x_date)


def test_a_single_candidate_is_shown_and_not_adopted(agora: RunningSandbox, submitted: Submitted) -> None:
    agora.sandbox.faults.order(Fault(action="drop_after", match=POST))
    operation = after_rounds(submitted(), 0, *ROUNDS)
    assert (operation.state, operation.result_remote_id, len(operation.candidates)) == (OperationState.REVIEW, None, 1)


def test_of_two_who_saw_the_same_operation_one_takes_it(agora: RunningSandbox, submitted: Submitted) -> None:
    first = submitted(company_draft())
    second = Operation.objects.get(pk=first.pk)
    assert [sending.claim(one, now=timezone.now()) for one in (first, second)] == [True, False]
