"""What is due when, and which days and months a range holds."""

import datetime as dt

import pytest

from polling import periods

NOON = dt.datetime(2026, 9, 21, 12, tzinfo=dt.UTC)
DAY = dt.date(2026, 9, 19)


def test_the_newest_bill_is_two_days_old() -> None:
    assert periods.latest_bill(NOON) == dt.date(2026, 9, 19)


def test_a_bill_is_due_between_ten_and_thirty_minutes_past_midnight_two_days_later() -> None:
    due = periods.bill_due_at(DAY)

    assert dt.datetime(2026, 9, 21, 0, 10, tzinfo=dt.UTC) <= due < dt.datetime(2026, 9, 21, 0, 30, tzinfo=dt.UTC)


def test_a_complete_bill_is_read_again_after_1_2_3_7_14_and_35_days_and_then_never() -> None:
    now, offsets = periods.bill_due_at(DAY), []
    while (again := periods.bill_read_again_at(DAY, now)) is not None:
        offsets.append((again - periods.bill_due_at(DAY)).days)
        now = again

    assert offsets == [1, 2, 3, 7, 14, 35]


def test_a_day_that_still_grows_is_asked_every_few_hours() -> None:
    again = periods.usage_asked_again_at(NOON.date(), "daily", NOON)

    assert again == NOON + dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "every", "then"),
    [
        ((10, 0, 0), 24, (10, 1)),
        ((10, 0, 59), 3, (10, 1)),
        ((10, 1, 0), 3, (10, 4)),
        ((10, 1, 0), 24, (11, 1)),
        ((10, 23, 30), 3, (11, 1)),
        ((10, 13, 0), 12, (11, 1)),
    ],
)
def test_sweeps_come_at_set_times_from_one_in_the_morning_on(
    at: tuple[int, int, int], every: int, then: tuple[int, int]
) -> None:
    moment = dt.datetime(2026, 9, *at, tzinfo=dt.UTC)

    assert periods.next_sweep(moment, dt.timedelta(hours=every)) == dt.datetime(2026, 9, *then, tzinfo=dt.UTC)


def test_a_settled_day_is_asked_daily_for_a_week_and_once_when_its_month_has_closed() -> None:
    day = dt.date(2026, 9, 10)
    now, moments = periods.end_of(day) + periods.DAY, []
    while (again := periods.usage_asked_again_at(day, "daily", now)) is not None:
        moments.append(again.date())
        now = again

    assert moments == [*periods.days_between(dt.date(2026, 9, 12), dt.date(2026, 9, 17)), dt.date(2026, 10, 2)]


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (dt.date(2024, 2, 1), dt.date(2024, 2, 29)),
        (dt.date(2026, 2, 28), dt.date(2026, 2, 28)),
        (dt.date(2026, 12, 31), dt.date(2026, 12, 31)),
        (dt.date(2026, 4, 5), dt.date(2026, 4, 30)),
    ],
)
def test_a_month_ends_on_its_last_day(day: dt.date, last: dt.date) -> None:
    assert periods.last_of_month(day) == last


def test_a_range_over_new_year_touches_both_months() -> None:
    months = list(periods.months_between(dt.date(2025, 12, 31), dt.date(2026, 1, 1)))

    assert months == [dt.date(2025, 12, 1), dt.date(2026, 1, 1)]


@pytest.mark.parametrize("zone", [-11, -3.5, 5.75, 14])
def test_the_utc_day_of_a_moment_does_not_depend_on_the_zone_it_is_told_in(zone: float) -> None:
    told = NOON.astimezone(dt.timezone(dt.timedelta(hours=zone)))

    assert periods.utc_day(told) == dt.date(2026, 9, 21)


def test_the_pause_after_a_failure_stays_within_a_bound_that_ends_at_15_minutes() -> None:
    pauses = [periods.retry_at(NOON, attempts) - NOON for attempts in range(30) for _ in range(20)]

    assert dt.timedelta(0) <= min(pauses)
    assert max(pauses) <= dt.timedelta(minutes=15)
