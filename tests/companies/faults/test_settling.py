"""What was interrupted or left open is looked for until it is found or proven absent (C10 to C40)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from accounts.models import Person
from agora.client import ResellerClient
from companies.models import OperationState
from companies.services import decisions, refresh, settling
from polling.services.reading import Reader, open_reader
from sandbox.faults import Fault, Match
from tests.companies.conftest import dispatched, writes
from tests.companies.faults.conftest import SETTLED, Submitted, Thing, approved, at, made, read_list, seen
from tests.companies.worker import Worker
from tests.sandbox_server import RunningSandbox

POST = Match(method="POST")
LISTS = Match(method="GET")


@pytest.fixture
def impatient() -> Reader:
    """A way to Agora that repeats a failed reading without a pause."""
    reader = open_reader()
    transport = replace(reader.client.transport, sleep=lambda seconds: None)
    return Reader(client=ResellerClient(transport=transport), gate=reader.gate)


def lag_of_lists(agora: RunningSandbox) -> None:
    """Keep what is created from now on out of the lists, until `list_now`."""
    agora.sandbox.world.list_lag = 1e9


def list_now(agora: RunningSandbox) -> None:
    """Let the lists show everything that was created."""
    for remote_id in made(agora):
        agora.sandbox.world.hide(int(remote_id) if remote_id.isdigit() else remote_id, 0)


def test_c10_what_was_only_prepared_is_queued_when_its_lease_ends_and_sent_once(
    thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation = submitted(thing.draft)
    Worker(operation=operation).up_to("sign")
    assert seen(operation, after=50).state == OperationState.PREPARING
    operation = seen(operation, after=61)
    assert (operation.state, len(made(agora))) == (OperationState.DONE, 1)


def test_c11_what_was_never_written_is_proven_absent_and_sent_again_by_a_person(
    thing: Thing, agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    operation = submitted(thing.draft)
    Worker(operation=operation).up_to("begin")
    assert seen(operation, after=119).state == OperationState.SENDING
    operation = seen(operation, after=121)
    assert (operation.state, operation.reason, writes(agora)) == (OperationState.UNCERTAIN, "lost", 0)
    assert seen(operation, after=700).state == OperationState.UNCERTAIN
    operation = seen(operation, after=SETTLED)
    assert (operation.state, operation.candidates) == (OperationState.REVIEW, [])
    operation = approved(operation, person("approver"))
    assert (operation.state, len(made(agora))) == (OperationState.DONE, 1)


def test_c12_an_answer_that_was_never_stored_is_found_and_confirmed_by_a_person(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    operation = submitted(listed_thing.draft)
    Worker(operation=operation).up_to("write")
    assert seen(operation, after=121).state == OperationState.UNCERTAIN
    operation = seen(operation, after=302)
    assert (operation.state, operation.candidates) == (OperationState.REVIEW, made(agora))
    decisions.adopt(
        operation=operation,
        seen=operation.version,
        remote_id=made(agora)[0],
        reason="Seen in the console",
        by=person("operator"),
        now=at(303),
    )
    dispatched(after=7200)
    assert (seen(operation).state, len(made(agora))) == (OperationState.DONE, 1)


def test_c16_a_writer_that_was_held_up_writes_nothing(
    thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    worker = Worker(operation=submitted(thing.draft)).up_to("begin")
    assert worker.call is not None
    worker.call = replace(worker.call, signed_monotonic=worker.call.signed_monotonic - 20.5)
    assert (worker.write().reason, writes(agora)) == ("too-late", 0)


def test_c16_a_write_that_was_forced_all_the_same_is_refused_for_its_date(
    thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    worker = Worker(operation=submitted(thing.draft)).up_to("begin")
    agora.sandbox.clock.offset = 302.0
    assert (worker.write().reason, made(agora)) == ("clock", [])
    worker.record()


def test_a_worker_whose_signature_got_too_old_says_so_when_nobody_took_over(
    thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    worker = Worker(operation=submitted(thing.draft)).up_to("begin")
    assert worker.call is not None
    worker.call = replace(worker.call, signed_monotonic=worker.call.signed_monotonic - 20.5)
    worker.write()
    worker.record()
    operation = seen(worker.operation)
    assert (operation.state, operation.reason) == (OperationState.RETRY_WAIT, "too-late")
    operation = seen(operation, after=30)
    assert (operation.state, len(made(agora))) == (OperationState.DONE, 1)


@pytest.mark.parametrize("after", [121, 302, SETTLED])
def test_c17_a_confirmation_that_comes_late_settles_the_operation(
    after: float, thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    worker = Worker(operation=submitted(thing.draft)).up_to("write")
    dispatched(after=121)
    assert seen(worker.operation, after=after).state in (OperationState.UNCERTAIN, OperationState.REVIEW)
    worker.record()
    operation = seen(worker.operation)
    assert (operation.state, operation.evidence) == (OperationState.DONE, "late-reply")
    dispatched(after=7200)
    assert len(made(agora)) == 1


def test_c17_a_refusal_that_comes_late_settles_nothing(
    thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    agora.sandbox.faults.order(Fault(action="status", match=POST, status=400, body="no"))
    worker = Worker(operation=submitted(thing.draft)).up_to("write")
    dispatched(after=121)
    worker.record()
    assert seen(worker.operation).state == OperationState.UNCERTAIN


def test_c17_a_confirmation_of_an_attempt_before_the_last_is_shown_and_not_followed(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    lag_of_lists(agora)
    agora.sandbox.faults.order(Fault(action="status", match=Match(method="POST", nth=2), status=500))
    worker = Worker(operation=submitted(listed_thing.draft)).up_to("write")
    dispatched(after=121)
    operation = seen(worker.operation, after=SETTLED)
    operation = approved(operation, person("approver"))
    assert operation.state == OperationState.UNCERTAIN
    worker.record()
    assert seen(operation).state == OperationState.UNCERTAIN
    list_now(agora)
    operation = seen(operation, after=2 * SETTLED)
    assert (operation.state, operation.candidates) == (OperationState.REVIEW, made(agora))


@pytest.mark.parametrize("minutes", [1, 5, 11])
def test_c33_a_list_that_lags_offers_no_sending_again_before_it_shows_everything(
    minutes: int, listed_thing: Thing, agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    lag_of_lists(agora)
    agora.sandbox.faults.order(Fault(action="drop_after", match=POST))
    operation = seen(submitted(listed_thing.draft), after=0)
    for seconds in range(0, 60 * minutes, 20):
        operation = seen(operation, after=seconds)
        assert operation.state == OperationState.UNCERTAIN
        with pytest.raises(decisions.StateChangedError):
            approved(operation, person("approver"), after=seconds)
    list_now(agora)
    operation = seen(operation, after=SETTLED)
    assert (operation.state, operation.candidates) == (OperationState.REVIEW, made(agora))


def test_a_candidate_that_is_found_early_does_not_let_a_person_send_again_before_it_settles(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_after", match=POST))
    operation = seen(seen(submitted(listed_thing.draft), after=0), after=6)
    assert operation.state == OperationState.REVIEW
    with pytest.raises(decisions.NotSettledError):
        approved(operation, person("approver"), after=700)
    assert seen(operation, after=SETTLED).settled_at is not None


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "status", "status": 500},
        {"action": "status", "status": 429, "body": '{"message":"API rate limit exceeded"}'},
        {"action": "status", "status": 403, "body": '{"message":"no permission"}'},
        {"action": "cut_body", "sent_bytes": 20},
        {"action": "drop_after"},
        {"action": "html"},
        {"action": "empty"},
        {"action": "body", "body": "{}"},
        {"action": "body", "body": '{"rows": 5, "count": 0}'},
        {"action": "body", "body": '{"rows": [], "count": 3}'},
    ],
    ids=lambda fault: "-".join(str(value)[:24] for value in fault.values()),
)
def test_c37_a_list_that_cannot_be_read_whole_proves_nothing(
    fault: dict[str, Any], listed_thing: Thing, agora: RunningSandbox, submitted: Submitted, impatient: Reader
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_after", match=POST))
    operation = seen(submitted(listed_thing.draft), after=0)
    agora.sandbox.faults.order(Fault(match=LISTS, times=0, **fault))
    impatient.clock = lambda: at(SETTLED)
    settling.settle_through(impatient, [seen(operation)])
    assert (seen(operation).state, seen(operation).settled_at) == (OperationState.UNCERTAIN, None)
    agora.sandbox.faults.clear()
    operation = seen(operation, after=SETTLED + 120)
    assert (operation.state, operation.candidates) == (OperationState.REVIEW, made(agora))


def test_c37_a_list_that_keeps_changing_proves_nothing(
    agora: RunningSandbox, submitted: Submitted, impatient: Reader
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_before", match=POST))
    operation = seen(submitted(), after=0)
    world = agora.sandbox.world
    agora.sandbox.faults.order(Fault(action="pass", match=LISTS, times=0, then=lambda: world.add_companies(1)))
    impatient.clock = lambda: at(SETTLED)
    settling.settle_through(impatient, [seen(operation)])
    assert (seen(operation).state, seen(operation).settled_at) == (OperationState.UNCERTAIN, None)


def test_c37_a_list_that_cannot_be_read_for_a_day_is_told_to_people(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted, impatient: Reader
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_after", match=POST))
    operation = seen(submitted(listed_thing.draft), after=0)
    agora.sandbox.faults.order(Fault(match=LISTS, times=0, action="status", status=500))
    impatient.clock = lambda: at(24 * 3600 + 60)
    settling.settle_through(impatient, [seen(operation)])
    operation = seen(operation)
    assert (operation.state, operation.reason) == (OperationState.REVIEW, "not-listed")
    assert operation.settled_at is None
    agora.sandbox.faults.clear()
    operation = seen(operation, after=25 * 3600)
    assert (operation.candidates, operation.settled_at is not None) == (made(agora), True)


def test_a_reading_that_began_before_it_settled_proves_nothing(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_before", match=POST))
    operation = seen(submitted(listed_thing.draft), after=0)
    reader = open_reader()
    reader.clock = lambda: at(700)
    refresh.read_again(reader, operation.kind, operation.company_id, confirm=True)
    assert seen(operation).state == OperationState.UNCERTAIN


@pytest.mark.parametrize("minutes", [8, 11])
def test_c40_what_agora_creates_long_after_the_answer_is_found(
    minutes: int, listed_thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    lag_of_lists(agora)
    agora.sandbox.faults.order(Fault(action="status", match=POST, status=504, processed=True))
    operation = seen(submitted(listed_thing.draft), after=0)
    assert seen(operation, after=60 * minutes - 1).state == OperationState.UNCERTAIN
    list_now(agora)
    assert seen(operation, after=SETTLED).candidates == made(agora)


@pytest.mark.parametrize("after", [SETTLED + 10, 20 * 24 * 3600])
def test_c40_what_appears_after_it_was_given_up_comes_back_to_people(
    after: float, listed_thing: Thing, agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    lag_of_lists(agora)
    agora.sandbox.faults.order(Fault(action="drop_after", match=POST))
    operation = seen(seen(submitted(listed_thing.draft), after=0), after=SETTLED)
    assert (operation.state, operation.reason) == (OperationState.REVIEW, "not-there")
    by = person("operator")
    decisions.give_up(operation=operation, seen=operation.version, reason="By hand", by=by, now=at(SETTLED + 1))
    list_now(agora)
    read_list(operation, after)
    operation = seen(operation)
    assert (operation.state, operation.reason) == (OperationState.REVIEW, "orphan")
    assert operation.candidates == made(agora)


def test_c40_what_appears_after_it_was_refused_comes_to_people(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    agora.sandbox.faults.order(Fault(action="status", match=POST, status=400, body="no", processed=True))
    operation = seen(submitted(listed_thing.draft), after=0)
    assert operation.state == OperationState.REFUSED
    read_list(operation, 3600)
    assert (seen(operation).state, seen(operation).candidates) == (OperationState.REVIEW, made(agora))
