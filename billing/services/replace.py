"""Replacing one day's bill: lines that differ are written, and what changed in a known day becomes a revision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from agora.records import DailyBillRecord
from billing.models import BillRevision, DailyBillLine

# Company ID, project ID ('' for the company as a whole), currency.
Key = tuple[str, str, str]


def amounts_of(lines: Iterable[DailyBillRecord]) -> dict[Key, tuple[Decimal, int]]:
    """The amount of each company, project and currency, with how many lines it was added up from."""
    amounts: dict[Key, tuple[Decimal, int]] = {}
    for line in lines:
        key = (line.company_id, line.project_id, line.currency)
        amount, count = amounts.get(key, (Decimal(), 0))
        amounts[key] = (amount + line.amount, count + 1)
    return amounts


def replace_day(period: dt.date, amounts: dict[Key, tuple[Decimal, int]], *, correct: bool, now: dt.datetime) -> int:
    """Let the stored lines of a day be these; with `correct`, every difference leaves a revision. Gives the changes."""
    stored = {(line.company_id, line.project_id, line.currency): line for line in lines_of(period)}
    withdrawn = [line for key, line in stored.items() if key not in amounts]
    written = [
        line_of(period, key, amount, lines)
        for key, (amount, lines) in amounts.items()
        if key not in stored or (stored[key].amount, stored[key].lines) != (amount, lines)
    ]
    if correct:
        old = {key: line.amount for key, line in stored.items()}
        new = {key: amount for key, (amount, _lines) in amounts.items()}
        store_revisions(period, old, new, now)
    DailyBillLine.objects.filter(pk__in=[line.pk for line in withdrawn]).delete()
    DailyBillLine.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=["period", "company_id", "project_id", "currency"],
        update_fields=["amount", "lines"],
        batch_size=1000,
    )
    return len(withdrawn) + len(written)


def lines_of(period: dt.date) -> Iterable[DailyBillLine]:
    """The stored lines of a day."""
    return DailyBillLine.objects.filter(period=period)


def line_of(period: dt.date, key: Key, amount: Decimal, lines: int) -> DailyBillLine:
    """A line, not yet written."""
    company_id, project_id, currency = key
    return DailyBillLine(
        period=period, company_id=company_id, project_id=project_id, currency=currency, amount=amount, lines=lines
    )


def store_revisions(period: dt.date, old: dict[Key, Decimal], new: dict[Key, Decimal], now: dt.datetime) -> None:
    """Write down every amount that changed, appeared (no old one) or vanished (no new one)."""
    BillRevision.objects.bulk_create(
        BillRevision(
            period=period, company_id=key[0], project_id=key[1], currency=key[2],
            old_amount=old.get(key), new_amount=new.get(key), seen_at=now,
        )
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    )  # fmt: skip
