"""Reading daily bills: a day is read to its last page first, then replaced as a whole, with what changed kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from agora.client import DailyBill
from agora.errors import AgoraError
from agora.records import PackedLine
from billing.fields import amount_of
from billing.models import BillProblem
from billing.services.replace import Amounts, amounts_of, replace_day
from billing.services.waking import wake_newly_billed
from polling import queries
from polling.models import PollSlot, RunOutcome, Stream
from polling.periods import (
    DAY,
    EMPTY_BILL_ASKED_AGAIN_AFTER,
    EMPTY_BILL_DOUBTED_FOR,
    bill_due_at,
    bill_read_again_at,
    days_between,
    latest_bill,
)
from polling.services import slots
from polling.services.reading import Busy, Reader, give_up


def expect_daily_bills(since: dt.date, now: dt.datetime) -> None:
    """Make the slot of every day whose bill should be there by now and has none yet."""
    due = {day: bill_due_at(day) for day in days_between(since, latest_bill(now))}
    slots.expect(stream=Stream.DAILY_BILLS, scope="", due=due)


def poll_due_daily_bills(reader: Reader) -> int:
    """Read every daily bill that is due, the newest first; gives the number of changed lines."""
    now = reader.clock()
    expect_daily_bills(queries.poll_since(), now)
    changed = 0
    for period in list(queries.due_slots(Stream.DAILY_BILLS, now).values_list("period", flat=True)):
        try:
            changed += read_daily_bill(reader, period, only_due=True)
        except Busy:
            continue
    return changed


def read_daily_bill(reader: Reader, period: dt.date, *, only_due: bool = False) -> int:
    """Read one day's bill and store it when it is whole; gives the changed lines.

    Busy when somebody else reads it; with `only_due` also when somebody has read it meanwhile.
    """
    lease = slots.take_lease(
        stream=Stream.DAILY_BILLS, scope="", since=period, until=period, now=reader.clock(), only_due=only_due
    )
    if lease is None:
        raise Busy
    with slots.given_back(lease):
        return read_leased(reader, lease, period)


def read_leased(reader: Reader, lease: slots.Lease, period: dt.date) -> int:
    """Read every page first, then store the day in one transaction; gives the changed lines."""
    try:
        bill = reader.client.daily_bills(period)
    except AgoraError as error:
        give_up(reader, lease, error)
        return 0
    finally:
        reader.note()
        reader.on_call(1)
    now = reader.clock()
    amounts, reason = storable(bill)
    with transaction.atomic():
        slots.renew(lease, now)
        if reason:
            slots.fail(lease, error=reason, now=now)
            slots.note_run(lease, outcome=RunOutcome.PARTIAL, now=now, calls=bill.pages, error=reason)
            return 0
        if doubtful(bill, period, now):
            leave_empty_day(lease, now)
            return 0
        return store_bill(lease, bill, amounts, now)


def storable(bill: DailyBill) -> tuple[Amounts, str]:
    """A bill's amounts, and why it must not be stored; '' when it may."""
    if not bill.complete:
        return {}, bill.reason
    try:
        return amounts_of(bill), ""
    except ValidationError as error:
        return {}, " ".join(error.messages)


def doubtful(bill: DailyBill, period: dt.date, now: dt.datetime) -> bool:
    """Whether an empty bill may only be one that is not published yet."""
    if bill.total_size or bill.packed or now > bill_due_at(period) + EMPTY_BILL_DOUBTED_FOR:
        return False
    week = PollSlot.objects.filter(stream=Stream.DAILY_BILLS, period__range=(period - 7 * DAY, period - DAY))
    known_empty = week.filter(first_complete_at__isnull=False, rows=0).count()
    return known_empty < 7


def leave_empty_day(lease: slots.Lease, now: dt.datetime) -> None:
    """No data yet: the day is asked again in some hours, and what was known of it stays."""
    slots.release(lease)
    slots.leave_empty(lease.slots_of([lease.since]), again_at=now + EMPTY_BILL_ASKED_AGAIN_AFTER)
    slots.note_run(lease, outcome=RunOutcome.PARTIAL, now=now, calls=1, error="The bill is still empty.")


def store_bill(lease: slots.Lease, bill: DailyBill, amounts: Amounts, now: dt.datetime) -> int:
    """Replace the day by what was read, inside the caller's transaction; gives the changed lines."""
    slot = lease.held().get()
    period, changed, sums = bill.period, 0, slot.sums
    if slot.first_complete_at is None or bill.digest != slot.sha256:
        sums = sums_of(bill.packed)
        changed = replace_day(period, amounts, correct=slot.first_complete_at is not None, now=now)
        wake_newly_billed(period, now)
    replace_problems(bill, period, now)
    revised = slot.first_complete_at is not None and changed
    slots.complete(
        lease.slots_of([period]),
        now=now,
        again_at=bill_read_again_at(period, now),
        sha256=bill.digest,
        rows=len(amounts),
        declared_total=bill.total_size,
        sums=sums,
        problems=len(bill.problems),
        revision=slot.revision + 1 if revised else slot.revision,
    )
    slots.note_run(
        lease,
        outcome=RunOutcome.COMPLETE,
        now=now,
        calls=bill.pages,
        rows=len(bill.packed),
        changed=changed,
        sha256=bill.digest,
    )
    return changed


def sums_of(lines: Iterable[PackedLine]) -> dict[str, str]:
    """What the day costs in each currency, as exact text; currencies are never added."""
    sums: dict[str, int] = {}
    for line in lines:
        _company, _project, currency, units = line.split("\0")
        sums[currency] = sums.get(currency, 0) + int(units)
    return {currency: str(amount_of(units)) for currency, units in sorted(sums.items())}


def replace_problems(bill: DailyBill, period: dt.date, now: dt.datetime) -> None:
    """Keep the lines that could not be read as money, so that somebody sees them."""
    BillProblem.objects.filter(period=period).delete()
    BillProblem.objects.bulk_create(
        BillProblem(period=period, where=problem.where, reason=problem.reason, raw=problem.raw, seen_at=now)
        for problem in bill.problems
    )
