"""What is done with notes: added, changed and removed by whoever wrote them, and taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Right, person_of, requires
from accounts.origin import client_ip
from companies import queries
from companies.converters import company_path, project_path
from companies.forms.notes import NoteForm
from companies.models import Company, Note, Project
from companies.pages.addresses import companies_crumb, company_crumb, project_crumb
from companies.queries.notes import own_note
from companies.services import notes


@requires(Right.CARE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_note(request: HttpRequest, company_id: str) -> HttpResponse:
    """A new note about a company, or about the one of its projects that `project` names."""
    company, project = _about(company_id, request.POST.get("project") or request.GET.get("project", ""))
    form = NoteForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, form, company, project)
    text, person = form.cleaned_data["text"], person_of(request)
    notes.add_note(
        company=company, project=project, text=text, by=person, now=timezone.now(), ip=client_ip(request)
    )  # fmt: skip
    messages.success(request, _("The note was added."))
    return redirect(_page_of(company, project))


@requires(Right.CARE)
@require_http_methods(["GET", "HEAD", "POST"])
def change_note(request: HttpRequest, company_id: str, note_id: int) -> HttpResponse:
    """Other words for a note of one's own."""
    note = _own(request, company_id, note_id)
    if note.removed_at:
        raise Http404
    form = NoteForm(request.POST if request.method == "POST" else None, initial={"text": note.text})
    if not form.is_valid():
        return _show(request, form, note.company, note.project, note)
    text, person = form.cleaned_data["text"], person_of(request)
    if notes.change_note(note=note, text=text, by=person, now=timezone.now(), ip=client_ip(request)):
        messages.success(request, _("The note was changed."))
    return redirect(_page_of(note.company, note.project))


@requires(Right.CARE)
@require_POST
def remove_note(request: HttpRequest, company_id: str, note_id: int) -> HttpResponse:
    """Remove a note of one's own; the page it comes back to offers to undo that."""
    note = _own(request, company_id, note_id)
    notes.remove_note(note=note, by=person_of(request), now=timezone.now(), ip=client_ip(request))
    return redirect(_back(request, note))


@requires(Right.CARE)
@require_POST
def restore_note(request: HttpRequest, company_id: str, note_id: int) -> HttpResponse:
    """Undo the removal of a note of one's own."""
    note = _own(request, company_id, note_id)
    notes.restore_note(note=note, by=person_of(request), ip=client_ip(request))
    return redirect(_back(request, note))


def _about(company_id: str, project_id: str) -> tuple[Company, Project | None]:
    if not project_id:
        found = queries.company(company_id)
        if found is None:
            raise Http404
        return found, None
    # A NUL is nothing that a database could be asked for.
    project = None if "\0" in project_id else queries.project_of(company_id, project_id)
    if project is None:
        raise Http404
    return project.company, project


def _own(request: HttpRequest, company_id: str, note_id: int) -> Note:
    note = own_note(company_id, note_id, person_of(request))
    if note is None:
        raise Http404
    return note


def _back(request: HttpRequest, note: Note) -> str:
    """The page that the button stood on: that of the company, where the form says so, or the note's own."""
    return _page_of(note.company, None if request.POST.get("of") == "company" else note.project)


def _page_of(company: Company, project: Project | None) -> str:
    page = project_path(company.company_id, project.project_id) if project else company_path(company.company_id)
    return f"{page}#notes"


def _show(
    request: HttpRequest, form: NoteForm, company: Company, project: Project | None, note: Note | None = None
) -> HttpResponse:
    crumbs = [companies_crumb(), company_crumb(company), *([project_crumb(project)] if project else [])]
    context = {"form": form, "company": company, "project": project, "note": note, "crumbs": crumbs}
    return render(request, "companies/notes/edit_note.html", {**context, "back_url": _page_of(company, project)})
