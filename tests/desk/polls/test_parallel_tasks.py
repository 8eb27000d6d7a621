"""Tasks that are started twice, late or again: everything is asked once, and no row is doubled (P23)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from billing.models import DailyBillLine
from billing.services.poll import expect_daily_bills, poll_due_daily_bills
from billing.tasks import poll_daily_bills
from companies.models import Company, Project
from polling import queries
from polling.models import PollRun, PollSlot, RunOutcome, Stream
from polling.services import slots
from tests.desk.polls.then import (
    BILL,
    DAY,
    HOUR,
    LEASE_IS_OVER,
    SINCE,
    THEN,
    asked,
    stored_bill,
    stored_usage,
    sweep,
    true_bill,
    true_usage,
)
from tests.polled import Portal
from usage.services.poll import poll_due_usage

pytestmark = pytest.mark.django_db(transaction=True)
LATER = THEN + LEASE_IS_OVER


def at_once(work: Callable[[], object], times: int = 2) -> None:
    """Do the same so many times at the same moment."""
    together = Barrier(times)

    def begin(_number: int) -> None:
        together.wait()
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        list(pool.map(begin, range(times)))


def test_p23_a_task_that_is_started_twice_at_once_reads_every_day_once(portal: Portal) -> None:
    at_once(lambda: poll_due_daily_bills(portal.reader(clock=lambda: THEN)))

    runs = PollRun.objects.filter(outcome=RunOutcome.COMPLETE).values_list("since", flat=True)
    assert sorted(runs) == sorted(set(runs)) == [SINCE, SINCE + DAY, SINCE + 2 * DAY, BILL]
    assert len(asked(portal)) == len(set(asked(portal)))
    assert all(stored_bill(day) == true_bill(portal, day) for day in runs)


def test_p23_lists_are_read_once_by_a_task_that_is_started_twice_at_once(portal: Portal) -> None:
    at_once(lambda: sweep(portal, Stream.COMPANIES, Stream.PROJECTS), times=4)

    assert len(asked(portal, "companies")) == PollRun.objects.count() == 3
    assert (Company.objects.count(), Project.objects.count()) == (2, 4)


def test_p23_usage_is_asked_once_by_a_task_that_is_started_twice_at_once(portal: Portal) -> None:
    sweep(portal, Stream.COMPANIES, Stream.PROJECTS)
    portal.sandbox.clock.pretended = None

    at_once(lambda: poll_due_usage(portal.reader()), times=3)

    calls = [(entry.path, entry.query) for entry in portal.sandbox.truth.entries() if "usage" in entry.path]
    assert len(calls) == len(set(calls)) > 0
    assert stored_usage(SINCE, BILL) == true_usage(portal, SINCE, BILL)


def test_p23_a_task_that_is_delivered_again_after_its_end_asks_nothing(portal: Portal) -> None:
    poll_daily_bills()
    portal.sandbox.truth.clear()

    poll_daily_bills()

    assert portal.sandbox.truth.entries() == []


def test_p23_nothing_is_started_of_a_stream_that_somebody_reads(portal: Portal) -> None:
    expect_daily_bills(SINCE, THEN)
    assert Stream.DAILY_BILLS in queries.due_streams(THEN)

    slots.take_lease(stream=Stream.DAILY_BILLS, scope="", since=BILL, until=BILL, now=THEN)

    assert Stream.DAILY_BILLS not in queries.due_streams(THEN)
    assert Stream.DAILY_BILLS in queries.due_streams(LATER)


def test_p23_what_became_due_several_times_meanwhile_is_read_once(portal: Portal) -> None:
    sweep(portal)
    portal.sandbox.truth.clear()

    sweep(portal, at=THEN + 7 * HOUR)

    queries_made = [entry.path + entry.query for entry in portal.sandbox.truth.entries()]
    assert len(queries_made) == len(set(queries_made)) > 0
    assert not PollSlot.objects.filter(next_attempt_at__lte=THEN + 7 * HOUR).exists()


def test_p23_rows_are_never_doubled_by_readings_at_the_same_time(portal: Portal) -> None:
    sweep(portal, Stream.COMPANIES)

    at_once(lambda: sweep(portal, Stream.PROJECTS, Stream.USAGE), times=3)
    sweep(portal, Stream.PROJECTS, Stream.USAGE, at=LATER)

    assert Project.objects.count() == 4
    assert stored_usage(SINCE, BILL) == true_usage(portal, SINCE, BILL)
    assert DailyBillLine.objects.count() == 0
