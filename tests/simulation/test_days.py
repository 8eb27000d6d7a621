"""Days that pass for a portal and for Agora: nothing is lost, and what is wrong is found."""

import datetime as dt
from dataclasses import replace

import pytest

from billing.models import DailyBillLine
from polling.models import PollSlot, SlotState, Stream
from polling.periods import DAY
from simulation.audit import audited, missing_slots
from simulation.changes import Pace
from simulation.run import Simulation, Size, simulated
from usage.models import UsageFigures

MUCH = Pace(
    late=0.1, idle=0.1, revised=0.05, unpublished_every=5, comes_every=3, goes_every=6, project_every=4,
    outage_every=5, storm_every=5, kill_every=2,
)  # fmt: skip
SMALL = Size(
    companies=6, projects=3, days=14, history=5, quiet=4, noise=0.03, hours=3, tick_minutes=60, calls_a_day=0, pace=MUCH
)
LEDGER = replace(SMALL, projects=4, days=40, history=0, quiet=36, noise=0.1, hours=12, tick_minutes=240)


def results(simulation: Simulation) -> dict[str, object]:
    """What must be none at the end."""
    now = simulation.clock.now()
    found = audited(simulation, now)
    return {
        "lost": found.lost,
        "false": simulation.watch.false,
        "gaps": found.gaps,
        "without a slot": missing_slots(simulation, now),
    }


NONE: dict[str, object] = {"lost": [], "false": [], "gaps": [], "without a slot": []}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_much_happens_to_a_few_companies_and_nothing_is_lost() -> None:
    with simulated(SMALL) as simulation:
        simulation.go()

        assert results(simulation) == NONE
        assert simulation.worker.kills
        assert {"late usage", "bill line revised", "company comes", "outage"} <= set(simulation.changes.happened)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_g3_what_is_complete_is_true_though_every_tenth_answer_breaks() -> None:
    with simulated(LEDGER) as simulation:
        simulation.go()

        assert results(simulation) == NONE
        week_ago = simulation.clock.now().date() - 9 * DAY
        known = PollSlot.objects.filter(stream__in=[Stream.USAGE, Stream.DAILY_BILLS], period__lte=week_ago)
        assert not known.exclude(state__in=[SlotState.COMPLETE, SlotState.FROZEN]).exclude(scope__endswith="/monthly")


def test_a_figure_that_is_not_stored_is_lost(calm: Simulation) -> None:
    calm.go()
    assert results(calm) == NONE
    gone = UsageFigures.objects.filter(series__interval="daily", period=calm.size.start)[0]
    gone.delete()

    assert len(audited(calm, calm.clock.now()).lost) == 1


def test_a_line_of_a_bill_that_is_not_stored_is_lost(calm: Simulation) -> None:
    calm.go()
    line = DailyBillLine.objects.filter(period=calm.size.since)[0]
    line.delete()

    assert audited(calm, calm.clock.now()).lost == [f"bill of {line.period}"]


def test_a_slot_that_is_complete_without_its_figures_is_false(calm: Simulation) -> None:
    calm.go()
    day = calm.size.start
    UsageFigures.objects.filter(period=day).delete()
    calm.watch.audited.clear()
    now = calm.clock.now() + dt.timedelta(minutes=1)
    PollSlot.objects.filter(stream=Stream.USAGE, period=day).update(first_complete_at=now, last_complete_at=now)

    calm.watch.look(now)

    assert calm.watch.false


def test_a_figure_that_changes_is_seen_with_the_time_it_took(calm: Simulation) -> None:
    calm.go()

    assert {label for label, days in calm.watch.lateness.items() if days} == {
        "bill, published",
        "in use, company",
        "in use, project",
    }
    assert {key[3] for key in calm.watch.usage} <= {calm.clock.now().date() - DAY}
