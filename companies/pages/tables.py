"""The tables: all operations, and the UAP services of a project."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agora.vocabulary import Region, UapType
from companies import labels, queries
from companies.models import Operation, OperationKind, OperationState, Project
from companies.models.operations import NOT_SENT, OPEN
from companies.pages import addresses
from companies.pages.words import title_of


@dataclass(frozen=True, kw_only=True)
class OperationRow:
    """An operation as the list shows it, with what may be done there at once."""

    operation: Operation
    title: str
    below: str
    reason: str
    may_retry: bool
    may_cancel: bool
    again_url: str


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
            may_retry=may_surely_be_retried(operation),
            may_cancel=operation.state in NOT_SENT,
            again_url=addresses.again_url(operation),
        )
        for operation in operations
    ]


def may_surely_be_retried(operation: Operation) -> bool:
    """Whether the row alone tells that trying again makes nothing twice: no query, and never more than the page offers.

    Where the tries since it was last queued are all that there ever were, none of them had an effect.
    """
    if operation.state == OperationState.RETRY_WAIT:
        return True
    used_up = operation.state == OperationState.REVIEW and operation.reason == "tries-used-up"
    return used_up and not operation.candidates and operation.tries == operation.attempt_no


def below_words(operation: Operation, companies: Mapping[str, str], projects: Mapping[tuple[str, str], str]) -> str:
    """The e-mail address of a company; else the names of company and project that this belongs below."""
    if operation.kind == OperationKind.COMPANY:
        return str(operation.payload["email"])
    names = [companies.get(operation.company_id) or operation.company_id]
    if operation.project_id:
        names.append(projects.get((operation.company_id, operation.project_id)) or operation.project_id)
    return " › ".join(names)


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
