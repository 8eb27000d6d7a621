"""The line under every title: to which day figures are known, how old they are, and what is missing."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from polling.context_processors import parts
from polling.labels import ago
from polling.models import PollSlot, SlotState, Stream

NOW = dt.datetime(2026, 9, 22, 12, 0, tzinfo=dt.UTC)
TODAY = NOW.date()

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


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


def usage_slot(period: dt.date, *, known: bool = True, **fields: object) -> PollSlot:
    made = slot(Stream.USAGE, period, known=known, scope="default/duration/daily")
    PollSlot.objects.filter(pk=made.pk).update(**fields)
    return made


def told() -> list[tuple[str, str]]:
    return [(part.text, part.tone) for part in parts()]


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


def known_days(number: int) -> None:
    for days in range(number):
        usage_slot(TODAY - dt.timedelta(days=days))


def test_what_failed_is_a_gap_and_red() -> None:
    known_days(20)
    usage_slot(TODAY - dt.timedelta(days=20), known=False, state=SlotState.PARTIAL, last_error="HTTP 500")
    usage_slot(TODAY - dt.timedelta(days=21), state=SlotState.FAILED)

    assert told()[-1] == ("2 gaps", "red")
    assert parts()[-1].href == "/polling/gaps/"


def test_what_waits_for_its_first_reading_is_no_gap() -> None:
    known_days(20)
    usage_slot(TODAY - dt.timedelta(days=20), known=False)
    usage_slot(TODAY - dt.timedelta(days=21), state=SlotState.PARTIAL)

    assert told()[2:] == [("2 still to be read", "amber")]


def test_what_waits_is_red_where_nothing_is_read_any_more() -> None:
    known_days(20)
    usage_slot(TODAY - dt.timedelta(days=20), known=False)
    PollSlot.objects.exclude(last_complete_at=None).update(last_complete_at=NOW - dt.timedelta(hours=3))

    assert told()[-1] == ("1 still to be read", "red")


def test_usage_is_known_to_the_day_that_is_known_of_everybody_who_uses_it() -> None:
    usage_slot(TODAY - dt.timedelta(days=7))
    usage_slot(TODAY - dt.timedelta(days=1), known=False, active_complete_at=NOW, due_at=NOW - dt.timedelta(hours=9))

    assert parts()[0].text == f"Usage to {TODAY - dt.timedelta(days=1):%-d %b} UTC, fetched just now"
    assert len(parts()) == 2


def test_a_history_that_still_fills_is_no_gap() -> None:
    for days in range(10):
        usage_slot(TODAY - dt.timedelta(days=days), known=days < 4)

    assert parts()[-1].text == "History 40 % fetched"


def test_under_a_minute_is_just_now() -> None:
    assert ago(NOW - dt.timedelta(seconds=59), NOW) == "just now"
