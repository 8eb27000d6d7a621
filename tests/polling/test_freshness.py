"""The line under every title: to which day figures are known, how old they are, and what is missing."""

import datetime as dt

import pytest

from polling.context_processors import parts
from polling.labels import ago
from polling.models import PollSlot, SlotState, Stream

NOW = dt.datetime.now(dt.UTC)
TODAY = NOW.date()

pytestmark = pytest.mark.django_db


def slot(stream: Stream, period: dt.date, *, known: bool = True, scope: str = "") -> PollSlot:
    """A slot that was due an hour ago."""
    at = NOW - dt.timedelta(hours=1)
    return PollSlot.objects.create(
        stream=stream,
        scope=scope,
        period=period,
        state=SlotState.COMPLETE if known else SlotState.EXPECTED,
        due_at=at,
        next_attempt_at=at,
        first_complete_at=at if known else None,
        last_complete_at=at if known else None,
    )


def usage_slot(period: dt.date, *, known: bool = True) -> PollSlot:
    return slot(Stream.USAGE, period, known=known, scope="default/duration/daily")


def test_before_the_first_poll_it_says_that_nothing_was_fetched() -> None:
    assert [(part.text, part.tone) for part in parts()] == [("Nothing fetched yet", "amber")]


def test_fresh_figures_are_green_and_say_how_old_they_are() -> None:
    usage_slot(TODAY)
    slot(Stream.DAILY_BILLS, TODAY - dt.timedelta(days=2))

    usage, bills = parts()

    assert (usage.text, usage.tone) == (f"Usage to {TODAY:%-d %b} UTC, fetched 1\xa0hour ago", "green")
    assert bills.text == f"Bills to {TODAY - dt.timedelta(days=2):%-d %b} (Agora publishes two days later)"
    assert bills.tone == "green"


def test_a_bill_that_is_late_is_amber() -> None:
    usage_slot(TODAY)
    slot(Stream.DAILY_BILLS, TODAY - dt.timedelta(days=3))

    assert parts()[1].tone == "amber"


def test_gaps_are_counted() -> None:
    for days in range(20):
        usage_slot(TODAY - dt.timedelta(days=days), known=days != 7)

    assert (parts()[-1].text, parts()[-1].href) == ("1 gap", "/polling/gaps/")


def test_a_history_that_still_fills_is_no_gap() -> None:
    for days in range(10):
        usage_slot(TODAY - dt.timedelta(days=days), known=days < 4)

    assert parts()[-1].text == "History 40 % fetched"


def test_under_a_minute_is_just_now() -> None:
    assert ago(NOW - dt.timedelta(seconds=59), NOW) == "just now"
