"""The plan of usage alone, without HTTP or a database: how many calls a day it makes of many companies, seen how late.

Answers are worked out from who uses what, and carried into facts as the ledger carries them.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from agora.vocabulary import PAIRS, Interval
from polling.periods import DAY, SWEEPS_BEGIN_AT, first_of_month, start_of, utc_day
from polling.series import Kind, Owner
from simulation.changes import OLDEST_LATE_DAY, OLDEST_OF_IDLE
from simulation.inhabitants import Inhabitants
from usage.services.pace import UNHURRIED, Load, Pace, pace_for
from usage.services.plan import KINDS, NEVER_ASKED, Facts, Moment, Range, blocks, wanted

LOOK_BACK = 45
HOUR = dt.timedelta(hours=1)
# The share of companies of which an earlier day changes, each day; one in so many of them used nothing then.
LATE, IDLE = 0.02, 20


@dataclass(frozen=True, kw_only=True)
class Household:
    """A company, the first day on which it uses each kind (None: never), and how many of its projects do."""

    owner: Owner
    begins: Mapping[Kind, dt.date | None]
    using: int


@dataclass(kw_only=True)
class PureRun:
    """Days of the plan: calls of usage by day, and how late a day's figures were seen, in days."""

    people: Inhabitants
    companies: int
    calls_a_day: int
    idle_days: int
    calls: Counter[dt.date] = field(default_factory=Counter)
    lateness: dict[str, list[float]] = field(default_factory=dict)
    pace: Pace = UNHURRIED
    now: dt.datetime = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    _facts: dict[tuple[Kind, Owner], Facts] = field(default_factory=dict)
    _unseen: dict[tuple[Kind, Owner], dict[dt.date, tuple[str, dt.datetime]]] = field(default_factory=dict)

    def go(self, days: int) -> None:
        """Let so many days pass, an hour at a time; on the first one everything is known already."""
        homes = [self._home(place) for place in range(self.companies)]
        now = self.now = start_of(self.people.start)
        self._know_everything(homes, now)
        self.pace = pace_for(self._load(homes, now), calls_a_day=self.calls_a_day, slowest_turn=self.idle_days)
        dice = random.Random(self.people.seed)
        begin = SWEEPS_BEGIN_AT // HOUR
        sweeps = {begin + number * 24 // self.pace.sweeps for number in range(self.pace.sweeps)}
        for _ in range(days * 24):
            now = self.now = now + HOUR
            if now.hour == 0:
                self._day_ended(homes, now, dice)
            if now.hour not in sweeps:
                continue
            moment = self._moment(now)
            for home in homes:
                for kind in KINDS:
                    # Who is idle has nothing but turns, which come with the day's first sweep.
                    if now.hour == begin or self._uses(home, kind, moment):
                        self._ask(home, kind, moment)

    def lost(self, latest: float) -> int:
        """How many changes nobody has seen for longer than so many days."""
        waiting = [self.now - at for days in self._unseen.values() for _label, at in days.values()]
        return sum(time > latest * DAY for time in waiting)

    # --- Inside --------------------------------------------------------------------------------------------

    def _moment(self, now: dt.datetime) -> Moment:
        return Moment(
            now=now, since=self.people.since, pace=self.pace, look_back=LOOK_BACK, slowest_turn=self.idle_days
        )

    def _uses_since(self, home: Household, kind: Kind, day: dt.date) -> bool:
        return self._facts[kind, home.owner].uses(day)

    def _uses(self, home: Household, kind: Kind, moment: Moment) -> bool:
        return moment.is_in_use(self._facts[kind, home.owner])

    def _home(self, place: int) -> Household:
        projects = self.people.projects_at(place)
        in_use = {pair for project in projects for pair in project.rhythm.shares}
        first = next((dt.date.fromordinal(p.rhythm.begins) for p in projects if p.rhythm.shares), None)
        begins = {kind: first if (kind.business, kind.model) in in_use else None for kind in KINDS}
        return Household(owner=Owner(company_id=str(place)), begins=begins, using=2 if in_use else 0)

    def _know_everything(self, homes: list[Household], now: dt.datetime) -> None:
        today = utc_day(now)
        for home in homes:
            for kind in KINDS:
                begins = home.begins[kind]
                used = today if begins and begins <= today else self.people.since - DAY
                self._facts[kind, home.owner] = Facts(
                    known=(self.people.since, today), checked_from=self.people.since, checked_at=now, used_until=used
                )

    def _load(self, homes: list[Household], now: dt.datetime) -> Load:
        since = utc_day(now) - (LOOK_BACK - 1) * DAY
        series = len(homes) * (1 + self.people.projects) * len(KINDS)
        used = [(h, k) for h in homes for k in KINDS if self._facts[k, h.owner].uses(since)]
        daily = sum(kind.interval == Interval.DAILY for kind in KINDS)
        idle = len(homes) * daily - sum(kind.interval == Interval.DAILY for _home, kind in used)
        in_use = sum(1 + home.using for home, _kind in used)
        return Load(everybody=series, in_use=in_use, idle=idle, looking_back=in_use // self.idle_days)

    def _day_ended(self, homes: list[Household], now: dt.datetime, dice: random.Random) -> None:
        over = utc_day(now) - DAY
        for home in homes:
            for kind in KINDS:
                begins = home.begins[kind]
                if kind.interval == Interval.DAILY and begins and begins <= over:
                    label = "in use" if self._uses_since(home, kind, over - LOOK_BACK * DAY) else "begins"
                    self._unseen.setdefault((kind, home.owner), {}).setdefault(over, (label, now))
        daily = [kind for kind in KINDS if kind.interval == Interval.DAILY]
        in_use = [(home, kind) for home in homes for kind in daily if (begins := home.begins[kind]) and begins <= over]
        for number in range(int(LATE * len(homes))):
            idle = number % IDLE == 0
            home, kind = (dice.choice(homes), dice.choice(daily)) if idle else dice.choice(in_use)
            oldest = OLDEST_OF_IDLE if home.begins[kind] is None else OLDEST_LATE_DAY
            day = over - dice.randint(0, oldest - 1) * DAY
            label = "shows up idle" if home.begins[kind] is None else "changed in use"
            if day >= self.people.since:
                self._unseen.setdefault((kind, home.owner), {})[day] = (label, now)

    def _ask(self, home: Household, kind: Kind, moment: Moment) -> None:
        facts = self._facts.get((kind, home.owner), NEVER_ASKED)
        ranges = wanted(kind, home.owner, facts, due_slots(kind, moment), moment)
        if not ranges:
            return
        asked = min(since for since, _ in ranges), max(until for _, until in ranges)
        unseen = self._unseen.get((kind, home.owner), {})
        seen = [day for day in unseen if asked[0] <= day <= asked[1]]
        begins = home.begins[kind]
        used = [day for day in (*seen, moment.today if begins and begins <= moment.today else None) if day]
        calls = len(list(blocks(kind, *asked, LOOK_BACK)))
        self.calls[moment.today] += calls * (1 + (home.using if used else 0))
        for day in seen:
            label, at = unseen.pop(day)
            self.lateness.setdefault(label, []).append((moment.now - at) / DAY)
        self._facts[kind, home.owner] = after_answer(facts, asked, max(used, default=None), moment.now)


def due_slots(kind: Kind, moment: Moment) -> list[Range]:
    """The days of every slot that may be due, which the plan sorts out for each series."""
    if kind.interval == Interval.MONTHLY:
        first = first_of_month(moment.today)
        months = [first_of_month(first - DAY), first]
        return [(month, min(first_of_month(month + 31 * DAY) - DAY, moment.today)) for month in months]
    return [(moment.today - n * DAY, moment.today - n * DAY) for n in range(8)]


def after_answer(facts: Facts, asked: Range, used: dt.date | None, now: dt.datetime) -> Facts:
    """What is known of a series after an answer, as the ledger keeps it."""
    first, last = facts.known or asked
    known = min(first, asked[0]), max(last, asked[1])
    used_until = max(facts.used_until or known[0] - DAY, used or known[0] - DAY)
    if asked[1] >= last:
        return replace(facts, known=known, checked_from=asked[0], checked_at=now, used_until=used_until)
    return replace(facts, known=known, used_until=used_until)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Calls a day: for usage in the mean and at most, for lists and bills, and those of asking everything once."""

    usage: float
    most: int
    others: int
    naive: int

    @property
    def share(self) -> float:
        """What the plan takes of asking everything."""
        return (self.usage + self.others) / self.naive


def cost_of(one: PureRun) -> Cost:
    """What the whole days of a run cost, without the first and the last one."""
    usage = [calls for _day, calls in sorted(one.calls.items())[1:-1]]
    return Cost(
        usage=statistics.mean(usage),
        most=max(usage),
        others=other_calls(one.companies, idle_days=one.idle_days),
        naive=len(PAIRS) * one.companies * (1 + one.people.projects) + one.companies,
    )


def other_calls(companies: int, *, idle_days: int) -> int:
    """Calls a day beside those for usage: the company list hourly, project lists in turns, bills again."""
    pages_of_companies, bills, lines_a_page = -(-companies // 100), 7, 1000
    pages_of_bills = -(-companies * 5 // lines_a_page)
    return 24 * pages_of_companies + companies // idle_days + bills * pages_of_bills
