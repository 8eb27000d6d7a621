"""Replacing one day's bill: lines that differ are written, and what changed in a known day becomes a revision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from agora.client import DailyBill
from agora.records import PackedLine
from billing.fields import amount_of, fitting
from billing.models import BillRevision, DailyBillLine
from billing.services.sums import sum_up
from polling.services.ingest import Change, Place, Row, Texts, ingest

# For each company ID, project ID ('' for the company as a whole) and currency, the amount in units of 10⁻⁸, as it is
# stored, and of how many lines it was added up. Where no two lines are about the same, the packed lines themselves.
Amounts = Mapping[Row, Row] | Texts


def amounts_of(bill: DailyBill) -> Amounts:
    """The amount of each company, project and currency; ValidationError for one that cannot be kept exactly."""
    return added_up(bill.packed) if bill.repeats else Texts(rows=bill.packed, same=(1,))


def added_up(lines: Iterable[PackedLine]) -> Mapping[Row, Row]:
    """The sum of the lines of each key, and how many there are."""
    amounts: dict[Row, Row] = {}
    for line in lines:
        company_id, project_id, currency, units = line.split("\0")
        key = (company_id, project_id, currency)
        sum_of_earlier, count = amounts.get(key, (0, 0))
        amounts[key] = (fitting(sum_of_earlier + int(units)), count + 1)
    return amounts


def replace_day(period: dt.date, amounts: Amounts, *, correct: bool, now: dt.datetime) -> int:
    """Let the stored lines of a day be these; with `correct`, every difference leaves a revision. Gives the changes."""
    days_bill = Place(
        model=DailyBillLine,
        scope={"period": period},
        keys=("company_id", "project_id", "currency"),
        values=("amount", "lines"),
    )
    found = ingest(days_bill, amounts, whole=True, tell=correct)
    store_revisions(period, found.changes, now)
    if found.changed:
        sum_up(period)
    return found.changed


def store_revisions(period: dt.date, changes: Iterable[Change], now: dt.datetime) -> None:
    """Write down every amount that changed, appeared (no old one) or vanished (no new one)."""
    BillRevision.objects.bulk_create(
        (
            BillRevision(
                period=period, company_id=change.key[0], project_id=change.key[1], currency=change.key[2],
                old_amount=amount_in(change.old), new_amount=amount_in(change.new), seen_at=now,
            )
            for change in sorted(changes, key=lambda change: change.key)
            if amount_in(change.old) != amount_in(change.new)
        ),
        batch_size=1000,
    )  # fmt: skip


def amount_in(values: Row | None) -> Decimal | None:
    """The amount of a stored line, None where there is no line."""
    return amount_of(values[0]) if values else None
