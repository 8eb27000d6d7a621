"""Writes to slots: expecting by the calendar, leasing, and ending a reading in one way or another."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet

from polling import queries
from polling.labels import NOT_ASKED
from polling.models import SNAPSHOT, PollRun, PollSlot, RunOutcome, SlotState
from polling.periods import retry_at

LEASE = dt.timedelta(minutes=5)
FAILED_AFTER = dt.timedelta(hours=24)


class LeaseLost(Exception):
    """Somebody else took over what was being read; nothing of this reading may be stored."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to read the slots of one scope over a range of periods, until somebody else takes it."""

    token: str
    stream: str
    scope: str
    since: dt.date
    until: dt.date
    slots: int
    started_at: dt.datetime

    def held(self) -> QuerySet[PollSlot]:
        """The slots that still carry this lease."""
        return PollSlot.objects.filter(lease_token=self.token)

    def slots_of(self, periods: Iterable[dt.date]) -> QuerySet[PollSlot]:
        """Some of its slots, leased or not any more."""
        return PollSlot.objects.filter(stream=self.stream, scope=self.scope, period__in=list(periods))


def expect(*, stream: str, scope: str, due: dict[dt.date, dt.datetime]) -> int:
    """Make a slot for every period that has none yet; gives how many were missing."""
    there = set(PollSlot.objects.filter(stream=stream, scope=scope).values_list("period", flat=True))
    missing = [
        PollSlot(stream=stream, scope=scope, period=period, due_at=due_at, next_attempt_at=due_at)
        for period, due_at in due.items()
        if period not in there
    ]
    PollSlot.objects.bulk_create(missing, ignore_conflicts=True, batch_size=1000)
    return len(missing)


def expect_lists(*, stream: str, scopes: Iterable[str], now: dt.datetime) -> None:
    """Make the slot of every list that has none yet; a list is due at once."""
    there = set(PollSlot.objects.filter(stream=stream, period=SNAPSHOT).values_list("scope", flat=True))
    missing = [
        PollSlot(stream=stream, scope=scope, period=SNAPSHOT, due_at=now, next_attempt_at=now)
        for scope in scopes
        if scope not in there
    ]
    PollSlot.objects.bulk_create(missing, ignore_conflicts=True, batch_size=1000)


def forget_lists(*, stream: str, kept: Collection[str], now: dt.datetime) -> None:
    """Drop the slots of lists that nobody has any more."""
    there = set(PollSlot.objects.filter(stream=stream, period=SNAPSHOT).values_list("scope", flat=True))
    gone = there - set(kept)
    (queries.free_slots(now) & PollSlot.objects.filter(stream=stream, scope__in=gone)).delete()


def make_due(*, stream: str, scope: str, periods: Iterable[dt.date], now: dt.datetime) -> None:
    """Let slots be read at the next opportunity, whatever the ledger says of them."""
    PollSlot.objects.filter(stream=stream, scope=scope, period__in=list(periods)).update(next_attempt_at=now)


def take_lease(
    *, stream: str, scope: str, since: dt.date, until: dt.date, now: dt.datetime, only_due: bool = False
) -> Lease | None:
    """Lease every slot of the range, or none where somebody is reading one of them.

    With `only_due` also none where somebody has read one meanwhile, so that it is not due any more.
    """
    token = str(uuid.uuid4())
    with transaction.atomic():
        slots = PollSlot.objects.filter(stream=stream, scope=scope, period__range=(since, until))
        wanted = slots.count()
        free = queries.free_slots(now) & (slots.filter(next_attempt_at__lte=now) if only_due else slots)
        taken = free.update(
            lease_token=token, lease_until=now + LEASE, state=SlotState.RUNNING, attempts=F("attempts") + 1
        )
        if taken != wanted or not wanted:
            transaction.set_rollback(True)
            return None
    return Lease(token=token, stream=stream, scope=scope, since=since, until=until, slots=wanted, started_at=now)


def renew(lease: Lease, now: dt.datetime) -> None:
    """Hold a lease for longer; inside a transaction this is also the check that it is still ours."""
    if lease.held().update(lease_until=now + LEASE) != lease.slots:
        raise LeaseLost(f"The reading of {lease.stream} {lease.scope} was taken over.")


@contextmanager
def given_back(lease: Lease) -> Iterator[None]:
    """Whatever ends the block, nothing stays leased; slots that were completed or failed in it are left alone."""
    try:
        yield
    finally:
        release(lease)


