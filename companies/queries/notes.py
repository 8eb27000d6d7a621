"""Reads of notes: those that stand, and those whose removal their author may still undo."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from accounts.models import Person
from companies.models import Company, Note, Project

# How long the page offers to undo the removal of a note.
UNDO_FOR = dt.timedelta(minutes=15)


def notes_of(company: Company, project: Project | None = None) -> QuerySet[Note]:
    """The notes about a company and all below it, or about one project, the newest first."""
    return notes_below(company, project).select_related("author", "project").order_by("-created_at", "-pk")


def notes_below(company: Company, project: Project | None = None) -> QuerySet[Note]:
    """The same in no order."""
    about = Q(project=project) if project else Q(company=company)
    return Note.objects.filter(about, removed_at=None)


def removed_just_now(company: Company, project: Project | None, by: Person, now: dt.datetime) -> QuerySet[Note]:
    """The author's own notes that were removed a moment ago from the page of this company or project."""
    about = Q(project=project) if project else Q(company=company)
    return Note.objects.filter(about, author=by, removed_at__gt=now - UNDO_FOR).order_by("-removed_at")


def own_note(company_id: str, note_id: int, by: Person) -> Note | None:
    """The note with this number about that company, removed or not, if this person wrote it."""
    found = Note.objects.filter(pk=note_id, company__company_id=company_id, author=by)
    return found.select_related("company", "project__company").first()
