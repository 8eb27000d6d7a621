"""What holds for every request: sessions end, pages of signed-in people are not kept, refusals are written down."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from accounts import services
from accounts.models import Person
from accounts.origin import client_ip

GetResponse = Callable[[HttpRequest], HttpResponse]
SECONDS_BETWEEN_WRITES = 60


def forget_odd_sessions(get_response: GetResponse) -> GetResponse:
    """Take no notice of a session that this portal cannot have begun: a database may refuse to look for its key."""

    def middleware(request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if not (key.isascii() and key.isalnum()):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return get_response(request)

    return middleware


def end_old_sessions(get_response: GetResponse) -> GetResponse:
    """Sign out who was idle for SESSION_IDLE_AGE or signed in SESSION_COOKIE_AGE ago, both in seconds."""

    def middleware(request: HttpRequest) -> HttpResponse:
        now = int(time.time())
        if request.user.is_authenticated and _is_over(request.session, now):
            logout(request)
        response = get_response(request)
        if request.user.is_authenticated:
            _keep(request.session, now)
        return response

    return middleware


def _is_over(session: SessionBase, now: int) -> bool:
    idle = now - session.get("seen_at", now)
    age = now - session.get("began_at", now)
    return idle >= settings.SESSION_IDLE_AGE or age >= settings.SESSION_COOKIE_AGE


def _keep(session: SessionBase, now: int) -> None:
    if now - session.get("seen_at", 0) >= SECONDS_BETWEEN_WRITES:
        session.setdefault("began_at", now)
        session["seen_at"] = now


def forbid_caching(get_response: GetResponse) -> GetResponse:
    """Let no cache keep an answer to a browser that carries a session."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            patch_cache_control(response, no_store=True)
        return response

    return middleware


def write_down_refusals(get_response: GetResponse) -> GetResponse:
    """Put every answer 403 to somebody who is signed in into the audit log."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 403 and isinstance(request.user, Person):
            # PostgreSQL keeps no NUL in JSON.
            path = request.path[:200].replace("\0", "%00")
            detail = {"method": request.method, "path": path}
            services.store_audit_entry(action="refuse", by=request.user, detail=detail, ip=client_ip(request))
        return response

    return middleware
