"""What a bill tells of usage: who is charged and was not before has perhaps begun to use something."""

from __future__ import annotations

import datetime as dt

from billing.models import DailyBillLine
from polling.periods import DAY, utc_day
from polling.queries import poll_since
from polling.services import coverage

WEEK = 7 * DAY
LOOKED_BACK = 45 * DAY


def wake_newly_billed(period: dt.date, now: dt.datetime) -> None:
    """Let companies be asked for usage soon that a recent bill charges, and those of the week before did not.

    An amount of zero proves nothing. Whoever is known to use something is asked soon anyway.
    """
    if utc_day(now) - period > WEEK:
        return
    charged = DailyBillLine.objects.filter(amount__gt=0)
    before = charged.filter(period__range=(period - WEEK, period - DAY))
    newly = charged.filter(period=period).exclude(company_id__in=before.values("company_id"))
    since = max(period - LOOKED_BACK, poll_since())
    coverage.wake(set(newly.values_list("company_id", flat=True)), since=since, now=now)
