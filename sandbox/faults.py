"""Faults on order: which requests they meet, and what they do to the answer on its way out."""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sandbox.exchange import Reply, Request, message_reply

HTML_TYPE = "text/html; charset=utf-8"
PROBLEM_PAGE = "<html><head><title>{0} Problem</title></head><body><h1>{0} Problem</h1></body></html>"
ACTIONS = (
    "pass",
    "status",
    "delay",
    "drop_before",
    "drop_after",
    "cut_body",
    "reset",
    "redirect",
    "body",
    "drip",
    "html",
    "empty",
)
# What a gateway or a network does before the request has had an effect, unless it is ordered otherwise.
_BEFORE_THE_EFFECT = ("status", "drop_before", "redirect")


@dataclass(frozen=True, kw_only=True)
class Match:
    """Which requests are meant: every field that is given must fit. `nth` skips the first ones that do.

    `path_regex` is searched in the encoded path; `query` names parameters with the value each must have.
    """

    method: str = ""
    path_regex: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    nth: int = 1

    def fits(self, request: Request) -> bool:
        """Whether this request is meant, `nth` left aside."""
        parameters = dict(request.parameters())
        return (
            self.method in ("", request.method)
            and re.search(self.path_regex, request.path) is not None
            and all(parameters.get(name) == value for name, value in self.query.items())
        )


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One order. It strikes `times` matching requests (0: every one) after their signature was accepted.

    `processed` says whether the request takes effect (by default as the action suggests), `late` lets it
    take effect that many seconds after the answer. `seconds` is the wait before the answer, or between
    two bytes of a drip; `sent_bytes` is how much of the body goes out before a cut or a reset (a reset
    without it sends nothing at all). `headers` join the answer's own; one whose value is empty is taken
    away. `then` runs before the answer goes out.
    """

    action: str
    match: Match = Match()
    times: int = 1
    status: int = 0
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    sent_bytes: int | None = None
    location: str = ""
    processed: bool | None = None
    late: float = 0.0
    then: Callable[[], object] | None = None

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise ValueError(f"no action {self.action!r}; there are {', '.join(ACTIONS)}")
        try:
            re.compile(self.match.path_regex)
        except re.error as problem:
            raise ValueError(f"path_regex: {problem}") from None

    @property
    def takes_effect(self) -> bool:
        """Whether the request is answered by the API before the fault changes the answer."""
        if self.late:
            return False
        return self.processed if self.processed is not None else self.action not in _BEFORE_THE_EFFECT


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How a reply goes out: after `wait` seconds, `pause` seconds between bytes, and only `keep` of them.

    `silent` sends nothing at all; `reset` ends the connection with a TCP reset instead of a close.
    """

    reply: Reply
    wait: float = 0.0
    pause: float = 0.0
    keep: int | None = None
    silent: bool = False
    reset: bool = False

    @property
    def status_sent(self) -> int | None:
        """The status that goes out; None when the connection ends without one."""
        return None if self.silent else self.reply.status


def delivery(fault: Fault, reply: Reply) -> Delivery:
    """What becomes of a reply under a fault."""
    changed = _with_headers(_changed_reply(fault, reply), fault.headers)
    return Delivery(
        reply=changed,
        wait=0.0 if fault.action == "drip" else fault.seconds,
        pause=fault.seconds if fault.action == "drip" else 0.0,
        keep=fault.sent_bytes or 0 if fault.action in ("cut_body", "reset") else None,
        silent=fault.action.startswith("drop_") or (fault.action == "reset" and fault.sent_bytes is None),
        reset=fault.action == "reset",
    )


def _changed_reply(fault: Fault, reply: Reply) -> Reply:
    status = fault.status or reply.status
    if fault.action == "redirect":
        return Reply(status=fault.status or 302, headers={"Location": fault.location}, effect=reply.effect)
    if fault.action == "empty":
        return replace(reply, status=status, body=b"")
    if fault.action == "html" or (fault.action == "status" and fault.body is None and status >= 500):
        page = PROBLEM_PAGE.format(status) if fault.body is None else fault.body
        return replace(reply, status=status, body=page.encode(), headers={"Content-Type": HTML_TYPE})
    if fault.body is not None:
        return replace(reply, status=status, body=fault.body.encode("utf-8", "surrogatepass"))
    if fault.action == "status":
        said = message_reply(status, "ordered by a fault")
        return replace(said, effect=reply.effect)
    return replace(reply, status=status)


def _with_headers(reply: Reply, headers: Mapping[str, str]) -> Reply:
    return replace(reply, headers={**reply.headers, **headers})


@dataclass
class _Order:
    """A fault with its counters: how often a request fitted, and how often it may still strike."""

    fault: Fault
    seen: int = 0
    struck: int = 0

    def strikes(self, request: Request) -> bool:
        if not self.fault.match.fits(request):
            return False
        self.seen += 1
        spent = self.fault.times and self.struck >= self.fault.times
        if self.seen < self.fault.match.nth or spent:
            return False
        self.struck += 1
        return True


class Faults:
    """The orders that wait for their requests; the first one that strikes is the only one. Thread-safe."""

    def __init__(self) -> None:
        self._orders: list[_Order] = []
        self._lock = threading.Lock()

    def order(self, fault: Fault) -> None:
        """Let a fault wait for its requests."""
        with self._lock:
            self._orders.append(_Order(fault))

    def clear(self) -> None:
        """Forget every order."""
        with self._lock:
            self._orders.clear()

    def strike(self, request: Request) -> Fault | None:
        """The fault that meets this request, if there is one; it is counted."""
        with self._lock:
            return next((order.fault for order in self._orders if order.strikes(request)), None)
