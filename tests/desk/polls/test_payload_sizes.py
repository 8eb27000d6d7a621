"""Answers of any size and depth: cut off or refused, with little memory, and what was known stays (P18)."""

import gzip
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections

from polling.models import SlotState
from sandbox.faults import Fault
from tests.desk.polls.then import (
    HOUR,
    THEN,
    read_bill,
    slot,
    stored_bill,
)
from tests.polled import Portal

pytestmark = pytest.mark.django_db


DEEP = 10**5


@pytest.mark.parametrize(
    "body",
    ["[" * DEEP, f'{{"elements": {"[" * DEEP}{"]" * DEEP}}}', f'{{"totalSize": {"9" * 5000}}}', "", "\ufeff"],
    ids=["open", "deep", "long", "empty", "mark"],
)
def test_p18_a_body_that_cannot_be_read_leaves_what_was_known(body: str, portal: Portal) -> None:
    read_bill(portal)
    before = stored_bill()
    portal.sandbox.faults.order(Fault(action="body", body=body, times=0))

    assert read_bill(portal, at=THEN + HOUR).state == SlotState.PARTIAL
    assert read_bill(portal, at=THEN + 26 * HOUR).state == SlotState.FAILED
    assert stored_bill() == before


MEGABYTE = b" " * 10**6


@contextmanager
def endless(part: bytes, **headers: str) -> Iterator[str]:
    """A server that answers everything with this part, two thousand times; gives its address."""

    class Endless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            try:
                for _number in range(2000):
                    self.wfile.write(part)
            except ConnectionError:
                return

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Endless) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def largest_megabytes(work: Callable[[], object]) -> float:
    """How much memory a process of its own needed at most to do this."""
    connections.close_all()
    cache.close()
    child = os.fork()
    if not child:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    _pid, status, used = os.wait4(child, 0)
    assert status == 0
    return used.ru_maxrss / 1024


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("part", "headers"), [(MEGABYTE, {}), (gzip.compress(MEGABYTE), {"Content_Encoding": "gzip"})])
def test_p18_two_gigabytes_are_cut_off_and_need_little_memory(
    part: bytes, headers: dict[str, str], portal: Portal, settings: Any
) -> None:
    usual = largest_megabytes(lambda: read_bill(portal))
    before = stored_bill()
    with endless(part, **headers) as address:
        settings.AGORA_BASE_URL = address
        needed = largest_megabytes(lambda: read_bill(portal, at=THEN + HOUR))

    assert needed - usual < 100
    assert (slot().state, "the answer was too large" in slot().last_error) == (SlotState.PARTIAL, True)
    assert stored_bill() == before
