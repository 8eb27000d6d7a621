"""Creates that the gateway refuses for the key or the clock wait until it accepts the portal again (C28, C29)."""

from collections.abc import Callable
from typing import Any

import pytest

from companies.models import Operation, OperationState
from tests.companies.conftest import company_draft, created, dispatched, writes
from tests.sandbox_server import KEY_ID, KEY_SECRET, RunningSandbox

Submitted = Callable[..., Operation]


def states() -> set[str]:
    return set(Operation.objects.values_list("state", flat=True))


def test_c29_one_request_blocks_all_and_a_new_secret_sends_each_once(
    agora: RunningSandbox, submitted: Submitted, settings: Any
) -> None:
    settings.AGORA_KEYS = [(KEY_ID, "wrong")]
    for number in range(10):
        submitted(company_draft(email=f"{number}@acme.example"))
    dispatched()
    assert (writes(agora), states()) == (1, {OperationState.BLOCKED})
    settings.AGORA_KEYS = [(KEY_ID, KEY_SECRET)]
    dispatched(after=31)
    dispatched(after=36)
    assert (states(), created(agora)) == ({OperationState.DONE}, ["company"] * 10)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [([(KEY_ID, "wrong")], "secret"), ([("unknown", KEY_SECRET)], "key")],
)
def test_a_refused_key_says_what_an_administrator_must_do(
    keys: list[tuple[str, str]], reason: str, agora: RunningSandbox, submitted: Submitted, settings: Any
) -> None:
    settings.AGORA_KEYS = keys
    operation = submitted()
    dispatched()
    operation.refresh_from_db()
    assert (operation.state, operation.reason) == (OperationState.BLOCKED, reason)


@pytest.mark.parametrize("offset", [600.0, -600.0])
def test_c28_a_wrong_clock_blocks_and_a_right_one_sends_once(
    offset: float, agora: RunningSandbox, submitted: Submitted
) -> None:
    agora.sandbox.clock.offset = offset
    operation = submitted()
    dispatched()
    operation.refresh_from_db()
    assert (operation.state, operation.reason) == (OperationState.BLOCKED, "clock")
    agora.sandbox.clock.offset = 0.0
    dispatched(after=31)
    operation.refresh_from_db()
    assert (operation.state, created(agora)) == (OperationState.DONE, ["company"])


def test_while_creates_are_blocked_agora_is_asked_once_in_thirty_seconds(
    agora: RunningSandbox, submitted: Submitted, settings: Any
) -> None:
    settings.AGORA_KEYS = [(KEY_ID, "wrong")]
    for number in range(3):
        submitted(company_draft(email=f"{number}@acme.example"))
    for after in range(0, 65, 5):
        dispatched(after=after)
    reads = [entry for entry in agora.sandbox.truth.entries() if entry.method == "GET"]
    assert (len(reads), writes(agora)) == (2, 1)


def test_the_second_key_sends_where_the_first_is_no_longer_known(
    agora: RunningSandbox, submitted: Submitted, settings: Any
) -> None:
    settings.AGORA_KEYS = [("deleted", "deleted"), (KEY_ID, KEY_SECRET)]
    submitted()
    dispatched()
    assert created(agora) == ["company"]
