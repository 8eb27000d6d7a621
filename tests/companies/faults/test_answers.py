"""Answers that tell too little, for every kind of create (rows C20 to C25, C30 to C32 and C42)."""

from typing import Any

import pytest

from accounts.models import AuditEntry
from companies.models import OperationState
from sandbox.faults import Fault, Match
from tests.companies.conftest import dispatched, writes
from tests.companies.faults.conftest import SETTLED, Submitted, Thing, made, seen
from tests.sandbox_server import RunningSandbox

POST = Match(method="POST")
KONG_BUSY = '{"message":"API rate limit exceeded"}'

# What Agora does with the request, and whether that creates anything.
UNKNOWN: list[tuple[dict[str, Any], bool]] = [
    ({"action": "drop_before"}, False),
    ({"action": "drop_after"}, True),
    ({"action": "reset"}, True),
    ({"action": "reset", "sent_bytes": 5}, True),
    ({"action": "cut_body", "sent_bytes": 9}, True),
    ({"action": "empty"}, True),
    ({"action": "html"}, True),
    ({"action": "body", "body": "{}"}, True),
    ({"action": "body", "body": "[]"}, True),
    ({"action": "body", "body": "null"}, True),
    ({"action": "body", "body": '{"id": null, "name": "Acme Learning", "typeId": 7}'}, True),
    ({"action": "body", "body": '{"id": 5, "name": "Somebody else", "typeId": 3, "region": 2, "status": 1}'}, True),
    ({"action": "body", "body": '{"id": 5, "name": "Acme'}, True),
    ({"action": "redirect", "status": 301, "location": "http://127.0.0.1:9/"}, False),
    ({"action": "redirect", "status": 302, "location": "/v1/resellers/companies"}, False),
    ({"action": "redirect", "status": 307, "location": "/v1/resellers/companies"}, False),
    ({"action": "redirect", "status": 308, "location": "/v1/resellers/companies", "processed": True}, True),
    ({"action": "status", "status": 500}, False),
    ({"action": "status", "status": 500, "processed": True}, True),
    ({"action": "status", "status": 502, "processed": True}, True),
    ({"action": "status", "status": 503}, False),
    ({"action": "status", "status": 504, "processed": True}, True),
    ({"action": "status", "status": 408}, False),
    ({"action": "status", "status": 409}, False),
    ({"action": "status", "status": 418, "processed": True}, True),
    ({"action": "status", "status": 429, "body": '{"message": "slow down"}'}, False),
    ({"action": "status", "status": 429, "body": '{"message": "slow down"}', "processed": True}, True),
]


def name_of(case: object) -> str:
    if isinstance(case, dict):
        return "-".join(str(value)[:20] for value in case.values())
    return "created" if case else "not-created"


@pytest.mark.parametrize(("fault", "is_created"), UNKNOWN, ids=name_of)
def test_c20_to_c32_a_person_gets_what_an_answer_left_open(
    fault: dict[str, Any], is_created: bool, thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    agora.sandbox.faults.order(Fault(match=POST, **fault))
    operation = seen(submitted(thing.draft), after=0)
    assert (operation.state, len(made(agora))) == (OperationState.UNCERTAIN, is_created)
    operation = seen(operation, after=SETTLED)
    candidates = made(agora) if thing.is_listed else []
    reason = ("found" if is_created else "not-there") if thing.is_listed else "cannot-be-read"
    assert (operation.state, operation.reason, operation.candidates) == (OperationState.REVIEW, reason, candidates)
    dispatched(after=7200)
    assert (writes(agora), operation.settled_at is not None) == (1, True)


@pytest.mark.parametrize("is_created", [False, True])
def test_c21_a_call_that_takes_too_long_has_an_unknown_outcome(
    is_created: bool, thing: Thing, agora: RunningSandbox, submitted: Submitted, settings: Any
) -> None:
    settings.AGORA_READ_TIMEOUT = 0.2
    agora.sandbox.faults.order(Fault(action="delay", match=POST, seconds=0.5, processed=is_created))
    assert seen(submitted(thing.draft), after=0).state == OperationState.UNCERTAIN
    assert len(made(agora)) == is_created


def test_c22_a_reply_of_single_bytes_is_cut_off(
    thing: Thing, agora: RunningSandbox, submitted: Submitted, settings: Any
) -> None:
    settings.AGORA_CALL_TIMEOUT = 0.3
    agora.sandbox.faults.order(Fault(action="drip", match=POST, seconds=0.05))
    assert seen(submitted(thing.draft), after=0).state == OperationState.UNCERTAIN


@pytest.mark.parametrize("remote_id", ["x", "1180591620717411303424", "-5", "1.5", "true"])
def test_c23_an_answer_whose_id_is_no_companys_confirms_nothing(
    remote_id: str, agora: RunningSandbox, submitted: Submitted
) -> None:
    value = remote_id if remote_id != "x" else '"x"'
    body = f'{{"id": {value}, "name": "Acme Learning"}}'
    agora.sandbox.faults.order(Fault(action="body", match=POST, body=body))
    assert seen(submitted(), after=0).state == OperationState.UNCERTAIN


def test_c24_a_redirect_is_followed_nowhere_and_alarms(
    thing: Thing, agora: RunningSandbox, submitted: Submitted, caplog: pytest.LogCaptureFixture
) -> None:
    target = f"{agora.base_url}/v1/resellers/companies?limit=1"
    agora.sandbox.faults.order(Fault(action="redirect", match=POST, status=307, location=target))
    seen(submitted(thing.draft), after=0)
    assert [entry.method for entry in agora.sandbox.truth.entries() if entry.query == "limit=1"] == []
    assert "ERROR" in {record.levelname for record in caplog.records if record.name.startswith("companies")}


@pytest.mark.parametrize(
    ("status", "body"),
    [(400, '{"message": "no"}'), (404, '{"message": "no"}'), (403, '{"message": "no"}'), (422, "no"), (413, "no")],
)
def test_c27_c30_a_definite_no_ends_a_create_with_its_words(
    status: int, body: str, thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    agora.sandbox.faults.order(Fault(action="status", match=POST, status=status, body=body))
    operation = seen(submitted(thing.draft), after=0)
    assert (operation.state, operation.message) == (OperationState.REFUSED, "no")
    dispatched(after=7200)
    assert writes(agora) == 1


def test_c31_a_busy_gateway_gets_it_once_more_after_the_pause(
    thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    fault = Fault(action="status", match=POST, status=429, body=KONG_BUSY, headers={"Retry-After": "1"})
    agora.sandbox.faults.order(fault)
    operation = seen(submitted(thing.draft), after=0)
    assert (operation.state, operation.reason) == (OperationState.RETRY_WAIT, "busy")


def test_every_move_of_a_create_has_one_entry_of_the_audit_log(
    thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_after", match=POST))
    operation = seen(seen(submitted(thing.draft), after=0), after=SETTLED)
    entries = AuditEntry.objects.filter(object_id=str(operation.pk)).order_by("pk")
    moves = ["submitted", "preparing", "sending", "uncertain", "review"]
    assert [entry.action for entry in entries] == [f"operation.{to}" for to in moves]
