"""The forms by which the team keeps views of the list of companies, and the way back from a step over many."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Right, person_of, requires
from accounts.origin import client_ip, safe_next
from companies.converters import COMPANIES_PATH
from companies.forms.views import LONGEST_QUERY, SaveViewForm, ViewNameForm, kept_query
from companies.models import SavedView
from companies.pages.addresses import companies_crumb
from companies.queries.care import change_made_by
from companies.queries.views import may_change_view
from companies.queries.views import saved_view as found_view
from companies.services import care, views


@requires(Right.CARE)
@require_http_methods(["GET", "HEAD", "POST"])
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep what the list shows as a view of the team; the address says what that is."""
    form = SaveViewForm(request.POST) if request.method == "POST" else SaveViewForm(initial=_initial(request.GET))
    if form.is_valid():
        person, ip = person_of(request), client_ip(request)
        try:
            view = views.save_view(**form.cleaned_data, by=person, now=timezone.now(), ip=ip)
        except views.ViewNameTakenError:
            _say_taken(form)
        else:
            messages.success(request, _("“%(name)s” is a view of the whole team now.") % {"name": view.name})
            return redirect(address_of(view))
    return render(request, "companies/views/save_view.html", {"form": form, "crumbs": [companies_crumb()]})


@requires(Right.CARE)
@require_http_methods(["GET", "HEAD", "POST"])
def change_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Rename a view; for whoever saved it, and for admins."""
    view = _view(request, view_id)
    form = ViewNameForm(request.POST if request.method == "POST" else None, initial={"name": view.name})
    if form.is_valid():
        try:
            views.rename_view(view=view, **form.cleaned_data, by=person_of(request), ip=client_ip(request))
        except views.ViewGoneError as error:
            raise Http404 from error
        except views.ViewNameTakenError:
            _say_taken(form)
        else:
            messages.success(request, _("The view is called “%(name)s” now.") % {"name": view.name})
            return redirect(address_of(view))
    context = {"form": form, "view": view, "crumbs": [companies_crumb()]}
    return render(request, "companies/views/change_view.html", context)


@requires(Right.CARE)
@require_POST
def remove_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Remove a view, for everybody."""
    view = _view(request, view_id)
    views.remove_view(view=view, by=person_of(request), ip=client_ip(request))
    messages.success(request, _("The view “%(name)s” was removed for everybody.") % {"name": view.name})
    return redirect(COMPANIES_PATH)


@requires(Right.CARE)
@require_POST
def replace_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Let a view open what the list shows now; whoever may save a view may, and take it back."""
    view = found_view(view_id)
    if view is None:
        raise Http404
    before = view.query
    query = kept_query(QueryDict(request.POST.get("query", "").replace("\0", "")[:LONGEST_QUERY]))
    try:
        views.replace_view(view=view, query=query, by=person_of(request), ip=client_ip(request))
    except views.ViewGoneError as error:
        raise Http404 from error
    button = '<button class="btn btn-sm" type="submit" form="undo" formaction="{}" name="query" value="{}">{}</button>'
    undo = format_html(button, request.path, before, _("Undo"))
    said = _("“%(name)s” opens what is shown here from now on, for the whole team.") % {"name": view.name}
    messages.success(request, format_html("{} {}", said, undo))
    return redirect(address_of(view))


@requires(Right.CARE)
@require_POST
def undo_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """Undo one's own step over many companies; asked twice it is undone once."""
    person = person_of(request)
    change = change_made_by(change_id, person)
    if change is None:
        raise Http404
    count = care.undo(change=change, by=person, now=timezone.now(), ip=client_ip(request))
    if count is None:
        messages.info(request, _("This was undone already."))
    else:
        words = ngettext("Undone: %(count)d company is as before.", "Undone: %(count)d companies are as before.", count)
        messages.success(request, words % {"count": count})
    return redirect(safe_next(request, otherwise=COMPANIES_PATH))


def address_of(view: SavedView) -> str:
    """The link by which anybody opens a view."""
    return f"{reverse('desk:list_companies')}?view={view.pk}"


def _view(request: HttpRequest, view_id: int) -> SavedView:
    view = found_view(view_id)
    if view is None:
        raise Http404
    if not may_change_view(view, person_of(request)):
        raise PermissionDenied
    return view


def _initial(asked: QueryDict) -> dict[str, str]:
    return {"query": kept_query(asked)}


def _say_taken(form: ViewNameForm) -> None:
    form.add_error("name", _("The team has a view of this name already."))
