"""Reads of the tally of calls: how many went out, how they ended and how long they took, by the hour and together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Min, Sum
from django.db.models.functions import TruncHour

from polling.models.calls import TOOK, TOOK_WITHIN, CallMinute

HOUR = dt.timedelta(hours=1)
SUMS = {f"all_{column}": Sum(column, default=0) for column in ("calls", "refused", "failed", *TOOK)}


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Calls of a span of time; `busiest` is the most in one minute, `took` counts answers by how long they took."""

    calls: int = 0
    refused: int = 0
    failed: int = 0
    busiest: int = 0
    took: tuple[int, ...] = (0,) * len(TOOK)

    @property
    def answered(self) -> int:
        """Calls that were neither refused for their number nor failed."""
        return self.calls - self.refused - self.failed

    def within(self, share: float) -> float | None:
        """About the seconds within which this share of the answers came; None without any, inf above the last bound."""
        wanted, before, lower = share * sum(self.took), 0, 0
        for bound, count in zip(TOOK_WITHIN, self.took, strict=False):
            if count and before + count >= wanted:
                return (lower + (bound - lower) * (wanted - before) / count) / 1000
            before, lower = before + count, bound
        return float("inf") if wanted else None


def summed(row: Mapping[str, Any]) -> Calls:
    """The sums of a query as calls."""
    return Calls(
        calls=row["all_calls"],
        refused=row["all_refused"],
        failed=row["all_failed"],
        busiest=row["busiest"],
        took=tuple(row[f"all_{column}"] for column in TOOK),
    )


def together(parts: Iterable[Calls]) -> Calls:
    """Several spans of time as one."""
    parts = list(parts)
    return Calls(
        calls=sum(part.calls for part in parts),
        refused=sum(part.refused for part in parts),
        failed=sum(part.failed for part in parts),
        busiest=max((part.busiest for part in parts), default=0),
        took=tuple(map(sum, zip(*(part.took for part in parts), strict=True))) or Calls().took,
    )


def calls_since(moment: dt.datetime) -> Calls:
    """The calls of all minutes from this one on."""
    return summed(CallMinute.objects.filter(minute__gte=moment).aggregate(**SUMS, busiest=Max("calls", default=0)))


def calls_by_hour(now: dt.datetime, hours: int = 24) -> dict[dt.datetime, Calls | None]:
    """The calls of the last UTC hours, the oldest first and the running one included.

    None for an hour that ended before anything was counted.
    """
    last = now.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    asked = [last - number * HOUR for number in reversed(range(hours))]
    first = CallMinute.objects.aggregate(first=Min("minute"))["first"]
    rows = (
        CallMinute.objects.filter(minute__gte=asked[0])
        .values(hour=TruncHour("minute", tzinfo=dt.UTC))
        .annotate(**SUMS, busiest=Max("calls"))
        .order_by("hour")
    )
    found = {row["hour"]: summed(row) for row in rows}
    counted = (hour for hour in asked if first and hour + HOUR > first)
    nothing: dict[dt.datetime, Calls | None] = dict.fromkeys(asked)
    return nothing | {hour: found.get(hour, Calls()) for hour in counted}
