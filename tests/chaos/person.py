"""The careful person who settles what the portal hands over, by its own pages."""

import random
import re
import threading
from collections import Counter
from dataclasses import dataclass, field

from sandbox.api import Sandbox
from tests.chaos.browser import Answer, Browser, Form

LINK = re.compile(r'href="/onboarding/(\d+)/"')
CODE = re.compile(r"<code[^>]*>([^<]+)</code>")
# Of a hundred: how often somebody gives up what is proven absent, and how often far too early.
GIVES_UP, GIVES_UP_EARLY = 15.0, 0.5


@dataclass(kw_only=True)
class Console:
    """Agora's own console, which tells of a company or project by which request it was made."""

    sandbox: Sandbox
    _read: int = 0
    _makers: dict[str, str] = field(default_factory=dict)

    def made_by(self, remote_id: str) -> str:
        """The ID of the request that made it; '' when it was none of the portal's."""
        for entry in self.sandbox.truth.entries(since=self._read):
            self._read = entry.number
            kind, _space, name = entry.effect.partition(" ")
            if kind in ("company", "project"):
                self._makers[name] = entry.request_id
        return self._makers.get(remote_id, "")


@dataclass(kw_only=True)
class Decider:
    """One approver, who looks at every operation that waits for a person and decides as the pages let them.

    A candidate counts as found when the console names a request that stands on the operation's page. Where
    nothing fits and the page offers it, it is sent again; sometimes it is given up, now and then too early.
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
        adopt, again, give_up, retry = (
            page.form_to(f"/{word}/") for word in ("adopt", "send-again", "give-up", "retry")
        )
        found = next((one for one in shown(page) if self._is_on(page, one)), "")
        is_service = ">UAP service<" in page.text
        if adopt and found:
            self._send("adopt", adopt, remote_id=found)
        elif again and give_up and not is_service and self.chance.random() * 100 < GIVES_UP:
            self._send("give up", give_up)
        elif again:
            self._send("send again", again)
        elif give_up and not is_service and self.chance.random() * 100 < GIVES_UP_EARLY:
            self._send("give up early", give_up)
        elif retry:
            self._send("retry", retry)

    def _is_on(self, page: Answer, remote_id: str) -> bool:
        maker = self.console.made_by(remote_id)
        return bool(maker) and maker in page.text

    def _send(self, what: str, form: Form, **typed: str) -> None:
        answer = self.browser.post(form.action, form.values | {"reason": f"Looked it up: {what}"} | typed)
        self.decisions[what if answer.status == 302 else f"{what}: {answer.status}"] += 1


def shown(page: Answer) -> list[str]:
    """The IDs that a page shows as candidates."""
    offered = [form for form in page.forms() if form.action.endswith("/adopt/")]
    chosen = [one for form in offered for one in [*form.choices.get("remote_id", []), form.values.get("remote_id", "")]]
    return list(dict.fromkeys(one for one in [*chosen, *CODE.findall(page.text)] if one))
