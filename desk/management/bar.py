"""How commands tell that they go on: one line that is drawn over itself on a terminal."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

WORDS = {
    "busy": "waiting for the worker, which reads the same days",
    "hold": "waiting, as Agora asked, until {until:%H:%M:%S} UTC",
}


class Bar:
    """One line that tells how far a stream is; on a terminal it is drawn over itself."""

    def __init__(self, out: Any) -> None:
        self.out, self.live = out, out.isatty()
        self.stream, self.done, self.total, self.told = "", 0, 0, 0.0

    def begin(self, stream: str, calls: int) -> None:
        self.end()
        self.stream, self.done, self.total = stream, 0, calls

    def step(self, calls: int) -> None:
        self.done += calls
        if self.live and time.monotonic() - self.told > 0.1:
            self.told = time.monotonic()
            self.draw()

    def draw(self, end: str = "") -> None:
        filled = 30 * min(self.done, self.total) // self.total if self.total else 30
        calls = (
            f"{self.done} of {self.total} calls"
            if self.done <= self.total
            else f"{self.done} calls, {self.total} meant"
        )
        line = f"{self.stream:<12} {'█' * filled}{'░' * (30 - filled)} {calls}"
        self.out.write(f"\r{line}{end}" if self.live else f"{line}{end}")
        self.out.flush()

    def end(self) -> None:
        if self.stream:
            self.draw(end="\n")
            self.stream = ""

    def wait(self, why: str, until: dt.datetime | None) -> None:
        if time.monotonic() - self.told > 5:
            self.told = time.monotonic()
            self.out.write(f"\n{WORDS[why].format(until=until)}\n")


@contextmanager
def quiet(logger: logging.Logger, *, calls_are_told: bool) -> Iterator[None]:
    """Keep the line of every call from tearing the bar apart, unless it is asked for."""
    level = logger.level
    if not calls_are_told:
        logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
