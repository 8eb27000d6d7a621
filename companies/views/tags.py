"""The page of all tags: each is renamed, or removed once nobody has it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Right, person_of, requires
from accounts.origin import client_ip
from companies.forms.care import TagNameForm
from companies.models import Tag
from companies.pages.addresses import companies_crumb
from companies.queries.care import counted_tags, tag_numbered
from companies.services import tags


@requires(Right.CARE)
@require_safe
def list_tags(request: HttpRequest) -> HttpResponse:
    """Every tag that was ever used, and how many companies have it."""
    return _page(request)


@requires(Right.CARE)
@require_POST
def rename_tag(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Give a tag a new name, everywhere."""
    tag, form = _tag(tag_id), TagNameForm(request.POST, auto_id=f"tag{tag_id}_%s")
    before = tag.name
    if form.is_valid():
        try:
            if tags.rename_tag(tag=tag, by=person_of(request), ip=client_ip(request), **form.cleaned_data):
                words = {"before": before, "name": tag.name}
                messages.success(request, _("“%(before)s” is called “%(name)s” now, in views too.") % words)
            return redirect("companies:list_tags")
        except tags.TagNameTakenError:
            form.add_error("name", _("Another tag has this name already."))
    return _page(request, tag_id, form)


@requires(Right.CARE)
@require_POST
def remove_tag(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Remove a tag that no company has."""
    tag = _tag(tag_id)
    if tags.remove_tag(tag=tag, by=person_of(request), ip=client_ip(request)):
        messages.success(request, _("The tag “%(name)s” was removed.") % {"name": tag.name})
    else:
        messages.error(request, _("“%(name)s” is in use: take it off all companies first.") % {"name": tag.name})
    return redirect("companies:list_tags")


def _page(request: HttpRequest, tag_id: int = 0, refused: TagNameForm | None = None) -> HttpResponse:
    rows = [(tag, refused if refused and tag.pk == tag_id else _form(tag)) for tag in counted_tags()]
    return render(request, "companies/tags/list_tags.html", {"rows": rows, "crumbs": [companies_crumb()]})


def _form(tag: Tag) -> TagNameForm:
    return TagNameForm(initial={"name": tag.name}, auto_id=f"tag{tag.pk}_%s")


def _tag(tag_id: int) -> Tag:
    tag = tag_numbered(tag_id)
    if tag is None:
        raise Http404
    return tag
