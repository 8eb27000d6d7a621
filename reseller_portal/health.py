"""What a supervisor asks: does the process answer, does it have figures, is it ready for requests."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polling import queries


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
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return answer("database unreachable", status=503)
    return answer("migrations missing", status=503) if missing else answer("ready")
