"""Taking up the work after a stop: in its order, and twice as well as once."""

import datetime as dt
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Person
from companies.models import Operation, OperationKind, OperationState
from polling.models import Connection, PollSlot, Stream
from polling.services.connection import FENCED, claim_origin, creates_held

pytestmark = pytest.mark.django_db


def operation(person: Person, state: OperationState, key: str) -> Operation:
    """An operation that a worker left in this state an hour ago."""
    then = timezone.now() - dt.timedelta(hours=1)
    return Operation.objects.create(
        kind=OperationKind.COMPANY,
        form_token=f"00000000-0000-4000-8000-{int(key):012d}",
        natural_key=key,
        payload={"company_name": "Acme", "email": key},
        state=state,
        created_by=person,
        created_at=then,
        queued_at=then,
        sent_at=then if state == OperationState.SENDING else None,
        lease_owner="somebody",
        lease_until=then,
    )


def states(*operations: Operation) -> list[str]:
    for one in operations:
        one.refresh_from_db()
    return [one.state for one in operations]


def test_what_was_broken_off_is_ended_and_what_became_due_is_noted(person: Callable[..., Person]) -> None:
    operator = person("operator")
    prepared = operation(operator, OperationState.PREPARING, "1")
    sent = operation(operator, OperationState.SENDING, "2")
    call_command("resume")
    assert states(prepared, sent) == [OperationState.QUEUED, OperationState.UNCERTAIN]
    assert set(PollSlot.objects.values_list("stream", flat=True)) == {
        Stream.COMPANIES,
        Stream.USAGE,
        Stream.DAILY_BILLS,
    }


def test_resuming_twice_changes_nothing_more(person: Callable[..., Person]) -> None:
    sent = operation(person("operator"), OperationState.SENDING, "1")
    call_command("resume")
    sent.refresh_from_db()
    before = (sent.version, PollSlot.objects.count())
    call_command("resume")
    sent.refresh_from_db()
    assert (sent.version, PollSlot.objects.count()) == before


def test_a_database_of_another_server_is_not_resumed(person: Callable[..., Person]) -> None:
    Connection.objects.create(pk=1, origin="https://other.example")
    with pytest.raises(CommandError, match=r"mirrors https://other\.example"):
        call_command("resume")


def test_c38_an_older_database_takes_no_name_by_itself(settings: Any) -> None:
    claim_origin()
    settings.PORTAL_INSTANCE_ID = "copy"
    claim_origin()
    assert creates_held() == FENCED


def test_a_copied_database_is_resumed_and_said_to_create_nothing(settings: Any) -> None:
    settings.PORTAL_INSTANCE_ID = "here"
    claim_origin()
    settings.PORTAL_INSTANCE_ID = "copy"
    told = StringIO()
    call_command("resume", stderr=told)
    assert told.getvalue().strip() == (
        "This database belongs to another instance: nothing is created until `after_restore`."
    )
