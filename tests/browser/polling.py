"""What polling has left behind: a day of which a company is missing, a bill that failed, and an order that runs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.models import Person
from polling.models import (
    Backfill,
    BackfillState,
    BackfillStep,
    CallMinute,
    PollRun,
    PollSlot,
    SlotState,
    Stream,
    Target,
    TargetState,
)
from polling.periods import DAY, bill_due_at, end_of
from polling.services.backfills import Wanted

SCOPE = "default/duration/daily"


@dataclass(frozen=True, kw_only=True)
class Polled:
    """The slot of which something is missing, and the order that runs."""

    gap: PollSlot
    order: Backfill


def store_polled(by: Person, today: dt.date, now: dt.datetime) -> Polled:
    """Store it all."""
    day = today - 2 * DAY
    gap, _made = PollSlot.objects.update_or_create(
        stream=Stream.USAGE,
        scope=SCOPE,
        period=day,
        defaults={
            "state": SlotState.PARTIAL, "due_at": end_of(day), "next_attempt_at": now + DAY, "failing_since": now,
            "last_error": "Agora answered 500", "first_complete_at": None, "attempts": 3,
        },
    )  # fmt: skip
    whose = {"business": "default", "model": "duration", "interval": "daily", "since": day, "until": day}
    for number, state in enumerate(TargetState):
        Target.objects.create(
            company_id=f"1000{number + 1}", **whose, state=state, reason="Agora answered 500", request_id="4c18781f",
            opened_at=now, next_attempt_at=now + DAY,
        )  # fmt: skip
    bill = today - 5 * DAY
    PollSlot.objects.update_or_create(
        stream=Stream.DAILY_BILLS,
        period=bill,
        defaults={
            "state": SlotState.FAILED, "due_at": bill_due_at(bill), "next_attempt_at": now + DAY,
            "failing_since": now - 2 * DAY, "last_error": "The pages do not fit together.", "first_complete_at": None,
        },
    )  # fmt: skip
    for outcome, scope, stream in (("partial", SCOPE, Stream.USAGE), ("failed", "", Stream.DAILY_BILLS)):
        PollRun.objects.create(
            stream=stream, scope=scope, since=day, until=day, started_at=now - DAY, ended_at=now, outcome=outcome,
            calls=12, error="Agora answered 500", request_id="4c18781f-16b2-43c5-9281-2eddfd313bd8",
        )  # fmt: skip
    for hours in (30, 5, 0):
        minute = (now - hours * DAY / 24).replace(second=0, microsecond=0)
        CallMinute.objects.create(minute=minute, calls=290, refused=20, failed=4, within_100=200, within_800=86)
    PollSlot.objects.create(stream=Stream.COMPANIES, due_at=now, first_complete_at=now, last_complete_at=now)
    return Polled(gap=gap, order=_order(by, today, now))


def _order(by: Person, today: dt.date, now: dt.datetime) -> Backfill:
    """An order of which a part is done and another could not be read."""
    wanted = Wanted(streams=(Stream.USAGE.value, Stream.DAILY_BILLS.value), since=today - 30 * DAY, until=today)
    order = Backfill.objects.create(
        key=wanted.key, streams=list(wanted.streams), since=wanted.since, until=wanted.until, ordered_by=by,
        ordered_at=now, planned_at=now, next_attempt_at=now, state=BackfillState.RUNNING, expected_calls=212, calls=80,
    )  # fmt: skip
    failed = {"error": "Agora answered 500", "request_id": "4c18781f-16b2-43c5-9281-2eddfd313bd8", "ended_at": now}
    days = {"since": wanted.since, "until": wanted.until}
    BackfillStep.objects.create(backfill=order, number=0, stream=Stream.USAGE, scope=SCOPE, **days, **failed)
    BackfillStep.objects.create(
        backfill=order, number=1, stream=Stream.DAILY_BILLS, since=today - 3 * DAY, until=today - 3 * DAY
    )
    return order
