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
from companies.models import ChangedField, Company, MirrorChange, Note, Operation, OperationKind, Project
from companies.queries.changes import changes_below
from companies.queries.notes import notes_below

PER_PAGE = 30
# What somebody turns to is near; a page further back than this is the last one's.
LAST_PAGE = 1000
STATUS_FIELDS = (ChangedField.STATUS, ChangedField.LISTED)

What = Operation | MirrorChange | BillRevision | Note


class EventKind(TextChoices):
    """The kinds that the list is narrowed down to."""

    CREATES = "creates", _("Creates")
    STATUS = "status", _("Status")
    DETAILS = "details", _("Limits and details")
    CORRECTIONS = "corrections", _("Bill corrections")
    NOTES = "notes", _("Notes")


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
    keys = [_keys(kind, *rows[kind]) for kind in EventKind if kind in kinds]
    first = (number - 1) * PER_PAGE
    together = keys[0].union(*keys[1:], all=True) if len(keys) > 1 else keys[0]
    found = list(together.order_by("-at", "kind_", "-id")[first : first + PER_PAGE + 1])
    return EventPage(events=_events(found[:PER_PAGE]), number=number, has_older=len(found) > PER_PAGE)


def _rows(company: Company, project: Project | None) -> Mapping[EventKind, tuple[QuerySet[Any], str]]:
    """The rows of every kind, and which of their columns says when."""
    changes = changes_below(company, project)
    return {
        EventKind.CREATES: (_operations(company, project), "created_at"),
        EventKind.STATUS: (changes.filter(field__in=STATUS_FIELDS), "seen_at"),
        EventKind.DETAILS: (changes.exclude(field__in=STATUS_FIELDS), "seen_at"),
        EventKind.CORRECTIONS: (_corrections(company, project), "seen_at"),
        EventKind.NOTES: (notes_below(company, project), "created_at"),
    }


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


def _keys(kind: EventKind, rows: QuerySet[Any], moment: str) -> QuerySet[Any, Any]:
    named = rows.order_by().annotate(kind_=Value(kind.value, output_field=CharField()), at=F(moment))
    return named.values_list("kind_", "id", "at")


def _events(keys: Sequence[tuple[str, int, dt.datetime]]) -> list[Event]:
    wanted: dict[type[What], list[int]] = defaultdict(list)
    for kind, pk, _at in keys:
        wanted[TABLES[EventKind(kind)]].append(pk)
    found = {table: _with_names(table).in_bulk(pks) for table, pks in wanted.items()}
    return [Event(kind=EventKind(kind), at=at, what=found[TABLES[EventKind(kind)]][pk]) for kind, pk, at in keys]


TABLES: Mapping[EventKind, type[What]] = {
    EventKind.CREATES: Operation,
    EventKind.STATUS: MirrorChange,
    EventKind.DETAILS: MirrorChange,
    EventKind.CORRECTIONS: BillRevision,
    EventKind.NOTES: Note,
}
PEOPLE: Mapping[type[What], tuple[str, ...]] = {
    Operation: ("created_by",),
    MirrorChange: ("project", "company"),
    Note: ("author", "project", "company"),
}


def _with_names(table: Any) -> QuerySet[Any]:
    """The rows of a table with whoever and whatever they name."""
    rows: QuerySet[Any] = table.objects.all()
    return rows.select_related(*PEOPLE[table]) if table in PEOPLE else rows
