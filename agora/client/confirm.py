"""When a create counts as confirmed: the answer has a usable id and echoes what was sent."""

from typing import Any

from ..drafts import AnyDraft, CompanyDraft, ProjectDraft, UapServiceDraft
from ..records import (
    CompanyRecord,
    ProjectRecord,
    UapServiceRecord,
    folded,
    read_company,
    read_project,
    read_uap_service,
)

_LARGEST_COMPANY_ID = 2**63 - 1

AnyRecord = CompanyRecord | ProjectRecord | UapServiceRecord


def confirmed(draft: AnyDraft, data: Any) -> AnyRecord:
    """The created thing; ValueError in words when the answer does not prove that it exists."""
    if isinstance(draft, CompanyDraft):
        return _company(draft, data)
    if isinstance(draft, ProjectDraft):
        return _project(draft, data)
    return _uap_service(draft, data)


def _company(draft: CompanyDraft, data: Any) -> CompanyRecord:
    record = read_company(data)
    if not (record.id.isascii() and record.id.isdigit() and int(record.id) <= _LARGEST_COMPANY_ID):
        raise ValueError("the answer's company id is no company id")
    if folded(record.name) != folded(draft.company_name):
        raise ValueError("the answer names another company")
    return record


def _project(draft: ProjectDraft, data: Any) -> ProjectRecord:
    record = read_project(data)
    if folded(record.name) != folded(draft.name):
        raise ValueError("the answer names another project")
    return record


def _uap_service(draft: UapServiceDraft, data: Any) -> UapServiceRecord:
    record = read_uap_service(data)
    if (record.type_id, record.region) != (draft.type_id, draft.region):
        raise ValueError("the answer names another type or region")
    return record
