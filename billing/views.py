"""The Bills page and its downloads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Right, requires
from billing.exports import bill_sheet, correction_sheet
from billing.forms import BillExportForm
from billing.pages import bills_context
from polling.periods import utc_day
from usage.filters import only_match
from usage.sheets import answer


@requires(Right.SEE_AMOUNTS)
@require_safe
def show_daily_bills(request: HttpRequest) -> HttpResponse:
    """Daily bills from the period down to the project ("Fetch the daily bill")."""
    if found := only_match(request.GET):
        return HttpResponseRedirect(found)
    return render(request, "billing/show_daily_bills.html", bills_context(request.GET, today=utc_day(timezone.now())))


@requires(Right.SEE_AMOUNTS)
@require_safe
def export_daily_bills(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Download bill lines as CSV or XLSX; a question that makes no sense is answered with 400 and words."""
    form = BillExportForm(request.GET)
    if not form.is_valid():
        return refused(form)
    return answer(bill_sheet(form.selection(), as_of=form.known_before()), ending, head=request.method == "HEAD")


@requires(Right.SEE_AMOUNTS)
@require_safe
def export_corrections(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Download the corrections of bills as CSV or XLSX."""
    form = BillExportForm(request.GET)
    if not form.is_valid():
        return refused(form)
    return answer(correction_sheet(form.selection()), ending, head=request.method == "HEAD")


def refused(form: BillExportForm) -> HttpResponse:
    """What is wrong with the question, in plain words."""
    return HttpResponse(form.problems(), status=400, content_type="text/plain; charset=utf-8")
