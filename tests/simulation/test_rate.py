"""How many calls a second holds, wherever it begins."""

import pytest

from simulation.rate import most_in_a_second


@pytest.mark.parametrize(
    ("moments", "most"),
    [
        ([], 0),
        ([5.0], 1),
        ([0.0, 1.0, 2.0], 1),
        ([0.0, 0.9, 1.0, 1.1, 5.0], 3),
        ([0.5, 0.6, 0.7, 1.55, 1.65], 3),
    ],
)
def test_the_fullest_second_counts_and_not_the_clock(moments: list[float], most: int) -> None:
    assert most_in_a_second(moments) == most
