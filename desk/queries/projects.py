"""A company's projects: whether they are used, and what is known of their UAP services and who enabled them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import OuterRef, Subquery

from accounts.models import Person
from agora.vocabulary import Interval
from companies.models import Company, OperationKind, OperationState, Project, UapService
from companies.models.operations import OPEN_VALUES
from companies.queries import operations_of, uap_services_of
from desk.queries.day_sums import MINUTES, DaySum
from polling.periods import utc_day
from usage.figures import Knowledge, Period, Selection, Span
from usage.models import UsageFigures, UsageSeries
from usage.queries.ledger import calendar, ledger_of
from usage.queries.traces import ANYTHING

# A product of UAP self-service in a region, both as the document numbers them.
Product = tuple[int, int]


def projects_of(company: Company) -> list[Project]:
    """Every project that Agora ever listed for the company, those that are gone last."""
    return list(company.projects.order_by("gone_at", "name", "project_id"))


class Use(StrEnum):
    """Whether a project is used; UNKNOWN where days are missing that could tell."""

    RECENT = "recent"
    DORMANT = "dormant"
    NEVER = "never"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class ProjectUse:
    """Whether a project is used, and the last UTC day on which it used anything that the portal knows of."""

    use: Use
    last: dt.date | None = None


def use_of_projects(
    company: Company, projects: Iterable[Project], days: Span, minutes: Mapping[str, DaySum]
) -> dict[int, ProjectUse]:
    """Whether each of these projects is used, by row number; `minutes` are of the UTC `days` that count as recent.

    Usage of any product counts. That there was none is said only where Video & Audio is known, which every project
    is asked for: in these days, and for what was never used in all days since it was created.
    """
    series = UsageSeries.objects.filter(company_id=company.company_id, interval=Interval.DAILY).exclude(project_id="")
    used = UsageFigures.objects.filter(ANYTHING, series=OuterRef("pk")).order_by("-period").values("period")[:1]
    last: dict[str, dt.date] = {}
    for project_id, day in series.annotate(last=Subquery(used)).values_list("project_id", "last"):
        if day:
            last[project_id] = max(day, last.get(project_id, day))
    ledgers = ledger_of(_all_days(company, days[1]))
    return {
        project.pk: _use(
            project,
            days,
            last.get(project.project_id),
            minutes.get(project.project_id),
            ledgers.get((company.company_id, project.project_id)),
        )
        for project in projects
    }


def _all_days(company: Company, until: dt.date) -> Selection:
    return Selection(
        business=MINUTES.business,
        model=MINUTES.model,
        interval=Interval.DAILY,
        since=min(calendar().poll_since, until),
        until=until,
        company_id=company.company_id,
        by_project=True,
    )


def _use(
    project: Project, days: Span, last: dt.date | None, minutes: DaySum | None, ledger: Knowledge | None
) -> ProjectUse:
    if last and last >= days[0]:
        return ProjectUse(use=Use.RECENT, last=last)
    is_known = minutes is not None and (minutes.complete or minutes.waits)
    if last:
        return ProjectUse(use=Use.DORMANT if is_known else Use.UNKNOWN, last=last)
    never = is_known and ledger is not None and _is_known_since_created(project, ledger, days[1])
    return ProjectUse(use=Use.NEVER if never else Use.UNKNOWN)


def _is_known_since_created(project: Project, ledger: Knowledge, until: dt.date) -> bool:
    first = max(calendar().poll_since, utc_day(project.created or project.first_seen_at))
    last = min(until, ledger.coverage.known_until)
    return first <= last and ledger.knows(Period(first=first, last=last, days=(first, last)))


def services_by_project(company: Company) -> Mapping[int, list[UapService]]:
    """What this portal knows of UAP services, by the project's key."""
    found: dict[int, list[UapService]] = defaultdict(list)
    for service in UapService.objects.filter(project__company=company).order_by("type_id", "region"):
        found[service.project_id].append(service)
    return found


def requested_services(company: Company, project_id: str = "") -> Mapping[str, Collection[Product]]:
    """The services that are being asked for now, by project ID: of one project, or of all of the company."""
    begun = operations_of(company.company_id, project_id).filter(
        kind=OperationKind.UAP_SERVICE, state__in=OPEN_VALUES
    )  # fmt: skip
    found: dict[str, set[Product]] = defaultdict(set)
    for one in begun:
        found[one.project_id].add((one.payload["type_id"], one.payload["region"]))
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
