"""Kong's hmac-auth signature in small pure steps; the clock and the request id are arguments."""

import base64
import hashlib
import hmac
import logging
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache

logger = logging.getLogger(__name__)

_KEY_TEXT = re.compile(r"[A-Za-z0-9]{1,64}")
_USUAL_KEY_LENGTH = 40


@cache
def _warn_of_length(name: str, length: int) -> None:
    """Warn once in a process: clients are made for every task."""
    logger.warning("The access key %s has %d characters, not the usual 40.", name, length)


@dataclass(frozen=True, kw_only=True)
class AccessKey:
    """A key pair of the Reseller Console; ValueError when either half is not 1-64 letters and digits."""

    id: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        for name, text in (("ID", self.id), ("secret", self.secret)):
            if not _KEY_TEXT.fullmatch(text):
                raise ValueError(f"The access key {name} must be 1 to 64 letters and digits, nothing else.")
            if len(text) != _USUAL_KEY_LENGTH:
                _warn_of_length(name, len(text))


@dataclass(frozen=True, kw_only=True)
class SignedHeaders:
    """The three headers that make one attempt acceptable for 300 s around its date."""

    x_date: str
    x_request_id: str
    signature: str = field(repr=False)
    authorization: str = field(repr=False)

    def as_dict(self) -> dict[str, str]:
        """The headers by their wire names."""
        return {
            "x-date": self.x_date,
            "x-request-id": self.x_request_id,
            "Authorization": self.authorization,
        }


def http_date(at: datetime) -> str:
    """An IMF-fixdate such as `Wed, 02 Oct 2019 08:00:00 GMT`: two-digit day, whatever the locale."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def string_to_sign(x_date: str, request_id: str) -> str:
    """The two signed lines ("Create a string to sign"), without a newline at the end."""
    return f"x-date: {x_date}\nx-request-id: {request_id}"


def signature(secret: str, text: str) -> str:
    """Base64 of the raw HMAC-SHA256 digest ("Calculate the signature")."""
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), hashlib.sha256)).decode()


def authorization(key_id: str, signed: str) -> str:
    """The header's value ("Add the signature to the HTTPS request"), its four fields in that order."""
    return f'hmac username="{key_id}", algorithm="hmac-sha256", headers="x-date x-request-id", signature="{signed}"'


def sign(*, key: AccessKey, at: datetime, request_id: str) -> SignedHeaders:
    """Sign one attempt of the aware time `at`; every attempt needs an id and a date of its own."""
    x_date = http_date(at)
    signed = signature(key.secret, string_to_sign(x_date, request_id))
    return SignedHeaders(
        x_date=x_date,
        x_request_id=request_id,
        signature=signed,
        authorization=authorization(key.id, signed),
    )
