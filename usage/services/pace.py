"""How often usage is asked: as often as a day's calls allow, and never less than once in a set number of days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from polling.periods import DAY

# With every sweep everybody is asked, while that is few calls.
WITH_EVERY_SWEEP = 0
MOST_SWEEPS = 8


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often who is asked.

    Whatever is in use is asked `sweeps` times a day. Idle pairs of companies take turns within `idle_days` days; 0
    is with every sweep, and then every project is asked for itself, too.
    """

    sweeps: int
    idle_days: int

    @property
    def every(self) -> dt.timedelta:
        """The time between two sweeps."""
        return DAY / self.sweeps

    @property
    def asks_everybody(self) -> bool:
        return self.idle_days == WITH_EVERY_SWEEP


UNHURRIED = Pace(sweeps=MOST_SWEEPS, idle_days=WITH_EVERY_SWEEP)


@dataclass(frozen=True, kw_only=True)
class Load:
    """Calls: one for everybody and everything, one for what is in use, one for each idle pair of a company.

    `looking_back` are those that a day takes for turns of what is in use, which are of more days than one call tells.
    """

    everybody: int
    in_use: int
    idle: int
    looking_back: int = 0

    def calls_a_day(self, pace: Pace) -> int:
        """What a pace takes."""
        if pace.asks_everybody:
            return pace.sweeps * self.everybody + self.looking_back
        return pace.sweeps * self.in_use + self.looking_back + -(-self.idle // pace.idle_days)


def paces(slowest_turn: int) -> Iterator[Pace]:
    """From the quickest pace to the slowest.

    What is idle takes turns within one day or within the most that there may be. Whenever turns came within another
    number of days, half of it would be asked twice; from one day to many and back nothing is.
    """
    yield UNHURRIED
    for sweeps in (MOST_SWEEPS, 4, 2, 1):
        yield Pace(sweeps=sweeps, idle_days=1)
    if slowest_turn > 1:
        yield Pace(sweeps=1, idle_days=slowest_turn)


def pace_for(load: Load, *, calls_a_day: int, slowest_turn: int) -> Pace:
    """The quickest pace that takes no more calls a day than that, else the slowest there is."""
    slowest = UNHURRIED
    for pace in paces(slowest_turn):
        if load.calls_a_day(pace) <= calls_a_day:
            return pace
        slowest = pace
    return slowest
