"""Wherever a random walk of creates leads, nothing is made twice, linked wrongly, hidden or stuck."""

import os
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from accounts.models import AuditEntry, Person
from companies.models import Operation, OperationState
from companies.models.operations import ENDED
from companies.services import restoring, sending
from polling.services.connection import creates_held
from tests.companies.operation_steps import Creates
from tests.companies.operation_world import LIST_LAG, World
from tests.sandbox_server import KEY_ID, KEY_SECRET

# By hand, FUZZ_EXAMPLES=10000 looks harder, takes other walks each time, and shortens one that goes wrong.
BY_HAND = "FUZZ_EXAMPLES" in os.environ
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "30"))
# When the portal has had this long (in seconds, again and again), nothing moves by itself any more.
QUIET = [60] * 20 + [600] * 6 + [3600] * 4
SETTLED = 800


class CheckedCreates(Creates):
    """Looks after every step whether all is well, and at the end whether everything ended."""

    @invariant()
    def all_is_well(self) -> None:
        operations = self.operations()
        entries = self.entries()
        for operation in operations:
            made = self.made_for(operation)
            self.nothing_is_made_twice(operation, made)
            self.what_is_done_is_linked_to_its_own(operation, made)
            assert chain(entries[str(operation.pk)]) == operation.state, f"{operation} moved without an entry"
            assert operation.version >= self.versions.get(operation.form_token, 0)
            self.versions[operation.form_token] = operation.version

    def nothing_is_made_twice(self, operation: Operation, made: list[str]) -> None:
        most = 1 + self.approvals[operation.form_token] if self.kind == "uap-service" else 1
        assert len(made) <= most, f"{operation} made {made}"

    def what_is_done_is_linked_to_its_own(self, operation: Operation, made: list[str]) -> None:
        if operation.state == OperationState.DONE:
            assert made, f"{operation} made nothing"
            assert self.kind == "uap-service" or operation.result_remote_id in made

    def entries(self) -> dict[str, list[tuple[str, Any]]]:
        """The audit log by operation: action, and the state that was left."""
        found: dict[str, list[tuple[str, Any]]] = defaultdict(list)
        entries = AuditEntry.objects.filter(object_type="companies.operation").order_by("pk")
        for number, action, detail in entries.values_list("object_id", "action", "detail"):
            found[number].append((action.removeprefix("operation."), detail.get("from")))
        return found

    def teardown(self) -> None:
        try:
            if hasattr(self, "wire"):
                self.calm_down()
                self.check_end()
        finally:
            transaction.set_rollback(True)
            self.whole.__exit__(None, None, None)

    def calm_down(self) -> None:
        """No more trouble; the portal works by itself until nothing moves."""
        self.workers, self.wire.fate, self.wire.on_its_way = [], "answered", []
        self.sandbox.gateway.keys[KEY_ID] = KEY_SECRET
        if creates_held() == "fenced":
            restoring.after_restore(now=self.now)
        for seconds in QUIET:
            self.live(seconds)
            if all(is_at_rest(operation) for operation in self.operations()):
                break
        self.pass_time(LIST_LAG)
        self.poll()
        self.live(SETTLED)

    def check_end(self) -> None:
        """Every operation ended or waits for a person, who is told everything that there is to know."""
        self.all_is_well()
        for operation in self.operations():
            assert is_at_rest(operation), f"{operation} is stuck"
            made = self.made_for(operation)
            if made and self.kind != "uap-service" and operation.state != OperationState.DONE:
                assert made == [one for one in operation.candidates if one in made], f"{operation} hides {made}"


def chain(entries: list[tuple[str, Any]]) -> str | None:
    """The state to which the entries of an operation lead, each from where the one before it led."""
    state = None
    for moved_to, left in entries:
        if moved_to == "two-ids":
            continue
        assert left == state
        state = "queued" if moved_to == "submitted" else moved_to
    return state


def is_at_rest(operation: Operation) -> bool:
    """Whether it ended, or waits for a person who may decide everything."""
    waits = operation.state == OperationState.REVIEW and operation.settled_at is not None
    return waits or operation.state in ENDED


@pytest.fixture
def walks(db: None, person: Callable[..., Person], monkeypatch: Any, settings: Any) -> None:
    """Everything in this process that asks for a way to Agora gets the one of the walk that is under way."""
    settings.AGORA_REQUESTS_PER_SECOND = 1_000_000
    settings.PORTAL_INSTANCE_ID = ""
    World.person = person("approver")
    monkeypatch.setattr(sending, "open_reader", lambda: World.now_running.wire.reader())


def walk(examples: int, steps: int = 50) -> None:
    """Take that many walks of that many steps at most."""
    profile = settings(
        max_examples=examples,
        stateful_step_count=steps,
        phases=list(Phase) if BY_HAND else [Phase.generate],
        derandomize=not BY_HAND,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(CheckedCreates, settings=profile)


def test_g2_whatever_happens_to_creates_nothing_is_made_twice_or_hidden(walks: None) -> None:
    walk(EXAMPLES)


@pytest.mark.slow
def test_g2_whatever_happens_for_long_nothing_is_made_twice_or_hidden(walks: None) -> None:
    walk(max(EXAMPLES, 300))
