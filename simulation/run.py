"""One simulation: a portal that is a month behind on its first day, and so many days that pass for it and for Agora."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.core.cache import cache
from django.test import override_settings

from polling.gate import own_limiter, shared_limiter
from polling.periods import DAY, start_of
from polling.services.connection import claim_origin
from simulation.changes import HOUR, Changes, Pace
from simulation.clock import SharedClock
from simulation.inhabitants import Inhabitants
from simulation.watch import Watch
from simulation.weather import Weather
from simulation.worker import Worker
from tests.sandbox_server import RunningSandbox, running_sandbox

# So many calls a second that no limit is ever reached: the rate itself is measured in real time.
NO_LIMIT = 100_000


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a simulation is: `history` days are there before it begins, `quiet` ones at its end change nothing."""

    companies: int = 1000
    projects: int = 5
    days: int = 60
    history: int = 30
    quiet: int = 9
    active: float = 0.3
    noise: float = 0.005
    moving: float = 0.02
    tick_minutes: int = 10
    seed: int = 1
    pace: Pace = field(default_factory=Pace)

    @property
    def start(self) -> dt.date:
        """The first simulated day; the last one is yesterday, so that no time lies ahead of this machine's."""
        return dt.datetime.now(dt.UTC).date() - self.days * DAY

    @property
    def since(self) -> dt.date:
        """The first day that the portal wants."""
        return self.start - self.history * DAY


@dataclass(kw_only=True)
class Simulation:
    """Everything that takes part, and what was counted: calls by day, and by path and status."""

    size: Size
    box: RunningSandbox
    clock: SharedClock
    worker: Worker
    watch: Watch
    weather: Weather
    changes: Changes
    calls: Counter[dt.date] = field(default_factory=Counter)
    naive: dict[dt.date, int] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def go(self) -> None:
        """Let every day pass, an hour at a time."""
        began = time.monotonic()
        now = start_of(self.size.start)
        end = now + self.size.days * DAY
        quiet_from = end - self.size.quiet * DAY
        self.watch.begin(self.size.start - DAY)
        while now < end:
            now += HOUR
            self.worker.go_on(now)
            self.count(now - HOUR)
            if now.hour == 0:
                self.watch.day_ended(now.date() - DAY)
                self.tell(now.date() - DAY, began)
            self.watch.look(now)
            if now >= quiet_from:
                self.changes.calm_down()
            self.changes.pass_hour(now, quiet=now >= quiet_from)
        self.worker.end()
        self.seconds = time.monotonic() - began

    def count(self, hour: dt.datetime) -> None:
        """Count what was asked since the last time, and what asking everything would be."""
        truth = self.box.sandbox.truth
        entries = truth.entries()
        truth.clear()
        self.calls[hour.date()] += len(entries)
        for entry in entries:
            self.statuses[kind_of_call(entry.path)] += 1
            self.statuses[f"{entry.status or 'no answer'}"] += 1
        world = self.box.sandbox.world
        companies = world.companies()
        owners = sum(1 + len(world.projects(company.id)) for company in companies)
        self.naive[hour.date()] = 6 * owners + len(companies)

    def tell(self, day: dt.date, began: float) -> None:
        """One line for each day that is over."""
        waiting = len(self.watch.usage)
        sys.stderr.write(
            f"\r{day} {self.calls[day]:>7,} calls, {waiting:>6,} changes not seen yet,"
            f" {time.monotonic() - began:>6.0f} s "
        )
        sys.stderr.flush()


def kind_of_call(path: str) -> str:
    """Which of the document's calls a path is."""
    last = path.rsplit("/", 1)[-1]
    if last == "usage":
        return "project usage" if "/projects/" in path else "company usage"
    return {"daily-bills": "daily bill", "companies": "company list", "projects": "project list"}.get(last, last)


@contextmanager
def simulated(size: Size) -> Iterator[Simulation]:
    """A sandbox and a portal at the first moment; the database is the one of the settings, and empty."""
    clock = SharedClock(start_of(size.start))
    people = Inhabitants(
        seed=size.seed, since=size.since, start=size.start, until=size.start + (size.days - size.quiet - 1) * DAY,
        projects=size.projects, active=size.active,
    )  # fmt: skip
    with running_sandbox(companies=0, clock=clock, epoch=size.since) as box:
        for place in range(size.companies):
            box.sandbox.world.take_in(people.company(place), people.projects_at(place))
        weather = Weather(box.sandbox, seed=size.seed, noise=size.noise, moving=size.moving)
        box.sandbox.faults = weather
        watch = Watch(sandbox=box.sandbox)
        worker = Worker(clock=clock, tick=dt.timedelta(minutes=size.tick_minutes))
        changes = Changes(
            sandbox=box.sandbox, weather=weather, watch=watch, people=people, pace=size.pace, seed=size.seed,
            kill=worker.kill,
        )  # fmt: skip
        with portal_of(box, size.since):
            yield Simulation(
                size=size, box=box, clock=clock, worker=worker, watch=watch, weather=weather, changes=changes
            )


@contextmanager
def portal_of(box: RunningSandbox, since: dt.date) -> Iterator[None]:
    """Settings of a portal that speaks to this sandbox and wants to know everything since a day."""
    chosen = {
        "AGORA_BASE_URL": box.base_url,
        "AGORA_KEYS": [(box.key_id, box.key_secret)],
        "AGORA_REQUESTS_PER_SECOND": NO_LIMIT,
        "MIRRORED_ORIGIN": box.base_url,
        "POLL_SINCE": since,
    }
    with override_settings(**chosen):
        cache.clear()
        shared_limiter.cache_clear()
        own_limiter.cache_clear()
        claim_origin()
        yield
