"""`make run` replaces a worker that takes no work, and nothing else (P24)."""

import datetime as dt
import io
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from django.utils import timezone

from polling.models import PollSlot, Stream
from reseller_portal.run import guard
from reseller_portal.run.guard import guard_polls
from reseller_portal.run.processes import Together
from reseller_portal.run.screen import Screen
from tests.reseller_portal.portal import PATIENCE, Portal, database, running_portal


def wait_until(reached: Callable[[], bool], what: str, patience: float = 20.0) -> None:
    deadline = time.monotonic() + patience
    while not reached():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guard that rests for a tenth of a second first."""
    monkeypatch.setattr(guard, "SHORTEST_REST", 0.1)


def guarded(settings: Any, *, due: bool, seconds: float) -> list[str]:
    """What is replaced in so many seconds, with or without something due that nobody reads."""
    settings.POLLS_STALL_AFTER = dt.timedelta(seconds=0.1)
    if due:
        moment = timezone.now() - dt.timedelta(hours=1)
        PollSlot.objects.create(stream=Stream.COMPANIES, due_at=moment, next_attempt_at=moment)
    replaced: list[str] = []
    stopped = threading.Event()
    threading.Timer(seconds, stopped.set).start()
    guard_polls(Screen(io.StringIO()), replaced.append, stopped)
    return replaced


@pytest.mark.django_db(transaction=True)
def test_p24_a_worker_that_takes_no_work_is_replaced_and_then_left_alone_for_longer_and_longer(
    settings: Any, impatient: None
) -> None:
    replaced = guarded(settings, due=True, seconds=2.5)

    # After 0.1, 0.2, 0.4, 0.8 and 1.6 s where the machine is not busy, instead of 24 times.
    assert set(replaced) == {"polls"}
    assert 3 <= len(replaced) <= 5


@pytest.mark.django_db(transaction=True)
def test_p24_a_worker_without_work_is_left_alone(settings: Any) -> None:
    assert guarded(settings, due=False, seconds=0.5) == []


def test_p24_one_process_is_started_anew_and_the_others_go_on(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    together = Together(Screen(io.StringIO()), threading.Event())
    together.add_process("polls", f"echo polls >> {starts}; exec sleep 100")
    together.add_process("web", f"echo web >> {starts}; exec sleep 100")

    def act() -> None:
        wait_until(lambda: starts.exists() and len(starts.read_text().split()) == 2, "both start")
        together.replace("polls")
        wait_until(lambda: len(starts.read_text().split()) == 3, "it starts again")
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    threading.Thread(target=act, daemon=True).start()
    together.loop()
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGTERM, before[1])

    assert sorted(starts.read_text().split()) == ["polls", "polls", "web"]


def workers(portal: Portal) -> set[int]:
    """The numbers of all processes of the worker for polls."""
    return {pid for pid, words in portal.numbered_processes().items() if " worker " in words and "polls@" in words}


@pytest.mark.slow
@pytest.mark.e2e
def test_p24_a_deaf_worker_is_replaced_and_the_polls_go_on(tmp_path: Path) -> None:
    asked = {"METRICS_TOKEN": "for supervisors only", "POLLS_STALL_AFTER": "4"}
    headers = {"Authorization": f"Bearer {asked['METRICS_TOKEN']}"}
    with running_portal(tmp_path / "var", **database(), **asked) as portal:
        portal.wait_for("/healthz?data=1")
        deaf = workers(portal)
        for pid in deaf:
            os.kill(pid, signal.SIGSTOP)
        wait_until(lambda: "it is replaced" in portal.printed(), "nobody noticed", PATIENCE)
        wait_until(
            lambda: (
                bool(workers(portal) - deaf)
                and requests.get(portal.url("/progress"), headers=headers, timeout=20).json()["stalled"] is False
            ),
            "the new one does not work",
            PATIENCE,
        )
        assert (portal.process.poll(), deaf & set(portal.numbered_processes())) == (None, set())
