"""`make bench`: the goals of performance beside what this machine reaches, a table for each database."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.cluster import postgresql

NO_POSTGRESQL = (
    "There is no PostgreSQL on this machine, so only SQLite is measured (Debian: apt-get install postgresql).\n"
)


def measure(folder: Path, database_url: str) -> int:
    """Measure one database in a process of its own, since settings are read once."""
    environment = {**os.environ, "DATABASE_URL": database_url, "PORTAL_VAR": str(folder)}
    environment["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    return subprocess.run([sys.executable, "-m", "benchmarks.run"], env=environment, check=False).returncode


def main() -> int:
    """Measure each database; nothing is left behind."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with postgresql(folder / "postgres") as database_url:
            if database_url is None:
                sys.stdout.write(NO_POSTGRESQL)
            failed = measure(folder, database_url) if database_url else 0
        return measure(folder, f"sqlite:///{folder / 'bench.sqlite3'}") or failed


if __name__ == "__main__":
    raise SystemExit(main())
