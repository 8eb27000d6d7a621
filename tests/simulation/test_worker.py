"""The process that polls: it may be killed, and another one goes on; a mistake of its own is not hidden."""

import datetime as dt
from dataclasses import dataclass

import pytest

from polling.models import PollRun
from simulation import worker
from simulation.clock import SharedClock, next_minute
from simulation.run import Simulation
from simulation.worker import FORK, Broken

HOUR = dt.timedelta(hours=1)


def test_a_worker_that_is_killed_among_its_calls_is_followed_by_another(calm: Simulation) -> None:
    calm.weather.kill_at(5, calm.worker.kill)

    calm.worker.go_on(calm.clock.now() + 12 * HOUR)

    assert (calm.worker.kills, calm.weather.struck["kill"]) == (1, 1)
    assert PollRun.objects.filter(stream="usage").exists()


def test_a_worker_that_breaks_by_itself_is_no_kill(calm: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistake(*_arguments: object) -> None:
        raise SystemExit(3)

    monkeypatch.setattr(worker, "sweep", mistake)

    with pytest.raises(Broken, match="exit code 3"):
        calm.worker.go_on(calm.clock.now() + HOUR)


@dataclass(frozen=True)
class Jump:
    """What a process of its own does."""

    clock: SharedClock
    moment: dt.datetime

    def __call__(self) -> None:
        self.clock.jump(self.moment)


def test_a_jump_of_one_process_is_seen_by_all() -> None:
    start = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    clock = SharedClock(start)

    child = FORK.Process(target=Jump(clock, start + HOUR))
    child.start()
    child.join()

    assert start + HOUR <= clock.now() < start + HOUR + dt.timedelta(minutes=1)


def test_the_time_never_goes_back() -> None:
    start = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    clock = SharedClock(start)

    clock.jump(start - HOUR)

    assert clock.now() >= start


@pytest.mark.parametrize(("second", "minute"), [(0, 10), (1, 11), (59, 11)])
def test_the_beat_strikes_at_whole_minutes(second: int, minute: int) -> None:
    moment = dt.datetime(2026, 3, 1, 8, 10, second, tzinfo=dt.UTC)

    assert next_minute(moment) == dt.datetime(2026, 3, 1, 8, minute, tzinfo=dt.UTC)
