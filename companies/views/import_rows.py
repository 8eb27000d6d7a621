"""Correcting the rows of an import, and running it: start, pause, go on, cancel, try again, discard."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_countries import countries

from accounts.access import Right, person_of, requires
from accounts.origin import client_ip
from companies.forms.import_rows import checked_rows, typed_edits
from companies.intake.columns import fields_of
from companies.models import Import, ImportRow
from companies.pages import addresses
from companies.pages.import_summary import summary
from companies.pages.imports import one_row
from companies.services.imports import loading, running


@requires(Right.CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_import_row(request: HttpRequest, import_id: int, number: int) -> HttpResponse:
    """Type into the cells of a row: in the table, or without JavaScript on a page of its own."""
    batch = _import(import_id)
    if request.method != "POST":
        return _row(request, batch, number) if "HX-Request" in request.headers else _row_page(request, batch, number)
    row = get_object_or_404(ImportRow.objects.select_related("batch", "operation"), batch=batch, number=number)
    edits = typed_edits(request.POST, batch, row)
    row.edits = {**row.edits, **edits}
    [check] = checked_rows(batch.kind, [row.typed(batch)])
    return _changed(request, batch, number, lambda: loading.change_row(row=row, edits=edits, check=check))


@requires(Right.CREATE)
@require_POST
def leave_out_import_row(request: HttpRequest, import_id: int, number: int) -> HttpResponse:
    """Leave a row out, or take it in again."""
    batch = _import(import_id)
    row = get_object_or_404(ImportRow, batch=batch, number=number)
    left_out = request.POST.get("left_out") == "1"
    return _changed(request, batch, number, lambda: loading.leave_out(row=row, left_out=left_out))


def _changed(request: HttpRequest, batch: Import, number: int, change: Callable[[], None]) -> HttpResponse:
    try:
        change()
    except loading.HasBegunError:
        messages.warning(request, _("This row is being created already; nothing was changed."))
    if "HX-Request" in request.headers:
        return _row(request, batch, number)
    return _see(_address(batch, request.GET.urlencode(), f"#row-{number}"))


def _row(request: HttpRequest, batch: Import, number: int) -> HttpResponse:
    """One row of the table; `?inputs=1` asks for a row of which every cell can be typed into."""
    query = request.GET.copy()
    all_inputs = bool(query.pop("inputs", None)) and request.method != "POST"
    row = one_row(batch, number, all_inputs=all_inputs)
    if row is None:
        raise Http404
    context = {"batch": batch, "row": row, "query": query.urlencode(), "all_inputs": all_inputs}
    answer = render(request, "companies/imports/row.html", context)
    if request.method == "POST":
        # The head of the page counts again as soon as it hears this.
        answer.headers["HX-Trigger"] = "import-changed"
    return answer


def _row_page(request: HttpRequest, batch: Import, number: int) -> HttpResponse:
    row = one_row(batch, number, fields=[field.name for field in fields_of(batch.kind)], all_inputs=True)
    if row is None:
        raise Http404
    context = {
        "batch": batch,
        "row": row,
        "query": request.GET.urlencode(),
        "countries": list(countries),
        "crumbs": _crumbs(batch),
    }
    return render(request, "companies/imports/edit_row.html", context)


@requires(Right.CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
def start_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """What would be sent, in numbers; only the button there starts it."""
    batch = _import(import_id)
    if request.method != "POST":
        context = {"batch": batch, "summary": summary(batch), "crumbs": _crumbs(batch)}
        return render(request, "companies/imports/start_import.html", context)
    expected = request.POST.get("expected", "")
    number = int(expected) if expected.isdecimal() and len(expected) < 10 else 0
    person, now = person_of(request), timezone.now()
    try:
        running.start(batch=batch, expected=number, by=person, now=now, ip=client_ip(request))
    except running.ImportChangedError:
        messages.warning(request, _("The rows have changed in the meantime; nothing was sent. Please look again."))
        return _see(reverse("companies:start_import", args=[batch.pk]))
    return _see(_address(batch))


@requires(Right.CREATE)
@require_POST
def pause_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Begin no further row."""
    return _decide(request, import_id, running.pause)


@requires(Right.CREATE)
@require_POST
def resume_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Go on after a pause."""
    return _decide(request, import_id, running.resume)


@requires(Right.CREATE)
@require_POST
def cancel_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Begin no further row, and cancel what was not sent yet."""
    return _decide(request, import_id, running.cancel)


@requires(Right.CREATE)
@require_POST
def retry_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Send the rows again that ended without any effect."""
    return _decide(request, import_id, running.retry_failed)


@requires(Right.CREATE)
@require_POST
def discard_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Remove an import that was never begun."""
    batch = _import(import_id)
    try:
        loading.discard(batch=batch, by=person_of(request), ip=client_ip(request))
    except loading.HasBegunError:
        messages.warning(request, _("This import was begun, so it stays."))
        return _see(_address(batch))
    messages.success(request, _("The import was removed; nothing was sent."))
    return _see(reverse("companies:list_imports"))


def _decide(request: HttpRequest, import_id: int, decision: Callable[..., None]) -> HttpResponse:
    batch = _import(import_id)
    try:
        decision(batch=batch, by=person_of(request), now=timezone.now(), ip=client_ip(request))
    except running.ImportChangedError:
        messages.warning(request, _("This has moved on in the meantime; nothing was changed."))
    return _see(_address(batch))


def _import(import_id: int) -> Import:
    return get_object_or_404(Import.objects.select_related("created_by"), pk=import_id)


def _crumbs(batch: Import) -> list[tuple[str, str]]:
    imports = (reverse("companies:list_imports"), _("Imports"))
    return [addresses.onboarding_crumb(), imports, (_address(batch), batch.source or _("Pasted rows"))]


def _address(batch: Import, query: str = "", mark: str = "") -> str:
    return f"{reverse('companies:show_import', args=[batch.pk])}{'?' if query else ''}{query}{mark}"


def _see(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})
