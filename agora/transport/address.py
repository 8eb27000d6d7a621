"""Where the portal may connect to: the rules for the base URL, and for the address it turns out to be."""

import ipaddress
from urllib.parse import urlsplit

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_JOINERS = str.maketrans("-_", "aa")


def check_base_url(url: str, *, allow_private: bool = False) -> str:
    """The base URL without a slash at the end; ValueError in words when it must not be used.

    It is https, or http to this machine itself; it carries no user, query or fragment; its host is a
    plain name or a public address (private ones only where that is explicitly allowed).
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("The base URL cannot be read; its port or its brackets are wrong.") from None
    host = parts.hostname or ""
    for wrong, sentence in (
        (not url.isascii() or any(sign <= " " or sign in "\\\x7f" for sign in url), "holds a sign that is not allowed"),
        (parts.scheme not in ("https", "http"), "must begin with https://"),
        ("@" in parts.netloc, "must not carry a user name or a password"),
        ("?" in url or "#" in url, "must not carry a query or a fragment"),
        (not host or port == 0, "names no host"),
        (not _is_plain_host(host), "must name its host plainly, or by a full address"),
        (parts.scheme == "http" and not is_loopback_host(host), "must be https; http only reaches this machine"),
        (_is_forbidden_address(host, allow_private=allow_private), "names an address that is not public"),
    ):
        if wrong:
            raise ValueError(f"The base URL {sentence}.")
    return url.rstrip("/")


def is_loopback_host(host: str) -> bool:
    """Whether a host of a base URL means this machine: `localhost`, 127.0.0.0/8 or ::1."""
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def may_connect(peer: str, *, host: str, allow_private: bool) -> bool:
    """Whether a name may lead to this IP address: a public one never leads home or into the local network."""
    address = _address(peer.partition("%")[0])
    if address is None:
        return False
    if is_loopback_host(host):
        return address.is_loopback
    return not _is_forbidden_address(peer, allow_private=allow_private) and not address.is_loopback


def _is_plain_host(host: str) -> bool:
    """Refuses what resolvers read as an address in disguise: 2130706433, 0x7f.1, 127.1, a trailing dot."""
    if _address(host) is not None:
        return True
    labels = host.split(".")
    named = all(label and len(label) <= 63 and label.translate(_JOINERS).isalnum() for label in labels)
    return named and not labels[-1][0].isdigit() and "%" not in host


def _is_forbidden_address(host: str, *, allow_private: bool) -> bool:
    address = _address(host.partition("%")[0])
    if address is None or address.is_loopback:
        return False
    if address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved:
        return True
    return not address.is_global and not allow_private


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address that a text is, an IPv4 one that IPv6 wraps as itself; None for a name."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address in _NAT64):
        return ipaddress.IPv4Address(address.packed[-4:])
    return address
