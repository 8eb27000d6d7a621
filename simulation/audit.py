"""The end of a simulation: every figure that Agora shows beside what is stored, and what the ledger says of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from agora.vocabulary import PAIRS, Interval
from polling import queries
from polling.models import PollSlot, Stream
from polling.periods import BILLS_PUBLISHED_AFTER, DAY, days_between
from sandbox.figures import Figures
from simulation.run import Simulation
from simulation.truth import (
    Key,
    bill_at_agora,
    bill_stored,
    figures_at_agora,
    figures_stored,
    months_at_agora,
    months_stored,
    nothing,
    used_on,
)

# Nothing that changed in the last 45 days stays unseen for longer.
HORIZON = 7 * DAY


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What differs at the end: figures that are lost, those that may still be on their way, and gaps of the ledger."""

    compared: int
    lost: list[str]
    on_the_way: int
    gaps: list[str]


def audited(simulation: Simulation, now: dt.datetime) -> Findings:
    """Compare everything that is wanted and over."""
    lost: list[str] = []
    compared = waiting = 0
    for key, is_equal in compared_days(simulation, now):
        compared += 1
        if not is_equal:
            change = simulation.watch.usage.get(key)
            if change and change.at > now - HORIZON:
                waiting += 1
            else:
                lost.append(f"{words(key)}{f', {change.label} on {change.at:%d %b %H:%M}' if change else ''}")
    for key, is_equal in compared_months(simulation, now):
        compared += 1
        lost += [] if is_equal else [f"month {words(key)}"]
    for period, shown, is_known in compared_bills(simulation, now):
        compared += shown
        lost += [] if is_known else [f"bill of {period}"]
    lost += [
        f"{change.label} {owner}" for owner, change in simulation.watch.listed.items() if change.at < now - HORIZON
    ]
    gaps = [str(slot) for slot in queries.missing(now, streams=Stream.values, days=None)]
    return Findings(compared=compared, lost=lost, on_the_way=waiting, gaps=gaps)


def compared_days(simulation: Simulation, now: dt.datetime) -> Iterator[tuple[Key, bool]]:
    """Every day of a series with a figure above zero on either side, and whether both are the same."""
    watch, sandbox = simulation.watch, simulation.box.sandbox
    for day in days_between(simulation.size.since, now.date() - DAY):
        used = list(used_on(sandbox, day))
        for pair in PAIRS:
            stored = figures_stored(pair, Interval.DAILY, [day])
            keys = {key for key in used if key[0] == pair} | set(stored)
            keys |= {key for key in watch.earlier if key[0] == pair and key[3] == day}
            for key in keys:
                if key[1] not in watch.hidden:
                    yield key, stored.get(key, nothing(pair)) == figures_at_agora(sandbox, key)


def compared_months(simulation: Simulation, now: dt.datetime) -> Iterator[tuple[Key, bool]]:
    """Every month that is over for longer than the horizon, of the products whose days cannot be added up."""
    until = (now - HORIZON - DAY).date().replace(day=1) - DAY
    if until < simulation.size.since:
        return
    shown: dict[Key, Figures] = months_at_agora(simulation.box.sandbox, simulation.size.since, until)
    stored = months_stored(simulation.size.since, until)
    for key in shown.keys() | stored.keys():
        if key[1] not in simulation.watch.hidden:
            yield key, shown.get(key) == stored.get(key)


def compared_bills(simulation: Simulation, now: dt.datetime) -> Iterator[tuple[dt.date, int, bool]]:
    """Every published bill with its lines, and whether it is stored as it is, or changed after it was read last."""
    slots = {slot.period: slot for slot in PollSlot.objects.filter(stream=Stream.DAILY_BILLS)}
    for period in days_between(simulation.size.since, now.date() - BILLS_PUBLISHED_AFTER - DAY):
        shown, slot, change = bill_at_agora(simulation.box.sandbox, period), slots.get(period), None
        if slot and slot.last_complete_at and slot.next_attempt_at:
            change = simulation.watch.bills.get(period)
            change = change if change and change.at >= slot.last_complete_at else None
        yield period, len(shown), change is not None or bill_stored(period) == shown


def missing_slots(simulation: Simulation, now: dt.datetime) -> list[str]:
    """The days that no slot stands for, by the calendar."""
    since = simulation.size.since
    expected = {
        (Stream.USAGE.value, f"{business}/{model}/daily", day)
        for business, model in PAIRS
        for day in days_between(since, now.date() - DAY)
    }
    bills = days_between(since, now.date() - BILLS_PUBLISHED_AFTER - DAY)
    expected |= {(Stream.DAILY_BILLS.value, "", day) for day in bills}
    there = set(PollSlot.objects.values_list("stream", "scope", "period"))
    return [f"{stream} {scope} {day}" for stream, scope, day in sorted(expected - there)]


def words(key: Key) -> str:
    """A series and its day."""
    pair, company_id, project_id, day = key
    return f"{pair[0]}/{pair[1]} of {company_id}/{project_id} on {day}"
