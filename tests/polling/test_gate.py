"""The gate: one rate for everybody, and quiet while Agora asked for it."""

import datetime as dt
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache

from agora.errors import Held
from agora.transport import Exchange
from polling import gate as gates
from polling.gate import FAILURES_BEFORE_PAUSE, LOOKED_AT, PAUSE, Ending, LedgerGate, end_reading


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def exchange(status: int | None, **fields: Any) -> Exchange:
    """An answer of that status."""
    return Exchange(
        method="GET", path="/x", request_id="r", sent_at=dt.datetime.now(dt.UTC), took=0.1, status=status, **fields
    )


def test_no_sliding_second_holds_more_calls_than_the_rate_allows(settings: Any) -> None:
    settings.AGORA_REQUESTS_PER_SECOND = 20
    gates = [LedgerGate() for _ in range(4)]
    moments: list[float] = []

    def call(number: int) -> None:
        gates[number % 4].wait(write=False)
        moments.append(time.time())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(50)))

    # A moment is taken after the gate opened, by a machine that may be busy: hence less than a second,
    # and the time that all of them need at that rate.
    assert max(sum(start <= moment < start + 0.6 for moment in moments) for start in moments) <= 20
    assert max(moments) - min(moments) > 1


def test_a_pause_that_agora_asked_for_holds_every_gate(settings: Any) -> None:
    now = [1000.0]
    first, second = LedgerGate(clock=lambda: now[0]), LedgerGate(clock=lambda: now[0])
    first.answered(exchange(429, retry_after=30.0))

    with pytest.raises(Held) as held:
        second.wait(write=False)

    assert held.value.until == dt.datetime.fromtimestamp(1030, tz=dt.UTC)


def test_p19_a_pause_reaches_who_waits_for_the_rate_already(settings: Any) -> None:
    settings.AGORA_REQUESTS_PER_SECOND = 1
    gate = LedgerGate(sleep=lambda seconds: gate.answered(exchange(429, retry_after=30.0)))
    gate.wait(write=False)

    with pytest.raises(Held):
        gate.wait(write=False)


def test_the_pause_ends_by_itself(settings: Any) -> None:
    settings.AGORA_REQUESTS_PER_SECOND = 1000
    now = [time.time()]
    gate = LedgerGate(clock=lambda: now[0])
    gate.answered(exchange(429, retry_after=30.0))
    now[0] += 31

    gate.wait(write=True)


def test_a_shorter_pause_does_not_shorten_a_longer_one() -> None:
    gate = LedgerGate(clock=lambda: 1000.0)
    gate.answered(exchange(429, retry_after=60.0))
    gate.answered(exchange(429, retry_after=5.0))

    with pytest.raises(Held) as held:
        gate.wait(write=False)

    assert held.value.until == dt.datetime.fromtimestamp(1060, tz=dt.UTC)


def test_a_server_that_fails_again_and_again_is_left_alone_for_a_while() -> None:
    gate = LedgerGate(clock=lambda: 1000.0)
    for _ in range(FAILURES_BEFORE_PAUSE):
        gate.answered(exchange(None, error="NotSent"))

    with pytest.raises(Held) as held:
        gate.wait(write=False)

    assert held.value.until == dt.datetime.fromtimestamp(1000 + PAUSE, tz=dt.UTC)


def test_half_of_twenty_answers_failing_is_too_much() -> None:
    gate = LedgerGate(clock=lambda: 1000.0)
    for number in range(LOOKED_AT):
        gate.answered(exchange(503 if number % 2 else 200))

    with pytest.raises(Held):
        gate.wait(write=False)


def test_p20_while_agora_is_down_all_processes_send_one_read_in_half_a_minute(settings: Any) -> None:
    settings.AGORA_REQUESTS_PER_SECOND = 1000
    gates = [LedgerGate(failures_in_a_row=FAILURES_BEFORE_PAUSE) for _ in range(8)]
    passed = []
    for gate in gates:
        with suppress(Held):
            gate.wait(write=False)
            passed.append(gate)

    assert len(passed) == 1


def test_p20_an_answer_ends_the_quiet(settings: Any) -> None:
    settings.AGORA_REQUESTS_PER_SECOND = 1000
    gate = LedgerGate(failures_in_a_row=FAILURES_BEFORE_PAUSE)
    gate.wait(write=False)
    gate.answered(exchange(200))

    gate.wait(write=False)


def test_one_answer_between_failures_is_enough_to_go_on(settings: Any) -> None:
    settings.AGORA_REQUESTS_PER_SECOND = 1000
    gate = LedgerGate()
    for number in range(2 * FAILURES_BEFORE_PAUSE):
        gate.answered(exchange(200 if number % FAILURES_BEFORE_PAUSE == 2 else 503))

    gate.wait(write=False)


def test_answers_are_kept_until_somebody_writes_them_down() -> None:
    gate = LedgerGate()
    gate.answered(exchange(200))

    assert [answer.status for answer in gate.drain()] == [200]
    assert gate.drain() == []


def of_company(company_id: str, status: int | None = 500, rest: str = "usage?model=rtm") -> Exchange:
    """An answer to a call about one company."""
    return replace(exchange(status), path=f"/v1/resellers/companies/{company_id}/{rest}")


def test_p20_a_company_that_fails_all_alone_pauses_nobody() -> None:
    gate = LedgerGate(clock=lambda: 1000.0)
    for number in range(LOOKED_AT):
        gate.answered(of_company("1", rest=f"projects/p{number}/usage"))

    gate.wait(write=False)
    assert gate.failures_in_a_row == FAILURES_BEFORE_PAUSE - 1


def test_p20_with_another_company_that_fails_it_is_agora_that_fails() -> None:
    gate = LedgerGate(clock=lambda: 1000.0)
    for company_id in ["1"] * FAILURES_BEFORE_PAUSE + ["2"]:
        gate.answered(of_company(company_id))

    with pytest.raises(Held):
        gate.wait(write=False)


@pytest.mark.parametrize("status", [None, 503])
def test_p20_no_answer_and_unavailable_are_agoras_whoever_is_asked_about(status: int | None) -> None:
    gate = LedgerGate(clock=lambda: 1000.0)
    for _ in range(FAILURES_BEFORE_PAUSE):
        gate.answered(of_company("1", status))

    with pytest.raises(Held):
        gate.wait(write=False)


def test_p20_a_company_that_fails_in_every_second_call_pauses_nobody(settings: Any) -> None:
    settings.AGORA_REQUESTS_PER_SECOND = 1000
    gate = LedgerGate()
    for number in range(LOOKED_AT):
        gate.answered(of_company("1") if number % 2 else of_company("2", 200))

    gate.wait(write=False)


def test_p20_a_company_that_failed_before_and_fails_again_pauses_nobody(settings: Any) -> None:
    settings.AGORA_REQUESTS_PER_SECOND = 1000
    gate = LedgerGate(failures_in_a_row=FAILURES_BEFORE_PAUSE - 1)
    gate.answered(of_company("1"))

    gate.wait(write=False)


@pytest.fixture
def told_to_end() -> Iterator[None]:
    end_reading()
    yield
    gates._ENDING[0] = 0


def test_p26_a_poll_makes_no_further_call_once_its_worker_was_told_to_end(told_to_end: None) -> None:
    with pytest.raises(Ending):
        LedgerGate(may_end=True).wait(write=False)


def test_p26_whoever_is_no_poll_goes_on_though_the_worker_was_told_to_end(told_to_end: None, settings: Any) -> None:
    settings.AGORA_REQUESTS_PER_SECOND = 1000
    LedgerGate().wait(write=True)
    LedgerGate().wait(write=False)
