"""Goal 8: how much of the rate processes use, how threads add up, and what a call costs beside `http.client`."""

from __future__ import annotations

import datetime as dt
import http.client
import logging
import os
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from django.core.cache import cache
from django.db import connections
from django.test import override_settings

from agora.client import ResellerClient
from agora.connect import client_from_settings
from benchmarks.table import Line, at_least, at_most, short
from polling.gate import LedgerGate

RATE, WORKERS, SECONDS, STRETCHES = 50, 4, 6.0, 3
LATENCY, THREADS, CALLS_OF_A_THREAD = 0.25, (10, 50), 12
CALLS, ROUNDS = 400, 5
PATH = "/v1/resellers/companies?limit=1&offset=0"
BODY = b'{"rows": [{"id": 10001, "name": "Acme", "status": 1, "country": "DE"}], "count": 1}'
KEYS = [("k" * 40, "s" * 40)]


class Answering(BaseHTTPRequestHandler):
    """Answers every call alike, after the server's latency; notes when each came."""

    protocol_version = "HTTP/1.1"
    latency = 0.0
    came: list[float]

    def do_GET(self) -> None:
        """Note, wait, answer; in one write, since two would wait for each other's acknowledgement."""
        self.came.append(time.time())
        time.sleep(self.latency)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
        self.wfile.write(head.encode() + BODY)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """One thread for each connection."""

    daemon_threads = True
    request_queue_size = 256


@contextmanager
def answering(latency: float = 0.0) -> Iterator[tuple[str, list[float]]]:
    """A server in a process of its own would hide when calls came; here it is a thread. Gives address and arrivals."""
    came: list[float] = []
    server = Server(("127.0.0.1", 0), type("Handler", (Answering,), {"came": came, "latency": latency}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", came
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def elsewhere(latency: float = 0.0) -> Iterator[str]:
    """The same server in a process of its own, so that its work is not counted; gives its address."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with answering(latency) as (address, _came):
            os.write(writing, address.encode())
            threading.Event().wait()
    try:
        yield os.read(reading, 100).decode()
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(reading)
        os.close(writing)


def opened(base_url: str) -> ResellerClient:
    """A client as polls have it, behind the gate."""
    with override_settings(AGORA_BASE_URL=base_url, AGORA_KEYS=KEYS):
        return client_from_settings(LedgerGate())


def measure() -> Iterator[Line]:
    """All of goal 8."""
    logger = logging.getLogger("agora.transport")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield from measure_rate()
        yield from measure_threads()
        yield from measure_cost()
    finally:
        logger.setLevel(level)


def measure_rate() -> Iterator[Line]:
    """Several processes call as fast as they can; of several stretches the one in which the machine kept up best."""
    found = [rate_of_processes() for _ in range(STRETCHES)]
    most, used = min(found, key=lambda stretch: (max(stretch[0], RATE), -stretch[1]))
    yield at_least("8", f"part of the rate that {WORKERS} processes use together", used, 0.95)
    yield at_most("8", f"most calls in a sliding second, at {RATE} a second", most, RATE)


def rate_of_processes() -> tuple[int, float]:
    """The most calls of any sliding second, and the part of the rate that was used, as the server sees them."""
    cache.clear()
    with override_settings(AGORA_REQUESTS_PER_SECOND=RATE), answering() as (address, came):
        in_processes(lambda: call_until(address, time.monotonic() + SECONDS))
    came.sort()
    most = max(bisect_left(came, moment + 1) - place for place, moment in enumerate(came))
    return most, (len(came) - 1) / (came[-1] - came[0]) / RATE


def in_processes(work: Callable[[], object]) -> None:
    """Let several processes do the same."""
    connections.close_all()
    cache.close()
    children = []
    for _number in range(WORKERS):
        child = os.fork()
        if not child:
            try:
                work()
            finally:
                os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


def call_until(address: str, end: float) -> None:
    """Call in four threads until then."""
    client = opened(address)

    def work(_number: int) -> None:
        while time.monotonic() < end:
            client.transport.get(PATH)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))


def measure_threads() -> Iterator[Line]:
    """How near so many threads come to the calls that the server's latency allows."""
    for threads in THREADS:
        with override_settings(AGORA_REQUESTS_PER_SECOND=100_000), elsewhere(LATENCY) as address:
            client = opened(address)
            best = max(rate_of(client, threads) for _ in range(3))
        yield at_least("8", f"calls of {threads} threads, against {threads} / latency", best * LATENCY / threads, 0.93)


def rate_of(client: ResellerClient, threads: int) -> float:
    """Calls a second."""

    def work(_number: int) -> None:
        for _ in range(CALLS_OF_A_THREAD):
            client.transport.get(PATH)

    with ThreadPoolExecutor(threads) as pool:
        started = time.perf_counter()
        list(pool.map(work, range(threads)))
        return threads * CALLS_OF_A_THREAD / (time.perf_counter() - started)


def measure_cost() -> Iterator[Line]:
    """Processor time of a call: the portal's own way, and nothing but `http.client`."""
    with override_settings(AGORA_REQUESTS_PER_SECOND=1_000_000), elsewhere() as address:
        client = opened(address)
        bare = http.client.HTTPConnection(urlsplit(address).netloc)
        sides = {"portal": lambda: client.transport.get(PATH), "http.client": lambda: call_bare(bare)}
        spent = dict.fromkeys(sides, float("inf"))
        for _ in range(ROUNDS):
            for name, call in sides.items():
                spent[name] = min(spent[name], processor_time(call))
        bare.close()
    told = f"processor time of a call, against http.client ({short(spent['http.client'] * 1e6)} µs)"
    yield at_most("8", told, spent["portal"] / spent["http.client"], 4)


def call_bare(line: http.client.HTTPConnection) -> bytes:
    """A call with as many headers."""
    at = dt.datetime.now(dt.UTC).isoformat()
    line.request("GET", PATH, headers={"Accept": "application/json", "x-date": at, "x-request-id": at})
    return line.getresponse().read()


def processor_time(call: Callable[[], object]) -> float:
    """Seconds of this process for one call."""
    call()
    started = time.process_time()
    for _ in range(CALLS):
        call()
    return (time.process_time() - started) / CALLS
