"""The two sides that `make bench` compares answer the same, so that their times may be compared."""

from typing import Any

import pytest
from django.db.models import QuerySet

from benchmarks import money, season
from benchmarks.dashboards import asked_sides
from benchmarks.table import at_least, at_most
from polling.periods import DAY
from usage.models import UsageFigures
from usage.services.rollups import roll_up_everything

SINCE = season.LAST - 99 * DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_season() -> None:
    """Ten companies, three of which use something."""
    season.generate(0, 9, since=SINCE)
    roll_up_everything()


def answer(rows: QuerySet[Any]) -> list[tuple[Any, ...]]:
    return sorted(tuple(row.values()) if isinstance(row, dict) else tuple(row) for row in rows)


def test_sums_answer_what_rows_answer(small_season: None) -> None:
    sides = {name: answer(rows) for name, (rows, _) in asked_sides().items()}
    assert (len(sides["90 days, sums"]), len(sides["top 20, sums"])) == (90, 3)
    assert (sides["90 days, sums"], sides["top 20, sums"], sides["company"]) == (
        sides["90 days, rows"],
        sides["top 20, rows"],
        sides["key lookup"],
    )


def test_the_data_set_has_a_row_for_every_day_of_whatever_is_used(small_season: None) -> None:
    assert UsageFigures.objects.count() == 3 * len(season.PAIRS) * 100 * (1 + season.PROJECTS)


def test_money_comes_through_every_step_exactly() -> None:
    (line,) = money.measure()
    assert (line.measured, line.reached) == ("exact", True)


def test_a_goal_is_reached_on_the_line() -> None:
    assert (at_least("1", "", 0.45, 0.45).reached, at_most("1", "", 5.01, 5).reached) == (True, False)
