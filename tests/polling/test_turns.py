"""The turns in which calls go out: even, shared by all processes, and never blocked by what the broker does."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from polling import turns
from polling.turns import KEY, MARGIN, POLLS_AHEAD, OwnPace, take_turn

RATE = 1
LENGTH = MARGIN / RATE
# Between two questions some time passes, on a busy machine more of it; that is little beside a turn.
SOON = 0.4


@pytest.fixture(autouse=True)
def nobody_waits(settings: Any) -> Iterator[None]:
    settings.AGORA_REQUESTS_PER_SECOND = RATE
    cache.clear()
    yield
    cache.clear()


def waits(count: int, *, write: bool = False) -> list[float]:
    """How long so many callers wait that ask at the same time, in seconds; all of them have a turn."""
    taken = [take_turn(write=write) for _ in range(count)]
    assert all(turn.taken for turn in taken)
    return [turn.wait for turn in taken]


def test_turns_follow_one_another_evenly() -> None:
    assert waits(4) == pytest.approx([0, LENGTH, 2 * LENGTH, 3 * LENGTH], abs=SOON)


def test_a_turn_is_longer_than_the_rate_asks_but_uses_up_over_95_percent_of_it() -> None:
    assert 0.95 < 1 / LENGTH / RATE < 0.97


def test_polls_wait_only_so_many_turns_ahead() -> None:
    waits(POLLS_AHEAD + 1)

    turn = take_turn(write=False)

    assert (turn.taken, turn.wait) == (False, pytest.approx(LENGTH, abs=SOON))


def test_b10_of_five_turns_polls_take_four_at_most_while_a_create_waits() -> None:
    waits(POLLS_AHEAD + 1)

    (wait,) = waits(1, write=True)

    assert wait == pytest.approx(5 * LENGTH, abs=SOON)
    assert not take_turn(write=False).taken


def test_creates_that_come_together_take_the_turns_one_after_another() -> None:
    assert waits(8, write=True)[-1] == pytest.approx(7 * LENGTH, abs=SOON)


def test_a_broker_that_forgot_everything_lets_calls_go_on() -> None:
    waits(4)
    cache.clear()

    assert waits(1) == [0]


def test_a_broker_whose_clock_was_put_back_by_an_hour_lets_calls_go_on() -> None:
    now = turns.broker().time()[0]
    turns.broker().set(KEY, (now + 3600) * 1_000_000)

    assert waits(2) == pytest.approx([0, LENGTH], abs=SOON)


@pytest.mark.parametrize("address", ["", "unix:///nowhere/at/all"])
def test_without_a_broker_a_process_keeps_the_same_pace_by_itself(
    address: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CACHE_URL = address
    monkeypatch.setattr(turns, "own_pace", OwnPace())
    turns.broker.cache_clear()

    assert waits(3) == pytest.approx([0, LENGTH, 2 * LENGTH], abs=SOON)
    turns.broker.cache_clear()


def test_threads_of_one_process_never_have_the_same_turn() -> None:
    pace, found = OwnPace(), []
    threads = [
        threading.Thread(target=lambda: found.append(pace.take_turn(length=LENGTH, most=60).wait)) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    gaps = [later - sooner for sooner, later in zip(sorted(found), sorted(found)[1:], strict=False)]
    assert min(gaps) > LENGTH - SOON
