"""Processes that call as fast as they can: what the server sees of their rate (G4, P19)."""

import datetime as dt
import os
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections

from agora.connect import client_from_settings
from agora.errors import Held
from agora.transport.calls import PROBE
from polling.gate import LedgerGate
from sandbox.faults import Fault, Match
from sandbox.truth import Entry
from tests.polled import Portal, polled_portal

RATE = 40
SECONDS = 3.0
THREADS = 4
# A busy machine may hold up a call between its turn and the server for longer than turns allow, which is 40 ms.
TRIES = 5
NAP, HELD_UP = 0.005, 0.02


@pytest.fixture
def portal(db: None, settings: Any) -> Iterator[Portal]:
    with polled_portal(companies=1, projects=1) as running:
        settings.AGORA_REQUESTS_PER_SECOND = RATE
        yield running


def call_again_and_again(seconds: float = SECONDS) -> None:
    """Call in several threads for so long, or until Agora asks for quiet, and go on after it."""
    end = time.monotonic() + seconds
    client = client_from_settings(LedgerGate())

    def work(_number: int) -> None:
        while time.monotonic() < end:
            with suppress(Held):
                client.transport.get(PROBE)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))


def in_processes(count: int, work: Callable[[], object]) -> None:
    """Let so many processes do the same at the same time."""
    connections.close_all()
    cache.close()
    children = []
    for _number in range(count):
        child = os.fork()
        if not child:
            try:
                work()
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * count


def seconds_of(entries: list[Entry]) -> list[float]:
    return sorted(dt.datetime.fromisoformat(entry.at).timestamp() for entry in entries)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The most calls of any sliding second, the part of the rate that was used, and the longest that a nap took."""

    most: int
    used: float
    nap: float


@contextmanager
def napping() -> Iterator[list[float]]:
    """Take short naps meanwhile; how long each took beyond what it should."""
    over, done = [0.0], threading.Event()

    def nap() -> None:
        while not done.is_set():
            began = time.monotonic()
            time.sleep(NAP)
            over.append(time.monotonic() - began - NAP)

    thread = threading.Thread(target=nap)
    thread.start()
    try:
        yield over
    finally:
        done.set()
        thread.join()


def measured(portal: Portal, workers: int) -> Seen:
    """So many processes that call for a while, as the server saw it."""
    cache.clear()
    portal.sandbox.truth.clear()
    with napping() as over:
        in_processes(workers, call_again_and_again)
    moments = seconds_of(portal.sandbox.truth.entries())
    most = max(bisect_left(moments, moment + 1) - place for place, moment in enumerate(moments))
    return Seen(most=most, used=(len(moments) - 1) / (moments[-1] - moments[0]) / RATE, nap=max(over))


@pytest.mark.parametrize("workers", [2, 4])
def test_g4_workers_use_the_whole_rate_together_and_exceed_it_in_no_second(workers: int, portal: Portal) -> None:
    tries: list[Seen] = []
    while len(tries) < TRIES:
        tries.append(measured(portal, workers))
        assert tries[-1].used < 1
        if tries[-1].most <= RATE and tries[-1].used >= 0.95:
            return

    # Nothing can be said of a second where even sleepers wake up late.
    told = "\n".join(map(str, tries))
    assert [seen for seen in tries if seen.nap < HELD_UP] == [], told
    pytest.skip(f"this machine is too busy:\n{told}")


@pytest.mark.parametrize("asked", ["2", pytest.param("date", marks=pytest.mark.slow)])
def test_p19_no_process_calls_while_agora_asked_for_quiet(asked: str, portal: Portal) -> None:
    until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=3)
    headers = {"Retry-After": asked if asked.isdigit() else f"{until:%a, %d %b %Y %H:%M:%S} GMT"}
    portal.sandbox.faults.order(Fault(action="status", status=429, headers=headers, match=Match(nth=30)))

    in_processes(4, lambda: call_again_and_again(4.5))

    entries = portal.sandbox.truth.entries()
    (place,) = (number for number, entry in enumerate(entries) if entry.status == 429)
    moments = seconds_of(entries)
    quiet = moments[place]
    on_their_way = [moment for moment in moments[place + 1 :] if moment < quiet + 0.5]
    assert len(on_their_way) <= 4  # one of each process at most
    assert [moment for moment in moments if quiet + 0.5 <= moment < quiet + 1.4] == []
    assert moments[-1] > quiet + 2
