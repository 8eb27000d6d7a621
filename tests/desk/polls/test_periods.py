"""Clocks that are wrong and zones that jump: every period is a UTC day, or nothing is read (P21, P22)."""

import datetime as dt
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from billing.services.poll import expect_daily_bills
from companies.models import Project
from polling import queries
from polling.models import PollSlot, SlotState, Stream
from polling.periods import utc_day
from polling.services.connection import creates_held
from sandbox.faults import Fault, Match
from tests.desk.polls.then import (
    BILL,
    DAYS,
    HOUR,
    SINCE,
    THEN,
    days_known,
    slot,
    stored_bill,
    stored_usage,
    sweep,
    true_bill,
    true_usage,
)
from tests.polled import Portal, polled_portal
from usage.models import UsageFigures
from usage.services.expect import expect_usage

pytestmark = pytest.mark.django_db
MINUTE = 60.0


@pytest.fixture
def portal(db: None) -> Iterator[Portal]:
    """One company with one project."""
    with polled_portal(days=DAYS, companies=1, projects=1) as running:
        yield running


def assert_everything_is_known(portal: Portal) -> None:
    assert stored_usage(SINCE, BILL) == true_usage(portal, SINCE, BILL)
    assert stored_bill() == true_bill(portal)
    assert {known[2:] for known in days_known()} == {(SINCE, THEN.date())}


@pytest.mark.parametrize("minutes", [4, -4])
def test_p21_a_clock_that_is_off_by_minutes_is_measured_and_holds_creates_only(minutes: int, portal: Portal) -> None:
    portal.sandbox.clock.offset = minutes * MINUTE

    sweep(portal)

    assert_everything_is_known(portal)
    assert abs((queries.connection().skew_seconds or 0) - minutes * MINUTE) < 3
    assert creates_held() == "clock"


@pytest.mark.parametrize("minutes", [6, -6, 60, -60])
def test_p21_a_clock_that_the_gateway_refuses_is_named_and_nothing_is_read_until_it_is_right(
    minutes: int, portal: Portal
) -> None:
    portal.sandbox.clock.offset = minutes * MINUTE

    sweep(portal, Stream.COMPANIES, Stream.DAILY_BILLS)

    assert (queries.connection().refused_reason, creates_held()) == ("clock", "clock")
    assert "a valid date or x-date header is required" in slot(BILL).last_error
    assert [entry.signed for entry in portal.sandbox.truth.entries()] == [False, False]
    assert stored_bill() == set()

    portal.sandbox.clock.offset = 0.0
    sweep(portal, at=THEN + HOUR)
    assert_everything_is_known(portal)
    assert (queries.connection().refused_reason, creates_held()) == ("", "")


@pytest.mark.parametrize("minutes", [60, -60])
def test_p21_a_clock_that_jumps_during_a_run_stores_no_wrong_period(minutes: int, portal: Portal) -> None:
    sweep(portal, Stream.COMPANIES, Stream.PROJECTS)

    def jump() -> None:
        portal.sandbox.clock.offset = minutes * MINUTE

    portal.sandbox.faults.order(Fault(action="pass", match=Match(path_regex="/usage$", nth=9), then=jump))
    sweep(portal, Stream.USAGE)

    assert stored_usage(SINCE, BILL) < true_usage(portal, SINCE, BILL)
    assert set(UsageFigures.objects.filter(series__interval="daily").values_list("period", flat=True)) <= {
        SINCE + dt.timedelta(days=n) for n in range((THEN.date() - SINCE).days + 1)
    }
    assert not PollSlot.objects.filter(state=SlotState.RUNNING).exists()

    portal.sandbox.clock.offset = 0.0
    sweep(portal, at=THEN + HOUR)
    assert_everything_is_known(portal)


ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Shanghai", "Pacific/Kiritimati"]
# Both changes of the clock in three zones, a leap day, the last of a year, and a day that had a leap second.
DAYS_OF_NOTE = [
    "2025-03-09", "2025-11-02", "2025-03-30", "2025-10-26", "2025-04-06", "2025-10-05", "2024-02-29", "2024-12-31",
    "2016-12-31",
]  # fmt: skip


@contextmanager
def machine_in(zone: str) -> Iterator[None]:
    """A machine, and a reader of pages, that live in this zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        with timezone.override(zone):
            yield
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()


def expected_at(now: dt.datetime) -> set[tuple[object, ...]]:
    """The slots that the calendar makes at that time."""
    PollSlot.objects.all().delete()
    since = utc_day(now) - dt.timedelta(days=4)
    expect_usage(since, utc_day(now))
    expect_daily_bills(since, now)
    return set(PollSlot.objects.values_list("stream", "scope", "period", "due_at", "next_attempt_at"))


@pytest.mark.parametrize("day", DAYS_OF_NOTE)
def test_p22_the_same_slots_are_expected_in_every_zone(day: str) -> None:
    midnight = dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)
    for hours in (0, 23):
        now = midnight + hours * HOUR
        slots = expected_at(now)
        assert {row[2] for row in slots if row[0] == Stream.USAGE and str(row[1]).endswith("daily")} == {
            midnight.date() - dt.timedelta(days=n) for n in range(5)
        }
        for zone in ZONES:
            with machine_in(zone):
                assert expected_at(now.astimezone(ZoneInfo(zone))) == slots


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe"])
def test_p22_a_poll_asks_and_stores_the_same_days_in_every_zone(zone: str, portal: Portal) -> None:
    with machine_in(zone):
        sweep(portal, at=THEN.astimezone(ZoneInfo(zone)))

    assert_everything_is_known(portal)


def test_p22_a_leap_second_belongs_to_its_day(portal: Portal) -> None:
    (company,) = portal.sandbox.world.companies()
    rows = '{"rows": [{"id": "p1", "name": "Old", "created": "2016-12-31T23:59:60Z"}], "count": 1}'
    match = Match(path_regex=f"companies/{company.id}/projects$")
    portal.sandbox.faults.order(Fault(action="body", body=rows, match=match))

    sweep(portal, Stream.COMPANIES, Stream.PROJECTS)

    assert Project.objects.get().created == dt.datetime(2016, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
