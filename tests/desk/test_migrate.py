"""`manage.py migrate` beside processes that still run: it waits for a moment, and says what to do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from desk.management.commands import migrate

ON_POSTGRESQL = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


@contextmanager
def table_in_use() -> Iterator[None]:
    """Somebody else reads the ledger in a transaction that does not end."""
    begun, over = threading.Event(), threading.Event()

    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT count(*) FROM polling_pollrun")
            begun.set()
            over.wait(60)
            cursor.execute("ROLLBACK")
        connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    begun.wait(60)
    yield
    over.set()
    reader.join()


def test_p26_tables_that_are_up_to_date_stay_as_they_are(db: None) -> None:
    call_command("migrate", check_unapplied=True, verbosity=0)
    call_command("migrate", verbosity=0)


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_p26_a_table_that_stays_in_use_is_told_after_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "LONGEST_WAIT", "100ms")
    call_command("migrate", "polling", "0003", verbosity=0)
    try:
        with table_in_use(), pytest.raises(CommandError, match="stop the workers"):
            call_command("migrate", "polling", "zero", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)


@ON_POSTGRESQL
def test_p26_other_questions_wait_as_long_as_before(db: None) -> None:
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        assert cursor.execute("SHOW lock_timeout").fetchone() == ("0",)
