"""The page of a company: what it is, whom we named as its contact, its projects, its figures, what happened to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.models import Person
from agora.vocabulary import ProjectStatus
from companies.converters import project_path
from companies.labels import AREAS, COMPANY_STATUSES, ENVIRONMENTS, INDUSTRIES, INTERESTS, REGIONS, UAP_TYPES, words
from companies.models import Company, Operation, Project, UapService
from companies.pages.addresses import companies_crumb
from companies.queries import creation_of_company, projects_in_use
from companies.queries.changes import in_states_since, last_status_changes
from desk.numbers import Figure, figure, moment, short_date
from desk.pages.free_minutes import free_panel
from desk.pages.notes import notes_panel
from desk.pages.owned import Fact, figures_of
from desk.pages.owners import Owner
from desk.pages.services import services_matrix
from desk.pages.timeline import timeline_of
from desk.queries.attention import NORMAL, SUSPENDED, is_used_since
from desk.queries.day_sums import MINUTES, minutes_by_project
from desk.queries.listed import country_words
from desk.queries.projects import ProjectUse, Use, projects_of, services_by_project, use_of_projects
from polling.periods import DAY, utc_day
from usage.metrics import unit_words
from usage.numerals import grouped
from usage.periods import SETTLES_AFTER
from usage.queries.rollups import last_usage_days

LAST_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class ServiceWords:
    """A UAP service in words, with the status that Agora reported."""

    words: str
    status: str


@dataclass(frozen=True, kw_only=True)
class ProjectRow:
    """A project as its company's page lists it."""

    project: Project
    href: str
    services: Sequence[ServiceWords]
    minutes: Figure
    mark: str
    mark_help: str


def company_page(
    company: Company, params: QueryDict, access: Access, person: Person, *, now: dt.datetime
) -> dict[str, Any]:
    """Everything that the template of a company's page reads."""
    owner, today = Owner(company=company), utc_day(now)
    last_usage = last_usage_days([company.company_id]).get(company.company_id)
    creation = creation_of_company(company.company_id)
    projects, services = projects_of(company), services_by_project(company)
    return {
        "company": company,
        "standing": " ".join(standing_words(company, last_usage, today)),
        "crumbs": [companies_crumb()],
        "unit": unit_words(MINUTES.unit),
        "facts": list(_facts(company, last_usage, today)),
        "tags": company.tags.all(),
        "contact": list(_contact(creation)) if creation else [],
        "console_url": settings.AGORA_CONSOLE_URL,
        "projects": _project_rows(company, projects, services, today),
        "projects_of_limit": _projects_of_limit(company),
        "services": services_matrix(company, [one for one in projects if _is_there(one)], services),
        "free": free_panel(company.company_id, today),
        **notes_panel(owner, person, now=now),
        **timeline_of(owner, params, access),
        **figures_of(owner, params, access, today=today),
    }


def standing_words(company: Company, last_usage: dt.date | None, today: dt.date) -> Iterator[str]:
    """Since when a company has not been normal, what it was before, and whether it is used although it is suspended."""
    if company.status in (NORMAL, ""):
        return
    change = last_status_changes([company]).get(company.pk)
    found = {
        "status": words(COMPANY_STATUSES, company.status),
        "time": moment(change.seen_at if change else company.first_seen_at),
    }
    if change and change.old:
        told = _("%(status)s, first seen so on %(time)s; before that: %(before)s.")
        yield told % {**found, "before": words(COMPANY_STATUSES, change.old)}
    else:
        yield _("%(status)s, first seen so on %(time)s; what it was before is not known.") % found
    since = in_states_since(Company.objects.filter(pk=company.pk), SUSPENDED).get(company.company_id)
    if last_usage and is_used_since(since, last_usage):
        yield _("It is still in use: last usage %(day)s UTC.") % {"day": short_date(last_usage, today)}


def _facts(company: Company, last_usage: dt.date | None, today: dt.date) -> Iterator[Fact]:
    yield Fact(label=_("Company ID"), value=company.company_id, is_code=True)
    yield Fact(label=_("Area"), value=words(AREAS, company.area) if company.area else "")
    yield Fact(label=_("Country"), value=country_words(company.country))
    yield Fact(label=_("Industry"), value=words(INDUSTRIES, company.industry) if company.industry else "")
    yield Fact(label=_("Interested in"), value=words(INTERESTS, company.interest) if company.interest else "")
    yield Fact(label=_("Platform"), value=words(ENVIRONMENTS, company.environment) if company.environment else "")
    yield Fact(label=_("Projects"), value=_projects_of_limit(company))
    yield Fact(label=_("Member limit"), value="" if company.member_limit is None else grouped(company.member_limit))
    yield Fact(label=_("Last usage"), value=short_date(last_usage, today) if last_usage else _("None known"))
    yield Fact(label=_("First seen"), value=moment(company.first_seen_at))
    yield Fact(label=_("Owner"), value=str(company.owner) if company.owner else _("Nobody"))


def _projects_of_limit(company: Company) -> str:
    used = projects_in_use(company).count()
    if company.app_limit is None:
        return grouped(used)
    return _("%(used)s of %(limit)s") % {"used": grouped(used), "limit": grouped(company.app_limit)}


def _contact(creation: Operation) -> Iterator[Fact]:
    """What this portal sent; Agora lists no contact."""
    sent = creation.payload
    yield Fact(label=_("Contact"), value=f"{sent.get('first_name', '')} {sent.get('last_name', '')}".strip())
    yield Fact(label=_("E-mail address"), value=str(sent.get("email", "")))
    yield Fact(label=_("Created here by"), value=f"{creation.created_by}, {moment(creation.created_at)}")


def _project_rows(
    company: Company, projects: Sequence[Project], services: Mapping[int, Sequence[UapService]], today: dt.date
) -> list[ProjectRow]:
    until = today - SETTLES_AFTER
    days = until - (LAST_DAYS - 1) * DAY, until
    minutes = minutes_by_project(company.company_id, days)
    uses = use_of_projects(company, projects, days, minutes)
    return [
        ProjectRow(
            project=project,
            href=project_path(company.company_id, project.project_id),
            services=[service_words(service) for service in services.get(project.pk, ())],
            minutes=figure(minutes.get(project.project_id)),
            **mark_of(project, uses[project.pk], today),
        )
        for project in projects
    ]


def mark_of(project: Project, found: ProjectUse, today: dt.date) -> dict[str, str]:
    """What is said of a project that nobody uses, and what makes us say it; nothing of one that is gone."""
    if not _is_there(project):
        return {"mark": "", "mark_help": ""}
    if found.use == Use.DORMANT and found.last:
        help_words = _("Used before, but not in the last 30 settled days: last on %(day)s.")
        return {"mark": _("Dormant"), "mark_help": help_words % {"day": short_date(found.last, today)}}
    if found.use == Use.NEVER:
        return {
            "mark": _("Never used"),
            "mark_help": _("No usage of any product is known, in all days that are known."),
        }
    return {"mark": "", "mark_help": ""}


def _is_there(project: Project) -> bool:
    """Whether the project is neither gone nor deleted."""
    return project.gone_at is None and project.status != str(ProjectStatus.DELETED.value)


def service_words(service: UapService) -> ServiceWords:
    """A UAP service as a person calls it: `Cloud recording, China`."""
    text = f"{words(UAP_TYPES, service.type_id)}, {words(REGIONS, service.region)}"
    return ServiceWords(words=text, status=service.status)
