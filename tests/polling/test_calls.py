"""The tally of calls: what is counted by the minute, for how long, and what is read out of it."""

import datetime as dt
from math import inf
from typing import Any

import pytest

from agora.transport import Exchange
from polling.gate import LedgerGate
from polling.models import CallMinute
from polling.queries.calls import Calls, calls_by_hour, calls_since, together
from polling.services.calls import count_calls
from polling.services.connection import note_answers

SENT = dt.datetime(2026, 9, 21, 12, 30, 40, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)

pytestmark = pytest.mark.django_db


def answer(**fields: Any) -> Exchange:
    """An exchange that went well in a tenth of a second, unless told otherwise."""
    usual = {"method": "GET", "path": "/x", "request_id": "r", "sent_at": SENT, "took": 0.1, "status": 200}
    return Exchange(**usual | fields)


def test_calls_are_counted_by_how_they_ended() -> None:
    count_calls([answer(status=status) for status in (200, 404, 429, 429, 503, None)])
    minute = CallMinute.objects.get()
    assert (minute.minute, minute.calls, minute.refused, minute.failed) == (SENT.replace(second=0), 6, 2, 2)


def test_processes_add_to_the_same_minute() -> None:
    for _process in range(3):
        count_calls([answer(), answer(sent_at=SENT + MINUTE)])
    assert list(CallMinute.objects.order_by("minute").values_list("calls", flat=True)) == [3, 3]


def test_what_a_gate_has_seen_is_counted_once() -> None:
    gate = LedgerGate()
    gate.answered(answer())
    note_answers(gate)
    note_answers(gate)
    assert calls_since(SENT - HOUR).calls == 1


def test_a_call_without_an_answer_has_no_time_of_an_answer() -> None:
    count_calls([answer(status=None, took=90.0), answer(took=0.05), answer(took=0.0501), answer(took=20.0)])
    minute = CallMinute.objects.get()
    assert (minute.within_50, minute.within_100, minute.slower) == (1, 1, 1)


def test_minutes_are_forgotten_after_eight_days() -> None:
    count_calls([answer()])
    count_calls([answer(sent_at=SENT + 8 * DAY)])
    assert CallMinute.objects.count() == 2
    count_calls([answer(sent_at=SENT + 8 * DAY + MINUTE)])
    assert calls_since(SENT - DAY).calls == 2


def test_a_share_of_the_answers_came_within_about_so_long() -> None:
    took = Calls(took=(0, 50, 50, 0, 0, 0, 0, 0, 0, 0))
    assert (took.within(0.5), took.within(0.75), took.within(1)) == (0.1, 0.15, 0.2)


def test_without_answers_nothing_is_said_of_their_time() -> None:
    assert Calls().within(0.5) is None


def test_what_is_slower_than_the_last_bound_has_no_number() -> None:
    assert Calls(took=(0, 0, 0, 0, 0, 0, 0, 0, 0, 2)).within(0.5) == inf


def test_hours_are_told_from_the_oldest_with_their_busiest_minute() -> None:
    count_calls([answer(), answer(), answer(sent_at=SENT + MINUTE), answer(sent_at=SENT - 2 * HOUR, status=429)])
    hours = calls_by_hour(SENT, hours=4)
    told = [hour and (hour.calls, hour.refused, hour.busiest) for hour in hours.values()]
    assert told == [None, (1, 1, 1), (0, 0, 0), (3, 0, 2)]
    assert list(hours)[-1] == SENT.replace(minute=0, second=0)


def test_hours_together_are_their_sum_and_their_busiest_minute() -> None:
    hours = [Calls(calls=3, failed=1, busiest=2), Calls(calls=4, refused=1, busiest=4)]
    assert together(hours) == Calls(calls=7, refused=1, failed=1, busiest=4)
    assert together([]) == Calls()
