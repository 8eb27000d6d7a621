"""The page of a project: what it is, whether it is set up yet, its UAP services, its figures, what happened to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.models import Person
from companies.models import Project
from companies.pages.addresses import companies_crumb, company_crumb
from companies.queries import is_being_set_up, set_up_at
from desk.numbers import moment
from desk.pages.company import LAST_DAYS, mark_of
from desk.pages.notes import notes_panel
from desk.pages.owned import Fact, figures_of
from desk.pages.owners import Owner
from desk.pages.services import services_of
from desk.pages.timeline import timeline_of
from desk.queries.day_sums import minutes_by_project
from desk.queries.projects import use_of_projects
from polling.periods import DAY, utc_day
from usage.periods import SETTLES_AFTER


def project_page(
    project: Project, params: QueryDict, access: Access, person: Person, *, now: dt.datetime
) -> dict[str, Any]:
    """Everything that the template of a project's page reads."""
    company, today = project.company, utc_day(now)
    owner = Owner(company=company, project=project)
    return {
        "project": project,
        "crumbs": [companies_crumb(), company_crumb(company)],
        "facts": list(_facts(project)),
        "ready_at": set_up_at(project) if is_being_set_up(project, now) else None,
        "services": services_of(project),
        **_mark(project, today),
        **notes_panel(owner, person, now=now),
        **timeline_of(owner, params, access),
        **figures_of(owner, params, access, today=today),
    }


def _mark(project: Project, today: dt.date) -> dict[str, str]:
    until = today - SETTLES_AFTER
    days = until - (LAST_DAYS - 1) * DAY, until
    minutes = minutes_by_project(project.company.company_id, days)
    return mark_of(project, use_of_projects(project.company, [project], days, minutes)[project.pk], today)


def _facts(project: Project) -> Iterator[Fact]:
    yield Fact(label=_("Project ID"), value=project.project_id, is_code=True)
    yield Fact(label=_("Company"), value=project.company.name or project.company.company_id)
    yield Fact(label=_("Created"), value=moment(project.created))
    yield Fact(label=_("First seen"), value=moment(project.first_seen_at))
