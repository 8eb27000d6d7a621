"""Reads of the mirror: companies, projects and UAP services, gone ones included where it says so."""

import datetime as dt
import unicodedata
from collections.abc import Iterable, Sequence

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Length

from agora.vocabulary import ProjectStatus
from companies.models import Company, Operation, OperationKind, OperationState, Project, UapService
from companies.models.care import tag_key
from companies.queries.care import row_numbers

# Stands among owners for companies that nobody looks after.
NOBODY = "none"
# No name is as long; SQLite takes no pattern of more than 50,000 bytes.
LONGEST_SEARCH = 1000
# A project can be used three to five minutes after it was created ("Create a project").
SET_UP_TAKES = dt.timedelta(minutes=5)


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


def companies_of_kind(*, tag: str = "", area: str = "", country: str = "", owner: str = "") -> QuerySet[Company]:
    """Companies with the tag of this key, of this area, country and owner, gone ones too; '' lets everything through.

    An owner is a row number of a person, or NOBODY.
    """
    wanted = {"tags__key": tag, "area": area, "country": country}
    found = Company.objects.filter(**{name: value for name, value in wanted.items() if value})
    return found.filter(_owned_by([owner])) if owner else found


def listed_companies() -> QuerySet[Company]:
    """The companies that Agora lists."""
    return Company.objects.filter(gone_at=None)


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
    tags: Iterable[str] = (),
    owners: Iterable[str] = (),
    gone: bool = False,
) -> QuerySet[Company]:
    """Companies whose name, ID or e-mail address contains `search`; empty filters let everything through.

    Of several tags one is enough; owners are row numbers of people, or NOBODY. Each company has
    `project_count`, its projects that are neither gone nor deleted. The e-mail address is the one that this
    portal sent: Agora lists none.
    """
    found = Company.objects.filter(gone_at__isnull=not gone)
    if search := search[:LONGEST_SEARCH]:
        mailed = _created_companies().filter(payload__email__icontains=search).values("result_remote_id")
        found = found.filter(Q(name__icontains=search) | Q(company_id__icontains=search) | Q(company_id__in=mailed))
    wanted = {"status": statuses, "area": areas, "country": countries, "industry": industries}
    for field, values in wanted.items():
        if chosen := list(values):
            found = found.filter(**{f"{field}__in": chosen})
    if keys := [tag_key(tag) for tag in tags]:
        tagged = Company.tags.through.objects.filter(tag__key__in=keys)
        found = found.filter(pk__in=tagged.values("company_id"))
    if people := list(owners):
        found = found.filter(_owned_by(people))
    counted = Project.objects.filter(_in_use(), company_id=OuterRef("pk")).order_by().values("company_id")
    # Counted for each company by itself, so that whoever needs no count does not pay for it.
    return found.annotate(project_count=Coalesce(Subquery(counted.annotate(count=Count("pk")).values("count")), 0))


def by_id(rows: QuerySet[Company], *, descending: bool = False) -> QuerySet[Company]:
    """Companies in the order of their IDs as numbers, which are stored as text."""
    order = ("-id_length", "-company_id") if descending else ("id_length", "company_id")
    return rows.annotate(id_length=Length("company_id")).order_by(*order)


def projects_in_use(company: Company) -> QuerySet[Project]:
    """The projects that count against the company's limit: neither gone nor deleted."""
    return company.projects.filter(_in_use())


def projects_named(company: Company, name: str) -> list[Project]:
    """The projects in use of that name, which may repeat at Agora."""
    wanted = unicodedata.normalize("NFC", name).strip()
    return [one for one in projects_in_use(company) if unicodedata.normalize("NFC", one.name).strip() == wanted]


def uap_services_of(project: Project) -> QuerySet[UapService]:
    """What Agora reported when this portal enabled services of this project."""
    return project.uap_services.order_by("type_id", "region")


def is_being_set_up(project: Project, now: dt.datetime) -> bool:
    """Whether the project is younger than the five minutes that Agora needs."""
    return now < set_up_at(project)


def set_up_at(project: Project) -> dt.datetime:
    """When the project can be used, at about."""
    return (project.created or project.first_seen_at) + SET_UP_TAKES


def _in_use() -> Q:
    return Q(gone_at=None) & ~Q(status=str(ProjectStatus.DELETED.value))


def _owned_by(people: Sequence[str]) -> Q:
    owned = Q(owner_id__in=row_numbers(people))
    return owned | Q(owner=None) if NOBODY in people else owned


def _created_companies() -> QuerySet[Operation]:
    return Operation.objects.filter(kind=OperationKind.COMPANY, state=OperationState.DONE)


def creation_of_company(company_id: str) -> Operation | None:
    """The operation by which this portal created the company: it knows the contact that was sent."""
    return _created_companies().filter(result_remote_id=company_id).select_related("created_by").first()


def last_listed_at() -> dt.datetime | None:
    """When a company was last seen at Agora."""
    last: dt.datetime | None = Company.objects.aggregate(last=Max("last_seen_at"))["last"]
    return last
