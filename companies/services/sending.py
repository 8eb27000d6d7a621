"""Sending one operation: claimed, looked for, signed, committed as SENDING, and written once."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from agora.client import ResellerClient
from agora.drafts import AnyDraft, CompanyDraft, ProjectDraft
from agora.errors import AgoraError, Held, IdNotAddressable
from agora.transport import PreparedCall
from companies import queries
from companies.models import Attempt, Operation, OperationKind, OperationState
from companies.queries.restores import restored_at, was_created_since
from companies.services import findings, refresh
from companies.services.leases import this_worker
from companies.services.moves import move
from companies.services.recording import record
from companies.services.verdicts import Verdict, verdict_of_error, verdict_of_record
from companies.timing import times
from polling.services.connection import FENCED, creates_held
from polling.services.reading import Busy, Reader, open_reader

# Seconds until somebody else has read the list that this one waits for, usually.
BUSY_PAUSE = 5.0


@contextmanager
def connected() -> Iterator[Reader]:
    """A client and its gate; what the calls told about the connection is noted in the end."""
    reader = open_reader()
    try:
        yield reader
    finally:
        reader.note()


def send_operation(operation_id: int, *, clock: Callable[[], dt.datetime] = timezone.now) -> None:
    """Send an operation if it is due and nobody else has taken it; safe to be called any number of times."""
    operation = queries.due_operations(clock()).filter(pk=operation_id).first()
    if operation is None:
        return
    held = creates_held()
    if held == FENCED:
        return
    if held:
        block(operation, held, now=clock())
    elif claim(operation, now=clock()):
        with connected() as reader:
            reader.clock = clock
            send_through(reader, operation)


def block(operation: Operation, reason: str, *, now: dt.datetime) -> bool:
    """Hold a create that the gateway would refuse anyway, until a read is accepted again."""
    probe_at = now + dt.timedelta(seconds=times().probe_every)
    return move(operation, OperationState.BLOCKED, now=now, reason=reason, next_action_at=probe_at)


def claim(operation: Operation, *, now: dt.datetime) -> bool:
    """Take the operation for this worker; False when somebody else was faster."""
    lease_until = now + dt.timedelta(seconds=times().prepare_lease)
    return move(operation, OperationState.PREPARING, now=now, lease_owner=this_worker(), lease_until=lease_until)


def send_through(reader: Reader, operation: Operation) -> None:
    """Look whether it exists already, sign, commit, write, record; what keeps it from being sent is put down."""
    try:
        if not is_clear(reader, operation):
            return
        call = signed(reader.client, operation.draft())
    except Busy:
        put_back(operation, after=BUSY_PAUSE, now=reader.clock())
    except Held as held:
        put_back(operation, until=held.until, now=reader.clock())
    except IdNotAddressable:
        move(operation, OperationState.REFUSED, now=reader.clock(), reason="not-addressable")
    else:
        if attempt := begin_attempt(operation, call, now=reader.clock()):
            record(operation, attempt, outcome(reader, call, operation.draft()), now=reader.clock())


def put_back(
    operation: Operation,
    *,
    now: dt.datetime,
    until: dt.datetime | None = None,
    after: float | None = None,
    reason: str = "",
) -> None:
    """Queue an operation again of which nothing was sent, until that time or for that many seconds."""
    pause = dt.timedelta(seconds=times().probe_every if after is None else after)
    move(operation, OperationState.QUEUED, now=now, next_action_at=until or now + pause, reason=reason)


def is_clear(reader: Reader, operation: Operation) -> bool:
    """Whether it may be sent: it has tries left, and nothing that Agora lists might be it already."""
    now = reader.clock()
    if are_used_up(operation, now):
        findings.hand_to_people(operation, reason="tries-used-up", now=now, settled_at=now, candidates=[])
        return False
    again = queries.attempts_that_may_have_worked(operation).exists() or may_be_forgotten(operation)
    if needs_listing(operation, again, now) and not refresh.read_again(
        reader, operation.kind, operation.company_id, confirm=again
    ):
        put_back(operation, now=reader.clock(), reason="list-unread")
        return False
    found = [one for one in queries.candidates(operation) if one.fits and (again or not one.differing)]
    if found:
        ids = [one.remote_id for one in found]
        findings.hand_to_people(operation, reason="found", now=reader.clock(), settled_at=now, candidates=ids)
    return not found


def are_used_up(operation: Operation, now: dt.datetime) -> bool:
    """Whether it was tried as often, or for as long, as a machine may."""
    budget = dt.timedelta(seconds=times().retry_budget)
    return operation.tries >= times().most_tries or (operation.tries > 0 and now - operation.queued_at > budget)


def may_be_forgotten(operation: Operation) -> bool:
    """Whether it was asked for after a restore and before its list was read: it may have been created before."""
    restored = restored_at()
    if restored is None or was_created_since(operation.company_id, restored):
        return False
    return not refresh.was_read_since(operation.kind, operation.company_id, restored, before=operation.created_at)


def needs_listing(operation: Operation, again: bool, now: dt.datetime) -> bool:
    """Whether the mirror is not enough to compare with.

    That is so when an earlier attempt may have worked, and when an operation was kept waiting: a database
    that was restored or has failed over may have forgotten that it was sent.
    """
    if operation.kind == OperationKind.UAP_SERVICE:
        return False
    if again:
        return True
    recently = now - dt.timedelta(seconds=times().look_again)
    was_kept = operation.attempt_no == 0 and operation.queued_at < recently
    return was_kept and not refresh.was_read_since(operation.kind, operation.company_id, recently)


def signed(client: ResellerClient, draft: AnyDraft) -> PreparedCall:
    """The one request of an attempt, signed behind the gate and not sent. Raises Held."""
    if isinstance(draft, CompanyDraft):
        return client.prepare_create_company(draft)
    if isinstance(draft, ProjectDraft):
        return client.prepare_create_project(draft)
    return client.prepare_enable_uap_service(draft)


@transaction.atomic
def begin_attempt(operation: Operation, call: PreparedCall, *, now: dt.datetime) -> Attempt | None:
    """Commit that this signed request may be written from now on; None when the operation is not ours any more."""
    number = operation.attempt_no + 1
    begun = move(
        operation,
        OperationState.SENDING,
        now=now,
        attempt_no=number,
        tries=operation.tries + 1,
        x_date=call.x_date,
        x_request_id=call.x_request_id,
        sent_at=now,
        settles_at=None,
        settled_at=None,
        lease_until=now + dt.timedelta(seconds=times().send_lease),
    )
    if not begun:
        return None
    return Attempt.objects.create(
        operation=operation, number=number, x_date=call.x_date, x_request_id=call.x_request_id, signed_at=now
    )


def outcome(reader: Reader, call: PreparedCall, draft: AnyDraft) -> Verdict:
    """Write the request and say what its outcome means; no transaction is open meanwhile."""
    not_after = call.signed_monotonic + times().write_within
    try:
        return verdict_of_record(draft, reader.client.send(call, not_after_monotonic=not_after))
    except AgoraError as error:
        return verdict_of_error(draft, error, now=reader.clock())
