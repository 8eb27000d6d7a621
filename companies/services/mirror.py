"""Writes of the mirror: what Agora listed, what changed by that, and what it answered to a create."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction

from agora.drafts import UapServiceDraft
from agora.records import CompanyRecord, ProjectRecord, UapServiceRecord
from companies.models import (
    ChangedField,
    Company,
    MirrorChange,
    Operation,
    OperationKind,
    OperationState,
    Project,
    UapService,
)

# How long Agora may take to list what it just confirmed; until then its absence proves nothing.
LISTED_WITHIN = dt.timedelta(minutes=15)

COMPANY_FIELDS = (
    "name",
    "country",
    "area",
    "app_limit",
    "member_limit",
    "industry",
    "interest",
    "environment",
    "status",
)
PROJECT_FIELDS = ("name", "status", "created")
SEEN = ("last_seen_at", "gone_at")
# Of these, every change is kept; a project has but two of them.
WATCHED = tuple(field.value for field in ChangedField if field != ChangedField.LISTED)

Record = TypeVar("Record", CompanyRecord, ProjectRecord)
Row = TypeVar("Row", Company, Project)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """How many rows a listing added, changed, and showed to be gone."""

    created: int
    changed: int
    gone: int

    @property
    def total(self) -> int:
        """All rows that are not as they were."""
        return self.created + self.changed + self.gone


@transaction.atomic
def store_companies(records: Sequence[CompanyRecord], *, seen_at: dt.datetime, gone: bool) -> Changes:
    """Store a company list ("Fetch the company list"); with `gone`, what it does not hold is gone.

    A company that is listed again is no longer gone. What was created a moment ago need not be listed yet.
    """
    rows = {record.id: _company_row(record, seen_at) for record in records}
    known = {company.company_id: company for company in Company.objects.all()}
    _upsert_companies(rows.values())
    missing = set(known) - set(rows) - _just_created(OperationKind.COMPANY, "", seen_at) if gone else set()
    return _changes(known, rows, missing, COMPANY_FIELDS, seen_at)


@transaction.atomic
def store_projects(company: Company, records: Sequence[ProjectRecord], *, seen_at: dt.datetime, gone: bool) -> Changes:
    """Store a company's project list ("Fetch the project list"); `gone` as for companies."""
    rows = {record.id: _project_row(company, record, seen_at) for record in records}
    known = {project.project_id: project for project in company.projects.all()}
    _upsert_projects(rows.values())
    just_created = _just_created(OperationKind.PROJECT, company.company_id, seen_at)
    missing = set(known) - set(rows) - just_created if gone else set()
    return _changes(known, rows, missing, PROJECT_FIELDS, seen_at)


def store_company(record: CompanyRecord, *, seen_at: dt.datetime) -> None:
    """Store one company that Agora confirmed ("Create a company")."""
    _upsert_companies([_company_row(record, seen_at)])


def store_project(company: Company, record: ProjectRecord, *, seen_at: dt.datetime) -> None:
    """Store one project that Agora confirmed ("Create a project")."""
    _upsert_projects([_project_row(company, record, seen_at)])


def store_uap_service(
    project: Project, draft: UapServiceDraft, record: UapServiceRecord, *, seen_at: dt.datetime
) -> None:
    """Store what Agora reported about a UAP service ("Enable UAP self-service"); nothing can read it back."""
    row = UapService(
        project=project,
        type_id=draft.type_id,
        region=draft.region,
        status=_text(record.status),
        project_name_reported=record.project_name,
        reported_at=seen_at,
    )
    UapService.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["project", "type_id", "region"],
        update_fields=["status", "project_name_reported", "reported_at"],
    )


def _upsert_companies(rows: Iterable[Company]) -> None:
    Company.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["company_id"], update_fields=[*COMPANY_FIELDS, *SEEN]
    )


def _upsert_projects(rows: Iterable[Project]) -> None:
    Project.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["company", "project_id"], update_fields=[*PROJECT_FIELDS, *SEEN]
    )


def _company_row(record: CompanyRecord, seen_at: dt.datetime) -> Company:
    return Company(
        company_id=record.id,
        name=record.name,
        country=record.country,
        area=record.area,
        app_limit=record.app_limit,
        member_limit=record.member_limit,
        industry=_text(record.industry),
        interest=_text(record.interest),
        environment=_text(record.environment),
        status=_text(record.status),
        first_seen_at=seen_at,
        last_seen_at=seen_at,
    )


def _project_row(company: Company, record: ProjectRecord, seen_at: dt.datetime) -> Project:
    return Project(
        company=company,
        project_id=record.id,
        name=record.name,
        status=_text(record.status),
        created=record.created,
        first_seen_at=seen_at,
        last_seen_at=seen_at,
    )


def _text(code: int | str | None) -> str:
    return "" if code is None else str(code)


def _changes(
    known: dict[str, Row], rows: dict[str, Row], missing: set[str], fields: Iterable[str], seen_at: dt.datetime
) -> Changes:
    """Mark as gone what is missing, and count; coming back after having been gone is a change, too."""
    both = [(known[remote_id], row) for remote_id, row in rows.items() if remote_id in known]
    gone = [known[remote_id] for remote_id in missing if known[remote_id].gone_at is None]
    _keep_changes(both, gone, [name for name in fields if name in WATCHED], seen_at)
    for row in gone:
        row.gone_at = seen_at
        row.save(update_fields=["gone_at"])
    watched = [*fields, "gone_at"]
    return Changes(
        created=len(rows) - len(both),
        changed=sum(any(getattr(old, name) != getattr(new, name) for name in watched) for old, new in both),
        gone=len(gone),
    )


def _keep_changes(both: Sequence[tuple[Row, Row]], gone: Iterable[Row], fields: Sequence[str], at: dt.datetime) -> None:
    """Keep what a listing showed otherwise than the one before; what is listed for the first time changes nothing."""
    changes = [
        MirrorChange(field=field, old=old, new=new, seen_at=at, **_whose(row))
        for row, listed in both
        for field, old, new in _differences(row, listed, fields)
    ]
    changes += [MirrorChange(field=ChangedField.LISTED, old="yes", new="no", seen_at=at, **_whose(row)) for row in gone]
    MirrorChange.objects.bulk_create(changes, batch_size=1000)


def _differences(row: Row, listed: Row, fields: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    if row.gone_at is not None:
        yield ChangedField.LISTED, "no", "yes"
    for field in fields:
        old, new = _text(getattr(row, field)), _text(getattr(listed, field))
        if old != new:
            yield field, old, new


def _whose(row: Company | Project) -> dict[str, Company | Project]:
    return {"company": row} if isinstance(row, Company) else {"company": row.company, "project": row}


def _just_created(kind: OperationKind, company_id: str, now: dt.datetime) -> set[str]:
    done = Operation.objects.filter(
        kind=kind, company_id=company_id, state=OperationState.DONE, ended_at__gte=now - LISTED_WITHIN
    )
    return {remote_id for remote_id in done.values_list("result_remote_id", flat=True) if remote_id}
