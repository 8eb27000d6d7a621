"""The sums of daily bills: those of the lines after every correction, exact at any size, and made of what was there."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from billing.fields import LARGEST, amount_of, amount_of_halves
from billing.figures import Selection, added
from billing.models import BillSum, DailyBillLine
from billing.queries import bill_per_day, bill_per_owner
from billing.services.replace import replace_day
from polling.services.ingest import Row
from tests.billing.known import bill_known, line
from tests.usage.known import FETCHED_AT, day

DAY, OTHER_DAY = day("2026-09-01"), day("2026-09-30")
SELECTION = Selection(since=DAY, until=DAY)

pytestmark = pytest.mark.django_db


Sums = dict[tuple[str, str, dt.date, str], Decimal]


def of_lines() -> Sums:
    """What the stored lines come to, by company ('' is everybody), interval, period and currency."""
    sums: Sums = defaultdict(Decimal)
    for stored in DailyBillLine.objects.all():
        for company_id in (stored.company_id, ""):
            sums[company_id, "daily", stored.period, stored.currency] += stored.amount
            sums[company_id, "monthly", stored.period.replace(day=1), stored.currency] += stored.amount
    return sums


def kept() -> Sums:
    return {
        (row.company_id, row.interval, row.period, row.currency): amount_of_halves(row.high, row.low)
        for row in BillSum.objects.all()
    }


@pytest.mark.parametrize(
    "later",
    [
        {("1", "a", "USD"): (-700, 1), ("1", "b", "USD"): (5, 1), ("2", "", "CNY"): (9, 1)},
        {("2", "a", "USD"): (300, 1)},
        {},
    ],
)
def test_sums_are_those_of_the_lines_after_a_correction(later: dict[Row, Row]) -> None:
    first = {
        ("1", "a", "USD"): (300, 1),
        ("1", "b", "USD"): (5, 1),
        ("1", "b", "CNY"): (7, 1),
        ("2", "", "CNY"): (9, 1),
    }
    replace_day(DAY, first, correct=False, now=FETCHED_AT)
    replace_day(OTHER_DAY, {("1", "a", "USD"): (11, 1)}, correct=False, now=FETCHED_AT)
    before = (kept(), of_lines())
    replace_day(DAY, later, correct=True, now=FETCHED_AT)
    assert (before[0], kept()) == (before[1], of_lines())


def test_the_largest_amounts_are_added_up_exactly() -> None:
    bill_known("2026-09-01")
    amounts = {("1", f"p{number}", "USD"): (LARGEST - number, 1) for number in range(5)}
    replace_day(DAY, amounts, correct=False, now=FETCHED_AT)
    total = sum((amount_of(LARGEST - number) for number in range(5)), Decimal())
    (owner,), (period,) = bill_per_owner(SELECTION), bill_per_day(SELECTION)
    assert (owner.amounts, period.amounts) == ({"USD": total}, {"USD": total})


@pytest.mark.django_db(transaction=True)
def test_lines_that_were_stored_before_sums_were_kept_are_added_up() -> None:
    replace_day(DAY, {("1", "a", "USD"): (-3 * 10**9 - 1, 1), ("2", "a", "USD"): (4, 1)}, correct=False, now=FETCHED_AT)
    sums = kept()
    MigrationExecutor(connection).migrate([("billing", "0001_daily_bills")])
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert (kept(), len(sums)) == (sums, 6)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-08-01", "2026-09-30"),
        ("2026-08-02", "2026-10-30"),
        ("2026-08-31", "2026-10-01"),
        ("2026-09-02", "2026-09-29"),
        ("2026-07-31", "2026-09-01"),
        ("2026-10-01", "2026-10-30"),
        ("2026-10-01", "2026-11-03"),
        ("2026-10-31", "2026-11-02"),
        ("2026-11-01", "2026-11-10"),
    ],
)
def test_whole_months_and_the_days_beside_them_come_to_the_same_as_all_days(since: str, until: str) -> None:
    days = ("07-31", "08-01", "08-31", "09-01", "09-02", "09-29", "09-30", "10-01", "10-31", "11-03")
    for number, text in enumerate(days):
        bill_known(f"2026-{text}")
        line(f"2026-{text}", "1", "p", f"{2**number}")
    selection = Selection(since=day(since), until=day(until))
    total = sum(2**number for number, text in enumerate(days) if since <= f"2026-{text}" <= until)
    (owner,) = bill_per_owner(selection)
    assert (owner.amounts, added(one.amounts for one in bill_per_day(selection))) == ({"USD": total}, {"USD": total})
