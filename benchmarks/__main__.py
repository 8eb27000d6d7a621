"""`make bench`: how fast figures become rows, beside the database's own speed, as one table."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def report(what: str, count: int, seconds: float, beside: float | None = None) -> None:
    """One line of the table: rows a second, and the ratio to the other side where there is one."""
    ratio = f"{beside / seconds:8.2f}" if beside else " " * 8
    sys.stdout.write(f"{what:<58}{count / seconds:>12,.0f} /s{ratio}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure in a database of its own, which is dropped afterwards."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    os.environ.setdefault("PORTAL_VAR", tempfile.mkdtemp(prefix="portal-bench-"))
    import django  # noqa: PLC0415 - only now are the settings chosen

    django.setup()
    from django.db import connection  # noqa: PLC0415

    from benchmarks import ingest, signing  # noqa: PLC0415

    connection.creation.create_test_db(verbosity=0)
    try:
        sys.stdout.write(f"{connection.vendor}, the last column is the ratio to the raw insert\n")
        signing.measure(timed, report)
        ingest.measure(timed, report)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


if __name__ == "__main__":
    main()
