"""The pages of checklists: the list, how one begins, and what it shows from its start to its end."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Right, person_of, requires
from accounts.origin import client_ip
from agora.drafts import Payload
from companies.forms.checklists import AddProjectForm, BeginForm, ChecklistFilterForm, ServicesForm, step_form
from companies.models import Checklist, ChecklistStep, Company, OperationKind
from companies.pages import checklists as pages
from companies.pages import words
from companies.pages.presets import preset_facts
from companies.queries import checklists as queries
from companies.services import checklist_drafts as drafts
from companies.services import checklists
from companies.views.checklist_drafts import show_draft

CHECKLISTS_PER_PAGE = 25


@requires(Right.CREATE)
@require_safe
def list_checklists(request: HttpRequest) -> HttpResponse:
    """Every checklist, the last changed first."""
    form = ChecklistFilterForm(request.GET)
    wanted = form.wanted()
    person = person_of(request) if wanted.pop("whose", "") else None
    found = queries.checklists_matching(**wanted, person=person)
    page = Paginator(found, CHECKLISTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": pages.checklist_rows(list(page)),
        "is_filtered": bool(wanted) or person is not None,
        "crumbs": [pages.addresses.onboarding_crumb()],
    }
    return render(request, "companies/checklists/list_checklists.html", context)


@requires(Right.CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
def begin_checklist(request: HttpRequest) -> HttpResponse:
    """Choose a preset and begin; `?company=` names a company that exists already."""
    company_id = request.GET.get("company", "")
    company = get_object_or_404(Company, company_id=company_id) if company_id else None
    form = BeginForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        facts = [(preset, preset_facts(preset)) for preset in queries.presets()]
        crumbs = [pages.addresses.onboarding_crumb(), pages.checklists_crumb()]
        context = {"form": form, "company": company, "presets": facts, "crumbs": crumbs}
        return render(request, "companies/checklists/begin_checklist.html", context)
    by, now = person_of(request), timezone.now()
    token, preset = form.cleaned_data["form_token"], form.cleaned_data["preset"]
    return _to(drafts.begin(token=token, by=by, now=now, company=company, preset=preset))


@requires(Right.CREATE)
@require_safe
def show_checklist(request: HttpRequest, checklist_id: int) -> HttpResponse:
    """A draft to fill in, or a started checklist, live: who knows its `mark` gets 204 until something has changed."""
    checklist = _checklist(checklist_id)
    if checklist.started_at is None:
        return show_draft(request, checklist)
    page = pages.checklist_page(checklist, queries.steps_of(checklist))
    context = {"page": page, "checklist": checklist, "crumbs": pages.crumbs_of(checklist)}
    if "HX-Request" not in request.headers:
        return render(request, "companies/checklists/show_checklist.html", context)
    if request.GET.get("mark") == page.mark:
        return HttpResponse(status=204)
    return render(request, "companies/checklists/standing.html", context)


@requires(Right.CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
def correct_step(request: HttpRequest, checklist_id: int, step_id: int) -> HttpResponse:
    """The form of one step once more, with what Agora said to it; sent again it begins anew."""
    step = _step(checklist_id, step_id)
    if not checklists.may_be_corrected(step, queries.in_doubt([step])) and request.method != "POST":
        return _moved_on(request, step.checklist)
    form = step_form(step, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _correct(request, step, form.values(), form.token)
    if request.method != "POST" and step.operation and (said := words.refusal_words(step.operation)):
        form.add_error(step.operation.message_field or None, said)
    context = {"form": form, "step": step, "title": pages.step_title(step), "crumbs": _crumbs(step.checklist)}
    return render(request, "companies/checklists/correct_step.html", context)


def _correct(request: HttpRequest, step: ChecklistStep, payload: Payload, token: uuid.UUID) -> HttpResponse:
    by, now, ip = person_of(request), timezone.now(), client_ip(request)
    try:
        checklists.correct(step=step, payload=payload, token=token, by=by, now=now, ip=ip)
    except checklists.StepMovedError:
        return _moved_on(request, step.checklist)
    checklists.advance(now=now, checklist=step.checklist)
    return _to(step.checklist)


@requires(Right.CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
def skip_step(request: HttpRequest, checklist_id: int, step_id: int) -> HttpResponse:
    """Ask whether a step is to be left out with all that is below it, and leave it out."""
    step = _step(checklist_id, step_id)
    if request.method != "POST":
        steps = queries.steps_below(step, queries.steps_of(step.checklist))
        below = [pages.step_title(child) for child in steps]
        context = {"step": step, "title": pages.step_title(step), "below": below, "crumbs": _crumbs(step.checklist)}
        return render(request, "companies/checklists/skip_step.html", context)
    try:
        checklists.skip(step=step, by=person_of(request), now=timezone.now(), ip=client_ip(request))
    except checklists.StepMovedError:
        return _moved_on(request, step.checklist)
    checklists.advance(now=timezone.now(), checklist=step.checklist)
    return _to(step.checklist)


@requires(Right.CREATE)
@require_POST
def take_up_step(request: HttpRequest, checklist_id: int, step_id: int) -> HttpResponse:
    """Undo that a step was left out."""
    step = _step(checklist_id, step_id)
    try:
        checklists.take_up(step=step, by=person_of(request), now=timezone.now(), ip=client_ip(request))
    except checklists.StepMovedError:
        return _moved_on(request, step.checklist)
    checklists.advance(now=timezone.now(), checklist=step.checklist)
    return _to(step.checklist)


@requires(Right.CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_project_step(request: HttpRequest, checklist_id: int) -> HttpResponse:
    """Add a project with its services to a checklist that was started."""
    checklist = _started(checklist_id)
    company_name = pages.company_name(checklist)
    form = AddProjectForm(request.POST if request.method == "POST" else None, company_name=company_name)
    if not form.is_valid():
        context = {"form": form, "crumbs": _crumbs(checklist), "cancel_url": pages.address_of(checklist)}
        return render(request, "companies/checklists/add_project.html", context)
    values = form.cleaned_data
    asked = {"name": values["name"], "services": values["services"], "token": values["form_token"]}
    by, now, ip = person_of(request), timezone.now(), client_ip(request)
    checklists.add_project(checklist=checklist, **asked, by=by, now=now, ip=ip)
    checklists.advance(now=now, checklist=checklist)
    return _to(checklist)


@requires(Right.CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_service_steps(request: HttpRequest, checklist_id: int, step_id: int) -> HttpResponse:
    """Add services to a project of a checklist that was started."""
    step = _step(checklist_id, step_id)
    if step.kind != OperationKind.PROJECT:
        raise Http404
    form = ServicesForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "title": pages.step_title(step), "crumbs": _crumbs(step.checklist)}
        context["cancel_url"] = pages.address_of(step.checklist)
        return render(request, "companies/checklists/add_services.html", context)
    services, by, now = form.cleaned_data["services"], person_of(request), timezone.now()
    try:
        checklists.add_services(project=step, services=services, by=by, now=now, ip=client_ip(request))
    except checklists.StepMovedError:
        return _moved_on(request, step.checklist)
    checklists.advance(now=now, checklist=step.checklist)
    return _to(step.checklist)


def _checklist(checklist_id: int) -> Checklist:
    checklist = queries.checklist(checklist_id)
    if checklist is None:
        raise Http404
    return checklist


def _started(checklist_id: int) -> Checklist:
    checklist = _checklist(checklist_id)
    if checklist.started_at is None:
        raise Http404
    return checklist


def _step(checklist_id: int, step_id: int) -> ChecklistStep:
    step = queries.step_of(_started(checklist_id), step_id)
    if step is None:
        raise Http404
    return step


def _crumbs(checklist: Checklist) -> list[tuple[str, str]]:
    steps = queries.steps_of(checklist)
    return [*pages.crumbs_of(checklist), (pages.address_of(checklist), pages.title_of_checklist(checklist, steps))]


def _to(checklist: Checklist) -> HttpResponse:
    return HttpResponseRedirect(pages.address_of(checklist), status=303)


def _moved_on(request: HttpRequest, checklist: Checklist) -> HttpResponse:
    messages.warning(request, _("This step has moved on in the meantime; nothing was changed."))
    return _to(checklist)
