"""The usage page and its downloads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from usage.exports import usage_sheet
from usage.forms import UsageExportForm
from usage.sheets import answer


@require_safe
def export_usage(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Download usage figures as CSV or XLSX; a question that makes no sense is answered with 400 and words."""
    form = UsageExportForm(request.GET)
    if not form.is_valid():
        return HttpResponse(form.problems(), status=400, content_type="text/plain; charset=utf-8")
    return answer(usage_sheet(form.selection()), ending, head=request.method == "HEAD")
