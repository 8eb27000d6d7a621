"""Every read of companies, projects, UAP services and operations."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import BooleanField, Case, Count, Max, Q, QuerySet, Value, When
from django.db.models.functions import Length

from accounts.models import Person
from agora.vocabulary import ProjectStatus
from companies.models import Attempt, Company, Operation, OperationKind, OperationState, Project, UapService
from companies.models.operations import OPEN

# A project can be used three to five minutes after it was created ("Create a project").
SET_UP_TAKES = dt.timedelta(minutes=5)
# What a create may take until Agora lists it: its signature's window, the gateway's patience, the list's lag.
SETTLES_AFTER = dt.timedelta(minutes=12)

# Outcomes of an attempt that prove that nothing was created by it.
WITHOUT_EFFECT = ("not-sent", "tls", "too-late", "held", "clock", "key", "secret")

WAITS_FOR_A_PERSON = Q(state__in=[OperationState.UNCERTAIN, OperationState.REVIEW, OperationState.BLOCKED]) | Q(
    state=OperationState.RETRY_WAIT, next_action_at=None
)

# --- The mirror ------------------------------------------------------------------------------------------


def company(company_id: str) -> Company | None:
    """The company with this ID, gone or not; None when Agora never listed it."""
    return Company.objects.filter(company_id=company_id).first()


def project_of(company_id: str, project_id: str) -> Project | None:
    """The project with this ID in that company, gone or not; None when Agora never listed it there."""
    return (
        Project.objects.filter(company__company_id=company_id, project_id=project_id).select_related("company").first()
    )


def company_names() -> dict[str, str]:
    """The name of every company by its ID."""
    return dict(Company.objects.values_list("company_id", "name"))


def names_of(company_ids: Iterable[str]) -> dict[str, str]:
    """The names of these companies by ID."""
    found = Company.objects.filter(company_id__in=list(company_ids))
    return dict(found.values_list("company_id", "name"))


def project_names_of(ids: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The names of these projects by company ID and project ID."""
    rows = Project.objects.filter(project_id__in=[project_id for _company_id, project_id in ids])
    names = rows.values_list("company__company_id", "project_id", "name")
    return {(company_id, project_id): name for company_id, project_id, name in names}


def project_names() -> dict[tuple[str, str], str]:
    """The name of every project by company ID and project ID."""
    rows = Project.objects.values_list("company__company_id", "project_id", "name")
    return {(company_id, project_id): name for company_id, project_id, name in rows}


def companies_matching(
    *,
    search: str = "",
    statuses: Iterable[str] = (),
    areas: Iterable[str] = (),
    countries: Iterable[str] = (),
    industries: Iterable[str] = (),
    gone: bool = False,
) -> QuerySet[Company]:
    """Companies whose name, ID or e-mail address contains `search`; empty filters let everything through.

    Each has `project_count`, its projects that are neither gone nor deleted. The e-mail address is the one
    that this portal sent: Agora lists none.
    """
    found = Company.objects.filter(gone_at__isnull=not gone)
    if search:
        mailed = _created_companies().filter(payload__email__icontains=search).values("result_remote_id")
        found = found.filter(Q(name__icontains=search) | Q(company_id__icontains=search) | Q(company_id__in=mailed))
    wanted = {"status": statuses, "area": areas, "country": countries, "industry": industries}
    for field, values in wanted.items():
        if chosen := list(values):
            found = found.filter(**{f"{field}__in": chosen})
    return found.annotate(project_count=Count("projects", filter=_in_use("projects__")))


def by_id(rows: QuerySet[Company], *, descending: bool = False) -> QuerySet[Company]:
    """Companies in the order of their IDs as numbers, which are stored as text."""
    order = ("-id_length", "-company_id") if descending else ("id_length", "company_id")
    return rows.annotate(id_length=Length("company_id")).order_by(*order)


def projects_in_use(company: Company) -> QuerySet[Project]:
    """The projects that count against the company's limit: neither gone nor deleted."""
    return company.projects.filter(_in_use())


def uap_services_of(project: Project) -> QuerySet[UapService]:
    """What Agora reported when this portal enabled services of this project."""
    return project.uap_services.order_by("type_id", "region")


