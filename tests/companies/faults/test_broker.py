"""What the broker loses or doubles does not matter: the database says what is to be sent (C8, C9, C18, C29)."""

import signal
import subprocess
import sys
import threading
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from redis import Redis

from companies import tasks
from companies.models import Operation, OperationState
from companies.services import sending
from companies.services.dispatch import dispatch_operations
from sandbox.faults import Fault, Match
from tests.companies.conftest import company_draft, created, dispatched, writes
from tests.companies.faults.conftest import Submitted, Thing, at, made, seen
from tests.companies.faults.processes import environment
from tests.sandbox_server import KEY_ID, KEY_SECRET, RunningSandbox


def test_c8_a_message_that_comes_a_hundred_times_sends_once(
    thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation = submitted(thing.draft)
    for _ in range(100):
        tasks.send_operation(operation.pk)
    assert (seen(operation).state, len(made(agora)), writes(agora)) == (OperationState.DONE, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_c8_a_message_that_four_workers_get_at_once_sends_once(
    thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation, barrier = submitted(thing.draft), threading.Barrier(4)

    def receive() -> None:
        barrier.wait()
        sending.send_operation(operation.pk)
        connection.close()

    threads = [threading.Thread(target=receive) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (seen(operation).state, writes(agora)) == (OperationState.DONE, 1)


@pytest.mark.django_db(transaction=True)
def test_c9_what_the_broker_forgot_is_sent_by_the_next_round(
    thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation = submitted(thing.draft)
    with current_app.connection_for_read() as broker:
        client: Redis = broker.default_channel.client
        client.flushdb()
    operation = seen(operation, after=5)
    assert (operation.state, writes(agora)) == (OperationState.DONE, 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_c18_a_worker_that_is_asked_to_end_finishes_the_call(
    agora: RunningSandbox, submitted: Submitted, settings: Any
) -> None:
    workers: list[subprocess.Popen[bytes]] = []
    ask = Fault(
        action="delay", match=Match(method="POST"), seconds=2, then=lambda: workers[0].send_signal(signal.SIGTERM)
    )
    agora.sandbox.faults.order(ask)
    operation = submitted()
    command = ["-m", "celery", "-q", "-A", "reseller_portal", "worker", "-Q", "creates", "-P", "threads", "-c", "1"]
    workers.append(subprocess.Popen([sys.executable, *command, "-l", "ERROR"], env=environment(agora)))
    try:
        assert workers[0].wait(timeout=60) == 0
    finally:
        workers[0].kill()
    assert (seen(operation).state, created(agora)) == (OperationState.DONE, ["company"])


def test_c29_a_wrong_secret_costs_one_request_for_fifty_creates_and_then_each_is_sent_once(
    agora: RunningSandbox, submitted: Submitted, settings: Any
) -> None:
    settings.AGORA_KEYS = [(KEY_ID, "wrong")]
    for number in range(50):
        submitted(company_draft(email=f"{number}@acme.example", company_name=f"Acme {number}"))
    dispatched()
    states = set(Operation.objects.values_list("state", flat=True))
    assert (writes(agora), states) == (1, {OperationState.BLOCKED})
    settings.AGORA_KEYS = [(KEY_ID, KEY_SECRET)]
    for after in (31, 36):
        dispatched(after=after)
    states = set(Operation.objects.values_list("state", flat=True))
    assert (states, len(set(made(agora))), writes(agora)) == ({OperationState.DONE}, 50, 51)


def test_rule_15_a_round_that_is_done_twice_after_a_stop_changes_nothing_more(
    thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation = submitted(thing.draft)
    sending.claim(operation, now=at(0))
    first = dispatch_operations(now=at(61)), seen(operation).version
    second = dispatch_operations(now=at(61)), seen(operation).version
    assert first == second
    assert (seen(operation).state, first[0].to_send) == (OperationState.QUEUED, [operation.pk])


@pytest.mark.parametrize("task", [tasks.dispatch_operations, tasks.send_operation, tasks.settle_operation])
def test_rule_16_no_task_of_a_create_is_delivered_again_or_repeated(task: Any) -> None:
    assert (task.acks_late, task.max_retries, task.ignore_result) == (False, 0, True)
