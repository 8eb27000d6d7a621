"""The pages of the ledger: the calendar, the gaps, and orders to read days again."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Right, access_of, person_of, requires
from accounts.origin import client_ip
from polling import queries
from polling.models import Backfill
from polling.pages.addresses import calendar_crumb
from polling.pages.answers import file_name, may_download
from polling.pages.backfills import backfill_page, order_line
from polling.pages.calendar import calendar
from polling.pages.gaps import gaps_page
from polling.pages.now import now_part
from polling.services import backfills

ORDERS_PER_PAGE = 50


@require_safe
def show_calendar(request: HttpRequest) -> HttpResponse:
    """A month of days by streams; a browser that knows the `mark` of what goes on gets what has changed, or 204."""
    now = timezone.now()
    if "HX-Request" not in request.headers:
        return render(request, "polling/calendar.html", calendar(request.GET, now))
    going_on = now_part(now)
    if request.GET.get("mark") == going_on.mark:
        return HttpResponse(status=204)
    return render(request, "polling/now.html", {"now": going_on})


@require_safe
def list_gaps(request: HttpRequest) -> HttpResponse:
    """What should be known and is not."""
    return render(request, "polling/gaps.html", gaps_page(request.GET, timezone.now()))


@require_safe
def list_backfills(request: HttpRequest) -> HttpResponse:
    """Every order to read days again, the newest first."""
    page = Paginator(queries.backfills(), ORDERS_PER_PAGE).get_page(request.GET.get("page"))
    lines = [order_line(order, timezone.now()) for order in page]
    return render(request, "polling/backfills.html", {"page": page, "lines": lines, "crumbs": [calendar_crumb()]})


@require_safe
def show_backfill(request: HttpRequest, backfill_id: int) -> HttpResponse:
    """One order; a browser that knows its `mark` gets how far it is, or 204."""
    order = get_object_or_404(queries.backfills(), pk=backfill_id)
    now = timezone.now()
    if "HX-Request" not in request.headers:
        return render(request, "polling/backfill.html", backfill_page(order, now))
    if request.GET.get("mark") == order_line(order, now).mark:
        return HttpResponse(status=204)
    return render(request, "polling/backfill_standing.html", backfill_page(order, now))


@requires(Right.POLL)
@require_POST
def cancel_backfill(request: HttpRequest, backfill_id: int) -> HttpResponse:
    """End an order early; what it has read stays."""
    order = get_object_or_404(Backfill, pk=backfill_id)
    by, ip = person_of(request), client_ip(request)
    if not backfills.cancel(backfill=order, by=by, now=timezone.now(), ip=ip):
        messages.info(request, _("It had ended before."))
    return redirect("polling:show_backfill", order.pk)


@requires(Right.POLL)
@require_safe
def download_answer(request: HttpRequest, answer_id: int) -> HttpResponse:
    """A kept answer as it came; 404 once it is thrown away. A bill's also needs the right to see amounts."""
    answer = get_object_or_404(queries.kept_answers(), pk=answer_id)
    if not may_download(answer, access_of(request.user)):
        raise PermissionDenied
    body = queries.body_of(answer)
    if body is None:
        raise Http404
    headers = {
        "Content-Disposition": content_disposition_header(True, file_name(answer)),
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(body, content_type="text/plain; charset=utf-8", headers=headers)
