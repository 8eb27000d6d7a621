"""The portal's own processes, side by side: what starts them, how they are watched and how they end."""

import multiprocessing
import shlex
import sys
import threading
from pathlib import Path

from honcho import manager
from honcho.manager import SIGNALS, Manager
from honcho.printer import Printer

from reseller_portal.run.folder import ADDRESS, PIDS
from reseller_portal.run.guard import guard_polls
from reseller_portal.run.screen import Screen

# A create in flight is given this long, in seconds, before honcho ends its process by force.
manager.KILL_WAIT = 95

WEB_WORKERS = 2
WEB_THREADS = 8
INTERRUPTED = {signal["rc"] for signal in SIGNALS.values()}


class Together(Manager):
    """Honcho's manager that can also be interrupted while it is still starting its processes."""

    def __init__(self, screen: Printer, stopped: threading.Event) -> None:
        super().__init__(printer=screen)
        self.stopped = stopped
        self.replaced: set[str] = set()

    def terminate(self) -> None:
        """End all processes, as soon as each of them has a number to be ended by."""
        self.stopped.set()
        if self._all_started():
            super().terminate()

    def replace(self, name: str) -> None:
        """Have a process ended by force, and started anew as soon as its end is noticed; the loop does both."""
        self.replaced.add(name)

    def _any_stopped(self) -> bool:
        # The loop asks this only while each process has its number, which a thread that replaces cannot know.
        for name in [] if self.stopped.is_set() else list(self.replaced):
            if "returncode" in self._processes[name]:
                self.replaced.remove(name)
                self._start_again(name)
            else:
                self._procmgr.kill(self._processes[name]["pid"])
        stopped: bool = super()._any_stopped()
        return stopped

    def _start_again(self, name: str) -> None:
        self.returncode = None
        process = self._processes[name]["obj"]
        runs = multiprocessing.Process(name=name, target=process.run, args=(self.events, True))
        self._processes[name] = {"obj": process, "process": runs}
        runs.start()

    def _system_print(self, data: str) -> None:
        super()._system_print(data)
        if self.stopped.is_set() and not self._terminating:
            self.terminate()


def commands(port: int) -> dict[str, list[str]]:
    """What each process runs. The web server waits for the others: it answers when everything is up."""
    celery = [sys.executable, "-m", "celery", "-q", "-A", "reseller_portal"]
    worker = [*celery, "worker", "-l", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    return {
        "creates": [*worker, "-Q", "creates", "-n", "creates@%h", "-P", "threads", "-c", "4"],
        "polls": [*worker, "-Q", "polls", "-n", "polls@%h", "-c", "2", "-I", "reseller_portal.run.breakable"],
        "beat": [*celery, "beat", "-l", "WARNING", "--pidfile="],
        "web": [
            *[sys.executable, "-m", "gunicorn", "reseller_portal.wsgi"],
            *["--bind", f"{ADDRESS}:{port}", "--log-level", "warning", "--preload", "--graceful-timeout", "3"],
            *["--worker-class", "gthread", "--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS)],
        ],
    }


def shell_line(command: list[str], pids: Path, *, after: list[str] | None = None) -> str:
    """One line for the shell that becomes the command, having written its number down."""
    line = f"echo $$ >> {shlex.quote(str(pids))}; "
    if after:
        line += f"{shlex.join(after)} && "
    return f"{line}exec {shlex.join(command)}"


def run_until_interrupted(
    folder: Path, port: int, screen: Screen, environment: dict[str, str], stopped: threading.Event
) -> int:
    """Keep all processes running until Ctrl-C, SIGTERM or the end of one of them; the exit code to end with.

    `stopped` is set as soon as the end begins.
    """
    together = Together(screen, stopped)
    guard = threading.Thread(target=guard_polls, args=(screen, together.replace, stopped), daemon=True)
    for name, command in commands(port).items():
        after = [sys.executable, "-m", "reseller_portal.run.gate"] if name == "web" else None
        # Polls are safe to break off: this makes SIGTERM do it, where it would wait for the end of a long one.
        remapped = {"REMAP_SIGTERM": "SIGQUIT"} if name == "polls" else {}
        line = shell_line(command, folder / PIDS, after=after)
        together.add_process(name, line, env=environment | remapped)
    guard.start()
    together.loop()
    if together.returncode in INTERRUPTED:
        return 0
    screen.say("One of the processes ended by itself, so all were stopped: the lines above say which and why.")
    return 1
