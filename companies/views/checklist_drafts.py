"""A checklist before it is started: every change is kept on the server, and every button keeps them first."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Right, person_of, requires
from accounts.origin import client_ip
from companies import queries as company_queries
from companies.forms.checklist_drafts import DraftForms, Inputs, posted_inputs
from companies.forms.checklists import PresetChoiceForm
from companies.models import Checklist
from companies.pages import checklists as pages
from companies.pages.presets import preset_differences
from companies.pages.words import FITTING_AREAS
from companies.queries import checklists as queries
from companies.services import checklist_drafts as drafts
from companies.services import checklists

UNSEEN = _lazy("Somebody else changed this too. Look it through, then start again.")

Act = Callable[[Checklist], HttpResponse]


@requires(Right.CREATE)
@require_POST
def save_checklist(request: HttpRequest, checklist_id: int) -> HttpResponse:
    """Keep what was changed; a browser that saves by itself gets what is wrong with which field."""

    def answer(checklist: Checklist) -> HttpResponse:
        if "HX-Request" in request.headers:
            posted, _seen = posted_inputs(request.POST)
            return render(request, "companies/checklists/saved.html", _context(checklist, shown=posted))
        messages.success(request, _("Saved. Come back whenever you like; nothing is sent before you start."))
        return _to(checklist)

    return _save_and(request, checklist_id, answer)


@requires(Right.CREATE)
@require_POST
def start_checklist(request: HttpRequest, checklist_id: int) -> HttpResponse:
    """Check everything at once; when all is right, begin to create."""

    def start(checklist: Checklist) -> HttpResponse:
        forms = _forms(checklist, everything=True)
        is_unseen = posted_inputs(request.POST)[0] != forms.inputs()
        conflicts = [] if forms.errors else pages.in_the_way(checklist, forms.payloads())
        if is_unseen:
            messages.warning(request, UNSEEN)
        if is_unseen or forms.errors or conflicts or not forms.steps:
            return show_draft(request, checklist, forms=forms, conflicts=conflicts, tried=True)
        return _start(request, checklist, forms)

    return _save_and(request, checklist_id, start)


@requires(Right.CREATE)
@require_POST
def add_project(request: HttpRequest, checklist_id: int) -> HttpResponse:
    """Add an empty project to a draft."""

    def add(checklist: Checklist) -> HttpResponse:
        project = drafts.add_project(checklist=checklist, now=timezone.now())
        if project is None:
            messages.warning(request, _("This checklist has as many projects as it may have."))
            return _to(checklist)
        return _to(checklist, f"#project-{project.pk}")

    return _save_and(request, checklist_id, add)


@requires(Right.CREATE)
@require_POST
def remove_project(request: HttpRequest, checklist_id: int, step_id: int) -> HttpResponse:
    """Take a project out of a draft."""

    def remove(checklist: Checklist) -> HttpResponse:
        drafts.remove_project(checklist=checklist, step_id=step_id, now=timezone.now())
        return _to(checklist, "#projects")

    return _save_and(request, checklist_id, remove)


@requires(Right.CREATE)
@require_POST
def fill_in_checklist(request: HttpRequest, checklist_id: int) -> HttpResponse:
    """Fill in what is empty from a preset; with `overwrite`, what was typed too."""

    def fill(checklist: Checklist) -> HttpResponse:
        form = PresetChoiceForm(request.POST)
        overwrite = "overwrite" in request.POST
        preset = checklist.preset if overwrite else form.is_valid() and form.cleaned_data["preset"]
        if preset:
            drafts.fill_in(checklist=checklist, preset=preset, now=timezone.now(), overwrite=overwrite)
            messages.success(request, _("Filled in from the preset “%(preset)s”.") % {"preset": preset})
        else:
            messages.warning(request, _("Choose a preset first."))
        return _to(checklist)

    return _save_and(request, checklist_id, fill)


@requires(Right.CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
def discard_checklist(request: HttpRequest, checklist_id: int) -> HttpResponse:
    """Ask whether a draft is to be thrown away, and throw it away."""
    checklist = queries.checklist(checklist_id)
    if checklist is None or checklist.started_at is not None:
        return _no_draft(request, checklist_id)
    title = pages.title_of_checklist(checklist, queries.steps_of(checklist))
    if request.method != "POST":
        context = {"checklist": checklist, "title": title, "crumbs": pages.crumbs_of(checklist)}
        return render(request, "companies/checklists/discard_checklist.html", context)
    try:
        drafts.discard(checklist=checklist, by=person_of(request), now=timezone.now(), ip=client_ip(request))
    except drafts.NoDraftError:
        return _no_draft(request, checklist_id)
    messages.success(request, _("“%(title)s” was discarded; nothing had been sent.") % {"title": title})
    return redirect("companies:list_checklists")


def _start(request: HttpRequest, checklist: Checklist, forms: DraftForms) -> HttpResponse:
    """Start what was checked; whoever came first may have started or changed it since it was read."""
    by, now, ip = person_of(request), timezone.now(), client_ip(request)
    if checklists.start(checklist=checklist, payloads=forms.payloads(), by=by, now=now, ip=ip):
        checklists.advance(now=now, checklist=checklist)
        return _to(checklist)
    fresh = queries.checklist(checklist.pk)
    if fresh is None or fresh.started_at is not None:
        return _no_draft(request, checklist.pk)
    if _forms(fresh).inputs() == forms.inputs():
        # The page saved by itself what it holds, at the moment when it was started.
        return _start(request, fresh, forms)
    messages.warning(request, UNSEEN)
    return _to(fresh)


def show_draft(request: HttpRequest, checklist: Checklist, **context: Any) -> HttpResponse:
    """The page of a draft; `forms` and `conflicts` where it was tried to start."""
    return render(request, "companies/checklists/show_draft.html", _context(checklist, **context))


def _save_and(request: HttpRequest, checklist_id: int, act: Act) -> HttpResponse:
    """Keep what the page holds, then act; answer in words where the draft was started or discarded meanwhile."""
    checklist = queries.checklist(checklist_id)
    if checklist is None or checklist.started_at is not None:
        return _no_draft(request, checklist_id)
    changes = _forms(checklist).changes(*posted_inputs(request.POST))
    try:
        drafts.save_draft(checklist=checklist, changes=drafts.Changes(**changes), now=timezone.now())
        fresh = queries.checklist(checklist_id)
        return act(fresh) if fresh else _gone(request)
    except drafts.NoDraftError:
        return _no_draft(request, checklist_id)


def _forms(checklist: Checklist, *, everything: bool = False) -> DraftForms:
    return DraftForms(checklist, queries.steps_of(checklist), everything=everything)


def _context(
    checklist: Checklist, *, forms: DraftForms | None = None, shown: Inputs | None = None, **more: Any
) -> dict[str, Any]:
    forms = forms or _forms(checklist)
    return {
        "checklist": checklist,
        "forms": forms,
        "shown": shown,
        "seen": json.dumps(forms.inputs() if shown is None else shown),
        "title": pages.title_of_checklist(checklist, forms.steps),
        "crumbs": pages.crumbs_of(checklist),
        "preset_form": PresetChoiceForm(initial={"preset": checklist.preset}),
        "differences": preset_differences(checklist, forms.steps),
        "too_many": _too_many(checklist, forms),
        "fitting_areas": FITTING_AREAS,
        **more,
    }


def _too_many(checklist: Checklist, forms: DraftForms) -> str:
    """What to say when Agora will refuse some of the projects; '' while they fit."""
    company = checklist.company
    used = company_queries.projects_in_use(company).count() if company else 0
    limit = company.app_limit if company else forms.company and forms.company.cleaned_data.get("app_limit")
    wanted = used + len(forms.projects)
    if not limit or wanted <= limit:
        return ""
    said = ngettext(
        "That makes %(wanted)d project, and its limit is %(limit)d. Agora will probably refuse what is above it.",
        "That makes %(wanted)d projects, and its limit is %(limit)d. Agora will probably refuse what is above it.",
        wanted,
    )
    return said % {"wanted": wanted, "limit": limit}


def _to(checklist: Checklist, place: str = "") -> HttpResponse:
    return HttpResponseRedirect(f"{pages.address_of(checklist)}{place}", status=303)


def _no_draft(request: HttpRequest, checklist_id: int) -> HttpResponse:
    """Lead to what has become of a draft that is none any more, and say so where something was typed in vain."""
    checklist = queries.checklist(checklist_id)
    if checklist is None:
        return _gone(request)
    if posted_inputs(request.POST)[0] != _forms(checklist).inputs():
        messages.info(request, _("This checklist was started in the meantime; nothing was changed now."))
    return _led(request, pages.address_of(checklist))


def _gone(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("This checklist was discarded in the meantime."))
    return _led(request, reverse("companies:list_checklists"))


def _led(request: HttpRequest, address: str) -> HttpResponse:
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=303)
