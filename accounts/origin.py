"""Where a request comes from and where it may be sent back to."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def client_ip(request: HttpRequest) -> str | None:
    """The address of the peer; None when a Unix socket hides it. Forwarding headers are not believed."""
    return request.META.get("REMOTE_ADDR", "").partition("%")[0] or None


def stays_here(request: HttpRequest, url: str) -> bool:
    """Whether this address, which a browser sent, leads to a page of this portal."""
    hosts = {request.get_host()}
    return url_has_allowed_host_and_scheme(url, allowed_hosts=hosts, require_https=request.is_secure())


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """The `next` of a posted form if it is a path of this site, else the other address."""
    wish = request.POST.get("next", "")
    return wish if wish.startswith("/") and stays_here(request, wish) else otherwise
