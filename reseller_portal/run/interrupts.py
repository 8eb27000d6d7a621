"""Ctrl-C and SIGTERM while `make run` prepares: both end it, but never in the middle of what must not be torn."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


def end_once(_number: int, _frame: object) -> NoReturn:
    """End like the first Ctrl-C; from now on what was started is being stopped, which nothing may interrupt."""
    ignore()
    raise KeyboardInterrupt


def ignore() -> None:
    """Take no notice of further signals."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


@contextmanager
def held_back(*numbers: signal.Signals) -> Iterator[None]:
    """Deliver these signals only afterwards; a process started meanwhile never gets them."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
