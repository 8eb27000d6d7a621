"""Rows that are staged and then stored: only what is absent or different is written, and every difference is told."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from billing.models import DailyBillLine
from polling.services.ingest import Change, Ingested, Place, Row, Texts, ingest

DAY, OTHER_DAY = dt.date(2026, 9, 1), dt.date(2026, 9, 2)
DAYS_BILL = Place(
    model=DailyBillLine,
    scope={"period": DAY},
    keys=("company_id", "project_id", "currency"),
    values=("amount", "lines"),
)
OLD = {("1", "a", "USD"): (100, 1), ("1", "b", "USD"): (200, 1), ("2", "", "CNY"): (300, 2)}
NEW = {("1", "a", "USD"): (100, 1), ("1", "b", "USD"): (250, 1), ("3", "", "USD"): (-5, 1)}

pytestmark = pytest.mark.django_db


def stored(day: dt.date = DAY) -> dict[Row, Row]:
    """The rows of a day as the database keeps them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT company_id, project_id, currency, amount, lines FROM billing_dailybillline WHERE period = %s", [day]
        )
        return {tuple(row[:3]): tuple(row[3:]) for row in cursor.fetchall()}


def counts(found: Ingested) -> tuple[int, int, int, int]:
    return found.inserted, found.updated, found.withdrawn, found.unchanged


def test_rows_that_are_absent_are_inserted() -> None:
    assert (counts(ingest(DAYS_BILL, OLD)), stored()) == ((3, 0, 0, 0), OLD)


def test_the_same_rows_again_write_nothing() -> None:
    ingest(DAYS_BILL, OLD)
    before = list(DailyBillLine.objects.order_by("pk").values())
    again = counts(ingest(DAYS_BILL, OLD, whole=True))
    assert (again, list(DailyBillLine.objects.order_by("pk").values())) == ((0, 0, 0, 3), before)


def test_rows_that_are_the_whole_withdraw_the_others() -> None:
    ingest(DAYS_BILL, OLD)
    assert (counts(ingest(DAYS_BILL, NEW, whole=True)), stored()) == ((1, 1, 1, 1), NEW)


def test_a_whole_where_nothing_is_stored_is_told_when_it_is_asked_for() -> None:
    found = ingest(DAYS_BILL, OLD, whole=True, tell=True)
    told = {change.key: (change.old, change.new) for change in found.changes}
    assert (counts(found), told) == ((3, 0, 0, 0), {key: (None, values) for key, values in OLD.items()})


def test_thousands_of_texts_are_stored_each_once() -> None:
    rows = {(str(number % 7), f"p\t{number}\\", "USD"): (number - 1500, 1) for number in range(3000)}
    assert (counts(ingest(DAYS_BILL, as_texts(rows), whole=True)), stored()) == ((3000, 0, 0, 0), rows)


def test_rows_that_are_a_part_leave_the_others() -> None:
    ingest(DAYS_BILL, OLD)
    assert (counts(ingest(DAYS_BILL, NEW)), stored()) == ((1, 1, 0, 1), OLD | NEW)


def test_every_difference_is_told_with_what_was_there_before() -> None:
    ingest(DAYS_BILL, OLD)
    assert sorted(ingest(DAYS_BILL, NEW, whole=True, tell=True).changes, key=lambda change: change.key) == [
        Change(key=("1", "b", "USD"), old=(200, 1), new=(250, 1)),
        Change(key=("2", "", "CNY"), old=(300, 2), new=None),
        Change(key=("3", "", "USD"), old=None, new=(-5, 1)),
    ]


def test_nothing_is_a_whole_too() -> None:
    ingest(DAYS_BILL, OLD)
    assert (counts(ingest(DAYS_BILL, {}, whole=True)), stored()) == ((0, 0, 3, 0), {})


def test_rows_outside_the_scope_are_left_alone() -> None:
    other = Place(model=DailyBillLine, scope={"period": OTHER_DAY}, keys=DAYS_BILL.keys, values=DAYS_BILL.values)
    ingest(other, OLD)
    ingest(DAYS_BILL, NEW, whole=True)
    assert (stored(OTHER_DAY), stored()) == (OLD, NEW)


def test_a_value_that_is_refused_leaves_everything_as_it_was() -> None:
    ingest(DAYS_BILL, OLD)
    with pytest.raises(IntegrityError), transaction.atomic():
        ingest(DAYS_BILL, {("1", "a", "USD"): (1, 1), ("9", "", "USD"): (None, 1)})
    assert (stored(), counts(ingest(DAYS_BILL, OLD))) == (OLD, (0, 0, 0, 3))


def test_a_key_that_comes_twice_is_refused_where_nothing_is_stored() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ingest(DAYS_BILL, Texts(rows=["1\0a\0USD\0005", "1\0a\0USD\0006"], same=(1,)), whole=True)
    assert stored() == {}


def as_texts(rows: dict[Row, Row]) -> Texts:
    """Rows whose lines are all one, as texts."""
    return Texts(rows=["\0".join((*key, str(amount))) for key, (amount, _lines) in rows.items()], same=(1,))


keys = st.tuples(st.sampled_from("123"), st.sampled_from(["", "a", 'b"\t\\N\n\r']), st.sampled_from(["USD", "CNY"]))
amounts = st.tuples(st.integers(-(2**63), 2**63 - 1), st.integers(1, 3))
days = st.dictionaries(keys, amounts, max_size=12)


class AnyDays(TestCase):
    """Whatever comes after whatever."""

    @settings(deadline=None)
    @given(days, days, st.booleans())
    def test_any_rows_after_any_others_are_stored_and_told(
        self, old: dict[Row, Row], new: dict[Row, Row], whole: bool
    ) -> None:
        ingest(DAYS_BILL, old, whole=True)
        found = ingest(DAYS_BILL, new, whole=whole, tell=True)
        after = new if whole else old | new
        told = {change.key: (change.old, change.new) for change in found.changes}
        differing = {key: (old.get(key), after.get(key)) for key in old.keys() | after.keys()}
        assert (stored(), told) == (after, {key: pair for key, pair in differing.items() if pair[0] != pair[1]})
        assert found.changed == len(told)

    @settings(deadline=None)
    @given(days, days, st.booleans())
    def test_rows_that_come_as_texts_are_stored_like_all_others(
        self, old: dict[Row, Row], new: dict[Row, Row], tell: bool
    ) -> None:
        rows = {key: (amount, 1) for key, (amount, _lines) in new.items()}
        DailyBillLine.objects.all().delete()
        ingest(DAYS_BILL, old, whole=True)
        by_key = ingest(DAYS_BILL, rows, whole=True, tell=tell)
        DailyBillLine.objects.all().delete()
        ingest(DAYS_BILL, old, whole=True)
        found = ingest(DAYS_BILL, as_texts(rows), whole=True, tell=tell)
        changes = [sorted(one.changes, key=lambda change: change.key) for one in (found, by_key)]
        assert (stored(), counts(found), changes[0]) == (rows, counts(by_key), changes[1])
