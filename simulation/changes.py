"""What happens at Agora while the time goes on: figures and bills change later, companies come and go, storms pass."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from agora.vocabulary import METRICS, PAIRS
from polling.periods import BILLS_PUBLISHED_AFTER, DAY
from sandbox.api import Sandbox
from sandbox.bills import Revision
from sandbox.companies import Project
from sandbox.figures import Pair, level
from simulation.inhabitants import Inhabitants
from simulation.truth import Key, figures_at_agora
from simulation.watch import Change, Watch
from simulation.weather import Weather

HOUR = dt.timedelta(hours=1)
# Days back; nobody promises to see older ones. Who used nothing has its turn within a week, which looks back 45 days.
OLDEST_LATE_DAY, OLDEST_OF_IDLE = 44, 37
LATE_DAYS = (1, 1, 2, 2, 3, 4, 5, 6, 9, 15, 25, 40)
REVISED_AFTER = (0, 1, 1, 2, 2, 3, 5, 6, 10, 13, 20, 30)  # days after its bill was published; it is read at +35 last


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often things happen: shares of what there is a day, and the days between two of what is rare (0: never).

    `late` is the share of the days of series in use that change afterwards, `idle` that of companies which use
    nothing, `revised` the share of bill lines, `withdrawn` the share of those that are taken out.
    """

    late: float = 0.02
    idle: float = 0.002
    revised: float = 0.0005
    withdrawn: float = 0.2
    unpublished_every: float = 12.0
    comes_every: float = 2.0
    goes_every: float = 10.0
    project_every: float = 3.0
    outage_every: float = 12.0
    storm_every: float = 9.0
    kill_every: float = 6.0


