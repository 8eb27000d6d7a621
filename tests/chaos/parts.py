"""The processes of one run: each can be killed, stopped for a while, and is started again when it has ended."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(kw_only=True)
class Part:
    """One process with its children, in a session of its own; `user` is who runs it ('' for ourselves)."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    user: str = ""
    starts: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.is_running():
            return
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.user or None,
                extra_groups=[] if self.user else None,
            )
        self.starts += 1

    def is_running(self) -> bool:
        """Whether its first process has not ended."""
        return self.process is not None and self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it and its children."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """End it without warning."""
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def children(self) -> list[int]:
        """The processes that it started itself."""
        if not self.is_running() or self.process is None:
            return []
        tasks = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(number) for number in tasks.read_text().split()]

    def end(self, patience: float = 10.0) -> None:
        """End it politely, after some seconds by force."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            if self.process is not None:
                self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass(kw_only=True)
class Keeper:
    """Starts again whatever has ended, a moment later, as the supervisor of a real installation does."""

    parts: Sequence[Part]
    ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def begin(self) -> None:
        """Keep them running until `end`."""
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Let them end from now on."""
        self.ended.set()
        if self._thread:
            self._thread.join()

    def _keep(self) -> None:
        while not self.ended.wait(0.5):
            for part in self.parts:
                part.start()


def wait_until(is_so: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Wait for a condition; TimeoutError with words when it never holds."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} within {seconds:.0f} seconds")
        time.sleep(0.1)
