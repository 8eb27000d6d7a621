"""A database that is locked, gone, full or read-only while a day is stored: waited for, or nothing happened (P25)."""

import datetime as dt
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, connection

from billing.services.poll import expect_daily_bills, read_daily_bill
from polling import queries
from polling.models import SlotState, Stream
from polling.services.reading import Reader
from tests.desk.polls.then import (
    BILL,
    HOUR,
    LEASE_IS_OVER,
    THEN,
    answer_page,
    bill_is,
    bill_line,
    bill_page,
    read_bill,
    slot,
    stored_bill,
)
from tests.polled import Portal

pytestmark = pytest.mark.django_db(transaction=True)
SQLITE = connection.vendor == "sqlite"
Broken = Callable[[], AbstractContextManager[None]]


def another() -> sqlite3.Connection | psycopg.Connection[tuple[object, ...]]:
    """Another connection to the database, each statement a transaction of its own."""
    if SQLITE:
        return sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, check_same_thread=False)
    names = ("dbname", "user", "host", "port", "password")
    parameters = connection.get_connection_params()
    return psycopg.connect(**{name: parameters[name] for name in names if parameters.get(name)}, autocommit=True)


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def gone() -> Iterator[None]:
    """SQLite's file is locked for longer than anybody waits; PostgreSQL has ended the connection."""
    other = another()
    if SQLITE:
        other.execute("BEGIN IMMEDIATE")
        run("PRAGMA busy_timeout = 50")
    else:
        with connection.cursor() as cursor:
            (process,) = cursor.execute("SELECT pg_backend_pid()").fetchone()
        other.execute(f"SELECT pg_terminate_backend({process})")
    yield
    other.close()
    connection.close()


@contextmanager
def read_only() -> Iterator[None]:
    """Nothing can be written."""
    run("PRAGMA query_only = ON" if SQLITE else "SET default_transaction_read_only = on")
    yield
    connection.close()


@contextmanager
def full() -> Iterator[None]:
    """There is no room for another line of a bill."""
    if SQLITE:
        run("VACUUM", "PRAGMA max_page_count = 1")  # SQLite takes the number of pages there are
    else:
        run(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$",
            "CREATE TRIGGER no_room BEFORE INSERT ON billing_dailybillline EXECUTE FUNCTION no_room()",
        )
    yield
    if not SQLITE:
        run("DROP TRIGGER no_room ON billing_dailybillline", "DROP FUNCTION no_room()")
    connection.close()


@contextmanager
def locked_for_a_moment() -> Iterator[None]:
    """Somebody else writes for half a second."""
    other = another()
    for statement in ["BEGIN IMMEDIATE"] if SQLITE else ["BEGIN", "LOCK TABLE billing_dailybillline IN EXCLUSIVE MODE"]:
        other.execute(statement)

    def end() -> None:
        time.sleep(0.5)
        other.execute("ROLLBACK")

    thread = threading.Thread(target=end)
    thread.start()
    yield
    thread.join()
    other.close()


def broken_before_storing(portal: Portal, how: Broken, until: ExitStack) -> Reader:
    """A reader whose database breaks after its last call and before it stores."""
    looks = iter((THEN + HOUR,))

    def clock() -> dt.datetime:
        if next(looks, None) is None:
            until.enter_context(how())
        return THEN + HOUR

    return portal.reader(clock=clock)


def hundred_lines(portal: Portal) -> None:
    bill_is(portal, *(bill_line(project=f"project {number:0200d}") for number in range(100)))


@pytest.mark.parametrize("how", [gone, read_only, full])
def test_p25_a_database_that_breaks_while_a_day_is_stored_has_stored_nothing_of_it(how: Broken, portal: Portal) -> None:
    read_bill(portal)
    before, complete_at = stored_bill(), slot().last_complete_at
    hundred_lines(portal)

    with ExitStack() as until, pytest.raises((DatabaseError, InterfaceError)):
        read_daily_bill(broken_before_storing(portal, how, until), BILL)

    assert (stored_bill(), slot().last_complete_at) == (before, complete_at)
    found = read_bill(portal, at=THEN + HOUR + LEASE_IS_OVER)
    assert (found.state, found.lease_token, len(stored_bill())) == (SlotState.COMPLETE, "", 100)


@pytest.mark.parametrize("how", [read_only, full])
def test_p25_the_first_reading_of_a_day_is_still_missing_after_the_database_broke(how: Broken, portal: Portal) -> None:
    hundred_lines(portal)
    expect_daily_bills(BILL, THEN)

    with ExitStack() as until, pytest.raises(DatabaseError):
        read_daily_bill(broken_before_storing(portal, how, until), BILL)

    assert (stored_bill(), slot().first_complete_at) == (set(), None)
    assert slot() in queries.missing(THEN + HOUR, streams=[Stream.DAILY_BILLS], days=None)


def test_p25_a_day_that_was_failing_is_failing_still_after_the_database_broke(portal: Portal) -> None:
    read_bill(portal)
    answer_page(portal, 1, bill_page(total=3), times=3)
    read_bill(portal, at=THEN + HOUR)
    portal.sandbox.faults.clear()
    hundred_lines(portal)

    with ExitStack() as until, pytest.raises(DatabaseError):
        read_daily_bill(broken_before_storing(portal, full, until), BILL)

    assert slot().state == SlotState.PARTIAL
    assert slot() in queries.missing(THEN + HOUR, streams=[Stream.DAILY_BILLS], days=None)


def test_p25_a_database_that_is_locked_for_a_moment_is_waited_for(portal: Portal) -> None:
    read_bill(portal)
    hundred_lines(portal)

    with ExitStack() as until:
        read_daily_bill(broken_before_storing(portal, locked_for_a_moment, until), BILL)

    assert (slot().state, len(stored_bill())) == (SlotState.COMPLETE, 100)
