"""Reads of bulk imports: where each row stands, what stands in its way, and how many there are of each."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from companies.models import (
    Attempt,
    ColumnTemplate,
    Company,
    Import,
    ImportRow,
    ImportState,
    Operation,
    OperationKind,
    OperationState,
    Project,
)
from companies.models.operations import ENDED, OPEN
from companies.queries.operations import WITHOUT_EFFECT, attempts_that_may_have_worked


class Place(StrEnum):
    """Where a row of an import stands."""

    READY = "ready"
    PROBLEM = "problem"
    LEFT_OUT = "left-out"
    WAITING = "waiting"
    MOVING = "moving"
    UNCONFIRMED = "unconfirmed"
    NEEDS_YOU = "needs-you"
    DONE = "done"
    FAILED = "failed"
    GIVEN_UP = "given-up"


# A row in one of these is no operation, or one that ended without any effect: it can be changed and sent.
CHANGEABLE = (Place.READY, Place.PROBLEM, Place.LEFT_OUT, Place.WAITING, Place.FAILED)
BEGUN = (Place.MOVING, Place.UNCONFIRMED, Place.NEEDS_YOU, Place.DONE, Place.FAILED, Place.GIVEN_UP)

PLACES = {
    OperationState.DONE: Place.DONE,
    OperationState.REFUSED: Place.FAILED,
    OperationState.UNCERTAIN: Place.UNCONFIRMED,
    OperationState.REVIEW: Place.NEEDS_YOU,
    OperationState.BLOCKED: Place.NEEDS_YOU,
}


@dataclass(frozen=True, kw_only=True)
class Hindrance:
    """What keeps a row without errors from being created: an earlier row, or an operation that is open or done.

    `is_undecided` says that this operation may be what created the row's company.
    """

    row_number: int | None = None
    operation_id: int | None = None
    is_open: bool = False
    is_undecided: bool = False


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where one row stands; `payload` is what would be sent, None while a cell is wrong."""

    row_id: int
    number: int
    title: str
    payload: Mapping[str, Any] | None
    place: Place
    hindrance: Hindrance | None
    is_asked_for: bool
    operation_id: int | None
    operation_state: str | None


def standings(batch: Import) -> list[Standing]:
    """Where every row of an import stands, in the order of the table; two queries, however many rows."""
    rows = list(_lightly(batch))
    hindrances = _hindrances(batch, rows)
    return [_standing(row, hindrances.get(row["pk"])) for row in rows]


def counted(standings: Iterable[Standing]) -> Counter[Place]:
    """How many rows stand at each place."""
    return Counter(standing.place for standing in standings)


def _lightly(batch: Import) -> QuerySet[ImportRow, dict[str, Any]]:
    doubtful = Attempt.objects.filter(operation=OuterRef("operation")).exclude(outcome__in=WITHOUT_EFFECT)
    return (
        batch.rows.annotate(may_have_worked=Exists(doubtful))
        .order_by("number")
        .values(
            *("pk", "number", "title", "key", "payload", "left_out", "asked_by_id", "operation_id"),
            *("operation__state", "operation__result_status", "may_have_worked"),
        )
    )


def _standing(row: Mapping[str, Any], hindrance: Hindrance | None) -> Standing:
    return Standing(
        row_id=row["pk"],
        number=row["number"],
        title=row["title"],
        payload=row["payload"],
        place=_place(row, hindrance),
        hindrance=hindrance,
        is_asked_for=row["asked_by_id"] is not None,
        operation_id=row["operation_id"],
        operation_state=row["operation__state"],
    )


def _place(row: Mapping[str, Any], hindrance: Hindrance | None) -> Place:
    if row["operation_id"]:
        return _place_of_operation(row)
    if row["left_out"]:
        return Place.LEFT_OUT
    if row["payload"] is None or hindrance:
        return Place.PROBLEM
    return Place.WAITING if row["asked_by_id"] else Place.READY


def _place_of_operation(row: Mapping[str, Any]) -> Place:
    state = row["operation__state"]
    if state == OperationState.CANCELLED:
        return Place.GIVEN_UP if row["may_have_worked"] else Place.FAILED
    return PLACES.get(state, Place.MOVING)