def release(lease: Lease) -> None:
    """Give back what a lease still holds, as it was found: expected, complete where it was known, or failing."""
    held = lease.held()
    held.filter(first_complete_at=None).update(state=SlotState.EXPECTED)
    held.exclude(first_complete_at=None).update(state=SlotState.COMPLETE)
    held.exclude(frozen_at=None).update(state=SlotState.FROZEN)
    held.exclude(failing_since=None).update(state=SlotState.PARTIAL)
    held.update(lease_token="", lease_until=None)


def complete(slots: QuerySet[PollSlot], *, now: dt.datetime, again_at: dt.datetime | None, **known: object) -> None:
    """Mark slots complete; call it inside the transaction that stores the figures, after `renew`.

    What is never to be read again is frozen.
    """
    slots.filter(first_complete_at=None).update(first_complete_at=now)
    slots.update(
        state=SlotState.COMPLETE if again_at else SlotState.FROZEN,
        frozen_at=None if again_at else now,
        last_complete_at=now,
        next_attempt_at=again_at,
        attempts=0,
        failing_since=None,
        last_error="",
        lease_token="",
        lease_until=None,
        **known,
    )


def confirm(
    slots: QuerySet[PollSlot], *, now: dt.datetime, confirmed_at: dt.datetime, again_at: dt.datetime | None
) -> None:
    """Mark slots complete whose figures were last all confirmed at that time, be it longer ago."""
    complete(slots, now=now, again_at=again_at)
    slots.update(last_complete_at=confirmed_at)


def leave_to_idle(slots: QuerySet[PollSlot], *, again_at: dt.datetime | None) -> None:
    """Put slots down that are known of everybody in use, while others wait for their turn."""
    slots.filter(first_complete_at=None).update(state=SlotState.EXPECTED)
    slots.exclude(first_complete_at=None).update(state=SlotState.COMPLETE)
    slots.update(
        next_attempt_at=again_at, attempts=0, failing_since=None, last_error="", lease_token="", lease_until=None
    )


def leave_empty(slots: QuerySet[PollSlot], *, again_at: dt.datetime) -> None:
    """Put slots down for which there is no data yet; what was known before stays known."""
    slots.filter(first_complete_at=None).update(state=SlotState.EMPTY)
    slots.filter(state=SlotState.PARTIAL).update(state=SlotState.COMPLETE)
    slots.update(next_attempt_at=again_at, failing_since=None, last_error="")


def leave_partial(slots: QuerySet[PollSlot], *, error: str, now: dt.datetime, again_at: dt.datetime | None) -> None:
    """Mark slots as read but not whole; the gaps in them are targets, which are tried again on their own."""
    slots.filter(failing_since=None).update(failing_since=now)
    overdue = slots.filter(failing_since__lt=now - FAILED_AFTER)
    overdue.update(state=SlotState.FAILED)
    slots.exclude(state=SlotState.FAILED).update(state=SlotState.PARTIAL)
    slots.update(
        last_error=error, next_attempt_at=again_at or now + dt.timedelta(days=1), lease_token="", lease_until=None
    )


def fail(
    lease: Lease, *, error: str, now: dt.datetime, retry_after: dt.datetime | None = None, only_due: bool = False
) -> None:
    """End a reading that was not complete: what was known stays, and it is tried again later.

    With `only_due` slots stay leased that were complete and whose time had not come.
    """
    held = lease.held()
    if only_due:
        held = held.exclude(~Q(first_complete_at=None), Q(next_attempt_at=None) | Q(next_attempt_at__gt=now))
    for slot in held:
        since = slot.failing_since or lease.started_at
        overdue = now - since > FAILED_AFTER
        slot.state = SlotState.FAILED if overdue else SlotState.PARTIAL
        slot.failing_since = since
        # That calls were paused is no reason of its own: the one before it tells more.
        slot.last_error = slot.last_error if slot.last_error and error in NOT_ASKED else error
        next_try = now + dt.timedelta(days=1) if overdue else retry_at(now, slot.attempts)
        slot.next_attempt_at = max(next_try, retry_after) if retry_after else next_try
        slot.lease_token, slot.lease_until = "", None
        slot.save()


def note_run(lease: Lease, *, outcome: RunOutcome, now: dt.datetime, **facts: object) -> PollRun:
    """Add one line to the history of readings."""
    return PollRun.objects.create(
        stream=lease.stream,
        scope=lease.scope,
        since=lease.since,
        until=lease.until,
        started_at=lease.started_at,
        ended_at=now,
        outcome=outcome,
        **facts,
    )
