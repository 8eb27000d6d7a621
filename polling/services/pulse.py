"""Whether polls move on: alive is a worker that works off what is due, not one whose process is there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from polling.models import PollSlot
from polling.queries.moving import is_leased_beyond, last_reading_ended_at, oldest_due_slot
from polling.services.slots import LEASE
from polling.turns import held_until


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """The slot that is due for the longest, for how long, and whether nobody has worked for too long meanwhile."""

    due: PollSlot | None
    waited: dt.timedelta
    stalled: bool


def pulse(now: dt.datetime) -> Pulse:
    """How polls fare. They are stalled when something has been due for POLLS_STALL_AFTER, and in all that time no
    lease was taken or renewed and no reading ended, although Agora did not ask for quiet.
    """
    due = oldest_due_slot(now)
    waited = now - due.next_attempt_at if due and due.next_attempt_at else dt.timedelta(0)
    late = waited > settings.POLLS_STALL_AFTER
    stalled = late and not has_moved_since(now - settings.POLLS_STALL_AFTER) and held_until() < now.timestamp()
    return Pulse(due=due, waited=waited, stalled=stalled)


def has_moved_since(moment: dt.datetime) -> bool:
    """Whether a lease was taken or renewed, or a reading has ended, after that."""
    ended_at = last_reading_ended_at()
    return is_leased_beyond(moment + LEASE) or (ended_at is not None and ended_at > moment)
