"""The notes on the page of a company or project: the newest, with what their author may do, and room for another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import Person
from companies.converters import project_path
from companies.forms.notes import NoteForm
from companies.models import Note
from companies.queries.notes import notes_of, removed_just_now
from desk.numbers import moment
from desk.pages.owners import Owner

MOST_NOTES = 5


@dataclass(frozen=True, kw_only=True)
class NoteRow:
    """A note as it stands on a page; `project` names the one it is about, where the page is not about that alone."""

    note: Note
    at: str
    changed_at: str
    project: str
    project_href: str
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class NotesPanel:
    """The newest notes, whether there are more, and own ones whose removal can be undone."""

    rows: Sequence[NoteRow]
    has_more: bool
    removed: Sequence[Note]
    form: NoteForm


def notes_panel(owner: Owner, person: Person, *, now: dt.datetime) -> dict[str, Any]:
    """What the notes of the page's template read."""
    assert owner.company is not None  # noqa: S101 - nobody writes notes about everybody
    found = list(notes_of(owner.company, owner.project)[: MOST_NOTES + 1])
    rows = [_row(note, owner, person) for note in found[:MOST_NOTES]]
    removed = list(removed_just_now(owner.company, owner.project, person, now)[:MOST_NOTES])
    return {"notes": NotesPanel(rows=rows, has_more=len(found) > MOST_NOTES, removed=removed, form=NoteForm())}


def _row(note: Note, owner: Owner, person: Person) -> NoteRow:
    project = None if owner.project else note.project
    return NoteRow(
        note=note,
        at=moment(note.created_at),
        changed_at=moment(note.changed_at),
        project=(project.name or project.project_id) if project else "",
        project_href=project_path(owner.company_id, project.project_id) if project else "",
        is_own=note.author_id == person.pk,
    )
