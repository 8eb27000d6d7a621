"""Writes to orders to read days again: giving and cancelling them, and leasing, planning and ending them."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from accounts.models import Person
from accounts.services import store_audit_entry
from polling import queries
from polling.models import (
    SNAPSHOT,
    UNFINISHED,
    Backfill,
    BackfillState,
    BackfillStep,
    PollSlot,
    SlotState,
    Waiting,
)

LEASE = dt.timedelta(minutes=2)


class Lost(Exception):
    """The order was cancelled, or somebody else goes on with it."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody wants to be read again: streams over UTC days, both included.

    `scope` narrows usage down to one business, model and interval, `company_id` to one company, `only_gaps` to
    what is not known.
    """

    streams: tuple[str, ...]
    since: dt.date
    until: dt.date
    scope: str = ""
    company_id: str = ""
    only_gaps: bool = False

    @property
    def key(self) -> str:
        """The same text for the same wish."""
        return json.dumps({**asdict(self), "streams": sorted(self.streams)}, default=str, sort_keys=True)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One part of an order, with the calls that it takes at least; without `everybody` of whom something is missing."""

    stream: str
    expected_calls: int
    scope: str = ""
    since: dt.date = SNAPSHOT
    until: dt.date = SNAPSHOT
    everybody: bool = True


def order(
    *, wanted: Wanted, expected_calls: int, by: Person | None, now: dt.datetime, ip: str | None = None
) -> tuple[Backfill, bool]:
    """Give an order; whoever orders the same again before it has ended gets it instead, and False."""
    try:
        with transaction.atomic():
            given = Backfill.objects.create(
                key=wanted.key,
                **asdict(wanted) | {"streams": list(wanted.streams)},
                expected_calls=expected_calls,
                ordered_by=by,
                ordered_at=now,
                next_attempt_at=now,
            )
            detail = {**json.loads(wanted.key), "calls": expected_calls}
            store_audit_entry(action="backfill.ordered", by=by, subject=given, detail=detail, ip=ip)
    except IntegrityError:
        return Backfill.objects.filter(key=wanted.key).latest("pk"), False
    return given, True


def cancel(*, backfill: Backfill, by: Person | None, now: dt.datetime, ip: str | None = None) -> bool:
    """End an order early; the reading that is on its way is still stored. False when it had ended before."""
    with transaction.atomic():
        ended = {"state": BackfillState.CANCELLED, "ended_at": now, "cancelled_by": by, "waits_for": Waiting.NOTHING}
        if not Backfill.objects.filter(pk=backfill.pk, state__in=UNFINISHED).update(**ended):
            return False
        store_audit_entry(action="backfill.cancelled", by=by, subject=backfill, detail={"calls": backfill.calls}, ip=ip)
    return True


def claim(now: dt.datetime, *, only: int | None = None) -> Backfill | None:
    """Lease the oldest order that can go on, or the one with this id; None when there is none."""
    token = str(uuid.uuid4())
    leased = {"lease_token": token, "lease_until": now + LEASE, "state": BackfillState.RUNNING}
    due = queries.due_backfills(now)
    for pk in list((due.filter(pk=only) if only else due).values_list("pk", flat=True)[:5]):
        if due.filter(pk=pk).update(**leased):
            return Backfill.objects.get(pk=pk)
    return None


def held(backfill: Backfill) -> QuerySet[Backfill]:
    """The order, as long as it runs and nobody else has it."""
    return Backfill.objects.filter(pk=backfill.pk, lease_token=backfill.lease_token, state=BackfillState.RUNNING)


def give_back(backfill: Backfill) -> None:
    """Let anybody go on with it."""
    Backfill.objects.filter(pk=backfill.pk, lease_token=backfill.lease_token).update(lease_token="", lease_until=None)


def plan(backfill: Backfill, steps: Iterable[Step], now: dt.datetime) -> None:
    """Store the steps of which it consists, once."""
    rows = [BackfillStep(backfill=backfill, number=number, **asdict(step)) for number, step in enumerate(steps)]
    with transaction.atomic():
        expected = sum(row.expected_calls for row in rows)
        if held(backfill).filter(planned_at=None).update(planned_at=now, expected_calls=expected):
            BackfillStep.objects.bulk_create(rows, batch_size=500)


@dataclass(frozen=True, kw_only=True)
class Read:
    """What came of one chunk of a step; `rest` is how many calls of the step are left, None where it has ended."""

    calls: int
    changed: int
    rest: int | None
    after: tuple[str, str] = ("", "")
    error: str = ""
    request_id: str = ""


def note_chunk(backfill: Backfill, step: BackfillStep, read: Read, now: dt.datetime) -> None:
    """Store how far a step is. Raises Lost when the order is not ours any more; the calls are counted all the same."""
    step.calls += read.calls
    step.changed += read.changed
    step.expected_calls = step.calls + (read.rest or 0)
    step.after_company, step.after_project = read.after
    step.ended_at = now if read.rest is None else None
    step.error, step.request_id = step.error or read.error, step.request_id or read.request_id
    before = Backfill.objects.filter(pk=backfill.pk)
    with transaction.atomic():
        old = BackfillStep.objects.values_list("expected_calls", flat=True).get(pk=step.pk)
        before.update(
            calls=F("calls") + read.calls,
            changed=F("changed") + read.changed,
            expected_calls=F("expected_calls") + (step.expected_calls - old),
        )
        ours = held(backfill).update(lease_until=now + LEASE, waits_for=Waiting.NOTHING)
        if ours:
            step.save()
    if not ours:
        raise Lost


def keep_times(slots: Sequence[PollSlot]) -> None:
    """Let slots be read again when they would have been: a reading of some companies is none of the whole.

    `slots` are as they were before that reading. One that could not be read is tried again all the same.
    """
    found = PollSlot.objects.filter(pk__in=[slot.pk for slot in slots])
    failing = set(found.exclude(failing_since=None).values_list("pk", flat=True))
    kept = [slot for slot in slots if slot.pk not in failing]
    PollSlot.objects.bulk_update(kept, ["next_attempt_at", "last_complete_at", "active_complete_at"], batch_size=200)
    thawed = PollSlot.objects.filter(pk__in=[slot.pk for slot in kept], state=SlotState.FROZEN)
    thawed.exclude(next_attempt_at=None).update(state=SlotState.COMPLETE, frozen_at=None)


def put_off(backfill: Backfill, why: Waiting, until: dt.datetime) -> None:
    """Let it go on at this time and not before."""
    held(backfill).update(waits_for=why, next_attempt_at=until)


def finish(backfill: Backfill, now: dt.datetime) -> None:
    """Its last step has ended."""
    held(backfill).update(state=BackfillState.FINISHED, ended_at=now, waits_for=Waiting.NOTHING)


def wanted_of(backfill: Backfill) -> Wanted:
    """What an order asks for."""
    streams: Sequence[str] = backfill.streams
    return Wanted(
        streams=tuple(streams),
        since=backfill.since,
        until=backfill.until,
        scope=backfill.scope,
        company_id=backfill.company_id,
        only_gaps=backfill.only_gaps,
    )