@dataclass(kw_only=True)
class Changes:
    """Lets things happen while nobody reads, and tells the watch of everything the portal has to find out."""

    sandbox: Sandbox
    weather: Weather
    watch: Watch
    people: Inhabitants
    pace: Pace
    seed: int
    kill: Callable[[], object]
    happened: dict[str, int] = field(default_factory=dict)
    _ends: list[tuple[dt.datetime, Callable[[], object]]] = field(default_factory=list)
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def pass_hours(self, now: dt.datetime, hours: int, *, quiet: bool) -> None:
        """Whatever happens in so many hours, now that they are over; when it is `quiet`, some things only end."""
        for end in [end for end in self._ends if end[0] <= now]:
            self._ends.remove(end)
            end[1]()
        if quiet:
            return
        for happen, a_day in self._what_happens():
            for _ in range(self._times(a_day * hours / 24)):
                if happen(now):
                    name = happen.__name__.strip("_").replace("_", " ")
                    self.happened[name] = self.happened.get(name, 0) + 1

    def calm_down(self) -> None:
        """Nothing goes wrong on the way any more, and whoever went away is back."""
        self.weather.clear()
        for _at, end in self._ends:
            end()
        self._ends.clear()

    def _what_happens(self) -> Iterator[tuple[Callable[[dt.datetime], bool], float]]:
        """What may happen, with how often in a day."""
        pace, companies = self.pace, len(self.sandbox.world.companies())
        lines = companies * self.people.projects
        yield self._late_usage, pace.late * companies * self.people.active * 3
        yield self._late_usage_of_idle, pace.idle * companies
        yield self._bill_line_revised, pace.revised * lines
        yield self._bill_unpublished, _once_in(pace.unpublished_every)
        yield self._company_comes, _once_in(pace.comes_every)
        yield self._company_goes, _once_in(pace.goes_every)
        yield self._project_comes, _once_in(pace.project_every)
        yield self._outage, _once_in(pace.outage_every)
        yield self._storm, _once_in(pace.storm_every)
        yield self._worker_killed, _once_in(pace.kill_every)

    def _times(self, expected: float) -> int:
        whole = int(expected)
        return whole + (self._dice.random() < expected - whole)

    # --- Usage ---------------------------------------------------------------------------------------------

    def _late_usage(self, now: dt.datetime) -> bool:
        """A day of a product in use changes afterwards."""
        day = now.date() - self._dice.choice(LATE_DAYS) * DAY
        project = self._project(lambda project: bool(level(project.rhythm, day.toordinal())))
        if project is None or day < self.people.since:
            return False
        label = "changed within a week" if (now.date() - day).days <= 7 else "changed within 45 days"
        self._correct(project, self._dice.choice(list(project.rhythm.shares)), day, now, label)
        return True

    def _late_usage_of_idle(self, now: dt.datetime) -> bool:
        """A day shows up of a company that used nothing."""
        day = now.date() - self._dice.randint(1, OLDEST_OF_IDLE) * DAY
        project = self._project(lambda project: not project.rhythm.shares)
        if project is None or day < max(self.people.since, project.created.date()):
            return False
        self._correct(project, self._dice.choice(PAIRS), day, now, "shows up where nothing was")
        return True

    def _correct(self, project: Project, pair: Pair, day: dt.date, now: dt.datetime, label: str) -> None:
        keys: list[Key] = [(pair, str(project.company_id), owner, day) for owner in (project.id, "")]
        for key in keys:
            self.watch.earlier[key].add(figures_at_agora(self.sandbox, key))
        self.sandbox.usage.correct(project, pair, day, METRICS[pair][0], self._dice.randint(1, 5000))
        self.watch.usage_changed(keys, now, label)

    def _project(self, fits: Callable[[Project], bool]) -> Project | None:
        """Some project of some company that fits and is listed, None where a few attempts find none."""
        for _ in range(50):
            company = self._dice.choice(self.sandbox.world.companies())
            fitting = [project for project in self.sandbox.world.projects(company.id) if fits(project)]
            if fitting and str(company.id) not in self.watch.hidden:
                return self._dice.choice(fitting)
        return None

    # --- Bills ---------------------------------------------------------------------------------------------

    def _bill_line_revised(self, now: dt.datetime) -> bool:
        """A line of a published bill changes or is withdrawn."""
        period = now.date() - BILLS_PUBLISHED_AFTER - self._dice.choice(REVISED_AFTER) * DAY
        lines = self.sandbox.bills.lines(period) if period >= self.people.since else []
        if not lines:
            return False
        line = self._dice.choice(lines)
        withdraw = self._dice.random() < self.pace.withdrawn
        delta = Decimal(self._dice.randint(-10_000, 10_000)) / 1000
        revision = Revision(
            company_id=line.company_id, project_id=line.project_id, of_currency=line.currency,
            delta=delta, withdraw=withdraw,
        )  # fmt: skip
        self.sandbox.bills.revise(period, revision)
        week = "within a week" if (now.date() - period).days <= 9 else "within 35 days"
        self.watch.bills.setdefault(period, Change(at=now, label=f"bill, revised {week}"))
        return True

    def _bill_unpublished(self, now: dt.datetime) -> bool:
        """The next bill stays empty for some hours after its time."""
        period = now.date() - BILLS_PUBLISHED_AFTER + DAY
        ready_at = now.replace(hour=0) + DAY + self._dice.randint(2, 40) * HOUR
        self.sandbox.bills.set_ready(period, False)

        def publish() -> None:
            self.sandbox.bills.set_ready(period, True)
            self.watch.bills[period] = Change(at=ready_at, label="bill, published late")

        self._ends.append((ready_at, publish))
        return True

    # --- Companies and projects ----------------------------------------------------------------------------

    def _company_comes(self, now: dt.datetime) -> bool:
        """A company nobody knew has its first day."""
        place = len(self.sandbox.world.companies())
        company, projects = self.people.company(place), self.people.projects_at(place, born=now.date())
        self.sandbox.world.take_in(company, projects)
        self.watch.listed[str(company.id), ""] = Change(at=now, label="new company")
        return True

    def _company_goes(self, now: dt.datetime) -> bool:
        """A company is listed no more; some days later it may be back."""
        company_id = self._dice.choice(self.sandbox.world.companies()).id
        if str(company_id) in self.watch.hidden:
            return False
        self.watch.hidden.add(str(company_id))
        self.sandbox.world.hide(company_id, 1e9)

        back_at = now + self._dice.randint(20, 200) * HOUR

        def come_back() -> None:
            self.sandbox.world.hide(company_id, 0)
            self.watch.is_back(str(company_id), back_at)

        if self._dice.random() < 0.7:
            self._ends.append((back_at, come_back))
        return True

    def _project_comes(self, now: dt.datetime) -> bool:
        """A company that uses something has one project more, which uses it too."""
        today = now.date()
        sibling = self._project(lambda project: bool(level(project.rhythm, today.toordinal())))
        if sibling is None:
            return False
        world, company_id = self.sandbox.world, sibling.company_id
        company, projects = world.company(company_id), world.projects(company_id)
        if company is None:
            return False
        pairs = tuple(sibling.rhythm.shares)
        project = self.people.project(company.place, len(projects), pairs, today + DAY, born=today)
        world.take_in(company, [*projects, project])
        self.watch.listed[str(company_id), project.id] = Change(at=now, label="new project")
        return True

    # --- On the way ----------------------------------------------------------------------------------------

    def _outage(self, now: dt.datetime) -> bool:
        """No call is answered for some hours."""
        self.weather.outage = True
        self._ends.append((now + self._dice.randint(2, 7) * HOUR, lambda: setattr(self.weather, "outage", False)))
        return True

    def _storm(self, now: dt.datetime) -> bool:
        """Many calls are refused by 429 for an hour or some."""
        self.weather.storm = True
        self._ends.append((now + self._dice.randint(1, 4) * HOUR, lambda: setattr(self.weather, "storm", False)))
        return True

    def _worker_killed(self, _now: dt.datetime) -> bool:
        """The worker is killed at one of its next calls, or while it stores what they brought."""
        self.weather.kill_at(self._dice.randint(1, 300), self.kill)
        return True


def _once_in(days: float) -> float:
    return 1 / days if days else 0.0
