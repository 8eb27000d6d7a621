"""A database that was restored, copied or has failed over sends nothing that it may have forgotten (C38, C39)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import AuditEntry, Person
from agora.drafts import ProjectDraft
from companies.models import Attempt, Company, Operation, OperationState, Project
from companies.services import decisions
from companies.services.dispatch import dispatch_operations
from companies.services.restoring import after_restore
from companies.services.sending import send_operation
from polling.services.connection import creates_held
from tests.companies.conftest import company_draft, created, dispatched, writes
from tests.companies.faults.conftest import SETTLED, Submitted, Thing, approved, at, made, seen
from tests.companies.worker import Worker
from tests.sandbox_server import RunningSandbox


def forget(operation: Operation) -> Operation:
    """Put an operation back as it was when it was asked for, and all that was learned since out of the mirror."""
    Attempt.objects.filter(operation=operation).delete()
    Operation.objects.filter(pk=operation.pk).update(
        state=OperationState.QUEUED,
        version=0,
        attempt_no=0,
        tries=0,
        lease_owner="",
        lease_until=None,
        x_date="",
        x_request_id="",
        sent_at=None,
        ended_at=None,
        result_remote_id=None,
        result_status="",
        evidence="",
        reason="",
        next_action_at=operation.created_at,
    )
    Project.objects.filter(project_id=operation.result_remote_id).delete()
    Company.objects.filter(company_id=operation.result_remote_id).delete()
    return Operation.objects.get(pk=operation.pk)


@pytest.fixture
def restored(thing: Thing, agora: RunningSandbox, submitted: Submitted, settings: Any) -> Operation:
    """An operation that was done, in a database that was restored to before it was sent."""
    operation = seen(submitted(thing.draft), after=0)
    assert operation.state == OperationState.DONE
    settings.PORTAL_INSTANCE_ID = "restored"
    return forget(operation)


@pytest.fixture
def compared() -> None:
    """What was forgotten with its attempts cannot be compared with the truth log by its requests."""


def test_c38_a_restored_database_sends_nothing(restored: Operation, agora: RunningSandbox) -> None:
    for after in (0, 61, SETTLED, 7200):
        dispatched(after=after)
    send_operation(restored.pk)
    assert (creates_held(), seen(restored).state, writes(agora)) == ("fenced", OperationState.QUEUED, 1)


def test_c38_a_copy_that_is_started_elsewhere_sends_nothing_and_asks_for_nothing(
    restored: Operation, agora: RunningSandbox
) -> None:
    before = len(agora.sandbox.truth.entries())
    due = dispatch_operations(now=at(SETTLED))
    assert (due.to_send, due.to_settle, len(agora.sandbox.truth.entries())) == ([], [], before)


def test_c38_after_a_restore_everything_open_waits_for_a_person_with_what_was_found(
    restored: Operation, thing: Thing, agora: RunningSandbox
) -> None:
    call_command("after_restore", verbosity=0)
    operation = seen(restored, after=1)
    candidates = made(agora) if thing.is_listed else []
    assert (operation.state, operation.reason, operation.candidates) == (OperationState.REVIEW, "restored", candidates)
    assert (operation.settled_at, writes(agora)) == (None, 1)
    operation = seen(operation, after=SETTLED)
    assert (operation.candidates, operation.settled_at is not None) == (candidates, True)


def test_c38_after_a_restore_a_person_confirms_what_had_been_done(
    restored: Operation, thing: Thing, agora: RunningSandbox, person: Callable[..., Person]
) -> None:
    after_restore(now=at(0))
    operation = seen(restored, after=SETTLED)
    now, by = at(SETTLED + 1), person("approver")
    if thing.is_listed:
        told = {"operation": operation, "seen": operation.version, "reason": "Seen", "by": by, "now": now}
        decisions.adopt(remote_id=made(agora)[0], **told)
        assert (seen(operation).state, len(made(agora))) == (OperationState.DONE, 1)
    else:
        assert approved(operation, by).state == OperationState.DONE


def test_c38_what_the_database_forgot_and_is_asked_for_anew_is_found_first(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted, settings: Any
) -> None:
    forget(seen(submitted(listed_thing.draft), after=0)).delete()
    settings.PORTAL_INSTANCE_ID = "restored"
    after_restore(now=at(0))
    anew = seen(submitted(listed_thing.draft), after=0)
    assert (anew.state, anew.reason, anew.candidates) == (OperationState.REVIEW, "found", made(agora))
    assert writes(agora) == 1


def test_c38_projects_of_a_company_created_after_a_restore_are_sent_without_looking(
    agora: RunningSandbox, submitted: Submitted
) -> None:
    after_restore(now=at(0))
    company = seen(submitted(company_draft()), after=0)
    before = len(agora.sandbox.truth.entries())
    project = submitted(ProjectDraft(company_id=company.result_remote_id or "", name="Classroom"))
    assert seen(project, after=0).state == OperationState.DONE
    assert [entry.method for entry in agora.sandbox.truth.entries()[before:]] == ["POST"]


def test_rule_13_after_a_restore_no_person_can_have_it_sent_again_before_it_settles(
    restored: Operation, agora: RunningSandbox, person: Callable[..., Person]
) -> None:
    after_restore(now=at(0))
    operation = seen(restored, after=1)
    with pytest.raises(decisions.NotSettledError):
        approved(operation, person("approver"), after=700)


def test_rule_13_done_twice_it_does_the_same_once_more(restored: Operation, agora: RunningSandbox) -> None:
    assert [after_restore(now=at(0)), after_restore(now=at(1))] == [1, 1]
    assert seen(restored).state == OperationState.REVIEW
    assert seen(restored, after=SETTLED + 2).settled_at is not None


def test_rule_13_what_is_sent_by_a_worker_of_before_the_restore_comes_to_nothing(
    thing: Thing, agora: RunningSandbox, submitted: Submitted, settings: Any
) -> None:
    worker = Worker(operation=submitted(thing.draft)).up_to("sign")
    settings.PORTAL_INSTANCE_ID = "restored"
    after_restore(now=at(0))
    assert (worker.begin(), writes(agora)) == (False, 0)


def test_c39_a_database_that_failed_over_and_forgot_the_sending_finds_it_by_its_baseline(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation = forget(seen(submitted(listed_thing.draft), after=0))
    operation = seen(operation, after=61)
    assert (operation.state, operation.candidates) == (OperationState.REVIEW, made(agora))
    dispatched(after=7200)
    assert created(agora) == [listed_thing.name]


def test_c39_what_was_listed_before_the_failover_is_no_part_of_the_baseline(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation = seen(submitted(listed_thing.draft), after=0)
    remote_id = operation.result_remote_id
    kept = list(Company.objects.filter(company_id=remote_id)) + list(Project.objects.filter(project_id=remote_id))
    operation = forget(operation)
    for row in kept:
        row.save(force_insert=True)
    operation = seen(operation, after=0)
    assert (operation.state, operation.candidates) == (OperationState.REVIEW, [remote_id])
    assert created(agora) == [listed_thing.name]


def test_the_command_that_follows_a_restore_is_written_down(restored: Operation, agora: RunningSandbox) -> None:
    after_restore(now=at(0))
    entry = AuditEntry.objects.filter(object_id=str(restored.pk)).latest("pk")
    assert (entry.action, entry.detail["from"]) == ("operation.review", "queued")
