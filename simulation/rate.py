"""Some seconds of real time in which four processes ask as fast as they may: do all of them keep to one rate?"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

from django.core.cache import cache
from django.db import connections

from agora.errors import AgoraError
from agora.vocabulary import PAIRS, Interval
from polling.services.reading import open_reader
from simulation.run import Size, portal_of
from simulation.worker import FORK
from tests.sandbox_server import running_sandbox

PROCESSES, THREADS = 4, 4


def asked_at(*, rate: int, seconds: float) -> tuple[list[float], int]:
    """When each call reached a server that allows `rate` calls a second, and how many it refused by 429."""
    with running_sandbox(companies=10, rate=rate) as box, portal_of(box, Size(), rate=rate):
        connections.close_all()
        cache.close()
        until = time.time() + seconds
        companies = [str(company.id) for company in box.sandbox.world.companies()]
        workers = [FORK.Process(target=ask_until, args=(until, companies), daemon=True) for _ in range(PROCESSES)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        entries = box.sandbox.truth.entries()
    moments = sorted(datetime.fromisoformat(entry.at).timestamp() for entry in entries)
    return moments, sum(entry.status == 429 for entry in entries)


def ask_until(until: float, companies: Sequence[str]) -> None:
    """One process: threads that ask for usage, each its next call as soon as the gate lets it out."""
    reader = open_reader()

    def ask(number: int) -> None:
        while time.time() < until:
            with suppress(AgoraError):
                business, model = PAIRS[number % len(PAIRS)]
                day = datetime.now().astimezone().date()
                reader.client.company_usage(companies[number], business, model, day, day, Interval.DAILY)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(ask, range(THREADS)))


def most_in_a_second(moments: Sequence[float]) -> int:
    """The most calls in any second, wherever it begins; `moments` are in order."""
    most = first = 0
    for at, moment in enumerate(moments):
        while moments[first] <= moment - 1:
            first += 1
        most = max(most, at - first + 1)
    return most
