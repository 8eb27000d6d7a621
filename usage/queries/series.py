"""Whose usage is asked for: the companies and projects of a selection, in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.db.models import QuerySet

from companies.models import Company, Project
from companies.queries.mirror import companies_of_kind
from polling.periods import utc_day
from usage.figures import Selection, Series


def id_order(raw: str) -> tuple[int, str]:
    """Sorts IDs that are numbers as numbers, and all others in some fixed order."""
    return len(raw), raw


def series_of(selection: Selection) -> list[Series]:
    """The series of a selection as the mirror knows them: every company, or every project of any status."""
    found = _projects(selection) if selection.by_project else _companies(selection)
    return sorted(found, key=lambda one: (id_order(one.company_id), id_order(one.project_id)))


def listed_on(selection: Selection) -> Callable[[dt.date], int]:
    """How many series of a selection Agora still listed on a day, or on one after it."""
    found = _projects_of(selection) if selection.by_project else companies_of(selection)
    gone = [utc_day(gone_at) for gone_at in found.values_list("gone_at", flat=True).exclude(gone_at=None) if gone_at]
    number = found.count()
    return lambda day: number - sum(gone_on < day for gone_on in gone)


def companies_of(selection: Selection) -> QuerySet[Company]:
    """The companies of a selection, gone ones too."""
    found = companies_of_kind(tag=selection.tag, area=selection.area, country=selection.country)
    wanted = {"company_id": selection.company_id, "company_id__in": selection.company_ids}
    return found.filter(**{name: value for name, value in wanted.items() if value})


def projects_matching(find: str, *, exact: bool = False) -> QuerySet[Project]:
    """Projects of any company with this ID, or else with this in their name, beside their companies."""
    wanted = {"project_id": find} if exact else {"name__icontains": find}
    return Project.objects.filter(**wanted).select_related("company").order_by("name", "pk")


def kinds_of_companies(field: str) -> list[str]:
    """Every `area` or `country` that some company has."""
    found = Company.objects.exclude(**{field: ""}).order_by(field)
    return list(found.values_list(field, flat=True).distinct())


def _companies(selection: Selection) -> Iterator[Series]:
    for company_id, name, gone_at in companies_of(selection).values_list("company_id", "name", "gone_at"):
        yield Series(company_id=company_id, company_name=name, gone_on=gone_at and utc_day(gone_at))


def _projects_of(selection: Selection) -> QuerySet[Project]:
    wanted = {"project_id": selection.project_id, "project_id__in": selection.project_ids}
    found = Project.objects.filter(**{name: value for name, value in wanted.items() if value})
    return found.filter(company__in=companies_of(selection)) if selection.of_some else found


def _projects(selection: Selection) -> Iterator[Series]:
    found = _projects_of(selection)
    for company_id, company_name, project_id, project_name, gone_at in found.values_list(
        "company__company_id", "company__name", "project_id", "name", "gone_at"
    ):
        yield Series(
            company_id=company_id,
            company_name=company_name,
            project_id=project_id,
            project_name=project_name,
            gone_on=gone_at and utc_day(gone_at),
        )
