"""Whether polls move on, as the ledger tells it (P24)."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import timezone

from agora.transport import Exchange
from polling.gate import LedgerGate
from polling.models import PollRun, PollSlot, RunOutcome, Stream
from polling.services import slots
from polling.services.pulse import pulse

pytestmark = pytest.mark.django_db
NOW = timezone.now()
MINUTE = dt.timedelta(minutes=1)
DAY = NOW.date() - dt.timedelta(days=3)


def due_bill(*, since: dt.datetime) -> None:
    PollSlot.objects.create(stream=Stream.DAILY_BILLS, period=DAY, due_at=since, next_attempt_at=since)


def lease(*, at: dt.datetime, period: dt.date = DAY) -> slots.Lease:
    taken = slots.take_lease(stream=Stream.DAILY_BILLS, scope="", since=period, until=period, now=at)
    assert taken is not None
    return taken


def test_p24_where_nothing_is_due_polls_are_not_stalled() -> None:
    due_bill(since=NOW + MINUTE)

    found = pulse(NOW)

    assert (found.due, found.waited, found.stalled) == (None, dt.timedelta(0), False)


def test_p24_what_is_due_and_read_by_nobody_is_stalled_within_five_minutes() -> None:
    due_bill(since=NOW)

    assert [pulse(NOW + minutes * MINUTE).stalled for minutes in (0, 1, 3, 5)] == [False, False, False, True]


def test_p24_the_slot_that_has_waited_longest_is_told() -> None:
    due_bill(since=NOW - MINUTE)
    PollSlot.objects.create(stream=Stream.COMPANIES, due_at=NOW, next_attempt_at=NOW - 2 * MINUTE)

    found = pulse(NOW)

    assert found.due is not None
    assert (found.due.stream, found.waited) == (Stream.COMPANIES, 2 * MINUTE)


def test_p24_who_reads_something_else_moves_on() -> None:
    due_bill(since=NOW - 60 * MINUTE)
    PollSlot.objects.create(stream=Stream.DAILY_BILLS, period=NOW.date(), due_at=NOW)
    held = lease(at=NOW - 20 * MINUTE, period=NOW.date())
    slots.renew(held, NOW - MINUTE)

    assert not pulse(NOW).stalled


def test_p24_a_worker_that_was_stopped_in_the_middle_is_stalled_when_its_lease_is_not_renewed() -> None:
    due_bill(since=NOW - 60 * MINUTE)
    PollSlot.objects.create(stream=Stream.DAILY_BILLS, period=NOW.date(), due_at=NOW)
    lease(at=NOW, period=NOW.date())

    assert [pulse(NOW + minutes * MINUTE).stalled for minutes in (3, 4.5)] == [False, True]


def test_p24_a_reading_that_has_just_failed_is_work_as_well() -> None:
    due_bill(since=NOW - 60 * MINUTE)
    held = lease(at=NOW - 2 * MINUTE)
    slots.note_run(held, outcome=RunOutcome.FAILED, now=NOW - MINUTE)
    slots.release(held)

    assert (PollRun.objects.count(), pulse(NOW).stalled) == (1, False)


def test_p24_while_agora_asked_for_quiet_nobody_is_blamed() -> None:
    due_bill(since=NOW - 60 * MINUTE)
    asked = Exchange(method="GET", path="/", request_id="r", sent_at=NOW, took=0.1, status=429, retry_after=600.0)
    LedgerGate().answered(asked)

    stalled = pulse(timezone.now()).stalled
    cache.clear()

    assert (stalled, pulse(timezone.now()).stalled) == (False, True)


def test_p24_the_command_tells_what_is_due_and_its_exit_code_that_nobody_works(settings: Any) -> None:
    said = StringIO()
    call_command("progress", stdout=said)
    due_bill(since=timezone.now() - MINUTE)
    call_command("progress", stdout=said)
    settings.POLLS_STALL_AFTER = MINUTE / 2
    with pytest.raises(CommandError, match="restart the one for polls") as refused:
        call_command("progress")

    assert refused.value.returncode == 3
    assert said.getvalue().splitlines() == ["Nothing is due.", f"daily-bills  {DAY} has been due for 60 seconds."]
