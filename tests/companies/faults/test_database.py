"""The database goes away at the worst moments: nothing is written without its commit, nothing twice (C13 to C15)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from companies.models import Operation, OperationState
from companies.services import sending
from sandbox.faults import Fault, Match
from tests.companies.conftest import dispatched, writes
from tests.companies.faults.conftest import SETTLED, Submitted, Thing, made, seen
from tests.companies.worker import Worker
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)
GONE = (OperationalError, InterfaceError)


@contextmanager
def database_gone() -> Iterator[None]:
    """Every write fails: PostgreSQL has ended the connection, SQLite's file is locked by somebody else."""
    if connection.vendor == "sqlite":
        with locked_file():
            yield
        return
    cursor = connection.cursor()
    cursor.execute("SELECT pg_backend_pid()")
    (process,) = cursor.fetchone()
    parameters = connection.get_connection_params()
    with psycopg.connect(
        **{name: parameters[name] for name in ("dbname", "user", "host", "port", "password") if parameters.get(name)}
    ) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [process])
    yield
    connection.close()


@contextmanager
def locked_file() -> Iterator[None]:
    connection.ensure_connection()
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    connection.cursor().execute("PRAGMA busy_timeout = 50")
    yield
    other.execute("ROLLBACK")
    other.close()
    connection.close()


def test_c13_without_the_commit_nothing_is_written(thing: Thing, agora: RunningSandbox, submitted: Submitted) -> None:
    worker = Worker(operation=submitted(thing.draft)).up_to("sign")
    with database_gone(), pytest.raises(GONE):
        worker.begin()
    assert (seen(worker.operation).state, writes(agora)) == (OperationState.PREPARING, 0)
    operation = seen(worker.operation, after=61)
    assert (operation.state, len(made(agora))) == (OperationState.DONE, 1)


def test_c14_a_commit_whose_acknowledgement_was_lost_counts_as_sent_and_is_not(
    thing: Thing, agora: RunningSandbox, submitted: Submitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(operation=submitted(thing.draft)).up_to("sign")
    commit = connection._commit

    def commit_and_lose_the_answer() -> None:
        commit()
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "_commit", commit_and_lose_the_answer)
        with pytest.raises(DatabaseError):
            worker.begin()
    assert seen(worker.operation).state == OperationState.SENDING
    dispatched(after=121)
    operation = seen(worker.operation, after=SETTLED)
    assert (operation.state, operation.candidates, writes(agora)) == (OperationState.REVIEW, [], 0)


def test_c15_a_confirmation_that_cannot_be_stored_is_found_later(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    worker = Worker(operation=submitted(listed_thing.draft)).up_to("write")
    with database_gone(), pytest.raises(GONE):
        worker.record()
    assert seen(worker.operation).state == OperationState.SENDING
    dispatched(after=121)
    operation = seen(worker.operation, after=SETTLED)
    assert (operation.state, operation.candidates) == (OperationState.REVIEW, made(agora))


def test_rule_1_what_agora_receives_is_committed_before(
    thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation, found = submitted(thing.draft), []

    def look() -> None:
        found.append(Operation.objects.get(pk=operation.pk))
        connection.close()

    agora.sandbox.faults.order(Fault(action="pass", match=Match(method="POST"), then=look))
    sending.send_operation(operation.pk)
    (entry,) = [entry for entry in agora.sandbox.truth.entries() if entry.method == "POST"]
    assert [(one.state, one.x_request_id, one.x_date) for one in found] == [
        (OperationState.SENDING, entry.request_id, entry.x_date)
    ]
