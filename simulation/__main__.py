"""`make simulate`: simulated days over HTTP against the sandbox, on a database that is made for it and thrown away."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.cluster import postgresql


def simulate(folder: Path, database_url: str) -> int:
    """Run it in a process of its own, since settings are read once."""
    environment = {**os.environ, "DATABASE_URL": database_url, "PORTAL_VAR": str(folder)}
    environment["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    command = [sys.executable, "-m", "simulation.measure", *sys.argv[1:]]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


def main() -> int:
    """Simulate on PostgreSQL where this machine has one, else on SQLite; nothing is left behind."""
    with tempfile.TemporaryDirectory(prefix="portal-simulation-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        file = f"sqlite:///{folder / 'simulation.sqlite3'}"
        if {"--sqlite", "--pure"} & set(sys.argv):
            return simulate(folder, file)
        with postgresql(folder / "postgres") as database_url:
            return simulate(folder, database_url or file)


if __name__ == "__main__":
    raise SystemExit(main())
