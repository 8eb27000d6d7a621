"""The moves of an operation are those that the documentation draws, and no others."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from companies.models import Operation, OperationState
from companies.services.moves import MOVES, NoSuchMoveError, move
from tests.companies.test_onboarding import put

DOCUMENT = Path(__file__).parents[2] / "docs/operations.md"
MISSING = [pair for pair in itertools.product(OperationState, repeat=2) if pair[1] not in MOVES.get(pair[0], ())]


@pytest.mark.parametrize(("before", "after"), MISSING)
def test_a_move_that_does_not_exist_is_not_made(
    before: OperationState, after: OperationState, submitted: Callable[..., Operation]
) -> None:
    operation = submitted()
    put(operation, before)
    operation.refresh_from_db()
    with pytest.raises(NoSuchMoveError):
        move(operation, after, now=timezone.now())


def test_the_documentation_lists_every_move() -> None:
    rows = [line.split("|")[1:3] for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]
    drawn = {(before.strip(" `"), after.strip(" `")) for before, afters in rows for after in afters.split(",")}
    assert drawn == {(before.name, after.name) for before, afters in MOVES.items() for after in afters}


def test_from_every_open_state_that_is_used_an_end_can_be_reached() -> None:
    reaches = {OperationState.DONE, OperationState.REFUSED, OperationState.CANCELLED}
    for _round in MOVES:
        reaches |= {before for before, afters in MOVES.items() if afters & reaches}
    assert set(MOVES) <= reaches


def test_a_sent_create_never_goes_back_to_the_queue() -> None:
    assert OperationState.QUEUED not in MOVES[OperationState.SENDING] | MOVES[OperationState.UNCERTAIN]
