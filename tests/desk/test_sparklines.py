"""Small lines of several days: what is known lies in a box, what is not is a gap."""

from decimal import Decimal

import pytest

from desk.sparklines import HEIGHT, WIDTH, sparkline


def points(piece: str) -> list[tuple[float, float]]:
    return [(float(across), float(down)) for across, down in (point.split(",") for point in piece.split())]


def pieces(*values: int | Decimal | None) -> list[list[tuple[float, float]]]:
    line = sparkline(values)
    return [points(piece) for piece in line.pieces] if line else []


def test_the_highest_day_is_at_the_top_and_zero_at_the_bottom() -> None:
    assert pieces(0, 5, Decimal("10")) == [[(0, 18), (40, 10), (80, 2)]]


def test_a_day_that_is_not_known_is_a_gap() -> None:
    assert [len(piece) for piece in pieces(1, 2, None, 3, 4, 5)] == [2, 3]


def test_a_day_alone_is_a_dot() -> None:
    assert pieces(None, 10, None) == [[(39, 2), (41, 2)]]


def test_days_of_zero_are_a_line_at_the_bottom() -> None:
    assert pieces(0, 0) == [[(0, 18), (80, 18)]]


@pytest.mark.parametrize("values", [(), (None, None)])
def test_nothing_known_is_no_line(values: tuple[None, ...]) -> None:
    assert sparkline(values) is None


def test_everything_stays_in_the_box() -> None:
    (piece,) = pieces(*range(-5, 25))
    assert all(0 <= across <= WIDTH and 0 <= down <= HEIGHT for across, down in piece)
