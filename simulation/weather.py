"""What goes wrong on the way: outages, storms of refusals, broken answers, lists that move, and a kill at some call."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial

from sandbox.api import Sandbox
from sandbox.exchange import Request
from sandbox.faults import Fault, Faults

# What an answer may become: a server's error, a gateway's page, nothing, half of it, or something else altogether.
BROKEN = (
    Fault(action="status", status=500),
    Fault(action="status", status=502),
    Fault(action="html", status=200),
    Fault(action="empty"),
    Fault(action="cut_body", sent_bytes=20),
    Fault(action="drop_before"),
    Fault(action="drop_after"),
    Fault(action="body", body="{}"),
)
OUTAGE = (*(Fault(action="status", status=status) for status in (503, 503, 504)), Fault(action="drop_before"))
STORM_SHARE = 0.3
LONGEST_RETRY_AFTER = 60


class Weather(Faults):
    """Decides by chance what becomes of each answer; `struck` counts by name what did.

    `noise` is the share of answers that break at any time, `moving` the share of pages of lists and bills
    after which a row moves.
    """

    def __init__(self, sandbox: Sandbox, *, seed: int, noise: float, moving: float) -> None:
        super().__init__()
        self.noise, self.moving = noise, moving
        self.outage = self.storm = False
        self.struck: Counter[str] = Counter()
        self._sandbox = sandbox
        self._dice = random.Random(seed)
        self._kill: tuple[int, Callable[[], object]] | None = None
        self._turn = threading.Lock()

    def clear(self) -> None:
        """From now on nothing goes wrong any more."""
        super().clear()
        self.noise = self.moving = 0.0
        self.outage = self.storm = False

    def kill_at(self, calls: int, kill: Callable[[], object]) -> None:
        """Let somebody be killed when the server has worked out its answer to a call, so many calls from now."""
        self._kill = (calls, kill)

    def strike(self, request: Request) -> Fault | None:
        """What becomes of the answer to this request, None for nothing."""
        with self._turn:
            name, fault = self._fault(request)
            if fault:
                self.struck[name] += 1
            return fault

    def _fault(self, request: Request) -> tuple[str, Fault | None]:
        if self._is_deadly():
            _calls, kill = self._kill or (0, print)
            self._kill = None
            return "kill", Fault(action="pass", then=kill)
        if self.outage:
            return "outage", self._dice.choice(OUTAGE)
        if self.storm and self._dice.random() < STORM_SHARE:
            seconds = str(self._dice.randint(1, LONGEST_RETRY_AFTER))
            return "429", Fault(action="status", status=429, headers={"Retry-After": seconds})
        if self._dice.random() < self.noise:
            return "broken", self._dice.choice(BROKEN)
        if self._dice.random() < self.moving and (move := self._move(request)):
            return "moved", Fault(action="pass", then=move)
        return "", None

    def _is_deadly(self) -> bool:
        if self._kill is None:
            return False
        calls, kill = self._kill
        self._kill = (calls - 1, kill)
        return calls <= 1

    def _move(self, request: Request) -> Callable[[], object] | None:
        """Lets a row of the list that was asked for move to another place."""
        parameters = dict(request.parameters())
        if request.path.endswith("/daily-bills") and "period" in parameters:
            text = parameters["period"]
            period = type(self._sandbox.clock.today()).fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}")
            rows = len(self._sandbox.bills.lines(period))
            return partial(self._sandbox.bills.move, period, *self._places(rows)) if rows > 1 else None
        if request.path.endswith("/companies"):
            rows = len(self._sandbox.world.companies())
            return partial(self._sandbox.world.move_company, *self._places(rows)) if rows > 1 else None
        return None

    def _places(self, rows: int) -> tuple[int, int]:
        return self._dice.randrange(rows), self._dice.randrange(rows)
