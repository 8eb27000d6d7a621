"""The usage page and its downloads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from polling.periods import utc_day
from usage.answers import answer_to
from usage.downloads import export_sheet, products_sheet, table_sheet
from usage.explorer import question
from usage.filters import only_match
from usage.forms import UsageExportForm
from usage.month_pages import products_context
from usage.pages import usage_context
from usage.sheets import answer


@require_safe
def show_usage(request: HttpRequest) -> HttpResponse:
    """Explore usage by product, days, company and project ("Fetch the company usage", "Fetch the project usage")."""
    if found := only_match(request.GET):
        return HttpResponseRedirect(found)
    return render(request, "usage/show_usage.html", usage_context(request.GET, today=utc_day(timezone.now())))


@require_safe
def show_products(request: HttpRequest) -> HttpResponse:
    """Show what somebody used of every product in one month."""
    if found := only_match(request.GET):
        return HttpResponseRedirect(found)
    return render(request, "usage/show_products.html", products_context(request.GET, today=utc_day(timezone.now())))


@require_safe
def export_products(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Download what the page of all products shows at the same address, as CSV or XLSX."""
    asked = question(request.GET, today=utc_day(timezone.now()))
    return answer(products_sheet(asked), ending, head=request.method == "HEAD")


@require_safe
def export_table(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Download the table of the usage page with the same address, as CSV or XLSX."""
    asked = question(request.GET, today=utc_day(timezone.now()))
    return answer(table_sheet(answer_to(asked)), ending, head=request.method == "HEAD")


@require_safe
def export_usage(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Download usage figures as CSV or XLSX; a question that makes no sense is answered with 400 and words."""
    form = UsageExportForm(request.GET)
    if not form.is_valid():
        return HttpResponse(form.problems(), status=400, content_type="text/plain; charset=utf-8")
    return answer(export_sheet(form.selection()), ending, head=request.method == "HEAD")
