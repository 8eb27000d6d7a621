"""Figures of several days as a small line of a fixed size; a day that is not known is a gap in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

WIDTH, HEIGHT, EDGE = 80, 20, 2


@dataclass(frozen=True, kw_only=True)
class Sparkline:
    """The pieces of a line as points of an SVG, and the box that they lie in."""

    pieces: list[str]
    width: int = WIDTH
    height: int = HEIGHT


def sparkline(values: Sequence[int | Decimal | None]) -> Sparkline | None:
    """A line from the left to the right whose lowest place is zero; None where nothing is known."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    highest = float(max(max(known), 1))
    step = WIDTH / max(len(values) - 1, 1)
    places = enumerate(values)
    points = [None if value is None else (place * step, _at(float(value) / highest)) for place, value in places]
    runs = (list(run) for is_known, run in groupby(points, key=lambda point: point is not None) if is_known)
    return Sparkline(pieces=[_piece([point for point in run if point]) for run in runs])


def _at(share: float) -> float:
    return HEIGHT - EDGE - max(share, 0) * (HEIGHT - 2 * EDGE)


def _piece(points: list[tuple[float, float]]) -> str:
    """One day alone is as wide as a dot."""
    if len(points) == 1:
        ((across, down),) = points
        points = [(across - 1, down), (across + 1, down)]
    return " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
