"""The plan of usage alone: many companies cost few calls, and everything is seen within a week."""

import datetime as dt

from polling.periods import DAY
from simulation.inhabitants import Inhabitants
from simulation.pure import PureRun, other_calls

START = dt.date(2026, 3, 1)
PEOPLE = Inhabitants(seed=1, since=START - 50 * DAY, start=START, until=START + 10 * DAY, waking=0.05)


def test_few_calls_see_every_change_within_a_week() -> None:
    run = PureRun(people=PEOPLE, companies=100, calls_a_day=0, idle_days=7)
    run.go(20)

    assert (run.pace.sweeps, run.pace.idle_days) == (1, 7)
    assert {"in use", "begins", "changed in use"} <= set(run.lateness)
    assert max(max(days) for days in run.lateness.values()) <= 7
    assert run.lost(7) == 0


def test_lists_and_bills_cost_calls_of_their_own() -> None:
    assert other_calls(1000, idle_days=7) == 24 * 10 + 142 + 7 * 5
