"""Replacing a day of bills: what is written, what a correction leaves behind, and what it costs the database."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from billing.fields import amount_of, units_of
from billing.models import BillRevision, DailyBillLine
from billing.services.replace import Amounts, added_up, replace_day
from polling.services.ingest import Texts
from tests.usage.known import FETCHED_AT, day

DAY = day("2026-09-01")

pytestmark = pytest.mark.django_db


def bill(lines: int, changed_every: int = 0) -> Amounts:
    """A day with so many lines, every so many of which cost another amount."""
    return {
        (str(10000 + n // 10), f"p{n}", "USD"): (100 * n + bool(changed_every and n % changed_every == 0), 1)
        for n in range(lines)
    }


def packed(project_id: str, units: int) -> str:
    return f"1\0{project_id}\0USD\0{units}"


def logged(amounts: Amounts, *, correct: bool = False) -> int:
    """The bytes that storing a day adds to the log of PostgreSQL."""
    before = log_position()
    with transaction.atomic():
        replace_day(DAY, amounts, correct=correct, now=FETCHED_AT)
    return log_position() - before


def log_position() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("amount", ["9999999999.12345678", "-0.00000001", "91999999999.99999999", "0", "100"])
def test_an_amount_is_as_many_units_and_back_again(amount: str) -> None:
    assert amount_of(units_of(Decimal(amount))) == Decimal(amount)


@pytest.mark.parametrize("amount", ["0.000000001", "92233720368.54775808"])
def test_an_amount_that_does_not_fit_is_refused(amount: str) -> None:
    with pytest.raises(ValidationError, match="fit"):
        units_of(Decimal(amount))


def test_lines_of_the_same_key_are_added_up_and_counted() -> None:
    lines = [packed("a", 10), packed("b", 500), packed("a", 20)]
    assert added_up(lines) == {("1", "a", "USD"): (30, 2), ("1", "b", "USD"): (500, 1)}


def test_a_sum_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValidationError, match="fit"):
        added_up([packed("a", 91 * 10**17), packed("a", 91 * 10**17)])


def test_lines_that_are_packed_are_stored_like_their_sums() -> None:
    replace_day(DAY, Texts(rows=[packed("a", 10), packed("", -500)], same=(1,)), correct=False, now=FETCHED_AT)
    stored = DailyBillLine.objects.order_by("pk").values_list("company_id", "project_id", "currency", "amount", "lines")
    assert sorted(stored) == [("1", "", "USD", amount_of(-500), 1), ("1", "a", "USD", amount_of(10), 1)]


def test_lines_that_only_came_in_other_parts_are_written_without_a_correction() -> None:
    replace_day(DAY, {("1", "a", "USD"): (300, 1)}, correct=False, now=FETCHED_AT)
    replace_day(DAY, {("1", "a", "USD"): (300, 2)}, correct=True, now=FETCHED_AT)
    assert (DailyBillLine.objects.get().lines, BillRevision.objects.count()) == (2, 0)


def test_what_changed_appeared_and_vanished_is_kept_in_order() -> None:
    old = {("1", "a", "USD"): (100, 1), ("1", "b", "USD"): (200, 1), ("2", "", "CNY"): (0, 1)}
    new = {("1", "b", "USD"): (250, 1), ("2", "", "CNY"): (0, 1), ("3", "", "USD"): (5, 1)}
    replace_day(DAY, old, correct=False, now=FETCHED_AT)
    replace_day(DAY, new, correct=True, now=FETCHED_AT)
    kept = BillRevision.objects.order_by("pk").values_list("company_id", "project_id", "old_amount", "new_amount")
    assert list(kept) == [
        ("1", "a", amount_of(100), None),
        ("1", "b", amount_of(200), amount_of(250)),
        ("3", "", None, amount_of(5)),
    ]


def test_a_day_takes_the_same_few_statements_however_many_lines_it_has() -> None:
    counts = []
    for lines in (10, 2000):
        with CaptureQueriesContext(connection) as asked:
            replace_day(DAY, bill(lines), correct=True, now=FETCHED_AT)
        counts.append(sum("bulk" not in query["sql"] and "billrevision" not in query["sql"] for query in asked))
    assert counts[0] == counts[1]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL tells how much it logs")
def test_the_same_day_again_logs_next_to_nothing() -> None:
    fresh = logged(bill(20_000))
    assert logged(bill(20_000)) <= 5 * 20_000 < fresh


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL tells how much it logs")
def test_one_changed_line_in_a_hundred_logs_a_small_part_of_a_fresh_day() -> None:
    fresh = logged(bill(20_000))
    assert logged(bill(20_000, changed_every=100), correct=True) <= 0.35 * fresh
