"""The pages that create something, and the pages of the operations that do it."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Right, requires
from accounts.models import Person
from accounts.origin import client_ip
from companies import queries
from companies.forms import (
    AdoptForm,
    CompanyForm,
    CreateForm,
    OperationFilterForm,
    ProjectForm,
    ReasonForm,
    UapServiceForm,
)
from companies.models import Company, Operation, OperationKind, OperationState
from companies.pages import addresses, tables, words
from companies.pages.operation import operation_page
from companies.services import decisions
from companies.services.operations import OperationConflictError, TokenUsedError, submit

OPERATIONS_PER_PAGE = 50

# Makes the form: empty, or with these values.
MakeForm = Callable[[Any], CompanyForm | ProjectForm | UapServiceForm]


def signed_in_person(request: HttpRequest) -> Person:
    """Who sends this request; every page here needs sign-in."""
    assert isinstance(request.user, Person)  # noqa: S101
    return request.user


@requires(Right.CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
def create_company(request: HttpRequest) -> HttpResponse:
    """The form that creates a company."""
    context = {"fitting_areas": words.FITTING_AREAS, "crumbs": [addresses.companies_crumb()]}
    return _answer_form(request, CompanyForm, OperationKind.COMPANY, "companies/create_company.html", context)


@requires(Right.CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
def create_project(request: HttpRequest, company_id: str) -> HttpResponse:
    """The form that creates a project in a company."""
    company = get_object_or_404(Company, company_id=company_id)
    in_use = queries.projects_in_use(company).count()
    context = {
        "company": company,
        "crumbs": [addresses.companies_crumb(), addresses.company_crumb(company)],
        "projects_in_use": in_use,
        "is_full": company.app_limit is not None and in_use >= company.app_limit,
    }

    def make(data: Any) -> ProjectForm:
        return ProjectForm(data, company=company)

    return _answer_form(request, make, OperationKind.PROJECT, "companies/create_project.html", context)


@requires(Right.CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
def enable_uap_service(request: HttpRequest, company_id: str, project_id: str) -> HttpResponse:
    """The form that enables a UAP service for a project."""
    project = queries.project_of(company_id, project_id)
    if project is None:
        raise Http404
    being_set_up = queries.is_being_set_up(project, timezone.now())
    context = {
        "project": project,
        "crumbs": [
            addresses.companies_crumb(),
            addresses.company_crumb(project.company),
            addresses.project_crumb(project),
        ],
        "rows": tables.service_rows(project),
        "ready_at": queries.set_up_at(project) if being_set_up else None,
    }

    def make(data: Any) -> UapServiceForm:
        return UapServiceForm(data, project=project)

    return _answer_form(request, make, OperationKind.UAP_SERVICE, "companies/enable_uap_service.html", context)


def _answer_form(
    request: HttpRequest, make: MakeForm, kind: OperationKind, template: str, context: Mapping[str, Any]
) -> HttpResponse:
    """Show a form, or store what it asks for and go to the page of its operation."""
    if request.method != "POST":
        before = _asked_before(request, kind)
        form = _filled_form(make, before) if before else make(None)
        return render(request, template, {**context, "form": form, "asked_before": before})
    form = make(request.POST)
    if not form.is_valid():
        return render(request, template, {**context, "form": form})
    person = signed_in_person(request)
    try:
        operation = submit(draft=form.draft(), token=form.token, by=person, now=timezone.now(), ip=client_ip(request))
    except TokenUsedError as conflict:
        return render(
            request,
            "companies/form_already_sent.html",
            {"operation": conflict.operation, "crumbs": [addresses.onboarding_crumb()]},
            status=409,
        )
    except OperationConflictError as conflict:
        return render(request, template, {**context, "form": form, "conflict": conflict.operation}, status=409)
    return HttpResponse(status=303, headers={"Location": reverse("companies:show_operation", args=[operation.pk])})


def _asked_before(request: HttpRequest, kind: OperationKind) -> Operation | None:
    """The operation that `?again=` names, if its form may be filled in again."""
    number = request.GET.get("again", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    return queries.operation_to_ask_again(int(number), kind)


def _filled_form(make: MakeForm, before: Operation) -> CreateForm:
    """A new form that holds what was asked for before, with what Agora said to it beside its field."""
    form = make({**before.payload, "form_token": str(uuid.uuid4())})
    form.full_clean()
    if refusal := words.refusal_words(before):
        form.add_error(before.message_field or None, refusal)
    return form


@requires(Right.CREATE)
@require_safe
def list_operations(request: HttpRequest) -> HttpResponse:
    """Everything that was or is being created; what waits for a person comes first."""
    form = OperationFilterForm(request.GET)
    wanted = form.wanted()
    waiting = "waiting" in request.GET
    found = queries.operations_matching(**wanted, waiting=waiting)
    page = Paginator(found, OPERATIONS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": tables.operation_rows(list(page)),
        "is_filtered": bool(wanted) or waiting,
        "waiting": waiting,
        "waiting_count": queries.waiting_for_a_person(),
    }
    return render(request, "companies/list_operations.html", context)


@requires(Right.CREATE)
@require_safe
def show_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """An operation, live: a browser that knows its `mark` gets 204 until something has changed."""
    operation = _operation(operation_id)
    if "HX-Request" not in request.headers:
        return _show(request, operation)
    context = _context(operation)
    if request.GET.get("mark") == context["page"].mark:
        return HttpResponse(status=204)
    return render(request, "companies/operation.html", context)


@requires(Right.CREATE)
@require_POST
def cancel_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """End what was provably not processed."""
    return _decide(request, _operation(operation_id), decisions.cancel)


@requires(Right.CREATE)
@require_POST
def retry_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """Try again after the tries were used up."""
    return _decide(request, _operation(operation_id), decisions.retry)


@requires(Right.CREATE)
@require_POST
def give_up_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """End an operation of unknown outcome without knowing it."""
    operation = _operation(operation_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, operation, give_up_form=form)
    return _decide(request, operation, decisions.give_up, **form.cleaned_data)


@requires(Right.CREATE)
@require_POST
def adopt_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """Say under which ID the company or project exists."""
    operation = _operation(operation_id)
    form = AdoptForm(request.POST, operation=operation)
    if not form.is_valid():
        return _show(request, operation, adopt_form=form)
    try:
        return _decide(request, operation, decisions.adopt, **form.cleaned_data)
    except decisions.IdTakenError:
        form.add_error("remote_id", _("This ID belongs to another operation already."))
    except decisions.ExistedBeforeError:
        form.add_error("remote_id", _("This ID was listed before this was asked for, so it is another one."))
    return _show(request, operation, adopt_form=form)


def _decide(request: HttpRequest, operation: Operation, decision: Callable[..., None], **values: Any) -> HttpResponse:
    person = signed_in_person(request)
    try:
        decision(operation=operation, by=person, now=timezone.now(), ip=client_ip(request), **values)
    except decisions.StateChangedError:
        messages.warning(request, _("This has moved on in the meantime; nothing was changed."))
    return redirect("companies:show_operation", operation_id=operation.pk)


def _operation(operation_id: int) -> Operation:
    return get_object_or_404(Operation.objects.select_related("created_by", "decided_by"), pk=operation_id)


def _context(operation: Operation, **forms: Any) -> dict[str, Any]:
    undecided = operation.state == OperationState.UNCERTAIN
    can_be_adopted = undecided and operation.kind != OperationKind.UAP_SERVICE
    return {
        "page": operation_page(operation),
        "operation": operation,
        "give_up_form": ReasonForm() if undecided else None,
        "adopt_form": AdoptForm(operation=operation) if can_be_adopted else None,
        **forms,
    }


def _show(request: HttpRequest, operation: Operation, **forms: Any) -> HttpResponse:
    return render(request, "companies/show_operation.html", _context(operation, **forms))
