"""One run: everything is started, people create while the killer kills, then there is quiet until all has ended."""

import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import django
from django.core.management import call_command
from django.db import DatabaseError, connections

from reseller_portal.run.processes import commands
from tests.chaos import creators, evidence, places
from tests.chaos.browser import Browser
from tests.chaos.creators import Creator, Ledger, Wish
from tests.chaos.faults import RandomFaults
from tests.chaos.killer import Killer
from tests.chaos.parts import Keeper, Part, wait_until
from tests.chaos.person import Console, Decider
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
        for part in servers:
            part.start()
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
            stack.callback(lambda part=place.part: part and part.end())
        stack.callback(lambda: [part.end() for part in stage.parts if part.name not in ("database", "broker")])
        stage.set_up()
        yield stage


@dataclass(kw_only=True)
class Run:
    """What happened in a run, for the report."""

    stage: Stage
    faults: RandomFaults
    ledger: Ledger = field(default_factory=Ledger)
    deciders: list[Decider] = field(default_factory=list)
    killer: Killer | None = None
    failures: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def go(self) -> None:
        """Create and kill until the wishes or the time are used up, then wait for quiet."""
        plan, began = self.stage.plan, time.monotonic()
        chance = random.Random(plan.seed)
        projects = creators.found_world(self.stage.box.sandbox, creates=plan.creates)
        wish_list = list(creators.wishes(projects=projects, creates=plan.creates, chance=chance))
        browsers = [self._browser(number) for number in range(CREATORS + DECIDERS)]
        self._wait_for_portal(projects, browsers[-1])
        keeper, quiet = Keeper(parts=self.stage.parts), threading.Event()
        keeper.begin()
        self.faults.share = plan.share
        deciding = self._deciders_at_work(browsers[CREATORS:], chance, quiet)
        self._trouble(browsers[:CREATORS], wish_list, chance)
        self.faults.share = 0.0
        self._wait_for_quiet()
        quiet.set()
        for thread in deciding:
            thread.join()
        keeper.end()
        self.seconds = time.monotonic() - began

    def _browser(self, number: int) -> Browser:
        browser = Browser(base_url=self.stage.base_url, email=address(number), password=PASSWORD)
        browser.sign_in()
        return browser

    def _wait_for_portal(self, projects: Sequence[str], browser: Browser) -> None:
        """Until the lists are read, whatever was founded before."""
        missing = {path.rpartition("/projects/")[0] for path in projects}
        for path in [*missing, *(projects[index] for index in (0, len(projects) // 2, -1))]:
            wait_until(
                lambda path=path: browser.open(f"{path}/").status == 200, seconds=90, what=f"{path} was not read"
            )

    def _deciders_at_work(
        self, browsers: Sequence[Browser], chance: random.Random, quiet: threading.Event
    ) -> list[threading.Thread]:
        console = Console(sandbox=self.stage.box.sandbox)
        for browser in browsers:
            self.deciders.append(Decider(browser=browser, console=console, chance=random.Random(chance.random())))
        return [self._thread(lambda decider=decider: decider.work(quiet)) for decider in self.deciders]

    def _trouble(self, browsers: Sequence[Browser], wish_list: list[Wish], chance: random.Random) -> None:
        """People create, the killer kills; both end together."""
        plan, ended = self.stage.plan, threading.Event()
        deadline = time.monotonic() + plan.seconds
        lock, pause = threading.Lock(), CREATORS / plan.pace

        def next_wish() -> Wish | None:
            with lock:
                return wish_list.pop() if wish_list and time.monotonic() < deadline else None

        folder, keys = plan.folder, self.stage.box.sandbox.gateway.keys
        self.killer = Killer(
            parts=self.stage.parts,
            broker_socket=folder / "broker" / "socket",
            sqlite_file=None if self.stage.database.part else folder / "portal.sqlite3",
            keys=keys,
            chance=random.Random(chance.random()),
            every=plan.every,
        )
        killing = self._thread(lambda: self.killer and self.killer.work(ended))
        creating = []
        for browser in browsers:
            creator = Creator(browser=browser, ledger=self.ledger, chance=random.Random(chance.random()), pause=pause)
            creating.append(self._thread(lambda creator=creator: creator.work(next_wish, ended)))
        for thread in creating:
            thread.join()
        ended.set()
        killing.join()

    def _wait_for_quiet(self) -> None:
        """Until every operation has ended, or nothing has changed for longer than any time of the machine."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                if not evidence.unfinished():
                    break
            except DatabaseError:
                connections.close_all()
            time.sleep(0.5)

    def _thread(self, work: Callable[[], object]) -> threading.Thread:
        def watched() -> None:
            try:
                work()
            except Exception as failure:
                self.failures[f"{type(failure).__name__}: {failure}"] += 1
                sys.excepthook(type(failure), failure, failure.__traceback__)

        thread = threading.Thread(target=watched, daemon=True)
        thread.start()
        return thread
