"""Whoever kills: every few seconds something ends, stops for a while, or loses what it held."""

import os
import random
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.chaos.parts import Part

Act = Callable[[], None]


@dataclass(kw_only=True)
class Killer:
    """Does one thing after the other, `every` seconds apart on average; what ended is started by the keeper."""

    parts: Sequence[Part]
    broker_socket: Path
    sqlite_file: Path | None
    keys: dict[str, str]
    chance: random.Random
    every: float
    done: Counter[str] = field(default_factory=Counter)

    def work(self, ended: threading.Event) -> None:
        """Kill until the run is over."""
        while not ended.wait(self.chance.uniform(0.3, 1.7) * self.every):
            (name,) = self.chance.choices(list(self._acts), weights=[weight for weight, _act in self._acts.values()])
            self._acts[name][1]()
            self.done[name] += 1

    @property
    def _acts(self) -> dict[str, tuple[int, Act]]:
        acts: dict[str, tuple[int, Act]] = {}
        for part in self.parts:
            acts[f"kill {part.name}"] = (4 if part.name in ("creates", "database") else 2, part.kill)
        for part in self.parts:
            if part.name in ("polls", "web", "database"):
                acts[f"kill a child of {part.name}"] = (2, partial(self._kill_child, part))
            if part.name in ("creates", "polls", "web"):
                acts[f"restart {part.name}"] = (1, partial(part.signal, signal.SIGTERM))
                acts[f"stop {part.name} for a while"] = (2, partial(self._stop, part))
        acts["flush the broker"] = (2, self._flush)
        acts["take the key away"] = (1, self._take_key)
        if self.sqlite_file:
            acts["lock the database"] = (2, self._lock)
        return acts

    def _kill_child(self, part: Part) -> None:
        """End one process of a pool, or one of the database's, which then ends all connections by itself."""
        if children := part.children():
            with suppress(ProcessLookupError):
                os.kill(self.chance.choice(children), signal.SIGKILL)

    def _stop(self, part: Part) -> None:
        """Stop it for up to twice as long as the window of a signature."""
        part.signal(signal.SIGSTOP)
        threading.Event().wait(self.chance.choice([0.5, 2.0, 4.0, 8.0, 12.0]))
        part.signal(signal.SIGCONT)

    def _flush(self) -> None:
        try:
            with Redis(unix_socket_path=str(self.broker_socket)) as broker:
                broker.flushall()
        except RedisError:
            self.done["flush the broker, which was down"] += 1

    def _take_key(self) -> None:
        """Have the gateway refuse the portal's key for a moment."""
        kept = dict(self.keys)
        self.keys.clear()
        threading.Event().wait(1.5)
        self.keys.update(kept)

    def _lock(self) -> None:
        """Hold the database's one write lock, as a backup does."""
        assert self.sqlite_file
        database = sqlite3.connect(self.sqlite_file, timeout=5, isolation_level=None)
        try:
            database.execute("BEGIN IMMEDIATE")
            threading.Event().wait(self.chance.uniform(0.5, 4.0))
            database.execute("ROLLBACK")
        except sqlite3.OperationalError:
            self.done["lock the database, which was busy"] += 1
        finally:
            database.close()
