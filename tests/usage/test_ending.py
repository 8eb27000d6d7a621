"""What counts as known when a reading ends."""

import datetime as dt
from dataclasses import replace

import pytest

from polling.periods import DAY, start_of
from usage.services.ending import without_growing
from usage.services.plan import NEVER_ASKED, Facts

ASKED = dt.date(2026, 3, 10)
FACTS = Facts(known=(ASKED - 9 * DAY, ASKED), checked_from=ASKED - 9 * DAY, checked_at=start_of(ASKED))


def test_a_day_that_grew_when_it_was_asked_is_not_known_once_it_is_over() -> None:
    assert without_growing(FACTS, ASKED + DAY).known == (ASKED - 9 * DAY, ASKED - DAY)


@pytest.mark.parametrize(
    ("facts", "today"),
    [
        (FACTS, ASKED),
        (replace(FACTS, checked_at=start_of(ASKED + DAY)), ASKED + DAY),
        (replace(FACTS, known=(ASKED, ASKED)), ASKED + DAY),
        (NEVER_ASKED, ASKED),
    ],
)
def test_whatever_else_is_known_stays_known(facts: Facts, today: dt.date) -> None:
    assert without_growing(facts, today) == facts
