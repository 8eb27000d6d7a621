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
from honcho.printer import Printer

from polling.models import PollSlot, Stream
from reseller_portal.run.guard import guard_polls
from reseller_portal.run.processes import Together
from reseller_portal.run.screen import Screen
from tests.reseller_portal.portal import PATIENCE, Portal, database, running_portal


def wait_until(reached: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


class Passing(threading.Event):
    """The end of a portal that runs for so many seconds, which pass while somebody waits for it."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds, self.now = seconds, 0.0

    def wait(self, timeout: float | None = None) -> bool:
        self.now += timeout or 0.0
        return self.now > self.seconds


def replaced_at(*, due: bool, seconds: float) -> list[tuple[str, float]]:
    """What is replaced in so many seconds and when, with or without something due that nobody reads."""
    if due:
        moment = timezone.now() - dt.timedelta(hours=1)
        PollSlot.objects.create(stream=Stream.COMPANIES, due_at=moment, next_attempt_at=moment)
    replaced: list[tuple[str, float]] = []
    stopped = Passing(seconds)
    guard_polls(
        Screen(io.StringIO()), lambda name: replaced.append((name, stopped.now)), stopped, clock=lambda: stopped.now
    )
    return replaced


@pytest.mark.django_db(transaction=True)
def test_p24_a_worker_that_takes_no_work_is_replaced_and_then_left_alone_for_longer_and_longer(settings: Any) -> None:
    settings.POLLS_STALL_AFTER = dt.timedelta(seconds=240)

    assert replaced_at(due=True, seconds=2000) == [("polls", seconds) for seconds in (240, 330, 510, 870, 1590)]


@pytest.mark.django_db(transaction=True)
def test_p24_a_worker_without_work_is_left_alone() -> None:
    assert replaced_at(due=False, seconds=1000) == []


def loop(together: Together, act: Callable[[], None]) -> None:
    """Keep processes running until somebody beside them has acted."""

    def act_and_interrupt() -> None:
        try:
            act()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    threading.Thread(target=act_and_interrupt, daemon=True).start()
    together.loop()
    for number, handler in before.items():
        signal.signal(number, handler)


def test_p24_one_process_is_started_anew_and_the_others_go_on(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    together = Together(Screen(io.StringIO()), threading.Event())
    for name in ("polls", "web"):
        together.add_process(name, f"echo {name} >> {starts}; exec sleep 1000")

    def act() -> None:
        wait_until(lambda: starts.exists() and len(starts.read_text().split()) == 2, "both start")
        together.replace("polls")
        wait_until(lambda: len(starts.read_text().split()) == 3, "it starts again")

    loop(together, act)

    assert sorted(starts.read_text().split()) == ["polls", "polls", "web"]


def test_p24_a_process_that_is_replaced_before_it_has_a_number_is_started_anew() -> None:
    output = io.StringIO()
    together = Together(Printer(output), threading.Event())
    for name in ("polls", "web"):
        together.add_process(name, "exec sleep 1000")
    together.replace("polls")

    loop(together, lambda: wait_until(lambda: output.getvalue().count("polls started") == 2, "it starts again"))

    ends = [line.rpartition("| ")[2] for line in output.getvalue().splitlines() if " stopped " in line]
    assert (ends[0], sorted(ends[1:])) == ("polls stopped (rc=-9)", ["polls stopped (rc=-15)", "web stopped (rc=-15)"])


def workers(portal: Portal) -> set[int]:
    """The numbers of all processes of the worker for polls."""
    return {pid for pid, words in portal.numbered_processes().items() if " worker " in words and "polls@" in words}


LISTS_ARE_DUE = """
from django.utils import timezone
from companies.services.refresh import ask_lists_soon
ask_lists_soon(timezone.now())
"""


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
        # Whatever it was reading stays leased for five minutes; the company list is free.
        portal.run_code(LISTS_ARE_DUE)
        wait_until(lambda: "it is replaced" in portal.printed(), "nobody noticed")
        wait_until(
            lambda: (
                bool(workers(portal) - deaf)
                and requests.get(portal.url("/progress"), headers=headers, timeout=20).json()["stalled"] is False
            ),
            "the new one does not work",
        )
        assert (portal.process.poll(), deaf & set(portal.numbered_processes())) == (None, set())
