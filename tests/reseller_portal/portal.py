"""A whole portal for tests: `make run` in a process of its own, and a person's browser that signs in to it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import requests
from django.conf import settings

EMAIL = "first@example.com"
PASSWORD = "a long and quiet river"
PATIENCE = 90.0
# What tells the portal of the tests from any other on this machine stands in the environment of its processes.
MARK = "PORTAL_VAR"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@dataclass(kw_only=True)
class Portal:
    """One start of `make run` in `folder`."""

    folder: Path
    port: int
    process: subprocess.Popen[str]
    environment: dict[str, str]
    browser: requests.Session = field(default_factory=requests.Session)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def wait_for(self, path: str, status: int = 200) -> None:
        """Wait until the address answers so; fail with what was printed when the portal ends instead."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the portal ended: {self.printed()}")
            try:
                if requests.get(self.url(path), timeout=5).status_code == status:
                    return
            except requests.ConnectionError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"{path} never answered {status}")

    def sign_in(self) -> requests.Response:
        """Sign the first admin in by the form."""
        return self.submit("/accounts/login/", login=EMAIL, password=PASSWORD)

    def submit(self, path: str, **typed: str) -> requests.Response:
        """Open the page of a form, fill in what is typed beside its hidden fields, and send it."""
        page = self.browser.get(self.url(path), timeout=20).text
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
        return self.browser.post(self.url(path), data=dict(hidden) | typed, timeout=20)

    def stop(self, number: signal.Signals = signal.SIGINT) -> str:
        """End it as Ctrl-C on a terminal does, which reaches the whole group; what it printed."""
        os.killpg(self.process.pid, number)
        self.process.wait(PATIENCE)
        return self.printed()

    def run_code(self, code: str) -> None:
        """Run some lines in a process of their own beside it, with its settings."""
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
        subprocess.run(command, env=self.environment, timeout=PATIENCE, check=True)

    def printed(self) -> str:
        return (self.folder / "printed").read_text()

    def numbered_processes(self) -> dict[int, str]:
        """What runs of it, by number: every process whose environment names its folder."""
        mark = f"{MARK}={self.folder}".encode()
        return {pid: words for pid, words in running().items() if mark in environment_of(pid)}

    def processes(self) -> list[str]:
        """The commands of what runs of it."""
        return list(self.numbered_processes().values())

    def wait_for_words(self, url: str, words: str) -> None:
        """Wait until the page of the person who is signed in holds these words."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.browser.get(url, timeout=20).text:
            assert time.monotonic() < deadline, f"{url} never said {words!r}"
            time.sleep(0.5)


def running() -> dict[int, str]:
    """The command of every process of this machine that is not this one."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found[int(path.parent.name)] = path.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return {pid: words for pid, words in found.items() if words and pid != os.getpid()}


def environment_of(pid: int) -> list[bytes]:
    """The environment that a process was started with; empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def database() -> dict[str, str]:
    """Where tests run on PostgreSQL, a fresh database for the whole portal on the same server."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        return {}
    own = settings.DATABASES["default"]
    name = f"test_run_{os.getpid()}"
    with psycopg.connect(
        host=own["HOST"], port=own["PORT"] or None, user=own["USER"], password=own["PASSWORD"], dbname="postgres"
    ) as server:
        server.autocommit = True
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
    return {"DATABASE_URL": f"{given.rpartition('/')[0]}/{name}"}


@contextmanager
def running_portal(folder: Path, **environment: str) -> Iterator[Portal]:
    """Start the portal in `folder`; whatever is left of it at the end is ended by force."""
    folder.mkdir(exist_ok=True)
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "CELERY_BROKER_URL") if name in os.environ}
    own = {"PORT": str(port), MARK: str(folder), "PORTAL_ADMIN_EMAIL": EMAIL, "PORTAL_ADMIN_PASSWORD": PASSWORD}
    given = kept | own | environment
    with (folder / "printed").open("w") as printed:
        process = subprocess.Popen(
            [sys.executable, "-m", "reseller_portal.run"],
            env=given,
            stdout=printed,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    portal = Portal(folder=folder, port=port, process=process, environment=given)
    try:
        yield portal
    finally:
        portal.browser.close()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(PATIENCE)
