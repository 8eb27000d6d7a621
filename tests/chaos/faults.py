"""What goes wrong between the portal and Agora, by chance: what Agora does, what it answers, and what others create."""

import json
import random
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.api import Sandbox
from sandbox.companies import Company
from sandbox.exchange import Request
from sandbox.faults import Fault, Faults
from tests.chaos.times import LIST_LAG, PATIENCE

Make = Callable[[random.Random], Fault]
KONG = {"Retry-After": "1", "RateLimit-Remaining": "0"}

# Faults of a create with their weights; each is as bad as the assumptions of docs/operations.md allow.
OF_CREATES: tuple[tuple[int, Make], ...] = (
    (4, lambda chance: Fault(action="drop_before")),
    (6, lambda chance: Fault(action="drop_after")),
    (4, lambda chance: Fault(action="drop_before", late=chance.uniform(0.1, PATIENCE - 0.5))),
    (3, lambda chance: Fault(action="cut_body", sent_bytes=chance.randrange(12))),
    (3, lambda chance: Fault(action="reset", sent_bytes=chance.choice([None, 0, 5]))),
    (3, lambda chance: Fault(action="status", status=chance.choice([500, 502, 503, 504]), processed=True)),
    (3, lambda chance: Fault(action="status", status=chance.choice([500, 502, 503, 504]), processed=False)),
    (2, lambda chance: Fault(action="status", status=504, late=chance.uniform(0.1, PATIENCE - 0.5))),
    (2, lambda chance: Fault(action="status", status=429, headers=KONG, processed=False)),
    (2, lambda chance: Fault(action="status", status=429, body="slow down", processed=chance.random() < 0.5)),
    (2, lambda chance: Fault(action=chance.choice(["html", "empty"]), processed=chance.random() < 0.7)),
    (2, lambda chance: Fault(action="body", body=chance.choice(["{}", '{"id":null}', "[", '{"id":1,"name":"?"}']))),
    (1, lambda chance: Fault(action="redirect", location="/elsewhere", processed=chance.random() < 0.5)),
    (3, lambda chance: Fault(action="delay", seconds=chance.uniform(0.2, 2.0))),
    (3, lambda chance: Fault(action="delay", seconds=chance.uniform(2.5, 4.0))),
    (1, lambda chance: Fault(action="drip", seconds=0.05)),
)
OF_READINGS: tuple[tuple[int, Make], ...] = (
    (2, lambda chance: Fault(action="drop_after")),
    (2, lambda chance: Fault(action="status", status=503)),
    (1, lambda chance: Fault(action="cut_body", sent_bytes=40)),
    (1, lambda chance: Fault(action="html")),
    (2, lambda chance: Fault(action="delay", seconds=chance.uniform(0.2, 1.5))),
)


@dataclass(kw_only=True)
class Strangers:
    """Other people who create at Agora, without the portal, what looks like its own; `made` holds the IDs."""

    sandbox: Sandbox
    made: set[str] = field(default_factory=set)

    def imitate(self, request: Request) -> None:
        """Create a thing equal in everything that a list shows; a UAP service is listed nowhere."""
        body = json.loads(request.body)
        if found := re.fullmatch(r".*/companies/(\d+)/projects", request.path):
            company = self.sandbox.world.company(int(found[1]))
            if company:
                self.made.add(self.sandbox.world.create_project(company, body["name"]).id)
        elif request.path.endswith("/companies"):
            twin = self.sandbox.world.create_company(lambda new_id, place: _twin(new_id, place, body))
            self.made.add(str(twin.id))


def _twin(new_id: int, place: int, body: dict[str, str]) -> Company:
    return Company(
        id=new_id,
        place=place,
        name=body.get("companyName") or body["name"],
        email=f"stranger{new_id}@elsewhere.example",
        country=body["country"],
        area=body["area"],
        app_limit=int(body["appLimit"]),
        member_limit=int(body["memberLimit"]),
        industry=int(body["industry"]),
        interest=int(body["interest"]),
        environment=int(body["environment"]),
    )


class RandomFaults(Faults):
    """Rolls the dice for every request; `share` is how many creates of a hundred are met, 0 for none."""

    def __init__(self, *, sandbox: Sandbox, strangers: Strangers, seed: int, share: float = 30.0) -> None:
        super().__init__()
        self.share = share
        self.struck: Counter[str] = Counter()
        self._sandbox = sandbox
        self._strangers = strangers
        self._chance = random.Random(seed)
        self._dice = threading.Lock()

    def strike(self, request: Request) -> Fault | None:
        """The fault that meets this request; what is created from now on is listed after a while of its own."""
        with self._dice:
            if not self.share:
                self._sandbox.world.list_lag = 0.0
                return None
            self._sandbox.world.list_lag = self._chance.choice([0.0, 0.0, self._chance.uniform(0, LIST_LAG - 0.5)])
            is_create = request.method == "POST"
            share = self.share if is_create else self.share / 6
            if self._chance.random() * 100 >= share:
                return None
            fault = _pick(self._chance, OF_CREATES if is_create else OF_READINGS)
            self.struck[f"{request.method} {fault.action}"] += 1
            imitated = is_create and self._chance.random() < 0.15
        if imitated:
            self._strangers.imitate(request)
        return fault


def _pick(chance: random.Random, made: tuple[tuple[int, Make], ...]) -> Fault:
    (choice,) = chance.choices([make for _weight, make in made], weights=[weight for weight, _make in made])
    return choice(chance)
