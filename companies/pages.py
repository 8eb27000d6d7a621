"""What the pages show, ready for their templates: an operation in words, and the services of a project."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django_countries import countries

from agora.vocabulary import Area, Region, UapType
from companies import labels, queries
from companies.converters import COMPANIES_PATH, company_path, project_path
from companies.models import Attempt, Company, Operation, OperationKind, OperationState, Project
from companies.models.operations import OPEN
from polling import queries as connection_queries
from polling.services.connection import creates_held

# Seconds between two looks of a browser: while a machine is at work, and while it waits for a person.
SOON, LATER = 2, 15

# Which areas fit a country; others are questioned and never refused.
FITTING_AREAS = {Area.CN.value: [Area.CN.value], "*": [Area.NON_CN.value]}


def area_fits(country: str, area: str) -> bool:
    """Whether a company of this country is usually served in this area."""
    return area in FITTING_AREAS.get(country, FITTING_AREAS["*"])


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that was asked for, in words."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field that Agora echoed otherwise than it was sent."""

    label: str
    sent: str
    came: str


@dataclass(frozen=True, kw_only=True)
class Try:
    """One attempt, with what came of it."""

    attempt: Attempt
    outcome: str


@dataclass(frozen=True, kw_only=True)
class OperationPage:
    """An operation as its page shows it; `mark` changes whenever the page would look different."""

    operation: Operation
    title: str
    reason: str
    held: str
    above: Sequence[tuple[str, str]]
    facts: Sequence[Fact]
    differences: Sequence[Difference]
    tries: Sequence[Try]
    lookalikes: Sequence[Company] | Sequence[Project]
    result_url: str
    next_url: str
    again_url: str
    ready_at: dt.datetime | None
    settles_at: dt.datetime | None
    minutes_off: str
    area_is_odd: bool
    may_cancel: bool
    may_retry: bool
    waits_for_a_person: bool
    look_again_after: int | None

    @property
    def mark(self) -> str:
        """What a browser sends back to hear only of changes."""
        return f"{self.operation.version}-{self.held}"


def operation_page(operation: Operation) -> OperationPage:
    """Everything that the page of an operation says."""
    state = operation.state
    exhausted = state == OperationState.RETRY_WAIT and operation.next_action_at is None
    waits = exhausted or state in (OperationState.UNCERTAIN, OperationState.BLOCKED)
    look_again = None if operation.has_ended else LATER if waits else SOON
    return OperationPage(
        operation=operation,
        title=title_of(operation),
        reason=labels.reason_words(operation.reason),
        held=labels.reason_words(creates_held()) if state == OperationState.QUEUED else "",
        above=above(operation),
        facts=facts(operation),
        differences=differences(operation),
        tries=[
            Try(attempt=attempt, outcome=labels.reason_words(attempt.outcome))
            for attempt in operation.attempts.order_by("number")
        ],
        lookalikes=queries.lookalikes(operation) if state == OperationState.UNCERTAIN else [],
        result_url=result_url(operation),
        next_url=next_url(operation),
        again_url=again_url(operation),
        ready_at=ready_at(operation),
        settles_at=operation.sent_at + queries.SETTLES_AFTER if operation.sent_at else None,
        minutes_off=minutes_off() if operation.reason == "clock" else "",
        area_is_odd=area_is_odd(operation),
        may_cancel=state in (OperationState.QUEUED, OperationState.RETRY_WAIT, OperationState.BLOCKED),
        may_retry=exhausted,
        waits_for_a_person=waits,
        look_again_after=look_again,
    )


def refusal_words(operation: Operation) -> str:
    """What Agora said when it refused, or what that means; '' when it did not refuse."""
    if operation.state != OperationState.REFUSED:
        return ""
    return operation.message or labels.reason_words(operation.reason)


def title_of(operation: Operation) -> str:
    """What is created, as a person would call it."""
    payload = operation.payload
    if operation.kind == OperationKind.UAP_SERVICE:
        words = {
            "product": labels.words(labels.UAP_TYPES, payload["type_id"]),
            "region": labels.words(labels.REGIONS, payload["region"]),
        }
        return _("%(product)s, %(region)s") % words
    return str(payload.get("company_name") or payload.get("name", ""))


def area_is_odd(operation: Operation) -> bool:
    """Whether the company's area does not go with its country."""
    payload = operation.payload
    return operation.kind == OperationKind.COMPANY and not area_fits(payload["country"], payload["area"])


def companies_crumb() -> tuple[str, str]:
    """Address and name of the list of companies."""
    return COMPANIES_PATH, _("Companies")


def onboarding_crumb() -> tuple[str, str]:
    """Address and name of the list of operations."""
    return reverse("companies:list_operations"), _("Onboarding")


def company_crumb(company: Company) -> tuple[str, str]:
    """Address and name of a company's page."""
    return company_path(company.company_id), company.name or company.company_id


def project_crumb(project: Project) -> tuple[str, str]:
    """Address and name of a project's page."""
    return project_path(project.company.company_id, project.project_id), project.name or project.project_id


def above(operation: Operation) -> list[tuple[str, str]]:
    """The pages that this belongs below: the list of operations, the company and the project."""
    crumbs = [onboarding_crumb()]
    if company := queries.company(operation.company_id):
        crumbs.append(company_crumb(company))
    if project := queries.project_of(operation.company_id, operation.project_id):
        crumbs.append(project_crumb(project))
    return crumbs


