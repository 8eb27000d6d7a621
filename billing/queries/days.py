"""Which days of the daily bills are known, now or at an earlier moment, and when they were confirmed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Max

from polling.models import PollRun, PollSlot, RunOutcome, Stream
from polling.periods import days_between

Confirmed = dict[dt.date, dt.datetime]


def known_days(since: dt.date, until: dt.date) -> Confirmed:
    """The known UTC days with the moment each was last confirmed by a complete answer, changed or not."""
    return {period: last_at or first_at for period, first_at, last_at in _complete(since, until)}


def known_days_at(since: dt.date, until: dt.date, moment: dt.datetime) -> Confirmed:
    """The days that were known before that moment, with when each had last been confirmed by then."""
    read = _last_read(since, until, moment)
    return {
        period: read.get(period, first_at) for period, first_at, _last in _complete(since, until) if first_at < moment
    }


def _complete(since: dt.date, until: dt.date) -> Iterator[tuple[dt.date, dt.datetime, dt.datetime | None]]:
    """The days that are known, with when they first and last were read completely."""
    slots = PollSlot.objects.filter(stream=Stream.DAILY_BILLS, scope="", period__range=(since, until))
    for period, first_at, last_at in slots.values_list("period", "first_complete_at", "last_complete_at"):
        if first_at:
            yield period, first_at, last_at


def _last_read(since: dt.date, until: dt.date, moment: dt.datetime) -> Confirmed:
    """When each day was last read completely before that moment."""
    runs = PollRun.objects.filter(stream=Stream.DAILY_BILLS, outcome=RunOutcome.COMPLETE, ended_at__lt=moment)
    ranges = runs.filter(since__lte=until, until__gte=since).order_by().values_list("since", "until")
    read: Confirmed = {}
    for first, last, ended_at in ranges.annotate(Max("ended_at")):
        for day in days_between(max(first, since), min(last, until)):
            read[day] = max(ended_at, read.get(day, ended_at))
    return read
