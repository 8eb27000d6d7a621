"""Where a request comes from and where it may be sent back to."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def client_ip(request: HttpRequest) -> str | None:
    """The address of the peer; None when a Unix socket hides it. Forwarding headers are not believed."""
    return request.META.get("REMOTE_ADDR", "").partition("%")[0] or None


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """The `next` of a posted form if it stays on this site, else the other address."""
    wish = request.POST.get("next", "")
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(wish, allowed_hosts=hosts, require_https=request.is_secure()):
        return wish
    return otherwise
