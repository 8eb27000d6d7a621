"""Writes to the tally of calls: what was answered is counted by the minute, and forgotten after eight days."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models import F

from agora.transport import Exchange
from polling.models.calls import TOOK, TOOK_WITHIN, CallMinute

KEPT_FOR = dt.timedelta(days=8)


def count_calls(answers: Iterable[Exchange]) -> None:
    """Add these exchanges to the minutes in which they were sent; processes add to the same minute side by side."""
    minutes: dict[dt.datetime, Counter[str]] = defaultdict(Counter)
    for answer in answers:
        minutes[answer.sent_at.replace(second=0, microsecond=0)].update(columns_of(answer))
    CallMinute.objects.bulk_create([CallMinute(minute=minute) for minute in minutes], ignore_conflicts=True)
    for minute in sorted(minutes):
        more = {column: F(column) + count for column, count in minutes[minute].items()}
        CallMinute.objects.filter(minute=minute).update(**more)
    CallMinute.objects.filter(minute__lt=max(minutes) - KEPT_FOR).delete()


def columns_of(answer: Exchange) -> list[str]:
    """The columns in which an exchange counts."""
    columns = ["calls"]
    if answer.status is None or answer.status >= 500:
        columns.append("failed")
    elif answer.status == 429:
        columns.append("refused")
    if answer.status is not None:
        columns.append(TOOK[bisect_left(TOOK_WITHIN, answer.took * 1000)])
    return columns
