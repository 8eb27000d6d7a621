"""A way to Agora's stand-in without sockets, on a clock of its own, on which requests can be lost, late or held up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.structures import CaseInsensitiveDict

from agora.client import ResellerClient
from agora.signing import AccessKey
from agora.transport import Transport
from agora.transport.connection import Received, Watch
from polling import queries
from polling.gate import LedgerGate
from polling.services.reading import Reader
from sandbox.api import Sandbox, _processed
from sandbox.exchange import Request
from sandbox.faults import Delivery, Fault, Match
from sandbox.gateway import Verdict, http_date
from sandbox.routes import Route
from tests.sandbox_server import KEY_ID, KEY_SECRET

POST = Match(method="POST")
# What an ordered fault makes of a create that reaches Agora; the other fates are told in `Wire`.
FAULTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "created, 500": {"action": "status", "status": 500, "processed": True},
        "created, reset": {"action": "reset"},
        "created, garbled": {"action": "body", "body": '{"id": null}'},
        "created, 429": {"action": "status", "status": 429, "body": "slow down", "processed": True},
        "not created, 503": {"action": "status", "status": 503},
        "not created, 429": {"action": "status", "status": 429, "body": "slow down"},
        "busy": {"action": "status", "status": 429, "headers": {"Retry-After": "20"}},
        "refused": {"action": "status", "status": 400, "body": '{"message": "no"}'},
        "not found": {"action": "status", "status": 404, "body": '{"message": "no"}'},
    }
)
FATES = ("answered", "unreachable", "lost", "on its way", "slow", *FAULTS)


@dataclass(frozen=True, kw_only=True)
class Slow:
    """A create that the gateway passed on, and that takes effect, or not, until then."""

    request: Request
    route: Route
    verdict: Verdict
    until: dt.datetime


@dataclass(kw_only=True)
class Wire:
    """Carries requests to a sandbox. `fate` is what meets the next create: it is

    answered; never written ('unreachable'); written and lost; written and still 'on its way' until `arrive` or
    for ever; passed on by the gateway and 'slow' until `process` or for ever; or met by one of FAULTS. Lists are
    read as they are unless `lists_fail`.
    """

    sandbox: Sandbox
    clock: Callable[[], dt.datetime]
    skew: float = 0.0
    fate: str = "answered"
    lists_fail: bool = False
    on_its_way: list[Request] = field(default_factory=list)
    slow: list[Slow] = field(default_factory=list)

    def reader(self) -> Reader:
        """What a worker opens."""
        failures = queries.connection().failures_in_a_row
        gate = LedgerGate(
            clock=lambda: self.clock().timestamp(), sleep=lambda seconds: None, failures_in_a_row=failures
        )
        transport = InProcess(
            base_url="http://127.0.0.1:1",
            keys=(AccessKey(id=KEY_ID, secret=KEY_SECRET),),
            gate=gate,
            clock=self.clock,
            monotonic=lambda: self.clock().timestamp(),
            sleep=lambda seconds: None,
            chance=lambda: 0.5,
            wire=self,
        )
        return Reader(client=ResellerClient(transport=transport), gate=gate, clock=self.clock)

    def carried(self, request: Request, watch: Watch) -> Delivery:
        """What comes back for a request; raises OSError where nothing does."""
        fate = self.fate if request.method == "POST" else "answered"
        if fate == "unreachable":
            raise ConnectionRefusedError
        watch.writing(request.body or b"GET")
        if fate == "on its way":
            self.on_its_way.append(request)
        if fate in ("lost", "on its way"):
            raise TimeoutError
        return self._answered(request, fate)

    def _answered(self, request: Request, fate: str) -> Delivery:
        self.sandbox.faults.clear()
        if request.method == "GET" and self.lists_fail:
            self.sandbox.faults.order(Fault(action="status", status=500))
        elif fate == "slow":
            return self._pass_on(request)
        elif fate in FAULTS:
            self.sandbox.faults.order(Fault(match=POST, **FAULTS[fate]))
        return self.sandbox.answer(request)

    def _pass_on(self, request: Request) -> Delivery:
        route = self.sandbox.routes.find(request.method, request.path)
        verdict = self.sandbox.gateway.verdict(request, routed=route is not None)
        if route is None or verdict.reply is not None:
            return self.sandbox.answer(request)
        until = self.clock() + dt.timedelta(seconds=60)
        self.slow.append(Slow(request=request, route=route, verdict=verdict, until=until))
        raise TimeoutError

    def arrive(self, number: int) -> None:
        """Let a request arrive that was on its way, whose answer nobody waits for any more."""
        self.sandbox.faults.clear()
        self.sandbox.answer(self.on_its_way.pop(number))

    def process(self, number: int) -> None:
        """Let a slow create take effect."""
        slow = self.slow.pop(number)
        self.sandbox.truth.record_late(slow.request, slow.verdict, _processed(slow.request, slow.route))


@dataclass(kw_only=True)
class InProcessLine:
    """A connection that leads through the wire."""

    watch: Watch
    wire: Wire

    def fetch(self, request: requests.PreparedRequest) -> Received:
        """What the wire brings back."""
        parts = urlsplit(request.url or "")
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        body = request.body if isinstance(request.body, bytes) else b""
        asked = Request(method=request.method or "", path=parts.path, query=parts.query, headers=headers, body=body)
        sent = self.wire.carried(asked, self.watch)
        if sent.silent or sent.reset:
            raise ConnectionResetError
        date = {"Date": http_date(self.wire.sandbox.clock.now())}
        return Received(
            status=sent.reply.status, headers=CaseInsensitiveDict({**sent.reply.headers, **date}), body=sent.reply.body
        )

    def close(self) -> None:
        """There is nothing to close."""


@dataclass(frozen=True, kw_only=True)
class InProcess(Transport):
    """The portal's own transport, on lines that lead through the wire."""

    wire: Wire

    def _new_line(self) -> Any:
        watch = Watch(host="127.0.0.1", read_timeout=self.read_timeout, monotonic=self.monotonic)
        return InProcessLine(watch=watch, wire=self.wire)
