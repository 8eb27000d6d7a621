"""How much memory a large bill takes beside a small one, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import benchmarks.ready  # noqa: F401 - before the apps' tables are imported
from benchmarks import bills
from benchmarks.table import Line, at_most, figure, short

SMALL, LARGE = 10_000, 100_000


def measure() -> Iterator[Line]:
    """Goal 3."""
    small, large = peak(SMALL), peak(LARGE)
    yield figure(f"peak memory of a process that stores {SMALL:,} lines: MB", short(small / 1024))
    yield at_most("3", f"peak memory of {LARGE:,} lines against that", large / small, 1.2)


def peak(lines: int) -> int:
    """Kilobytes at the most, in a process that stores such a bill."""
    command = [sys.executable, "-m", "benchmarks.memory", str(lines)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603


def main(lines: int) -> None:
    """Store one bill, each page of which is made when it is asked for, and say how large the process became."""
    bills.store(bills.read(bills.new_day(), lines, text=bills.text_of))
    # What getrusage tells would be that of the larger process that started this one.
    status = Path("/proc/self/status").read_text()
    sys.stdout.write(status.partition("VmHWM:")[2].split()[0])
    bills.empty()


if __name__ == "__main__":
    main(int(sys.argv[1]))
