"""What travels through the broker is the number of an operation and nothing else."""

from collections.abc import Callable, Iterator

import pytest
from celery import current_app
from kombu.simple import SimpleQueue

from companies import tasks
from companies.models import Operation
from tests.companies.conftest import created
from tests.sandbox_server import RunningSandbox


@pytest.fixture
def creates() -> Iterator[SimpleQueue]:
    """The queue of creates, empty before and after."""
    with current_app.connection_for_read() as connection, connection.SimpleQueue("creates") as queue:
        queue.clear()
        yield queue
        queue.clear()


def arguments(queue: SimpleQueue) -> list[object]:
    message = queue.get(timeout=2)
    message.ack()
    return list(message.payload[0])


@pytest.mark.django_db(transaction=True)
def test_a_submitted_operation_wakes_a_worker_with_its_number(
    agora: RunningSandbox, creates: SimpleQueue, submitted: Callable[..., Operation]
) -> None:
    assert [submitted().pk] == arguments(creates)


def test_the_dispatcher_wakes_a_worker_for_everything_that_is_due(
    agora: RunningSandbox, creates: SimpleQueue, submitted: Callable[..., Operation]
) -> None:
    operation = submitted()
    tasks.dispatch_operations()
    assert arguments(creates) == [operation.pk]


def test_the_woken_worker_sends_the_operation(agora: RunningSandbox, submitted: Callable[..., Operation]) -> None:
    tasks.send_operation(submitted().pk)
    assert created(agora) == ["company"]
