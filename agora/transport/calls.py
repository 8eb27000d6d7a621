"""Signed calls: writes sent once, reads tried again, each attempt through the gate and signed anew."""

import logging
import random
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from ..drafts import AnyDraft
from ..errors import AgoraError, Held, NotSent, OutcomeUnknown, RateLimited, TlsRefused, UnknownKey
from ..signing import AccessKey, sign
from .address import check_base_url
from .answers import read_json
from .attempt import Answer, Decode, PreparedCall, RawAnswer, attempt
from .connection import Line, Watch
from .gate import Gate

logger = logging.getLogger("agora.transport")

WRITE_WITHIN = 20.0  # seconds from the signature to the first byte of a write
PAUSES = (1.0, 3.0, 6.0)  # seconds before the second, third and fourth attempt of a read
LONGEST_SLEEP = 10.0  # seconds; a longer pause is the caller's to schedule
MAX_BYTES = 20_000_000  # of a decoded answer
PROBE = "/v1/resellers/companies?limit=1&offset=0"


class _OwnLine(threading.local):
    """The connection on which a thread reads."""

    line: Line | None = None


class _Accepted:
    """The key that was accepted last."""

    key: AccessKey | None = None


@dataclass(frozen=True, kw_only=True)
class Transport:
    """Speaks to one base URL with one or two keys; times are seconds, `clock` gives aware ones.

    `keep` is shown the answer of every read that failed; it raises nothing, and is called from any thread.

    Safe to share between threads. ValueError when the base URL must not be used, or without a key.
    """

    base_url: str
    keys: tuple[AccessKey, ...]
    gate: Gate
    connect_timeout: float = 5.0
    read_timeout: float = 75.0
    call_timeout: float = 90.0
    max_bytes: int = MAX_BYTES
    allow_private: bool = False
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())
    keep: Callable[[RawAnswer], None] = lambda answer: None
    _own: _OwnLine = field(default_factory=_OwnLine, init=False, repr=False)
    _accepted: _Accepted = field(default_factory=_Accepted, init=False, repr=False)

    def __post_init__(self) -> None:
        check_base_url(self.base_url, allow_private=self.allow_private)
        if not 1 <= len(self.keys) <= 2:
            raise ValueError("One or two access keys are needed.")

    def prepare(
        self, method: str, path: str, *, draft: AnyDraft | None = None, key: AccessKey | None = None
    ) -> PreparedCall:
        """Sign one attempt without sending it, so that its date and id can be committed first.

        A write passes the gate here, before it is signed: a signature ages while the rate is used up.
        """
        if draft is not None:
            self.gate.wait(write=True)
        key = key or self._accepted.key or self.keys[0]
        return PreparedCall(
            method=method,
            path=path,
            draft=draft,
            headers=sign(key=key, at=self.clock(), request_id=self.new_id()),
            key=key,
            signed_monotonic=self.monotonic(),
        )

    def prove_key(self) -> None:
        """With two keys, learn by a read which one is accepted: a write must not try one after the other."""
        if len(self.keys) == 2 and not self._accepted.key:
            with suppress(AgoraError):
                self.get(PROBE)

    def send(self, call: PreparedCall, *, not_after_monotonic: float | None = None) -> Answer:
        """Send a prepared write once, on a connection of its own, and never again.

        The first byte is written until `not_after_monotonic` (20 s after the signature unless given), or
        `TooLate` is raised. Every error says by its `effect` whether the call can have taken effect.
        """
        until = call.signed_monotonic + WRITE_WITHIN if not_after_monotonic is None else not_after_monotonic
        line = self._new_line()
        try:
            return self._exchange(line, call, write_until=until)
        finally:
            line.close()

    def get(self, path: str, decode: Decode = read_json) -> Answer:
        """Read, at most four times: after 429, 5xx, time-outs and broken connections it is asked again."""
        pauses = iter(PAUSES)
        while True:
            try:
                return self._get_with_either_key(path, decode)
            except (NotSent, RateLimited, OutcomeUnknown) as error:
                pause = self._pause(error, next(pauses, None))
                if pause is None:
                    raise
            self.sleep(pause)

    def _get_with_either_key(self, path: str, decode: Decode) -> Answer:
        call = self._signed_read(path)
        try:
            return self._exchange(self._own_line(), call, decode)
        except UnknownKey:
            other = next((key for key in self.keys if key != call.key), None)
            if other is None:
                raise
        return self._exchange(self._own_line(), self._signed_read(path, key=other), decode)

    def _signed_read(self, path: str, *, key: AccessKey | None = None) -> PreparedCall:
        """Signed behind the gate, where a read may have waited for long."""
        self.gate.wait(write=False)
        return self.prepare("GET", path, key=key)

    def _pause(self, error: AgoraError, step: float | None) -> float | None:
        """Seconds until the next attempt of a read; None when there is none."""
        if step is None or not _may_heal(error):
            return None
        if error.retry_after is None:
            return step * (0.75 + 0.5 * self.chance())
        return error.retry_after if error.retry_after <= LONGEST_SLEEP else None

    def _own_line(self) -> Line:
        if self._own.line is None:
            self._own.line = self._new_line()
        return self._own.line

    def _new_line(self) -> Line:
        watch = Watch(
            host=urlsplit(self.base_url).hostname or "",
            allow_private=self.allow_private,
            read_timeout=self.read_timeout,
            monotonic=self.monotonic,
        )
        return Line(watch, connect_timeout=self.connect_timeout, max_bytes=self.max_bytes)

    def _exchange(
        self, line: Line, call: PreparedCall, decode: Decode = read_json, *, write_until: float = float("inf")
    ) -> Answer:
        """One attempt: the gate and the log hear how it ended, then it is answered or raised."""
        line.watch.begin(write_until=write_until, read_until=self.monotonic() + self.call_timeout)
        ended = attempt(line, call, self.base_url.rstrip("/"), sent_at=self.clock(), decode=decode)
        exchange = ended.as_exchange()
        told = f"{exchange.status or ''} {exchange.error or ''}".strip()
        milliseconds = round(ended.took * 1000)
        logger.info("%s %s %s %s %d ms", call.method, call.path, told, call.x_request_id, milliseconds)
        self.gate.answered(exchange)
        if isinstance(ended.outcome, AgoraError):
            raw = ended.as_raw() if call.method == "GET" else None
            if raw:
                self.keep(raw)
            raise ended.outcome
        self._accepted.key = call.key
        return ended.outcome


def _may_heal(error: AgoraError) -> bool:
    """Whether asking again may help: 429, 5xx, or no answer at all for a reason that passes."""
    if isinstance(error, Held | TlsRefused):
        return False
    return error.status is None or error.status == 429 or error.status >= 500
