"""What one run needs: the sandbox, a database, a broker and the portal's processes, started and ended together."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import django
from django.core.management import call_command
from django.db import DatabaseError, connections

from reseller_portal.run.processes import commands
from tests.chaos import places
from tests.chaos.parts import Keeper, Part, wait_until
from tests.chaos.places import Place
from tests.reseller_portal.portal import free_port
from tests.sandbox_server import RunningSandbox

PASSWORD = "a long and quiet river"
CREATORS, DECIDERS = 4, 2


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run is to do: so many creates, for so many seconds at most, `pace` a second, a kill `every` so often."""

    creates: int
    seconds: float
    seed: int
    every: float
    pace: float
    share: float
    is_sqlite: bool
    folder: Path


@dataclass(kw_only=True)
class Stage:
    """What runs: the sandbox, the database, the broker, and the portal's four processes."""

    plan: Plan
    box: RunningSandbox
    database: Place
    broker: Place
    port: int = field(default_factory=free_port)
    parts: list[Part] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        """Where the portal listens."""
        return f"http://127.0.0.1:{self.port}"

    def set_up(self) -> None:
        """Start the servers, prepare the database with its people, then start the portal."""
        os.environ |= self._environment()
        servers = [place.part for place in (self.database, self.broker) if place.part]
        for server in servers:
            server.start()
        django.setup()
        wait_until(database_answers, seconds=30, what="The database did not answer")
        call_command("migrate", verbosity=0, interactive=False)
        for number in range(CREATORS + DECIDERS):
            role = "operator" if number < CREATORS else "approver"
            call_command("create_person", email=address(number), role=role, stdout=StringIO())
        connections.close_all()
        self.parts = servers + [self._part(name, command) for name, command in commands(self.port).items()]
        for part in self.parts:
            part.start()

    def end_portal(self) -> None:
        """End the portal's own processes, while the servers still run."""
        for part in self.parts:
            if part not in (self.database.part, self.broker.part):
                part.end()

    def _environment(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "SECRET_KEY": "only-for-chaos-and-long-enough-to-be-taken-seriously-0123456789",
            "PORTAL_VAR": str(self.plan.folder),
            "PORTAL_LOOPBACK": "1",
            "PORT": str(self.port),
            "PORTAL_PERSON_PASSWORD": PASSWORD,
            "AGORA_BASE_URL": self.box.base_url,
            "AGORA_ACCESS_KEY_ID": self.box.key_id,
            "AGORA_ACCESS_KEY_SECRET": self.box.key_secret,
            "PYTHONWARNINGS": "ignore",
            **self.database.settings,
            **self.broker.settings,
        }

    def _part(self, name: str, command: Sequence[str]) -> Part:
        ours = ["tests.chaos.app" if word == "reseller_portal" else word for word in command]
        return Part(name=name, command=ours, log=self.plan.folder / f"{name}.log")


def address(number: int) -> str:
    """What the person of that number signs in with."""
    return f"person{number}@chaos.example"


def database_answers() -> bool:
    """Whether the database takes queries."""
    try:
        connections["default"].ensure_connection()
    except DatabaseError:
        return False
    return True


@contextmanager
def started(plan: Plan, box: RunningSandbox) -> Iterator[Stage]:
    """Everything that runs; whatever happens, all of it is ended."""
    programs = None if plan.is_sqlite else places.postgres_programs()
    database = places.postgres(plan.folder, programs) if programs else places.sqlite(plan.folder)
    stage = Stage(plan=plan, box=box, database=database, broker=places.broker(plan.folder))
    with ExitStack() as stack:
        for place in (stage.database, stage.broker):
            if place.part:
                stack.callback(place.part.end)
        stack.callback(stage.end_portal)
        stage.set_up()
        keeper = Keeper(parts=stage.parts)
        keeper.begin()
        # Ended first: nothing is started again that is being ended.
        stack.callback(keeper.end)
        yield stage
