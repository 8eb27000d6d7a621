"""All measurements on the database that the environment names."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

from django.core.management import call_command
from django.db import connection

import benchmarks.ready  # noqa: F401 - before the apps' tables are imported
from benchmarks import bills, calls, dashboards, memory, messages, money, pages, plans, signing
from benchmarks.table import SCALE, Line, write

MEASUREMENTS: tuple[Callable[[], Iterator[Line]], ...] = (
    signing.measure,
    bills.measure,
    memory.measure,
    money.measure,
    dashboards.measure,
    # Over what dashboards made.
    pages.measure,
    calls.measure,
    plans.measure,
    messages.measure,
)


def main() -> None:
    """Print the table of one database."""
    call_command("migrate", verbosity=0)
    busy = " ".join(f"{load:.1f}" for load in os.getloadavg())
    sys.stdout.write(f"\n{connection.vendor}, BENCH_SCALE={SCALE:g}, {os.cpu_count()} processors, load {busy}\n")
    for measure in MEASUREMENTS:
        for line in measure():
            write(line)


if __name__ == "__main__":
    main()
