"""The sandbox put together: a request goes in, and what is delivered comes out."""

import threading

from sandbox.bills import Bills
from sandbox.clock import Clock
from sandbox.exchange import Refusal, Reply, Request, message_reply
from sandbox.faults import Delivery, Fault, Faults, delivery
from sandbox.gateway import Gateway, Verdict
from sandbox.options import Options
from sandbox.routes import Route, Routes
from sandbox.truth import Truth
from sandbox.usage import Usage
from sandbox.world import World


class Sandbox:
    """A stand-in for Agora's API. Its parts may be looked at and changed while it answers.

    A clock that is given counts instead of the one that the options describe.
    """

    def __init__(self, options: Options, clock: Clock | None = None) -> None:
        self.options = options
        self.clock = clock or Clock(offset=options.clock_offset, pretended=options.today)
        self.world = World(options, self.clock)
        self.usage = Usage(self.clock)
        self.bills = Bills(self.world, capacity=options.page_size, numbered=options.dress.bill_ids == "numbers")
        self.faults = Faults()
        self.truth = Truth(options.truth_file)
        self.routes = Routes(options=options, world=self.world, usage=self.usage, bills=self.bills)
        self.gateway = Gateway(
            keys=options.keys,
            clock=self.clock,
            window=options.window,
            rate=options.rate,
            rate_headers=options.rate_headers,
            old=options.old_gateway,
            request_ids=options.request_ids,
        )

    def answer(self, request: Request) -> Delivery:
        """Check, answer and write down one request, under the fault that was ordered for it."""
        route = self.routes.find(request.method, request.path)
        verdict = self.gateway.verdict(request, routed=route is not None)
        if route is None or verdict.reply is not None:
            refusal = verdict.reply or message_reply(404, "no Route matched with those values")
            sent, fault = Delivery(reply=refusal), None
        else:
            fault = self.faults.strike(request)
            sent = self._delivered(request, route, verdict, fault)
        self.truth.record(request, verdict, sent, fault.action if fault else "")
        if fault and fault.then:
            fault.then()
        return sent

    def _delivered(self, request: Request, route: Route, verdict: Verdict, fault: Fault | None) -> Delivery:
        if fault is None:
            return Delivery(reply=_processed(request, route))
        if fault.late:
            self._process_later(request, route, verdict, fault.late)
        reply = _processed(request, route) if fault.takes_effect else message_reply(503, "no effect")
        return delivery(fault, reply)

    def _process_later(self, request: Request, route: Route, verdict: Verdict, seconds: float) -> None:
        def process() -> None:
            self.truth.record_late(request, verdict, _processed(request, route))

        timer = threading.Timer(seconds, process)
        timer.daemon = True
        timer.start()


def _processed(request: Request, route: Route) -> Reply:
    """The API's own answer; a refusal is an answer too."""
    try:
        return route.answer(request, route.ids)
    except Refusal as refusal:
        return message_reply(refusal.status, refusal.message)
