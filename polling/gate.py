"""The gate every call to Agora passes: one rate for all processes, and no call while Agora asked for quiet."""

from __future__ import annotations

import datetime as dt
import logging
import mmap
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from contextlib import nullcontext
from http import HTTPStatus

from django.core.cache import cache
from redis.exceptions import RedisError

from agora.errors import Held
from agora.transport import Exchange
from polling import turns
from polling.turns import Turn, held_until, take_turn

logger = logging.getLogger(__name__)

PROBE_KEY = "agora-probe"
FAILURES_BEFORE_PAUSE = 5
# Of so many answers half may fail before all calls pause.
LOOKED_AT = 20
# Who fails where Agora tells that it is down, or does not answer.
AGORA = "Agora"
# How much of a path says who was asked about: a company, the list of them, or the bills.
SEGMENTS = 5
PAUSE = 30.0
# One byte, shared by a worker with the processes of its pool: whether it was told to end.
_ENDING = mmap.mmap(-1, 1)


class Ending(Exception):
    """The worker was told to end: no further call begins, and whoever takes over goes on at once."""


def end_reading() -> None:
    """Let every poll of this worker end before its next call."""
    _ENDING[0] = 1


def whose_failure(answer: Exchange) -> str:
    """Whom a call failed for: one company or list, as far as it tells, or Agora itself; '' where it did not fail."""
    if answer.status is None or answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return AGORA
    if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return ""
    return "/".join(answer.path.partition("?")[0].split("/")[:SEGMENTS])


def is_general(failing: Collection[str]) -> bool:
    """Whether failures tell of Agora, rather than of a single company."""
    return AGORA in failing or len(set(failing)) > 1


class LedgerGate:
    """May a call go out now, and what did Agora answer: implements `agora.transport.Gate`.

    `failures_in_a_row` is how often Agora failed before this run, as the ledger remembers, and then with it: one
    company that fails all alone counts up to the last failure before a pause. With `may_end` the run is a poll,
    which ends with its worker: `wait` raises Ending then.

    One gate serves one run of calls, from several threads at once. What was answered is kept
    until `drain()` hands it to whoever writes it to the ledger, so that no thread of the run
    needs a database connection.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        refused: str = "",
        failures_in_a_row: int = 0,
        may_end: bool = False,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._queue = threading.Lock()
        self._answers: list[Exchange] = []
        self.failures_in_a_row = failures_in_a_row
        self._failing: set[str] = set()
        self._failures: deque[str] = deque(maxlen=LOOKED_AT)
        self._refused = refused
        self._may_end = may_end

    def wait(self, *, write: bool) -> None:
        """Block until a call may go out; raise Held when none may for longer than a moment."""
        if self._refused and write:
            raise Held(until=None, reason=self._refused)
        if not write:  # a create has its own patience, and is no way to find out
            self._check_broken()
        pause = self._turn(write=write).wait
        if pause > 0:
            self._pause(pause)

    def answered(self, answer: Exchange) -> None:
        """Note what came of a call; a wait that Agora asked for holds every process at once."""
        with self._lock:
            self._answers.append(answer)
            whose = whose_failure(answer)
            self._count(whose)
            pausing = bool(whose) and self._is_broken()
        if answer.retry_after is not None and answer.status in (429, 503):
            self._hold(self._clock() + answer.retry_after)
        elif pausing:
            self._hold(self._clock() + PAUSE)

    def drain(self) -> list[Exchange]:
        """Everything that was answered since the last call of this."""
        with self._lock:
            answers, self._answers = self._answers, []
        return answers

    def _count(self, whose: str) -> None:
        self._failures.append(whose)
        if not whose:
            self.failures_in_a_row = 0
            self._failing.clear()
            return
        self._failing.add(whose)
        if self.failures_in_a_row + 1 != FAILURES_BEFORE_PAUSE or is_general(self._failing):
            self.failures_in_a_row += 1

    def _is_broken(self) -> bool:
        """Whether Agora fails so often that all calls pause, but for one in a while that looks whether it is back."""
        failed = [whose for whose in self._failures if whose]
        half_failed = len(self._failures) == LOOKED_AT and len(failed) * 2 >= LOOKED_AT
        return self.failures_in_a_row >= FAILURES_BEFORE_PAUSE or (half_failed and is_general(failed))

    def _check_broken(self) -> None:
        """While Agora fails, one read of all processes goes out in each pause; the others wait for what it brings."""
        if self.failures_in_a_row < FAILURES_BEFORE_PAUSE:
            return
        self._check_hold(held_until())
        try:
            may_look = cache.add(PROBE_KEY, 1, timeout=PAUSE)
        except RedisError:
            may_look = True
        if not may_look:
            raise Held(until=dt.datetime.fromtimestamp(self._clock() + PAUSE, tz=dt.UTC), reason="broken")

    def _check_hold(self, until: float) -> None:
        if self._may_end and _ENDING[0]:
            raise Ending("the worker ends")
        if until > self._clock():
            raise Held(until=dt.datetime.fromtimestamp(until, tz=dt.UTC), reason="hold")

    def _hold(self, until: float) -> None:
        try:
            if until > held_until():
                turns.hold(until, seconds=until - self._clock())
        except RedisError:
            logger.warning("The pause that Agora asked for could not be shared with other processes.")

    def _turn(self, *, write: bool) -> Turn:
        """The turn of this call. Of the threads that read, one asks for it and the others wait for that one."""
        with nullcontext() if write else self._queue:
            while True:
                turn = take_turn(write=write)
                self._check_hold(turn.held_until)
                if turn.taken:
                    return turn
                self._pause(turn.wait)

    def _pause(self, seconds: float) -> None:
        """Sleep; meanwhile Agora may have asked for quiet."""
        self._sleep(seconds)
        self._check_hold(held_until())
