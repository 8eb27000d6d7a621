"""The careful people who settle what the portal hands over, by its own pages."""

import random
import re
import threading
from collections import Counter
from dataclasses import dataclass, field

from sandbox.api import Sandbox
from tests.chaos.browser import Answer, Browser, Button

LINK = re.compile(r'href="/onboarding/(\d+)/')
REQUEST = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Of a hundred looks: how often somebody gives up what is proven absent, and how often far too early.
GIVES_UP, GIVES_UP_EARLY = 15.0, 0.5


@dataclass(kw_only=True)
class Console:
    """Agora's own console, which tells what a request made where the API's lists do not."""

    sandbox: Sandbox
    _read: int = 0
    _made: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def made_by(self, request_id: str) -> str:
        """The ID of the company or project that a request of the portal made; '' when it made none."""
        with self._lock:
            for entry in self.sandbox.truth.entries(since=self._read):
                self._read = entry.number
                kind, _space, name = entry.effect.partition(" ")
                if kind in ("company", "project"):
                    self._made[entry.request_id] = name
            return self._made.get(request_id, "")


@dataclass(kw_only=True)
class Decider:
    """One approver, who looks at every operation that waits for a person and decides as the pages let them.

    Of what a page shows they take what the console says was made by a request of that operation. Where the
    page shows nothing of the kind and lets it be sent again, they do that; sometimes they give up, now and
    then too early. A UAP service is listed nowhere, so it is always sent again.
    """

    browser: Browser
    console: Console
    chance: random.Random
    decisions: Counter[str] = field(default_factory=Counter)

    def work(self, ended: threading.Event) -> None:
        """Look and decide until the run is over."""
        while not ended.wait(0.5):
            self.look_through()

    def look_through(self) -> None:
        """Decide about whatever can be decided now."""
        for number in dict.fromkeys(LINK.findall(self.browser.open("/onboarding/?waiting=1").text)):
            self.decide(int(number))

    def decide(self, number: int) -> None:
        """Make the one decision that the page of an operation allows, if any."""
        page = self.browser.open(f"/onboarding/{number}/")
        offered = {word: page.buttons(f"/{word}/") for word in ("adopt", "send-again", "give-up", "retry")}
        found = self._recognised(page)
        if found and offered["adopt"]:
            fitting = [button for button in offered["adopt"] if button.values.get("remote_id") == found]
            self._press("adopt", (fitting or offered["adopt"])[0], other_id="" if fitting else found)
        elif offered["give-up"] and self._gives_up(page, is_proven=bool(offered["send-again"])):
            self._press("give up", offered["give-up"][0])
        elif offered["send-again"]:
            self._press("send again", offered["send-again"][0])
        elif offered["retry"]:
            self._press("retry", offered["retry"][0])

    def _recognised(self, page: Answer) -> str:
        """What the page shows and the console says was made by this operation; '' when there is nothing."""
        made = [self.console.made_by(request) for request in REQUEST.findall(page.text)]
        return next((one for one in made if one and re.search(rf"\b{re.escape(one)}\b", page.text)), "")

    def _gives_up(self, page: Answer, *, is_proven: bool) -> bool:
        share = GIVES_UP if is_proven else GIVES_UP_EARLY
        return ">UAP service<" not in page.text and self.chance.random() * 100 < share

    def _press(self, what: str, button: Button, **typed: str) -> None:
        answer = self.browser.post(button.action, button.values | {"reason": f"Looked it up: {what}"} | typed)
        self.decisions[what if answer.status == 302 else f"{what}: {answer.status}"] += 1
