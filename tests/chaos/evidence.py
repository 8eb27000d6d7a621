"""Gathers what the database and the truth log say, and tells the story of an operation."""

from collections import Counter
from typing import Any

from django.apps import apps

from sandbox.api import Sandbox
from tests.chaos.audit import ENDED, Effect, Evidence, Row
from tests.chaos.creators import Ledger


def rows_of(model: str) -> Any:
    """The rows of a table; looked up by name, since the settings are known only once the servers run."""
    return apps.get_model(model)._default_manager.using("default").all()


def gathered(sandbox: Sandbox, ledger: Ledger) -> Evidence:
    """Everything that `offences` compares."""
    approved: Counter[str] = Counter()
    given_up: set[str] = set()
    for entry in rows_of("accounts.AuditEntry").filter(action__in=["operation.queued", "operation.cancelled"]):
        if entry.detail.get("from") == "review" and entry.person_id:
            approved[entry.object_id] += entry.action == "operation.queued"
            given_up |= {entry.object_id} if entry.action == "operation.cancelled" else set()
    rows = [
        Row(
            number=operation.pk,
            kind=operation.kind,
            state=operation.state,
            remote_id=operation.result_remote_id or "",
            shown=frozenset(operation.candidates),
            token=str(operation.form_token),
            approvals=approved[str(operation.pk)],
            was_given_up=str(operation.pk) in given_up,
        )
        for operation in rows_of("companies.Operation").order_by("pk")
    ]
    effects = [
        Effect(request_id=entry.request_id, name=entry.effect) for entry in sandbox.truth.entries() if entry.effect
    ]
    answered = {sent.token: sent.operations for sent in ledger.sent}
    requests = dict(rows_of("companies.Attempt").values_list("x_request_id", "operation_id"))
    statuses = {sent.token: sent.statuses for sent in ledger.sent}
    return Evidence(rows=rows, requests=requests, effects=effects, answered=answered, statuses=statuses)


def states() -> Counter[str]:
    """How many operations are in each state."""
    return Counter(rows_of("companies.Operation").values_list("state", flat=True))


def unfinished() -> int:
    """How many operations have not ended."""
    return rows_of("companies.Operation").exclude(state__in=ENDED).count()


def story(number: int, sandbox: Sandbox) -> list[str]:
    """All that is known of an operation, in the order in which it happened."""
    operation = rows_of("companies.Operation").filter(pk=number).first()
    if operation is None:
        return ["no such operation"]
    told = [
        (entry.at.isoformat(timespec="milliseconds"), f"portal {entry.action} by {entry.email or '-'} {entry.detail}")
        for entry in rows_of("accounts.AuditEntry").filter(object_type="companies.operation", object_id=str(number))
    ]
    attempts = list(operation.attempts.order_by("number"))
    for attempt in attempts:
        words = f"portal attempt {attempt.number}, request {attempt.x_request_id}: {attempt.outcome} {attempt.status}"
        told.append((attempt.signed_at.isoformat(timespec="milliseconds"), words))
    requests = {attempt.x_request_id for attempt in attempts}
    for entry in sandbox.truth.entries():
        if entry.request_id in requests:
            words = (
                f"Agora {entry.status} {entry.effect or 'without effect'}, fault {entry.fault}, signed {entry.signed}"
            )
            told.append((entry.at[:23] + "+00:00", words))
    head = f"{operation} {operation.payload} result {operation.result_remote_id} candidates {operation.candidates}"
    return [head, *(f"{at} {words}" for at, words in sorted(told))]
