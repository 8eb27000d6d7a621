"""The page of a project: what it is, whether it is set up yet, its UAP services, its figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.access import Access
from companies.models import Project
from companies.pages.addresses import companies_crumb, company_crumb
from companies.queries import is_being_set_up, set_up_at
from desk.numbers import moment
from desk.pages.company import ServiceWords, service_words
from desk.pages.owned import Fact, figures_of, operations_below
from desk.pages.owners import Owner
from desk.queries.projects import enabled_services
from polling.periods import utc_day


@dataclass(frozen=True, kw_only=True)
class ServiceRow:
    """A UAP service with whoever enabled it, and when Agora reported it."""

    service: ServiceWords
    by: str
    reported_at: str


def project_page(project: Project, params: QueryDict, access: Access, *, now: dt.datetime) -> dict[str, Any]:
    """Everything that the template of a project's page reads."""
    owner = Owner(company=project.company, project=project)
    return {
        "project": project,
        "crumbs": [companies_crumb(), company_crumb(project.company)],
        "facts": list(_facts(project)),
        "ready_at": set_up_at(project) if is_being_set_up(project, now) else None,
        "services": [
            ServiceRow(service=service_words(one.service), by=str(one.by or ""), reported_at=moment(one.at))
            for one in enabled_services(project)
        ],
        **operations_below(owner),
        **figures_of(owner, params, access, today=utc_day(now)),
    }


def _facts(project: Project) -> Iterator[Fact]:
    yield Fact(label=_("Project ID"), value=project.project_id, is_code=True)
    yield Fact(label=_("Company"), value=project.company.name or project.company.company_id)
    yield Fact(label=_("Created"), value=moment(project.created))
    yield Fact(label=_("First seen"), value=moment(project.first_seen_at))
