"""Who comes first when people and answers meet at one operation: one wins, nobody reads an error page (C43)."""

import datetime as dt
from collections.abc import Callable

from django.test import Client
from django.utils import timezone

from accounts.models import Person
from companies.models import Attempt, Operation, OperationState
from companies.services import decisions, sending
from companies.services.moves import move
from companies.services.recording import record
from companies.services.verdicts import Verdict
from polling.services.reading import open_reader
from sandbox.faults import Fault, Match
from tests.companies.conftest import company_draft, dispatched
from tests.companies.test_decisions import MOVED_ON, id_of_created
from tests.sandbox_server import RunningSandbox

Submitted = Callable[..., Operation]
SignedIn = Callable[..., Client]


def answered(operation: Operation) -> tuple[Attempt, Verdict]:
    """The operation in SENDING, with an answer in hand that nobody has stored yet."""
    now, reader = timezone.now(), open_reader()
    assert sending.claim(operation, now=now)
    call = sending.signed(reader.client, operation.draft())
    attempt = sending.begin_attempt(operation, call, now=now)
    assert attempt is not None
    return attempt, sending.outcome(reader, call, operation.draft())


def test_c43_of_a_decision_and_a_late_confirmation_one_wins(
    agora: RunningSandbox, submitted: Submitted, signed_in: SignedIn
) -> None:
    operation = submitted()
    attempt, verdict = answered(operation)
    dispatched(after=121)
    dispatched(after=301)
    on_screen = Operation.objects.get(pk=operation.pk)
    assert on_screen.state == OperationState.REVIEW
    record(operation, attempt, verdict, now=timezone.now())
    remote_id = id_of_created(agora)
    values = {"seen": on_screen.version, "remote_id": remote_id, "reason": "Seen in the list"}
    answer = signed_in("operator").post(f"/onboarding/{operation.pk}/adopt/", values)
    operation.refresh_from_db()
    assert (operation.state, operation.result_remote_id) == (OperationState.DONE, remote_id)
    assert (operation.evidence, answer.status_code) == ("late-reply", 200)
    assert [words in answer.content.decode() for words in (MOVED_ON, "Seen in the list")] == [True, True]


def test_c43_a_late_confirmation_of_an_id_that_was_given_to_another_operation_changes_nothing(
    agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    late, now = submitted(), timezone.now()
    attempt, verdict = answered(late)
    agora.sandbox.faults.order(Fault(action="drop_before", match=Match(method="POST")))
    other = submitted(company_draft(email="other@acme.example"))
    dispatched()
    dispatched(after=6)
    other.refresh_from_db()
    remote_id, by = id_of_created(agora), person("operator")
    decisions.adopt(operation=other, seen=other.version, remote_id=remote_id, reason="Seen", by=by, now=now)
    record(late, attempt, verdict, now=now + dt.timedelta(seconds=7))
    late.refresh_from_db()
    assert (late.state, late.result_remote_id, late.attempts.get().outcome) == (OperationState.UNCERTAIN, None, "taken")


def test_of_two_moves_from_the_same_state_one_is_made(agora: RunningSandbox, submitted: Submitted) -> None:
    first, now = submitted(), timezone.now()
    second = Operation.objects.get(pk=first.pk)
    made = [move(one, OperationState.CANCELLED, now=now) for one in (first, second)]
    assert made == [True, False]
