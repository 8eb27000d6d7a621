"""Every write of notes; each change and its audit entry are one transaction."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Person
from accounts.services import store_audit_entry
from companies.models import Company, Note, Project

# The same words of the same person within this time are a form that was sent twice.
SENT_TWICE_WITHIN = dt.timedelta(minutes=1)


@transaction.atomic
def add_note(
    *, company: Company, project: Project | None, text: str, by: Person, now: dt.datetime, ip: str | None = None
) -> Note:
    """Store a note about a company, or about one of its projects; a form that is sent twice makes one note."""
    about = {"company": company, "project": project, "author": by, "text": text}
    same = Note.objects.filter(**about, removed_at=None, created_at__gt=now - SENT_TWICE_WITHIN).first()
    if same:
        return same
    note = Note.objects.create(**about, created_at=now)
    store_audit_entry(action="note.added", by=by, subject=note, detail=_about(note), ip=ip)
    return note


@transaction.atomic
def change_note(*, note: Note, text: str, by: Person, now: dt.datetime, ip: str | None = None) -> bool:
    """Store other words; tells whether they are. The audit log keeps the old ones."""
    old = note.text
    if text == old or not _own(note, by).filter(removed_at=None).update(text=text, changed_at=now):
        return False
    store_audit_entry(action="note.changed", by=by, subject=note, detail={**_about(note), "old": old}, ip=ip)
    return True


@transaction.atomic
def remove_note(*, note: Note, by: Person, now: dt.datetime, ip: str | None = None) -> bool:
    """Take a note off the pages; it stays stored, so that this can be undone."""
    if not _own(note, by).filter(removed_at=None).update(removed_at=now):
        return False
    store_audit_entry(action="note.removed", by=by, subject=note, detail=_about(note), ip=ip)
    return True


@transaction.atomic
def restore_note(*, note: Note, by: Person, ip: str | None = None) -> bool:
    """Undo the removal of a note."""
    if not _own(note, by).exclude(removed_at=None).update(removed_at=None):
        return False
    store_audit_entry(action="note.restored", by=by, subject=note, detail=_about(note), ip=ip)
    return True


def _own(note: Note, by: Person) -> QuerySet[Note]:
    return Note.objects.filter(pk=note.pk, author=by)


def _about(note: Note) -> dict[str, object]:
    ids = {"company_id": note.company.company_id}
    return {**ids, "project_id": note.project.project_id} if note.project else {**ids}
