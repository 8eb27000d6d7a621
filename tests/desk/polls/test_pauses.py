"""Agora asks for quiet or is down: nobody calls meanwhile, and everything is caught up afterwards (P19, P20)."""

import datetime as dt
import os
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.core.cache import cache
from django.db import connections

from companies.models import Company
from polling import queries
from polling.gate import FAILURES_BEFORE_PAUSE, held_until
from polling.models import PollSlot, SlotState, Stream, Target
from sandbox.faults import Fault, Match
from tests.desk.polls.then import (
    BILL,
    HOUR,
    SINCE,
    THEN,
    asked,
    slot,
    stored_bill,
    stored_usage,
    sweep,
    true_bill,
    true_usage,
)
from tests.polled import TODAY, Portal, polled_portal

WORKERS = 8
NOW = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)


@pytest.fixture
def large_portal(transactional_db: None) -> Iterator[Portal]:
    """Forty days of bills, three lines on a page."""
    with time_machine.travel(NOW), polled_portal(days=40, companies=2, page_size=3) as running:
        yield running


def together(work: Callable[[], object]) -> None:
    """Let eight processes do the same at the same time."""
    connections.close_all()
    cache.close()
    children = []
    for _number in range(WORKERS):
        child = os.fork()
        if not child:
            try:
                work()
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * WORKERS


def test_p19_eight_workers_keep_one_rate_and_read_every_day_once(large_portal: Portal, settings: object) -> None:
    rate = settings.AGORA_REQUESTS_PER_SECOND = 30  # type: ignore[attr-defined]

    together(lambda: sweep(large_portal, Stream.DAILY_BILLS, at=NOW))

    entries = large_portal.sandbox.truth.entries()
    moments = [dt.datetime.fromisoformat(entry.at) for entry in entries]
    # An entry may be written long after the gate opened where the machine is busy, hence half of the second.
    half = dt.timedelta(seconds=0.5)
    assert max(sum(start <= moment < start + half for moment in moments) for start in moments) <= rate
    assert max(moments) - min(moments) > dt.timedelta(seconds=1.5)
    assert len(asked(large_portal)) == len(set(asked(large_portal))) > 2 * rate
    assert not PollSlot.objects.filter(first_complete_at=None).exists()


def test_p19_when_agora_asks_one_worker_for_quiet_the_other_seven_are_quiet_too(large_portal: Portal) -> None:
    headers = {"Retry-After": "600"}
    portal = large_portal
    portal.sandbox.faults.order(Fault(action="status", status=429, headers=headers, match=Match(nth=30)))

    together(lambda: sweep(portal, Stream.DAILY_BILLS, at=NOW))

    entries = portal.sandbox.truth.entries()
    (place,) = (number for number, entry in enumerate(entries) if entry.status == 429)
    assert len(entries) - place - 1 < WORKERS  # at most one call of each other worker was on its way
    sweep(portal, Stream.DAILY_BILLS, at=NOW + HOUR / 6)
    assert len(portal.sandbox.truth.entries()) == len(entries)

    with time_machine.travel(NOW + HOUR):
        sweep(portal, Stream.DAILY_BILLS, at=NOW + HOUR)
    days = PollSlot.objects.values_list("period", flat=True)
    assert len(days) == 38
    assert all(stored_bill(day) == true_bill(portal, day) for day in days)


@pytest.mark.django_db
def test_p20_while_agora_is_down_it_is_asked_once_in_a_while_and_then_caught_up_within_two_sweeps(
    portal: Portal,
) -> None:
    def sweep_at(moment: dt.datetime) -> int:
        """A sweep after the last pause is over; gives how many calls it made."""
        cache.clear()
        portal.sandbox.truth.clear()
        with time_machine.travel(moment):
            sweep(portal, at=moment)
        return len(portal.sandbox.truth.entries())

    portal.sandbox.faults.order(Fault(action="status", status=503, times=0))
    sweep_at(THEN)
    assert [sweep_at(THEN + hour * HOUR) for hour in range(1, 7)] == [1] * 6
    portal.sandbox.faults.clear()

    for sweeps in (1, 2):
        sweep_at(THEN + 6 * HOUR + sweeps * HOUR / 3)

    assert stored_usage(SINCE, BILL) == true_usage(portal, SINCE, BILL)
    assert stored_bill() == true_bill(portal)
    assert queries.missing(THEN + 7 * HOUR, streams=list(Stream.values), days=None) == []
    assert slot().state == SlotState.COMPLETE


@pytest.mark.django_db
def test_p20_one_company_whose_calls_fail_holds_nobody_up(portal: Portal) -> None:
    sweep(portal, Stream.COMPANIES, Stream.PROJECTS)
    broken, *_others = sorted(Company.objects.values_list("company_id", flat=True))
    whose = Match(path_regex=f"/companies/{broken}/")
    portal.sandbox.faults.order(Fault(action="status", status=500, times=0, match=whose))

    sweep(portal, Stream.USAGE)
    with time_machine.travel(THEN + HOUR):
        sweep(portal, Stream.USAGE, at=THEN + HOUR)  # nothing is left to ask but what fails

    assert held_until() == 0
    assert set(Target.objects.values_list("company_id", flat=True)) == {broken}
    assert queries.connection().failures_in_a_row < FAILURES_BEFORE_PAUSE
