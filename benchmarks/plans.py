"""Goal 9: what a day of the plan of usage costs, and how late it sees what changed; pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from benchmarks.table import SCALE, Line, at_most, figure
from simulation.pure import PureRun, cost_of
from simulation.run import Size

# The whole data set, at the pace that POLL_CALLS_A_DAY leaves it.
COMPANIES, DAYS, CALLS_A_DAY = 10_000, 30, 3000


def measure() -> Iterator[Line]:
    """Both halves of the goal, of one run."""
    size = Size(companies=int(COMPANIES * SCALE), days=DAYS)
    one = PureRun(
        people=size.people,
        companies=size.companies,
        calls_a_day=int(CALLS_A_DAY * SCALE),
        idle_days=settings.POLL_IDLE_DAYS,
    )
    one.go(size.days)
    cost = cost_of(one)
    planned = f"calls of a day's plan for {size.companies:,} companies, of asking everything"
    yield at_most("9", planned, cost.share, 0.1)
    yield at_most("9", "days until a change of the last 45 days is seen, at most", latest(one), 7)
    yield figure("calls of a day: for usage, and for lists and bills", f"{cost.usage:,.0f} + {cost.others:,}")


def latest(one: PureRun) -> float:
    """How late anything was seen, in days."""
    return max(max(days) for days in one.lateness.values())