def facts(operation: Operation) -> list[Fact]:
    """What was asked for, field by field, codes in words."""
    return [
        Fact(label=str(label), value=words_for(name, operation.payload[name]))
        for name, label in labels.FIELDS.items()
        if name in operation.payload
    ]


def words_for(name: str, value: object) -> str:
    """A value of a field as a person reads it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "country":
        code = str(value).upper()
        return f"{countries.name(code)} ({code})" if countries.name(code) else str(value)
    return labels.words(labels.CODED[name], value) if name in labels.CODED else str(value)


def differences(operation: Operation) -> list[Difference]:
    """What Agora made of it that was not asked for."""
    return [
        Difference(label=str(labels.FIELDS.get(name, name)), sent=words_for(name, sent), came=words_for(name, came))
        for name, sent, came in operation.differences
    ]


def result_url(operation: Operation) -> str:
    """The page of what was created or enabled; '' where it has none yet."""
    if operation.state != OperationState.DONE:
        return ""
    if operation.kind == OperationKind.UAP_SERVICE:
        return project_path(operation.company_id, operation.project_id)
    remote_id = operation.result_remote_id or ""
    if queries.listed_result(operation, remote_id) is None:
        return ""
    is_company = operation.kind == OperationKind.COMPANY
    return company_path(remote_id) if is_company else project_path(operation.company_id, remote_id)


def next_url(operation: Operation) -> str:
    """The form that usually comes next: a project in the new company, a service for the new project."""
    if not result_url(operation) or operation.kind == OperationKind.UAP_SERVICE:
        return ""
    remote_id = operation.result_remote_id or ""
    if operation.kind == OperationKind.COMPANY:
        return reverse("companies:create_project", args=[remote_id])
    return reverse("companies:enable_uap_service", args=[operation.company_id, remote_id])


def again_url(operation: Operation) -> str:
    """The form once more, filled in as it was sent; '' where that would make no sense."""
    if not queries.may_be_asked_again(operation):
        return ""
    views = {
        OperationKind.COMPANY.value: ("companies:create_company", []),
        OperationKind.PROJECT.value: ("companies:create_project", [operation.company_id]),
        OperationKind.UAP_SERVICE.value: (
            "companies:enable_uap_service",
            [operation.company_id, operation.project_id],
        ),
    }
    view, ids = views[operation.kind]
    return f"{reverse(view, args=ids)}?again={operation.pk}"


def ready_at(operation: Operation) -> dt.datetime | None:
    """When a project that was created can be used, at about."""
    if operation.kind != OperationKind.PROJECT or operation.state != OperationState.DONE:
        return None
    project = queries.project_of(operation.company_id, operation.result_remote_id or "")
    return queries.set_up_at(project) if project else None


def minutes_off() -> str:
    """By how many minutes this machine's clock is off; '' when Agora's answers did not tell."""
    skew = connection_queries.connection().skew_seconds
    return "" if skew is None else f"{abs(skew) / 60:.1f}"


@dataclass(frozen=True, kw_only=True)
class ServiceCell:
    """A product in a region: what Agora last reported, and the operation that is enabling it now."""

    region: str
    status: str
    reported_at: dt.datetime | None
    enabling: Operation | None


@dataclass(frozen=True, kw_only=True)
class ServiceRow:
    """A product in all regions."""

    product: str
    cells: Sequence[ServiceCell]


def service_rows(project: Project) -> list[ServiceRow]:
    """What this portal knows of the project's UAP services; nothing else can tell."""
    services = {(service.type_id, service.region): service for service in queries.uap_services_of(project)}
    begun = queries.operations_of(project.company.company_id, project.project_id).filter(state__in=OPEN)
    enabling = {(operation.payload["type_id"], operation.payload["region"]): operation for operation in begun}

    def cell(type_id: int, region: int) -> ServiceCell:
        service = services.get((type_id, region))
        return ServiceCell(
            region=labels.words(labels.REGIONS, region),
            status=service.status if service else "",
            reported_at=service.reported_at if service else None,
            enabling=enabling.get((type_id, region)),
        )

    return [
        ServiceRow(
            product=labels.words(labels.UAP_TYPES, type_id.value),
            cells=[cell(type_id.value, region.value) for region in Region],
        )
        for type_id in UapType
    ]


@dataclass(frozen=True, kw_only=True)
class OperationRow:
    """An operation as the list shows it."""

    operation: Operation
    title: str
    below: str
    reason: str


def operation_rows(operations: Sequence[Operation]) -> list[OperationRow]:
    """The operations of one page of the list; two queries name what they belong below."""
    companies = queries.names_of({operation.company_id for operation in operations})
    projects = queries.project_names_of({(operation.company_id, operation.project_id) for operation in operations})
    return [
        OperationRow(
            operation=operation,
            title=title_of(operation),
            below=below_words(operation, companies, projects),
            reason=operation.message or labels.reason_words(operation.reason),
        )
        for operation in operations
    ]


def below_words(operation: Operation, companies: Mapping[str, str], projects: Mapping[tuple[str, str], str]) -> str:
    """The e-mail address of a company; else the names of company and project that this belongs below."""
    if operation.kind == OperationKind.COMPANY:
        return str(operation.payload["email"])
    names = [companies.get(operation.company_id) or operation.company_id]
    if operation.project_id:
        names.append(projects.get((operation.company_id, operation.project_id)) or operation.project_id)
    return " › ".join(names)
