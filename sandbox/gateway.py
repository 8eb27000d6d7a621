"""The gateway in front of the API: Kong's hmac-auth checks in Kong's order, and its rate limit."""

import base64
import binascii
import hashlib
import hmac
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.clock import Clock
from sandbox.exchange import Reply, Request, message_reply

ALGORITHMS = ("hmac-sha256",)
SIGNED = ("x-date", "x-request-id")

_NOT_VERIFIED = "HMAC signature cannot be verified"
_NO_DATE = f"{_NOT_VERIFIED}, a valid date or x-date header is required for HMAC Authentication"
FAILURES = {
    "route": (404, "no Route matched with those values"),
    "authorization": (401, "Unauthorized"),
    "date": (401, _NO_DATE),
    "format": (401, _NOT_VERIFIED),
    "key": (401, _NOT_VERIFIED),
    "signature": (401, "HMAC signature does not match"),
    "rate": (429, "API rate limit exceeded"),
}
CHECKS = tuple(FAILURES)

_CLAIM = re.compile(
    r'\s*[Hh]mac\s+username="([^"]*)",\s*algorithm="([^"]*)",\s*headers="([^"]*)",\s*signature="([^"]*)"\s*'
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT", re.ASCII)


def http_date(instant: datetime) -> str:
    """An instant as HTTP writes it, in GMT and with a two-digit day, whatever the locale."""
    day, month = _DAYS[instant.weekday()], _MONTHS[instant.month - 1]
    return f"{day}, {instant.day:02d} {month} {instant.year:04d} {instant:%H:%M:%S} GMT"


def parsed_date(text: str) -> datetime | None:
    """The instant of an HTTP date; None for any other form, a wrong weekday or a one-digit day."""
    match = _DATE.fullmatch(text)
    if match is None or match[2] not in _MONTHS:
        return None
    day, year, hour, minute, second = (int(match[group]) for group in (1, 3, 4, 5, 6))
    try:
        instant = datetime(year, _MONTHS.index(match[2]) + 1, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return instant if http_date(instant) == text else None


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What an `Authorization` header says; the signature stays out of the repr."""

    key_id: str
    algorithm: str
    headers: tuple[str, ...]
    signature: bytes

    def __repr__(self) -> str:
        return f"Claim(key_id={self.key_id!r})"

    @classmethod
    def read(cls, text: str) -> "Claim | None":
        """The claim in a header's text; None when it has another form."""
        match = _CLAIM.fullmatch(text)
        if match is None:
            return None
        try:
            signature = base64.b64decode(match[4], validate=True)
        except (binascii.Error, ValueError):
            signature = b""
        names = tuple(match[3].lower().split())
        return cls(key_id=match[1], algorithm=match[2], headers=names, signature=signature)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the checks said: by name True, False for the one that stopped it, None for those not reached."""

    checks: Mapping[str, bool | None]
    key_id: str
    reply: Reply | None

    @property
    def signed(self) -> bool:
        """Whether key, clock and signature were all in order."""
        return self.checks["signature"] is True


class RateLimit:
    """Counts calls by key in whole seconds of the clock, as Kong's local counters do; 0 is no limit."""

    def __init__(self, calls: int) -> None:
        self.calls = calls
        self._seen: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def allows(self, key_id: str, now: datetime) -> bool:
        """Whether one more call of this key fits into the running second; refused calls do not count."""
        if not self.calls:
            return True
        second = int(now.timestamp())
        with self._lock:
            since, count = self._seen.get(key_id, (second, 0))
            count = count if since == second else 0
            if count >= self.calls:
                return False
            self._seen[key_id] = (second, count + 1)
            return True


class Gateway:
    """Lets a request through or says why not; `keys` may be changed while it runs."""

    def __init__(
        self,
        *,
        keys: Mapping[str, str],
        clock: Clock,
        window: float = 300.0,
        rate: int = 0,
        rate_headers: bool = True,
        old: bool = False,
        request_ids: bool = False,
    ) -> None:
        self.keys = dict(keys)
        self.rate_limit = RateLimit(rate)
        self._clock = clock
        self._window = window
        self._rate_headers = rate_headers
        self._old = old
        self._request_ids = request_ids

    def verdict(self, request: Request, *, routed: bool) -> Verdict:
        """Make the checks in their order, up to the first that fails."""
        claim = Claim.read(request.headers.get("authorization", ""))
        checks: dict[str, bool | None] = dict.fromkeys(CHECKS)
        reply = None
        for name, passed in zip(CHECKS, self._outcomes(request, claim, routed), strict=False):
            checks[name] = passed
            if not passed:
                reply = self._refusal(name, request)
                break
        return Verdict(checks=checks, key_id=claim.key_id if claim else "", reply=reply)

    def _outcomes(self, request: Request, claim: Claim | None, routed: bool) -> Iterator[bool]:
        """One outcome after the other, in the order of CHECKS; nobody reads on after a False."""
        yield routed
        yield "authorization" in request.headers
        yield self._is_fresh(request)
        yield claim is not None and claim.algorithm in ALGORITHMS and set(SIGNED) <= set(claim.headers)
        if claim is None:
            return
        yield claim.key_id in self.keys
        yield signature_matches(claim, self.keys.get(claim.key_id, ""), request.headers)
        yield self.rate_limit.allows(claim.key_id, self._clock.now())

    def _is_fresh(self, request: Request) -> bool:
        text = request.headers.get("x-date", request.headers.get("date", ""))
        instant = parsed_date(text)
        return instant is not None and abs((self._clock.now() - instant).total_seconds()) <= self._window

    def _refusal(self, check: str, request: Request) -> Reply:
        status, message = FAILURES[check]
        if self._old and status == 401 and check != "authorization":
            status = 403
        more = {"request_id": request.headers.get("x-request-id", "")} if self._request_ids else {}
        reply = message_reply(status, message, **more)
        if check == "rate" and self._rate_headers:
            limit = {"RateLimit-Limit": str(self.rate_limit.calls), "RateLimit-Remaining": "0"}
            waits = {"RateLimit-Reset": "1", "Retry-After": "1"}
            reply = Reply(status=status, body=reply.body, headers={**reply.headers, **limit, **waits})
        return reply


def signature_matches(claim: Claim, secret: str, headers: Mapping[str, str]) -> bool:
    """Whether the raw digests are equal; a header that is listed must have been sent."""
    if not all(name in headers for name in claim.headers):
        return False
    text = "\n".join(f"{name}: {headers[name]}" for name in claim.headers)
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(digest, claim.signature)
