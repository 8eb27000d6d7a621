"""One attempt of a call: prepared and signed, fetched on a line, and what came of it."""

import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from ..drafts import AnyDraft
from ..errors import AgoraError, ClockRefused, NotSent, OutcomeUnknown, TlsRefused, TooLate
from ..signing import AccessKey, SignedHeaders
from . import answers
from .connection import BROKEN, Line, NotPublic, Received, TooLarge, Watch
from .gate import Exchange

Decode = Callable[[bytes], Any]

_HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "reseller-portal"}


@dataclass(frozen=True, kw_only=True)
class PreparedCall:
    """One attempt, signed but not sent; `path` includes the query, `signed_monotonic` is in seconds."""

    method: str
    path: str
    draft: AnyDraft | None = field(default=None, repr=False)
    headers: SignedHeaders
    key: AccessKey = field(repr=False)
    signed_monotonic: float

    @property
    def x_date(self) -> str:
        """The signed date: the gateway takes no byte of this call later than 300 s after it."""
        return self.headers.x_date

    @property
    def x_request_id(self) -> str:
        """Our id of this attempt."""
        return self.headers.x_request_id

    def as_request(self, base_url: str) -> requests.PreparedRequest:
        """What goes over the wire."""
        headers = _HEADERS | self.headers.as_dict()
        body = None
        if self.draft is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(self.draft.to_json()).encode()
        return requests.Request(self.method, base_url + self.path, headers=headers, data=body).prepare()


@dataclass(frozen=True, kw_only=True)
class RawAnswer:
    """The body of an answer to a read as it came; of headers there is only our request id, and no signature."""

    path: str
    status: int
    request_id: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A 2xx answer and what its body was decoded to: its JSON value, numbers with a point as Decimal."""

    status: int
    data: Any = field(repr=False)
    request_id: str
    raw: RawAnswer = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How an attempt ended: what was received, if anything, and what that means."""

    call: PreparedCall
    sent_at: datetime
    took: float
    received: Received | None
    outcome: Answer | AgoraError

    def as_raw(self) -> RawAnswer | None:
        """What was received; a server that echoes our signature does not get it kept."""
        return _raw(self.received, self.call) if self.received else None

    def as_exchange(self) -> Exchange:
        """The same for the gate and the log, without anything secret."""
        failed = self.outcome if isinstance(self.outcome, AgoraError) else None
        headers = self.received.headers if self.received else {}
        return Exchange(
            method=self.call.method,
            path=self.call.path,
            request_id=self.call.x_request_id,
            sent_at=self.sent_at,
            took=self.took,
            status=self.received.status if self.received else None,
            error=type(failed).__name__ if failed else None,
            retry_after=failed.retry_after if failed else None,
            server_date=answers.server_date(headers),
            has_age="Age" in headers,
        )


def attempt(line: Line, call: PreparedCall, base_url: str, *, sent_at: datetime, decode: Decode) -> Ended:
    """Send the call once and read the answer; nothing is raised, so that no error drags a request along.

    `decode` makes of the body of a 2xx answer what the caller wants, or raises ValueError when it is no JSON.
    """
    started = line.watch.monotonic()
    received = _fetch(line, call, base_url)
    took = line.watch.monotonic() - started
    if isinstance(received, AgoraError):
        return Ended(call=call, sent_at=sent_at, took=took, received=None, outcome=received)
    outcome = _outcome(received, call, decode, sent_at=sent_at, took=took)
    return Ended(call=call, sent_at=sent_at, took=took, received=received, outcome=outcome)


def _fetch(line: Line, call: PreparedCall, base_url: str) -> Received | AgoraError:
    try:
        return line.fetch(call.as_request(base_url))
    except BROKEN as failure:
        return _broken(failure, line.watch, call.x_request_id)


def _broken(failure: Exception, watch: Watch, request_id: str) -> AgoraError:
    """The error of a call without a whole answer; what was written decides whether it may have worked."""
    if watch.late:
        return TooLate("the signature was too old when the first byte was due", request_id=request_id)
    if isinstance(failure, TooLarge):
        return OutcomeUnknown("the answer was too large", status=failure.status, request_id=request_id)
    if watch.written:
        return OutcomeUnknown("the connection broke or the answer took too long", request_id=request_id)
    causes = _causes(failure)
    if any(isinstance(cause, ssl.SSLError | requests.exceptions.SSLError) for cause in causes):
        return TlsRefused("the server's certificate or TLS was not acceptable", request_id=request_id)
    for kind, words in (
        (NameResolutionError, "the server's name could not be looked up"),
        (NotPublic, "the server's name leads to an address that is not public"),
        (NewConnectionError, "the server refused the connection"),
        (ConnectTimeoutError, "the server did not take the connection in time"),
    ):
        if any(isinstance(cause, kind) for cause in causes):
            return NotSent(words, request_id=request_id)
    return NotSent("the connection broke before anything was sent", request_id=request_id)


def _causes(failure: Exception) -> list[BaseException]:
    """The failure and what the libraries wrapped in it, outermost first."""
    causes: list[BaseException] = []
    inner: object = failure
    while isinstance(inner, BaseException) and inner not in causes:
        causes.append(inner)
        inner = getattr(inner, "reason", None) or (inner.args[0] if inner.args else None)
    return causes


def _outcome(
    received: Received, call: PreparedCall, decode: Decode, *, sent_at: datetime, took: float
) -> Answer | AgoraError:
    status, request_id = received.status, call.x_request_id
    if not 200 <= status <= 299:
        return _refusal(received, call, sent_at=sent_at, took=took)
    try:
        data = decode(received.body)
        return Answer(status=status, data=data, request_id=request_id, raw=_raw(received, call))
    except ValueError:
        return OutcomeUnknown("the answer was no JSON", status=status, request_id=request_id)


def _raw(received: Received, call: PreparedCall) -> RawAnswer:
    body = received.body
    for spelling in (call.headers.signature, call.headers.signature.replace("/", "\\/")):
        body = body.replace(spelling.encode(), "…".encode())
    return RawAnswer(path=call.path, status=received.status, request_id=call.x_request_id, body=body)


def _refusal(received: Received, call: PreparedCall, *, sent_at: datetime, took: float) -> AgoraError:
    """The error of a status that is not 2xx; a server that echoes our signature does not get it shown."""
    message = answers.message_in(received.body).replace(call.headers.signature, "…")
    kind = answers.error_class(received.status, received.headers, message)
    error = kind(
        f"Agora answered {received.status}",
        status=received.status,
        request_id=call.x_request_id,
        agora_message=message,
        retry_after=answers.retry_after(received.status, received.headers, now=sent_at),
    )
    date = answers.server_date(received.headers)
    if isinstance(error, ClockRefused) and date and "Age" not in received.headers:
        error.measured((date - sent_at - timedelta(seconds=took / 2)).total_seconds())
    return error
