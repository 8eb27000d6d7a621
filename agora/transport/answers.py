"""What an answer means: its JSON with exact numbers, its error, and when to ask again."""

import decimal
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

from ..errors import (
    AgoraError,
    ClockRefused,
    Forbidden,
    GatewayRefused,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    UnknownKey,
    WrongSecret,
)

SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 3600.0

_KONG_RATE_LIMIT = "API rate limit exceeded"
_SECONDS = re.compile(r"[+-]?\d{1,15}(\.\d{1,9})?", re.ASCII)
_MESSAGE_KEYS = ("message", "msg", "error", "reason")

# The start of Kong's message, the longest first: the clock is looked at before the key, the key before the secret.
_GATEWAY_REFUSALS: tuple[tuple[str, type[GatewayRefused]], ...] = (
    ("HMAC signature cannot be verified, a valid date", ClockRefused),
    ("HMAC signature cannot be verified", UnknownKey),
    ("HMAC signature does not match", WrongSecret),
    ("", GatewayRefused),
)
_REFUSALS: Mapping[int, type[AgoraError]] = {
    400: Refused,
    403: Forbidden,
    404: NotFound,
    413: Refused,
    415: Refused,
    422: Refused,
}


def read_json(body: bytes) -> Any:
    """The body's value, numbers with a point as Decimal; ValueError when it is no JSON.

    NaN, Infinity and numbers beyond Decimal's range come as their text, so that one odd field does not
    hide the rest of an answer.
    """
    try:
        return json.loads(body.decode("utf-8-sig"), parse_float=_exact, parse_constant=str)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _exact(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except decimal.InvalidOperation:
        return text


def message_in(body: bytes) -> str:
    """What an error's body says in words: one of the usual keys, else the text itself."""
    try:
        return _message(read_json(body))
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")


def _message(value: Any) -> str:
    while isinstance(value, dict):
        value = next((value[key] for key in _MESSAGE_KEYS if value.get(key)), _text(value))
    return value if isinstance(value, str) else _text(value)


def _text(value: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)


def server_date(headers: Mapping[str, str]) -> datetime | None:
    """The answer's Date header, aware."""
    return _date(headers.get("Date", ""))


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def retry_after(status: int, headers: Mapping[str, str], *, now: datetime) -> float | None:
    """How many seconds a 429 or 503 asks to wait, between 1 s and 1 h; None when it does not say.

    A date counts from the server's own Date, or from `now` where that is absent.
    """
    if status not in (429, 503):
        return None
    asked = headers.get("Retry-After", "").strip()
    if not asked and status == 429:
        asked = headers.get("RateLimit-Reset", "").strip()
    if _SECONDS.fullmatch(asked):
        seconds = float(asked)
    elif until := _date(asked):
        seconds = (until - (server_date(headers) or now)).total_seconds()
    else:
        return None
    return min(max(seconds, SHORTEST_PAUSE), LONGEST_PAUSE)


def error_class(status: int, headers: Mapping[str, str], message: str) -> type[AgoraError]:
    """The class of a status that is not 2xx; what is not surely a no is an unknown outcome."""
    if status == 401 or (status == 403 and message.startswith("HMAC signature")):
        return next(kind for start, kind in _GATEWAY_REFUSALS if message.startswith(start))
    if status == 429:
        return RateLimited if _is_marked(headers, message) else OutcomeUnknown
    return _REFUSALS.get(status, OutcomeUnknown)


def _is_marked(headers: Mapping[str, str], message: str) -> bool:
    """Whether a 429 is the gateway's own, which proves that nothing was processed."""
    names = [name.lower() for name in headers]
    return (
        "retry-after" in names
        or any(name.startswith("ratelimit-") for name in names)
        or message.strip() == _KONG_RATE_LIMIT
    )