def _hindrances(batch: Import, rows: Sequence[Mapping[str, Any]]) -> dict[int, Hindrance]:
    """What stands in the way of each row that is no operation yet: the first of several rows has the right of way."""
    operations, undecided = _operations_in_the_way(batch), _undecided_companies(batch)
    begun = [
        row for row in rows if row["operation_id"] and row["key"] and row["operation__state"] not in _WITHOUT_RESULT
    ]
    first = {row["key"]: row["number"] for row in begun}
    found: dict[int, Hindrance] = {}
    for row in rows:
        key = row["key"]
        if row["operation_id"] or row["left_out"] or not key:
            continue
        if key in first:
            found[row["pk"]] = Hindrance(row_number=first[key])
        elif key in operations:
            found[row["pk"]] = operations[key]
        elif row["payload"] and (operation_id := undecided.get(row["payload"].get("company_id"))):
            found[row["pk"]] = Hindrance(operation_id=operation_id, is_undecided=True)
        first.setdefault(key, row["number"])
    return found


_WITHOUT_RESULT = (OperationState.REFUSED, OperationState.CANCELLED)


def _operations_in_the_way(batch: Import) -> dict[str, Hindrance]:
    keys = batch.rows.exclude(key="").filter(operation=None).values("key")
    done = Q(state=OperationState.DONE)
    if batch.kind == OperationKind.UAP_SERVICE:
        done &= Q(result_status="1")
    found = Operation.objects.filter(Q(state__in=OPEN) | done, kind=batch.kind, natural_key__in=keys).order_by("pk")
    return {
        key: Hindrance(operation_id=pk, is_open=state not in ENDED)
        for key, pk, state in found.values_list("natural_key", "pk", "state")
    }


def _undecided_companies(batch: Import) -> dict[str, int]:
    """Companies that may be what an operation created of which nobody has decided that, with the operation."""
    if batch.kind != OperationKind.UAP_SERVICE:
        return {}
    undecided = Operation.objects.filter(kind=OperationKind.COMPANY, state=OperationState.REVIEW)
    return {company_id: pk for pk, ids in undecided.values_list("pk", "candidates") for company_id in ids}


def rows_of(batch: Import, row_ids: Sequence[int]) -> list[ImportRow]:
    """These rows with what a page shows of their operations, in the order of the table."""
    found = batch.rows.filter(pk__in=row_ids).select_related("operation", "refused_before", "asked_by")
    return list(found.order_by("number"))


def ended_without_effect(operation: Operation) -> bool:
    """Whether nothing can have come of it, so that a row may become another operation."""
    if operation.state == OperationState.CANCELLED:
        return not attempts_that_may_have_worked(operation).exists()
    return operation.state == OperationState.REFUSED


def listed_names(names: Iterable[str]) -> set[str]:
    """Those of these names, in small letters, that a company in Agora's list has."""
    wanted = {name.casefold() for name in names}
    listed = Company.objects.filter(gone_at=None).values_list("name", flat=True)
    return {name.casefold() for name in listed} & wanted


def imports(kind: str = "") -> QuerySet[Import]:
    """All imports, the newest first, with how many rows each has and how many of them were created."""
    found = Import.objects.filter(kind=kind) if kind else Import.objects.all()
    done = Q(rows__operation__state=OperationState.DONE)
    waits = Q(rows__operation__state__in=[OperationState.REVIEW, OperationState.BLOCKED])
    return (
        found.select_related("created_by")
        .annotate(
            row_count=Count("rows"), done_count=Count("rows", filter=done), waits_count=Count("rows", filter=waits)
        )
        .order_by("-pk")
    )


def running_imports() -> QuerySet[Import]:
    """Imports whose rows are being begun."""
    return Import.objects.filter(state=ImportState.RUNNING).order_by("pk")


def earlier_import(batch: Import) -> Import | None:
    """The last import of the very same rows before this one."""
    same = Import.objects.filter(kind=batch.kind, sha256=batch.sha256, pk__lt=batch.pk)
    return same.select_related("created_by").order_by("-pk").first()


def column_templates(kind: str) -> QuerySet[ColumnTemplate]:
    """The templates of this kind, the one that was changed last first."""
    return ColumnTemplate.objects.filter(kind=kind).order_by("-changed_at")


def projects_by_ids(ids: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Project]:
    """The projects with these company and project IDs that Agora still lists."""
    wanted = {project_id for _company_id, project_id in ids}
    found = Project.objects.filter(project_id__in=wanted, gone_at=None, company__gone_at=None).select_related("company")
    return {(project.company.company_id, project.project_id): project for project in found}


def projects_matching(search: str) -> QuerySet[Project]:
    """Projects in use whose name or ID, or whose company's, contains the text; in the order of companies."""
    found = Project.objects.filter(gone_at=None, company__gone_at=None).exclude(status="-1").select_related("company")
    if search:
        fields = ("name", "project_id", "company__name", "company__company_id")
        named = Q()
        for field in fields:
            named |= Q(**{f"{field}__icontains": search})
        found = found.filter(named)
    return found.order_by("company__name", "company_id", "name", "pk")
