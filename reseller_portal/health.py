"""What a supervisor asks: does the process answer, does it have figures, is it ready, do the workers move on."""

import hmac

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polling import queries
from reseller_portal.schema import has_old_tables


def answer(text: str, *, status: int = 200) -> HttpResponse:
    """One line of plain text, which tells nothing but how the portal fares."""
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; with `?data=1` only once first figures are stored, 503 before."""
    if "data" in request.GET and not queries.has_data():
        return answer("no figures yet", status=503)
    return answer("ok")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and every migration is applied, else 503."""
    try:
        missing = has_old_tables()
    except DatabaseError:
        return answer("database unreachable", status=503)
    return answer("migrations missing", status=503) if missing else answer("ready")


@login_not_required
@never_cache
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """How long the oldest due slot and the oldest unconfirmed create have waited, in seconds; 503 when polls stall.

    Only for who knows METRICS_TOKEN (`Authorization: Bearer …`); where none is set, nobody does.
    """
    known, given = settings.METRICS_TOKEN, request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not known or not hmac.compare_digest(given.encode(), known.encode()):
        return answer("not found", status=404)
    now = timezone.now()
    try:
        pulse = import_string("polling.services.pulse.pulse")(now)
        uncertain_since = import_string("companies.queries.operations.oldest_uncertain_since")()
    except DatabaseError:
        return answer("database unreachable", status=503)
    told = {
        "oldest_due_slot": str(pulse.due) if pulse.due else None,
        "oldest_due_slot_seconds": pulse.waited.total_seconds() if pulse.due else None,
        "oldest_uncertain_seconds": (now - uncertain_since).total_seconds() if uncertain_since else None,
        "stalled": pulse.stalled,
    }
    return JsonResponse(told, status=503 if pulse.stalled else 200)
