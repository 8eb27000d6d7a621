"""Processes that are really killed, or stopped and continued, at every step of a create (C6, C10 to C12, C16, C17)."""

import signal
import time
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Person
from companies.models import Operation, OperationState
from sandbox.faults import Fault, Match
from tests.companies.conftest import company_values, created, dispatched, operation_after, writes
from tests.companies.faults.conftest import SETTLED, Submitted, Thing, made, seen
from tests.companies.faults.processes import begun, continued, killed, stopped
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)
POST = Match(method="POST")
URL = "/companies/create/"


@pytest.mark.parametrize("step", ["claim", "sign"])
def test_c10_what_a_killed_worker_had_only_prepared_is_sent_once(
    step: str, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation = submitted()
    killed(agora, f"work({operation.pk}, {step!r}, 'SIGKILL')")
    assert seen(operation).state == OperationState.PREPARING
    operation = seen(operation, after=61)
    assert (operation.state, len(made(agora))) == (OperationState.DONE, 1)


def test_c11_what_a_killed_worker_had_committed_and_not_written_was_not_created(
    thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation = submitted(thing.draft)
    killed(agora, f"work({operation.pk}, 'begin', 'SIGKILL')")
    assert seen(operation).state == OperationState.SENDING
    assert seen(operation, after=121).state == OperationState.UNCERTAIN
    operation = seen(operation, after=SETTLED)
    assert (operation.state, operation.candidates, writes(agora)) == (OperationState.REVIEW, [], 0)


@pytest.mark.parametrize("is_created", [False, True])
def test_c12_a_worker_that_is_killed_during_the_call_leaves_it_unknown(
    is_created: bool, thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation, workers = submitted(thing.draft), []
    agora.sandbox.faults.order(
        Fault(action="drop_after", match=POST, processed=is_created, seconds=0.3, then=lambda: workers[0].kill())
    )
    workers.append(begun(agora, f"work({operation.pk}, 'record', '')"))
    assert workers[0].wait(timeout=60) == -signal.SIGKILL
    assert seen(operation).state == OperationState.SENDING
    dispatched(after=121)
    operation = seen(operation, after=SETTLED)
    candidates = made(agora) if thing.is_listed else []
    assert (operation.state, operation.candidates) == (OperationState.REVIEW, candidates)
    assert len(made(agora)) == is_created


def test_c12_a_worker_that_is_killed_before_it_stored_the_answer_leaves_it_unknown(
    thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation = submitted(thing.draft)
    killed(agora, f"work({operation.pk}, 'write', 'SIGKILL')")
    dispatched(after=121)
    operation = seen(operation, after=SETTLED)
    assert (operation.state, writes(agora)) == (OperationState.REVIEW, 1)


@pytest.mark.parametrize("lease_ends", [False, True])
def test_c16_a_worker_that_is_stopped_before_it_writes_does_not_write_any_more(
    lease_ends: bool, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation = submitted()
    process = stopped(agora, f"work({operation.pk}, 'begin', 'SIGSTOP', write_within=0.3)")
    if lease_ends:
        dispatched(after=121)
    time.sleep(0.4)
    continued(process)
    state = OperationState.UNCERTAIN if lease_ends else OperationState.RETRY_WAIT
    assert (seen(operation).state, writes(agora)) == (state, 0)


def test_c17_a_worker_that_is_stopped_with_the_answer_brings_it_late(
    thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation = submitted(thing.draft)
    process = stopped(agora, f"work({operation.pk}, 'write', 'SIGSTOP')")
    assert seen(operation, after=121).state == OperationState.UNCERTAIN
    continued(process)
    operation = seen(operation)
    assert (operation.state, operation.evidence, writes(agora)) == (OperationState.DONE, "late-reply", 1)


@pytest.mark.parametrize(("at", "stored"), [("before", 0), ("after", 1)])
def test_c6_a_form_whose_process_is_killed_is_stored_whole_or_not_at_all(
    at: str, stored: int, agora: RunningSandbox, person: Callable[..., Person], signed_in: Callable[..., Client]
) -> None:
    values = company_values()
    killed(agora, f"ask({person('operator').pk}, {URL!r}, {values!r}, {at!r})")
    assert Operation.objects.count() == stored
    operation_after(signed_in("operator"), URL, values)
    dispatched()
    assert created(agora) == ["company"]
