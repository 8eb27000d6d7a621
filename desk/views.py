"""The pages that look across rooms: the overview, the list of companies, one company, one project."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import access_of
from desk.pages import company, company_list, owners, project
from desk.pages import overview as overview_page
from polling.periods import utc_day


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What the whole account used and cost, what moved, and what somebody should look at."""
    context = overview_page.overview(request.GET, access_of(request.user), now=timezone.now())
    return render(request, "desk/overview.html", context)


@require_safe
def list_companies(request: HttpRequest) -> HttpResponse:
    """Every company that Agora lists ("Fetch the company list"), with what it used and cost."""
    context = company_list.company_list(request.GET, access_of(request.user), today=utc_day(timezone.now()))
    return render(request, "desk/list_companies.html", context)


@require_safe
def show_company(request: HttpRequest, company_id: str) -> HttpResponse:
    """One company that Agora lists or once listed; 404 for any other."""
    found = owners.listed_company(company_id)
    context = company.company_page(found, request.GET, access_of(request.user), today=utc_day(timezone.now()))
    return render(request, "desk/show_company.html", context)


@require_safe
def show_project(request: HttpRequest, company_id: str, project_id: str) -> HttpResponse:
    """One project of one company ("Fetch the project list"); 404 for any other."""
    found = owners.listed_project(company_id, project_id)
    context = project.project_page(found, request.GET, access_of(request.user), now=timezone.now())
    return render(request, "desk/show_project.html", context)
