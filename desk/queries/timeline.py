"""Everything that happened to a company or project, whatever table keeps it, as one list: the newest first."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, TextChoices, Value
from django.utils.translation import gettext_lazy as _

from billing.models import BillRevision
from companies.models import (
    CareEvent,
    ChangedField,
    Company,
    MirrorChange,
    Note,
    Operation,
    OperationKind,
    Project,
)
from companies.queries.changes import changes_below
from companies.queries.notes import notes_below
from desk.queries.attention import NORMAL

PER_PAGE = 30
# What somebody turns to is near; a page further back than this is the last one's.
LAST_PAGE = 1000
STATUS_FIELDS = (ChangedField.STATUS, ChangedField.LISTED)

What = Operation | MirrorChange | Company | BillRevision | Note | CareEvent


class EventKind(TextChoices):
    """The kinds that the list is narrowed down to."""

    CREATES = "creates", _("Creates")
    STATUS = "status", _("Status")
    DETAILS = "details", _("Limits and details")
    CORRECTIONS = "corrections", _("Bill corrections")
    NOTES = "notes", _("Notes")
    CARE = "care", _("Tags and owner")


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened: when it was asked for, written down or first seen, and the row that tells of it."""

    kind: EventKind
    at: dt.datetime
    what: What


@dataclass(frozen=True, kw_only=True)
class EventPage:
    """Some events, the newest first; `number` counts pages from 1."""

    events: Sequence[Event]
    number: int
    has_older: bool


def timeline(
    company: Company, project: Project | None = None, *, kinds: Collection[EventKind], number: int = 1
) -> EventPage:
    """One page of what happened to a company and all below it, or to one project.

    However much happened, this asks the database once for which, and once for each of the kinds.
    """
    number = min(max(number, 1), LAST_PAGE)
    rows = _rows(company, project)
    keys = [_keys(leg, *found) for leg, found in rows.items() if LEGS[leg][0] in kinds]
    first = (number - 1) * PER_PAGE
    together = keys[0].union(*keys[1:], all=True) if len(keys) > 1 else keys[0]
    found = list(together.order_by("-at_", "leg_", "-id")[first : first + PER_PAGE + 1])
    return EventPage(events=_events(found[:PER_PAGE]), number=number, has_older=len(found) > PER_PAGE)


def _rows(company: Company, project: Project | None) -> Mapping[str, tuple[QuerySet[Any], str]]:
    """The rows of every leg, and which of their columns says when."""
    changes = changes_below(company, project)
    found: dict[str, tuple[QuerySet[Any], str]] = {
        "creates": (_operations(company, project), "created_at"),
        "status": (changes.filter(field__in=STATUS_FIELDS), "seen_at"),
        "details": (changes.exclude(field__in=STATUS_FIELDS), "seen_at"),
        "corrections": (_corrections(company, project), "seen_at"),
        "notes": (notes_below(company, project), "created_at"),
    }
    if project is None:
        found["care"] = (CareEvent.objects.filter(company=company), "at")
        if first_status(company) not in (NORMAL, ""):
            found["first"] = (Company.objects.filter(pk=company.pk), "first_seen_at")
    return found


def first_status(company: Company) -> str:
    """The status that a company had when it was first listed, as Agora's code."""
    first = MirrorChange.objects.filter(company=company, project=None, field=ChangedField.STATUS)
    told = first.order_by("seen_at", "pk").values_list("old", flat=True).first()
    return company.status if told is None else told


def _operations(company: Company, project: Project | None) -> QuerySet[Operation]:
    """The create of the company or project itself, and whatever was asked for below it."""
    if project:
        itself = Q(kind=OperationKind.PROJECT, result_remote_id=project.project_id)
        return Operation.objects.filter(itself | Q(project_id=project.project_id), company_id=company.company_id)
    itself = Q(kind=OperationKind.COMPANY, company_id="", result_remote_id=company.company_id)
    return Operation.objects.filter(itself | Q(company_id=company.company_id))


def _corrections(company: Company, project: Project | None) -> QuerySet[BillRevision]:
    found = BillRevision.objects.filter(company_id=company.company_id)
    return found.filter(project_id=project.project_id) if project else found


def _keys(leg: str, rows: QuerySet[Any], moment: str) -> QuerySet[Any, Any]:
    named = rows.order_by().annotate(leg_=Value(leg, output_field=CharField()), at_=F(moment))
    return named.values_list("leg_", "id", "at_")


def _events(keys: Sequence[tuple[str, int, dt.datetime]]) -> list[Event]:
    wanted: dict[type[What], list[int]] = defaultdict(list)
    for leg, pk, _at in keys:
        wanted[LEGS[leg][1]].append(pk)
    found = {table: _with_names(table).in_bulk(pks) for table, pks in wanted.items()}
    return [Event(kind=LEGS[leg][0], at=at, what=found[LEGS[leg][1]][pk]) for leg, pk, at in keys]


# Where events come from: their kind, and the table of their rows.
LEGS: Mapping[str, tuple[EventKind, type[What]]] = {
    "creates": (EventKind.CREATES, Operation),
    "status": (EventKind.STATUS, MirrorChange),
    "first": (EventKind.STATUS, Company),
    "details": (EventKind.DETAILS, MirrorChange),
    "corrections": (EventKind.CORRECTIONS, BillRevision),
    "notes": (EventKind.NOTES, Note),
    "care": (EventKind.CARE, CareEvent),
}
PEOPLE: Mapping[type[What], tuple[str, ...]] = {
    Operation: ("created_by",),
    MirrorChange: ("project", "company"),
    Note: ("author", "project", "company"),
    CareEvent: ("by",),
}


def _with_names(table: Any) -> QuerySet[Any]:
    """The rows of a table with whoever and whatever they name."""
    rows: QuerySet[Any] = table.objects.all()
    return rows.select_related(*PEOPLE[table]) if table in PEOPLE else rows
