"""The portal of a simulation: a process of its own that polls as the beat would, and may be killed at any moment."""

from __future__ import annotations

import datetime as dt
import multiprocessing
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import Any

from django.core.cache import cache
from django.db import connections

from agora.connect import client_from_settings
from desk.services import Watcher, poll
from polling import queries
from polling.gate import PROBE_KEY, LedgerGate
from polling.services.reading import Reader
from simulation.clock import MINUTE, SharedClock, next_minute

FORK = multiprocessing.get_context("fork")


class NotNow(Exception):
    """Agora takes no calls for a while."""

    def __init__(self, until: dt.datetime) -> None:
        super().__init__(f"until {until}")
        self.until = until


class Broken(Exception):
    """The worker ended by itself, which is a mistake of the portal's; what it said stands above."""


@dataclass(kw_only=True)
class Worker:
    """Polls in a process of its own, a tick every so often, until it is told to stop or killed."""

    clock: SharedClock
    tick: dt.timedelta
    kills: int = 0
    _process: ForkProcess | None = field(default=None, repr=False)
    _line: Any = field(default=None, repr=False)

    def go_on(self, until: dt.datetime) -> None:
        """Let the time pass to that moment and poll whatever is due; one that is killed is followed by another."""
        while self.clock.now() < until:
            if self._process is None:
                self._start()
            try:
                self._line.send(until)
                self._line.recv()
            except (EOFError, ConnectionError):
                self._follow_up()
        self.clock.jump(until)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()

    def end(self) -> None:
        """Let it go."""
        if self._process is not None:
            self._line.close()
            self._process.join()
            self._process = None

    def _start(self) -> None:
        connections.close_all()
        cache.close()
        self._line, other = FORK.Pipe()
        self._process = FORK.Process(target=serve, args=(self._line, other, self.clock, self.tick), daemon=True)
        self._process.start()
        other.close()

    def _follow_up(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.join()
            if process.exitcode != -9:
                raise Broken(f"exit code {process.exitcode}")
        self.kills += 1
        self.clock.jump(self.clock.now() + MINUTE)


def serve(other: Connection, line: Connection, clock: SharedClock, tick: dt.timedelta) -> None:
    """The process: poll to each moment that is asked for, and say when it is reached."""
    other.close()  # so that it ends with the one who asks
    while True:
        try:
            until = line.recv()
        except EOFError:
            return
        poll_until(clock, until, tick)
        line.send(None)


def poll_until(clock: SharedClock, until: dt.datetime, tick: dt.timedelta) -> None:
    """Look every tick at what is due; earlier where Agora takes calls again before the next one."""
    while (now := clock.now()) < until:
        after = next_minute(now + tick)
        try:
            sweep(clock, now)
        except NotNow as pause:
            after = min(after, next_minute(max(pause.until, clock.now())))
        clock.jump(min(after, until))


def sweep(clock: SharedClock, now: dt.datetime) -> None:
    """Poll whatever is due; NotNow where Agora takes no calls for a while, since what is left stays due."""
    cache.delete(PROBE_KEY)  # it lives for seconds of the real time, and a tick is longer
    for stream in queries.due_streams(now):
        reader = open_reader(clock)
        try:
            poll(reader, [stream], None, Watcher(wait=give_up))
        finally:
            reader.note()


def give_up(_why: str, until: dt.datetime | None) -> None:
    """No process sleeps through a pause that Agora asked for: the beat starts another one."""
    if until is not None:
        raise NotNow(until)


def open_reader(clock: SharedClock) -> Reader:
    """A reader in the simulated time, which is the server's too; nobody sleeps between two attempts."""
    gate = LedgerGate(clock=clock.seconds, failures_in_a_row=queries.connection().failures_in_a_row)
    client = client_from_settings(gate)
    transport = replace(client.transport, clock=clock.now, sleep=lambda seconds: None)
    return Reader(client=replace(client, transport=transport), gate=gate, clock=clock.now)
