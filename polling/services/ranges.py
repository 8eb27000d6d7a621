"""Ranges of UTC days: cut in two, made of days, and what lies between two of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from polling.periods import DAY

# The first and the last day.
Range = tuple[dt.date, dt.date]


def parted(ranges: Iterable[Range], last: dt.date) -> Iterable[Range]:
    """The ranges, each cut in two where it reaches beyond a day."""
    for since, until in ranges:
        if since <= last < until:
            yield since, last
            yield last + DAY, until
        else:
            yield since, until


def runs_of(days: Iterable[dt.date]) -> list[Range]:
    """Ascending days as ranges without holes."""
    ranges: list[Range] = []
    for day in days:
        if ranges and ranges[-1][1] == day - DAY:
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return ranges


def gap_between(before: Range | None, asked: Range) -> list[Range]:
    """The days between a known range and one that does not touch it."""
    if before is None:
        return []
    if asked[0] > before[1] + DAY:
        return [(before[1] + DAY, asked[0] - DAY)]
    if asked[1] < before[0] - DAY:
        return [(asked[1] + DAY, before[0] - DAY)]
    return []
