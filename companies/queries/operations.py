"""Reads of operations: what is due, what is open, what waits for a person."""

import datetime as dt
from uuid import UUID

from django.db.models import BooleanField, Case, Min, Q, QuerySet, Value, When

from accounts.models import Person
from companies.models import Attempt, Checklist, Company, Import, Operation, OperationKind, OperationState, Project
from companies.models.operations import OPEN
from companies.queries.mirror import company, project_of

# Outcomes of an attempt that prove that nothing was created by it.
WITHOUT_EFFECT = (
    *("not-sent", "tls", "too-late", "held", "busy", "clock", "key", "secret"),
    *("refused", "forbidden", "not-found", "not-ready"),
)

WAITS_FOR_A_PERSON = Q(state__in=[OperationState.REVIEW, OperationState.BLOCKED])
LOOKED_FOR = Q(state__in=[OperationState.UNCERTAIN, OperationState.REVIEW])


def due_operations(now: dt.datetime) -> QuerySet[Operation]:
    """What is to be sent now, the longest waiting first."""
    return Operation.objects.filter(
        state__in=[OperationState.QUEUED, OperationState.RETRY_WAIT], next_action_at__lte=now
    ).order_by("next_action_at", "pk")


def oldest_uncertain_since() -> dt.datetime | None:
    """Since when the create has been unconfirmed that has been so for the longest."""
    uncertain = Operation.objects.filter(state=OperationState.UNCERTAIN)
    oldest: dt.datetime | None = uncertain.aggregate(at=Min("sent_at"))["at"]
    return oldest


def was_sent(token: UUID | None) -> bool:
    """Whether the form that bears this token became an operation already."""
    return token is not None and Operation.objects.filter(form_token=token).exists()


def asked_by(operation: Operation) -> Checklist | Import | None:
    """The checklist or the import that an operation is a part of; None when it came from a form of its own."""
    checklist = Checklist.objects.filter(steps__operation=operation).first()
    return checklist or Import.objects.filter(rows__operation=operation).first()


def open_operation(kind: str, natural_key: str) -> Operation | None:
    """The operation that is creating this very thing."""
    return Operation.objects.filter(kind=kind, natural_key=natural_key, state__in=OPEN).first()


def finished_operation(kind: str, natural_key: str) -> Operation | None:
    """The operation by which this very thing exists; None for projects, whose names may repeat.

    A company that is gone from Agora's list does not count, nor does a UAP service reported as not enabled.
    """
    done = Operation.objects.filter(kind=kind, natural_key=natural_key, state=OperationState.DONE)
    if kind == OperationKind.UAP_SERVICE:
        return done.filter(result_status="1").first()
    if kind == OperationKind.COMPANY:
        gone = Company.objects.exclude(gone_at=None).values("company_id")
        return done.exclude(result_remote_id__in=gone).first()
    return None


def undecided_company(company_id: str) -> Operation | None:
    """The operation of which this company may be the result, while nobody has decided that."""
    if not company_id:
        return None
    undecided = Operation.objects.filter(kind=OperationKind.COMPANY, state=OperationState.REVIEW)
    return next((operation for operation in undecided if company_id in operation.candidates), None)


def operation_to_ask_again(operation_id: int, kind: str) -> Operation | None:
    """An operation of that kind whose form may be filled in again."""
    operation = Operation.objects.filter(pk=operation_id, kind=kind).first()
    return operation if operation and may_be_asked_again(operation) else None


def may_be_asked_again(operation: Operation) -> bool:
    """Whether it ended without what was asked for: refused, given up, or a service reported as not enabled."""
    if operation.state == OperationState.DONE:
        return operation.kind == OperationKind.UAP_SERVICE and operation.result_status != "1"
    return operation.state in (OperationState.REFUSED, OperationState.CANCELLED)


def attempts_that_may_have_worked(operation: Operation) -> QuerySet[Attempt]:
    """Its attempts that are not proven to have been without effect; the one in flight is left out."""
    told = operation.attempts.exclude(outcome__in=WITHOUT_EFFECT)
    return told.exclude(number=operation.attempt_no) if operation.state == OperationState.SENDING else told


def may_have_used_email(operation: Operation) -> bool:
    """Whether an earlier attempt may be why Agora knows the e-mail address; one that found it busy is not trusted."""
    return attempts_that_may_have_worked(operation).exists() or operation.attempts.filter(outcome="busy").exists()


def may_be_retried(operation: Operation) -> bool:
    """Whether sending it again can make nothing twice, so that whoever may create may also repeat it."""
    if operation.state == OperationState.RETRY_WAIT:
        return True
    unsent = operation.state == OperationState.REVIEW and operation.reason == "tries-used-up"
    return unsent and not operation.candidates and not attempts_that_may_have_worked(operation).exists()


def is_settled(operation: Operation) -> bool:
    """Whether a complete listing has shown that nothing of this is on its way any more."""
    return operation.settled_at is not None


def overdue_looks(now: dt.datetime) -> QuerySet[Operation]:
    """What is to be looked for in Agora's lists now."""
    return Operation.objects.filter(LOOKED_FOR, next_action_at__lte=now).order_by("next_action_at", "pk")


def listed_result(operation: Operation, remote_id: str) -> Company | Project | None:
    """What is listed under the ID that somebody says this operation created."""
    if operation.kind == OperationKind.COMPANY:
        return company(remote_id)
    return project_of(operation.company_id, remote_id)


def operations_matching(
    *,
    search: str = "",
    state: str = "",
    kind: str = "",
    person: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
    waiting: bool = False,
) -> QuerySet[Operation]:
    """Operations whose name or e-mail address contains `search`: what waits for a person first, then the newest.

    `since` and `until` are inclusive UTC days on which they were asked for.
    """
    found = Operation.objects.select_related("created_by")
    if search:
        fields = ("payload__company_name", "payload__email", "payload__name", "company_id", "project_id")
        named = Q(result_remote_id=search)
        for field in fields:
            named |= Q(**{f"{field}__icontains": search})
        found = found.filter(named)
    exactly = {
        "state": state,
        "kind": kind,
        "created_by": person,
        "created_at__date__gte": since,
        "created_at__date__lte": until,
    }
    found = found.filter(**{field: value for field, value in exactly.items() if value})
    if waiting:
        found = found.filter(WAITS_FOR_A_PERSON)
    needs = Case(When(WAITS_FOR_A_PERSON, then=Value(True)), default=Value(False), output_field=BooleanField())
    return found.annotate(needs_a_person=needs).order_by("-needs_a_person", "-pk")


def operations_of(company_id: str, project_id: str = "") -> QuerySet[Operation]:
    """What was or is being created below this company, or below this project, the newest first."""
    below = Operation.objects.filter(company_id=company_id).select_related("created_by").order_by("-pk")
    return below.filter(project_id=project_id) if project_id else below


def waiting_for_a_person() -> int:
    """How many operations nobody but a person can bring further."""
    return Operation.objects.filter(WAITS_FOR_A_PERSON).count()


def unanswered_reviews(before: dt.datetime) -> QuerySet[Operation]:
    """What has waited for a decision since before that time, without anybody having been reminded."""
    waiting = Operation.objects.filter(state=OperationState.REVIEW, state_since__lt=before, reminded_at=None)
    return waiting.select_related("created_by").order_by("pk")


def who_created() -> QuerySet[Person]:
    """The people who ever began an operation."""
    return Person.objects.filter(pk__in=Operation.objects.values("created_by")).order_by("email")