def is_being_set_up(project: Project, now: dt.datetime) -> bool:
    """Whether the project is younger than the five minutes that Agora needs."""
    return now < set_up_at(project)


def set_up_at(project: Project) -> dt.datetime:
    """When the project can be used, at about."""
    return (project.created or project.first_seen_at) + SET_UP_TAKES


def _in_use(prefix: str = "") -> Q:
    return Q(**{f"{prefix}gone_at": None}) & ~Q(**{f"{prefix}status": str(ProjectStatus.DELETED.value)})


def _created_companies() -> QuerySet[Operation]:
    return Operation.objects.filter(kind=OperationKind.COMPANY, state=OperationState.DONE)


def creation_of_company(company_id: str) -> Operation | None:
    """The operation by which this portal created the company: it knows the contact that was sent."""
    return _created_companies().filter(result_remote_id=company_id).select_related("created_by").first()


# --- Operations ------------------------------------------------------------------------------------------


def due_operations(now: dt.datetime) -> QuerySet[Operation]:
    """What is to be sent now, the longest waiting first."""
    return Operation.objects.filter(
        state__in=[OperationState.QUEUED, OperationState.RETRY_WAIT], next_action_at__lte=now
    ).order_by("next_action_at", "pk")


def open_operation(kind: str, natural_key: str) -> Operation | None:
    """The operation that is creating this very thing."""
    return Operation.objects.filter(kind=kind, natural_key=natural_key, state__in=OPEN).first()


def enabling_operation(kind: str, natural_key: str) -> Operation | None:
    """The operation after which Agora reported this UAP service as enabled; None for any other kind."""
    if kind != OperationKind.UAP_SERVICE:
        return None
    done = Operation.objects.filter(kind=kind, natural_key=natural_key, state=OperationState.DONE)
    return done.filter(result_status="1").first()


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
    """Earlier attempts that are not proven to have been without effect."""
    return operation.attempts.filter(number__lt=operation.attempt_no).exclude(outcome__in=WITHOUT_EFFECT)


def listed_result(operation: Operation, remote_id: str) -> Company | Project | None:
    """What is listed under the ID that somebody says this operation created."""
    if operation.kind == OperationKind.COMPANY:
        return company(remote_id)
    return project_of(operation.company_id, remote_id)


def operations_matching(
    *, search: str = "", state: str = "", kind: str = "", person: str = "", waiting: bool = False
) -> QuerySet[Operation]:
    """Operations whose name or e-mail address contains `search`: what waits for a person first, then the newest."""
    found = Operation.objects.select_related("created_by")
    if search:
        fields = ("payload__company_name", "payload__email", "payload__name", "company_id", "project_id")
        named = Q(result_remote_id=search)
        for field in fields:
            named |= Q(**{f"{field}__icontains": search})
        found = found.filter(named)
    exactly = {"state": state, "kind": kind, "created_by": person}
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


def who_created() -> QuerySet[Person]:
    """The people who ever began an operation."""
    return Person.objects.filter(pk__in=Operation.objects.values("created_by")).order_by("email")


def last_listed_at() -> dt.datetime | None:
    """When a company was last seen at Agora."""
    last: dt.datetime | None = Company.objects.aggregate(last=Max("last_seen_at"))["last"]
    return last


def lookalikes(operation: Operation) -> list[Company] | list[Project]:
    """What was first listed after this create was asked for, bears its name, and belongs to no other operation."""
    name = str(operation.payload.get("company_name") or operation.payload.get("name") or "")
    fresh = {"first_seen_at__gte": operation.created_at, "name__iexact": name, "gone_at": None}
    taken = Operation.objects.filter(kind=operation.kind, company_id=operation.company_id).exclude(
        result_remote_id=None
    )
    ids = taken.values("result_remote_id")
    if operation.kind == OperationKind.COMPANY:
        return list(Company.objects.filter(**fresh).exclude(company_id__in=ids).order_by("pk"))
    if operation.kind == OperationKind.PROJECT:
        below = Project.objects.filter(company__company_id=operation.company_id, **fresh)
        return list(below.exclude(project_id__in=ids).order_by("pk"))
    return []
