"""What Agora lists that an operation may have created: found by comparing the mirror with what was asked for."""

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Max

from agora.records import folded
from companies.models import Company, Operation, OperationKind, Project
from companies.timing import times
from polling import queries as connection_queries

# Agora's clock and its lists are taken to be this exact.
ROUNDING = dt.timedelta(seconds=5)

# What a listed company tells of what was asked for, by the name of the payload's field.
COMPARED = {
    "company_name": "name",
    "country": "country",
    "area": "area",
    "app_limit": "app_limit",
    "member_limit": "member_limit",
    "industry": "industry",
    "interest": "interest",
    "environment": "environment",
}


class Match(StrEnum):
    """How well a listed thing fits what was asked for."""

    EXACT = "exact"
    NEAR = "near"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Something newly listed that no operation owns; `differing` names the payload's fields that do not fit."""

    remote_id: str
    listed: Company | Project
    match: Match
    differing: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether it bears the right name at least."""
        return self.match is not Match.OTHER


def highest_row(kind: str) -> int:
    """The last row of the mirror: whatever is listed from now on gets a higher one."""
    if kind == OperationKind.UAP_SERVICE:
        return 0
    rows = Company.objects.all() if kind == OperationKind.COMPANY else Project.objects.all()
    return rows.aggregate(last=Max("pk"))["last"] or 0


def candidates(operation: Operation) -> list[Candidate]:
    """Everything new that might be what this operation created, the best first; nothing for a UAP service.

    New is what was listed first after the operation was asked for. What belongs to another operation, was
    dismissed by a person or is gone is left out.
    """
    found = [_compared(operation, row) for row in _new_rows(operation)]
    order = list(Match)
    return sorted(found, key=lambda one: (order.index(one.match), len(one.differing), one.listed.pk))


def exact_ids(operation: Operation) -> list[str]:
    """The IDs of the candidates that fit in everything that is known of them."""
    return [one.remote_id for one in candidates(operation) if one.match is Match.EXACT]


def _new_rows(operation: Operation) -> Iterable[Company | Project]:
    taken = Operation.objects.filter(kind=operation.kind, company_id=operation.company_id).exclude(pk=operation.pk)
    ids = [*taken.exclude(result_remote_id=None).values_list("result_remote_id", flat=True), *operation.dismissed_ids]
    if operation.kind == OperationKind.COMPANY:
        return Company.objects.filter(pk__gt=operation.baseline, gone_at=None).exclude(company_id__in=ids)
    if operation.kind == OperationKind.PROJECT:
        below = Project.objects.filter(company__company_id=operation.company_id)
        return below.filter(pk__gt=operation.baseline, gone_at=None).exclude(project_id__in=ids)
    return []


def _compared(operation: Operation, row: Company | Project) -> Candidate:
    if isinstance(row, Company):
        return _compared_company(operation, row)
    asked = operation.payload["name"]
    differing = tuple(
        name
        for name, fits in (("name", _same_name(asked, row.name)), ("created", _created_by(operation, row)))
        if not fits
    )
    return Candidate(
        remote_id=row.project_id, listed=row, match=_match(asked, row.name, differing), differing=differing
    )


def _compared_company(operation: Operation, row: Company) -> Candidate:
    asked = operation.payload
    differing = tuple(name for name, listed in COMPARED.items() if _differs(name, asked[name], getattr(row, listed)))
    match = _match(asked["company_name"], row.name, differing)
    return Candidate(remote_id=row.company_id, listed=row, match=match, differing=differing)


def _differs(name: str, asked: object, listed: object) -> bool:
    """What Agora does not tell contradicts nothing."""
    if listed in (None, ""):
        return False
    if name == "company_name":
        return not _same_name(str(asked), str(listed))
    return folded(str(asked)) != folded(str(listed))


def _match(asked: str, listed: str, differing: tuple[str, ...]) -> Match:
    if not differing:
        return Match.EXACT
    return Match.NEAR if folded(asked) == folded(listed) else Match.OTHER


def _same_name(asked: str, listed: str) -> bool:
    return unicodedata.normalize("NFC", asked).strip() == unicodedata.normalize("NFC", listed).strip()


def _created_by(operation: Operation, row: Project) -> bool:
    """Whether Agora made the project between the first sending of this operation and the time it settles."""
    if row.created is None:
        return True
    skew = abs(connection_queries.connection().skew_seconds or 0.0)
    earliest = (_first_sent_at(operation) or operation.created_at) - dt.timedelta(seconds=skew) - ROUNDING
    latest = (operation.sent_at or row.created) + times().settles_after(skew)
    return earliest <= row.created <= latest


def _first_sent_at(operation: Operation) -> dt.datetime | None:
    first = operation.attempts.order_by("number").first()
    return first.signed_at if first else None
