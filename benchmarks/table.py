"""What a measurement hands back, and how sides are measured so that a busy machine slows both."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# 1 is the whole data set: 10,000 companies, 5 projects each, 400 days.
SCALE = float(os.environ.get("BENCH_SCALE", "0.1"))
ROUNDS = 3


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the table; `reached` is None for a figure that is no goal."""

    goal: str
    what: str
    measured: str
    wanted: str = ""
    reached: bool | None = None


def at_least(goal: str, what: str, measured: float, wanted: float) -> Line:
    """A goal that is reached from a figure on."""
    return Line(goal=goal, what=what, measured=short(measured), wanted=f"≥ {wanted:g}", reached=measured >= wanted)


def at_most(goal: str, what: str, measured: float, wanted: float) -> Line:
    """A goal that is reached up to a figure."""
    return Line(goal=goal, what=what, measured=short(measured), wanted=f"≤ {wanted:g}", reached=measured <= wanted)


def figure(what: str, measured: str) -> Line:
    """A figure that says what the goals rest on."""
    return Line(goal="", what=what, measured=measured)


def short(number: float) -> str:
    """Three digits that count, without an exponent."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}" if number >= 0.001 else f"{number:.5f}"


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def side_by_side(sides: Mapping[str, Callable[[], object]], *, rounds: int = ROUNDS) -> dict[str, float]:
    """Seconds of each side: the best of several rounds, in each of which every side has its turn."""
    best = dict.fromkeys(sides, float("inf"))
    for _ in range(rounds):
        for name, work in sides.items():
            best[name] = min(best[name], seconds(work))
    return best


def write(line: Line) -> None:
    """Print a line as soon as it is known."""
    verdict = {None: "", True: "reached", False: "NOT REACHED"}[line.reached]
    sys.stdout.write(f"{line.goal:<4}{line.what:<74}{line.measured:>14}  {line.wanted:<10}{verdict}\n")
    sys.stdout.flush()
