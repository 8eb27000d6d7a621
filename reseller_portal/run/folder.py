"""The folder of one portal, PORTAL_VAR: who uses it, and what was chosen for the processes that read it."""

import fcntl
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

RUN = "run.env"
DEMO = "demo.env"
LOCK = "run.lock"
PIDS = "run.pids"
ADDRESS = "127.0.0.1"


class CannotStartError(Exception):
    """Something that a person has to change first; the message says what."""


def make_folder(path: Path) -> Path:
    """The folder, which nobody but its owner may look into. Raises CannotStartError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    except OSError as error:
        raise CannotStartError(
            f"{path} cannot be used: {error.strerror}. Choose another folder, such as PORTAL_VAR=~/portal make run."
        ) from None
    return path


@contextmanager
def use_alone(folder: Path) -> Iterator[None]:
    """Keep every other `make run` out of the folder. Raises CannotStartError when one is in it."""
    with (folder / LOCK).open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStartError(explain_lock(folder)) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        (folder / PIDS).write_text("", encoding="ascii")
        yield


def explain_lock(folder: Path) -> str:
    """Who uses the folder, and what to do about it."""
    holder = (folder / LOCK).read_text(encoding="ascii")
    if holder.isdecimal() and is_alive(int(holder)):
        return (
            f"Another `make run` (process {holder}) uses {folder}. Stop it with Ctrl-C first, "
            "or give this one a folder and a port of its own: PORTAL_VAR=./var2 PORT=8001 make run."
        )
    return (
        f"A `make run` that was killed left processes behind, which still use {folder}. "
        f"Stop them and start again: kill $(cat {folder / PIDS})"
    )


def is_alive(pid: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def read_port(text: str) -> int:
    """The port that PORT names. Raises CannotStartError."""
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) < 65536:
        raise CannotStartError(f"PORT is a number from 1 to 65535, not {text!r}.")
    return int(text)


def check_port(port: int) -> None:
    """Raise CannotStartError unless the web server will get this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except PermissionError:
            raise CannotStartError(f"Port {port} needs more rights: choose one from 1024 on, PORT=8000.") from None
        except OSError:
            raise CannotStartError(
                f"Port {port} is in use. Stop what listens there, or choose another one: PORT={port + 1} make run."
            ) from None


def read_values(path: Path) -> dict[str, str]:
    """The values of an environment file; none when there is no such file."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def write_values(path: Path, values: Mapping[str, str]) -> None:
    """Replace an environment file at one stroke; nobody but its owner may read it."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text("".join(f"{name}={value}\n" for name, value in values.items()), encoding="utf-8")
    fresh.replace(path)


def secret_key(folder: Path) -> str:
    """The key that signs sessions, made at the first start and kept."""
    return read_values(folder / RUN).get("SECRET_KEY") or secrets.token_urlsafe(50)
