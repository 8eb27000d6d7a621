"""The end check of every fault: what Agora did by its truth log, beside what the portal says that was done."""

from collections import Counter

from accounts.models import AuditEntry
from companies.models import Attempt, Operation
from sandbox.api import Sandbox
from tests.chaos.audit import Effect, Evidence, Offence, Row, offences


def evidence(sandbox: Sandbox) -> Evidence:
    """Operations, the requests made for each, and what those requests created."""
    entries = AuditEntry.objects.exclude(person=None).filter(detail__from="review")
    approved = Counter(entries.filter(action="operation.queued").values_list("object_id", flat=True))
    given_up = set(entries.filter(action="operation.cancelled").values_list("object_id", flat=True))
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
        for operation in Operation.objects.all()
    ]
    effects = [Effect(request_id=entry.request_id, name=entry.effect) for entry in sandbox.truth.entries()]
    requests = dict(Attempt.objects.values_list("x_request_id", "operation_id"))
    return Evidence(rows=rows, requests=requests, effects=[effect for effect in effects if effect.name])


def offences_now(sandbox: Sandbox) -> list[Offence]:
    """What is duplicated, lost, wrongly linked or hidden; what still waits for its time is none of these."""
    return [offence for offence in offences(evidence(sandbox)) if offence.name != "stuck"]


def assert_told(sandbox: Sandbox) -> None:
    """Nothing is duplicated, lost, wrongly linked or hidden."""
    assert offences_now(sandbox) == []
