"""One run: people create while the killer kills, then there is quiet until everything has ended."""

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.db import DatabaseError, connections

from tests.chaos import creators, evidence
from tests.chaos.browser import Browser
from tests.chaos.creators import Creator, Ledger, Wish
from tests.chaos.faults import RandomFaults
from tests.chaos.killer import Killer
from tests.chaos.parts import wait_until
from tests.chaos.person import Console, Decider
from tests.chaos.stage import CREATORS, DECIDERS, PASSWORD, Stage, address

# Longer than any time of the machine at the scale of a run.
QUIET_WITHIN = 120.0


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
        quiet = threading.Event()
        self.faults.share = plan.share
        deciding = self._deciders_at_work(browsers[CREATORS:], chance, quiet)
        self._trouble(browsers[:CREATORS], wish_list, chance)
        self.faults.share = 0.0
        self._wait_for_quiet()
        quiet.set()
        for thread in deciding:
            thread.join()
        self.seconds = time.monotonic() - began

    def _browser(self, number: int) -> Browser:
        browser = Browser(base_url=self.stage.base_url, email=address(number), password=PASSWORD)
        browser.sign_in()
        return browser

    def _wait_for_portal(self, projects: Sequence[str], browser: Browser) -> None:
        """Until the lists are read, whatever was founded before."""
        missing = {path.rpartition("/projects/")[0] for path in projects}
        for path in [*missing, *(projects[index] for index in (0, len(projects) // 2, -1))]:
            wait_until(partial(shows, browser, path), seconds=90, what=f"{path} was not read")

    def _deciders_at_work(
        self, browsers: Sequence[Browser], chance: random.Random, quiet: threading.Event
    ) -> list[threading.Thread]:
        console = Console(sandbox=self.stage.box.sandbox)
        for browser in browsers:
            self.deciders.append(Decider(browser=browser, console=console, chance=random.Random(chance.random())))
        return [self._thread(partial(decider.work, quiet)) for decider in self.deciders]

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
        killing = self._thread(partial(self.killer.work, ended))
        creating = []
        for browser in browsers:
            creator = Creator(browser=browser, ledger=self.ledger, chance=random.Random(chance.random()), pause=pause)
            creating.append(self._thread(partial(creator.work, next_wish, ended)))
        for thread in creating:
            thread.join()
        ended.set()
        killing.join()

    def _wait_for_quiet(self) -> None:
        """Until every operation has ended, for longer than any of them may take."""
        deadline = time.monotonic() + QUIET_WITHIN
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


def shows(browser: Browser, path: str) -> bool:
    """Whether the portal knows the company or project of that path."""
    return browser.open(f"{path}/").status == 200
