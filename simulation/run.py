"""One simulation: a portal that is behind on its first day, and so many days that pass for it and for Agora."""

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

from agora.vocabulary import PAIRS
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
# Days after all faults have ended: a sweep each of whatever is due.
SWEEPS_AFTERWARDS = 2


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a simulation is and what goes wrong in it.

    `history` days are there before it begins; in the last `quiet` ones nothing changes afterwards, though calls fail
    as before; then come two days without any fault. `noise` is the share of answers that break, `moving` that of
    pages after which a row moves. Things happen every `hours`, and the beat strikes every `tick_minutes`.
    """

    companies: int = 1000
    projects: int = 5
    days: int = 60
    history: int = 30
    quiet: int = 9
    active: float = 0.3
    noise: float = 0.005
    moving: float = 0.02
    hours: int = 1
    tick_minutes: int = 10
    calls_a_day: int = 3000
    seed: int = 1
    today: dt.date = field(default_factory=lambda: dt.datetime.now(dt.UTC).date())
    pace: Pace = field(default_factory=Pace)

    @property
    def start(self) -> dt.date:
        """The first simulated day; the last one is yesterday, so that no time lies ahead of this machine's."""
        return self.today - (self.days + SWEEPS_AFTERWARDS) * DAY

    @property
    def since(self) -> dt.date:
        """The first day that the portal wants."""
        return self.start - self.history * DAY

    @property
    def people(self) -> Inhabitants:
        """Who lives there."""
        return Inhabitants(
            seed=self.seed, since=self.since, start=self.start, until=self.start + (self.days - self.quiet - 1) * DAY,
            projects=self.projects, active=self.active,
        )  # fmt: skip


@dataclass(kw_only=True)
class Simulation:
    """Everything that takes part, and what was counted: calls by day, and by what was asked and answered."""

    size: Size
    box: RunningSandbox
    clock: SharedClock
    worker: Worker
    watch: Watch
    weather: Weather
    changes: Changes
    calls: Counter[dt.date] = field(default_factory=Counter)
    naive: dict[dt.date, int] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    _began: float = field(default_factory=time.monotonic)

    def go(self) -> None:
        """Let every day pass, and two more on which nothing goes wrong."""
        now = start_of(self.size.start)
        end = now + self.size.days * DAY
        quiet_from = end - self.size.quiet * DAY
        self.watch.begin(self.size.start - DAY)
        while now < end:
            now = self.pass_time(now)
            self.changes.pass_hours(now, self.size.hours, quiet=now >= quiet_from)
        self.changes.calm_down()
        while now < end + SWEEPS_AFTERWARDS * DAY:
            now = self.pass_time(now)
        self.worker.end()
        self.seconds = time.monotonic() - self._began

    def pass_time(self, now: dt.datetime) -> dt.datetime:
        """Let some hours pass, then look; gives the time it is."""
        later = now + self.size.hours * HOUR
        self.worker.go_on(later)
        self.count(now.date())
        if later.date() > now.date():
            self.watch.day_ended(now.date())
            self.tell(now.date())
        self.watch.look(later)
        return later

    def count(self, day: dt.date) -> None:
        """Count what was asked since the last time, and what asking everything once a day would be."""
        truth, world = self.box.sandbox.truth, self.box.sandbox.world
        entries = truth.entries()
        truth.clear()
        self.calls[day] += len(entries)
        self.asked.update(kind_of_call(entry.path) for entry in entries)
        self.answered.update(str(entry.status or "no answer") for entry in entries)
        companies = world.companies()
        owners = len(companies) + sum(len(world.projects(company.id)) for company in companies)
        self.naive[day] = len(PAIRS) * owners + len(companies)

    def tell(self, day: dt.date) -> None:
        """One line for each day that is over."""
        unseen, seconds = len(self.watch.usage), time.monotonic() - self._began
        sys.stderr.write(f"\r{day} {self.calls[day]:>7,} calls, {unseen:>6,} changes not seen yet, {seconds:>6.0f} s ")
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
    clock, people = SharedClock(start_of(size.start)), size.people
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
        with portal_of(box, size):
            claim_origin()
            yield Simulation(
                size=size, box=box, clock=clock, worker=worker, watch=watch, weather=weather, changes=changes
            )


@contextmanager
def portal_of(box: RunningSandbox, size: Size, *, rate: int = NO_LIMIT) -> Iterator[None]:
    """Settings of a portal that speaks to this sandbox."""
    chosen = {
        "AGORA_BASE_URL": box.base_url,
        "AGORA_KEYS": [(box.key_id, box.key_secret)],
        "AGORA_REQUESTS_PER_SECOND": rate,
        "MIRRORED_ORIGIN": box.base_url,
        "POLL_SINCE": size.since,
        "POLL_CALLS_A_DAY": size.calls_a_day,
    }
    with override_settings(**chosen):
        cache.clear()
        yield
        cache.clear()
