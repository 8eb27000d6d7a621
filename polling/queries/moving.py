"""Reads that tell whether polls move on."""

from __future__ import annotations

import datetime as dt

from polling.models import PollRun, PollSlot
from polling.queries.ledger import free_slots


def oldest_due_slot(now: dt.datetime) -> PollSlot | None:
    """The slot that should have been read for the longest and that nobody reads."""
    return free_slots(now).filter(next_attempt_at__lte=now).order_by("next_attempt_at", "pk").first()


def is_leased_beyond(moment: dt.datetime) -> bool:
    """Whether somebody holds a lease that lasts longer than this."""
    return PollSlot.objects.filter(lease_until__gt=moment).exists()


def last_reading_ended_at() -> dt.datetime | None:
    """When the newest reading ended, whatever came of it."""
    run = PollRun.objects.order_by("-pk").first()
    return run.ended_at if run else None
