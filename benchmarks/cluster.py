"""A PostgreSQL of the measurements' own: made in a folder, reached by a socket there, and gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# Nothing is kept, so nothing has to reach the disk; whole pages in the log would hide what one row costs.
OPTIONS = {
    "listen_addresses": "''",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "autovacuum": "off",
}


@contextmanager
def postgresql(folder: Path) -> Iterator[str | None]:
    """The address of an empty database, or None where this machine has no PostgreSQL."""
    programs = find_programs()
    if programs is None:
        yield None
        return
    folder.mkdir()
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    data = str(folder / "data")
    options = " ".join(f"-c {name}={value}" for name, value in OPTIONS.items())
    run(programs / "initdb", "-D", data, "-U", "portal", "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8")
    run(
        *(programs / "pg_ctl", "-D", data, "-l", str(folder / "log"), "-w", "start"),
        *("-o", f"{options} -c unix_socket_directories={folder}"),
    )
    try:
        run(programs / "createdb", "-h", str(folder), "-U", "portal", "portal")
        yield f"postgres://portal@/{folder}/portal"
    finally:
        run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def find_programs() -> Path | None:
    """Where the newest installed version has its programs."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    return max(found, key=lambda path: int(path.parent.name)) if found else (on_path and Path(on_path).parent) or None


def run(*command: str | Path) -> None:
    """Run one of its programs: as the user that Debian made for it, since it refuses to be run by root."""
    as_user: Sequence[str] = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    subprocess.run([*as_user, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd="/")  # noqa: S603
