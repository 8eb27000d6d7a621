"""Orders across rooms: polling by hand, and taking up the work after a stop."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from agora.errors import AgoraError
from billing.services.poll import expect_daily_bills, read_daily_bill
from companies.services.leases import expire_leases
from companies.services.refresh import expect_projects, listed_companies, read_companies, read_projects
from polling import queries
from polling.models import Stream
from polling.periods import days_between, latest_bill, utc_day
from polling.services import slots
from polling.services.reading import Busy, Interrupted, Reader
from usage.services.expect import due_units, expect_usage, units_of_days
from usage.services.poll import put_off_rest, read_unit

Days = tuple[dt.date, dt.date]
BUSY_PAUSE = 1.0


class Refused(Exception):
    """Agora takes no calls until a person has changed something."""

    def __init__(self, error: AgoraError) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True, kw_only=True)
class Step:
    """One reading of a poll by hand: how many calls it makes at least, and what makes them."""

    calls: int
    read: Callable[[], int]


@dataclass(kw_only=True)
class Watcher:
    """Whom a poll by hand tells how it goes; the defaults tell nobody."""

    begin: Callable[[str, int], None] = field(default=lambda stream, calls: None)
    wait: Callable[[str, dt.datetime | None], None] = field(default=lambda why, until: None)
    sleep: Callable[[float], None] = time.sleep


def poll(reader: Reader, streams: Iterable[str], days: Days | None, watcher: Watcher) -> int:
    """Read these streams: what is due, or `days` again in any case. Gives the changed rows.

    With days, a slot that somebody else reads is waited for; without, it is left to them.
    A pause that Agora asked for is waited for. Raises Refused when only a person can help.
    """
    changed = 0
    for stream in streams:
        steps = list(steps_of(reader, stream, days))
        watcher.begin(stream, sum(step.calls for step in steps))
        for step in steps:
            changed += take(step, reader, watcher, patient=days is not None)
    return changed


def take(step: Step, reader: Reader, watcher: Watcher, *, patient: bool) -> int:
    """Take one step, as often as it takes."""
    while True:
        try:
            return step.read()
        except (Busy, slots.LeaseLost):
            if not patient:
                return 0
            watcher.wait("busy", None)
            watcher.sleep(BUSY_PAUSE)
        except Interrupted as interrupted:
            if interrupted.until is None:
                raise Refused(interrupted.error) from interrupted
            watcher.wait("hold", interrupted.until)
            watcher.sleep(max(0.1, (interrupted.until - reader.clock()).total_seconds()))


def resume(now: dt.datetime) -> None:
    """Bring the database up to date after any stop, before anything works with it; twice changes nothing more.

    What was being sent has an unknown outcome, what was being prepared is queued again, and everything
    that became due meanwhile has its place in the ledger.
    """
    expire_leases(now)
    slots.expect_lists(stream=Stream.COMPANIES, scopes=[""], now=now)
    expect_projects(now)
    expect_usage(queries.poll_since(), utc_day(now))
    expect_daily_bills(queries.poll_since(), now)


def steps_of(reader: Reader, stream: str, days: Days | None) -> Iterator[Step]:
    """The readings of one stream, in their order; later streams build on what earlier ones stored."""
    now = reader.clock()
    if stream == Stream.COMPANIES:
        slots.expect_lists(stream=stream, scopes=[""], now=now)
        if days or queries.due_slots(stream, now).exists():
            yield Step(calls=1, read=partial(read_companies, reader))
    elif stream == Stream.PROJECTS:
        expect_projects(now)
        for company_id in companies_to_read(now, days):
            yield Step(calls=1, read=partial(read_projects, reader, company_id))
    elif stream == Stream.USAGE:
        for unit in units_of_days(*days, now) if days else due_units(now):
            yield Step(calls=unit.calls, read=partial(read_unit, reader, unit))
        yield Step(calls=0, read=partial(put_off_rest, reader))
    else:
        for period in bills_to_read(now, days):
            yield Step(calls=1, read=partial(read_daily_bill, reader, period))


def companies_to_read(now: dt.datetime, days: Days | None) -> list[str]:
    """The companies whose project list is read."""
    if days:
        return listed_companies()
    return [slot.scope for slot in queries.due_slots(Stream.PROJECTS, now)]


def bills_to_read(now: dt.datetime, days: Days | None) -> list[dt.date]:
    """The daily bills that are read, the newest first."""
    expect_daily_bills(days[0] if days else queries.poll_since(), now)
    if days:
        return list(days_between(days[0], min(days[1], latest_bill(now))))[::-1]
    return [slot.period for slot in queries.due_slots(Stream.DAILY_BILLS, now)]
