"""A company's projects with what is known of their UAP services, and who enabled them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import Person
from companies.models import Company, OperationKind, OperationState, Project, UapService
from companies.queries import operations_of, uap_services_of


def projects_of(company: Company) -> list[Project]:
    """Every project that Agora ever listed for the company, those that are gone last."""
    return list(company.projects.order_by("gone_at", "name", "project_id"))


def services_by_project(company: Company) -> Mapping[int, list[UapService]]:
    """What this portal knows of UAP services, by the project's key."""
    found: dict[int, list[UapService]] = defaultdict(list)
    for service in UapService.objects.filter(project__company=company).order_by("type_id", "region"):
        found[service.project_id].append(service)
    return found


@dataclass(frozen=True, kw_only=True)
class EnabledService:
    """A UAP service with what Agora reported last, and whoever asked for it last."""

    service: UapService
    by: Person | None
    at: dt.datetime


def enabled_services(project: Project) -> list[EnabledService]:
    """The UAP services that this portal enabled; Agora has no call to read others."""
    done = operations_of(project.company.company_id, project.project_id).filter(
        kind=OperationKind.UAP_SERVICE, state=OperationState.DONE
    )
    # The newest comes first and so is the last to be put in.
    people = {(one.payload["type_id"], one.payload["region"]): one.created_by for one in reversed(done)}
    return [
        EnabledService(service=service, by=people.get((service.type_id, service.region)), at=service.reported_at)
        for service in uap_services_of(project)
    ]
