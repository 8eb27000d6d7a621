"""The pages that create a company, a project or a UAP service."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import Right, person_of, requires
from accounts.origin import client_ip
from companies import queries
from companies.forms.creates import CompanyForm, CreateForm, ProjectForm, UapServiceForm
from companies.models import Company, Operation, OperationKind
from companies.pages import addresses, tables, words
from companies.services.operations import CompanyUndecidedError, OperationConflictError, TokenUsedError, submit

# Makes the form: empty, or with these values.
MakeForm = Callable[[Any], CompanyForm | ProjectForm | UapServiceForm]


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
    person = person_of(request)
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
        undecided = isinstance(conflict, CompanyUndecidedError)
        context = {**context, "form": form, "conflict": conflict.operation, "undecided": undecided}
        return render(request, template, context, status=409)
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
