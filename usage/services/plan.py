"""What usage to ask for, and in which order: pure arithmetic over what is due and what is missing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from agora.vocabulary import MONTHLY_PAIRS, PAIRS, Interval
from polling.periods import DAY, first_of_month, last_of_month, months_between
from polling.series import Kind, Owner

Range = tuple[dt.date, dt.date]
MONTHS_PER_CALL = 12

KINDS: tuple[Kind, ...] = (
    *(Kind(business=business, model=model, interval=Interval.DAILY) for business, model in PAIRS),
    *(Kind(business=business, model=model, interval=Interval.MONTHLY) for business, model in MONTHLY_PAIRS),
)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One reading: a call for each of these owners, all of one kind over one range of UTC days."""

    kind: Kind
    since: dt.date
    until: dt.date
    owners: tuple[Owner, ...]

    @property
    def slots(self) -> Range:
        """The first and last period of the slots that the reading is about."""
        if self.kind.interval == Interval.DAILY:
            return self.since, self.until
        return first_of_month(self.since), first_of_month(self.until)


def blocks(kind: Kind, since: dt.date, until: dt.date, days_per_call: int) -> Iterator[Range]:
    """The ranges one call may ask for, the newest first: days in steps, months in years."""
    if kind.interval == Interval.MONTHLY:
        months = list(months_between(since, until))
        for end in range(len(months), 0, -MONTHS_PER_CALL):
            first = months[max(0, end - MONTHS_PER_CALL)]
            yield max(first, since), min(last_of_month(months[end - 1]), until)
        return
    while since <= until:
        start = max(since, until - (days_per_call - 1) * DAY)
        yield start, until
        until = start - DAY


def plan(
    *,
    kind: Kind,
    whole: Range,
    due: Iterable[Range],
    missing: Mapping[Owner, list[Range]],
    owners: Iterable[Owner],
    days_per_call: int,
) -> list[Unit]:
    """The readings of one kind, the newest first: due ranges for every owner, missing ones for their own."""
    due, owners = list(due), list(owners)
    units: list[Unit] = []
    for block in blocks(kind, *whole, days_per_call):
        due_here = hull(due, block)
        by_range: dict[Range, list[Owner]] = defaultdict(list)
        for owner in owners:
            needed = hull([*([due_here] if due_here else []), *missing.get(owner, [])], block)
            if needed:
                by_range[whole_months(needed, block) if kind.interval == Interval.MONTHLY else needed].append(owner)
        units += [
            Unit(kind=kind, since=since, until=until, owners=tuple(asked))
            for (since, until), asked in sorted(by_range.items(), reverse=True)
        ]
    return units


def hull(ranges: Iterable[Range], block: Range) -> Range | None:
    """The smallest range that holds every part of the ranges that lies in the block, or None without any."""
    parts = [(max(a, block[0]), min(b, block[1])) for a, b in ranges if a <= block[1] and b >= block[0]]
    return (min(a for a, _ in parts), max(b for _, b in parts)) if parts else None


def whole_months(days: Range, block: Range) -> Range:
    """The months the days lie in, as far as the block reaches: part of a month would count as the month."""
    return max(first_of_month(days[0]), block[0]), min(last_of_month(days[1]), block[1])


def newest_first(units: Iterable[Unit]) -> list[Unit]:
    """All kinds of a block before any kind of an older one, so that the newest days are whole first."""
    return sorted(units, key=lambda unit: (unit.until, unit.since), reverse=True)
