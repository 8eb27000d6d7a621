"""A person's browser: pages, the forms on them, and the patience to reload what did not answer."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

import requests

PATIENCE = 120.0
# 400 is what Django answers when the database fails while it stores the session.
TRY_LATER = (400, 500, 502, 503, 504)
NUMBER = re.compile(r"/onboarding/(\d+)/")


@dataclass(frozen=True, kw_only=True)
class Button:
    """A button that sends a form: where it leads, and what is sent when nothing more is typed."""

    action: str
    values: dict[str, str]


@dataclass(kw_only=True)
class _Form:
    """A form that is being read: its fields, and what each of its buttons adds."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, dict[str, str]]] = field(default_factory=list)


class _Forms(HTMLParser):
    """Collects the forms of a page with their fields and the buttons that can be pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Form] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what a browser would send."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(_Form(action=given.get("action", ""), method=given.get("method", "get").lower()))
            self._inside = True
        elif self._inside and tag == "button" and given.get("type", "submit") == "submit" and "disabled" not in given:
            more = {given["name"]: given.get("value", "")} if given.get("name") else {}
            self.found[-1].buttons.append((given.get("formaction", ""), more))
        elif self._inside and tag == "input" and given.get("name"):
            self._take(given, is_sent=given.get("type") not in ("radio", "checkbox") or "checked" in given)

    def _take(self, given: dict[str, str], *, is_sent: bool) -> None:
        if is_sent:
            self.found[-1].values[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """What follows belongs to no form."""
        self._inside = self._inside and tag != "form"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: `operation` is the number in the address that a 303 leads to, 0 without one."""

    status: int
    text: str = field(repr=False)
    operation: int = 0

    def buttons(self, ending: str = "") -> list[Button]:
        """The buttons of the page that change something at an address that ends like this."""
        parser = _Forms()
        parser.feed(self.text)
        posted = [form for form in parser.found if form.method == "post"]
        pressed = [
            Button(action=action or form.action, values=form.values | more)
            for form in posted
            for action, more in form.buttons
        ]
        return [button for button in pressed if button.action.endswith(ending)]


@dataclass(kw_only=True)
class Browser:
    """One person who is signed in; a request that failed is repeated as it was."""

    base_url: str
    email: str
    password: str
    ended: Callable[[], bool] = lambda: False
    session: requests.Session = field(default_factory=requests.Session)
    failures: int = 0

    def sign_in(self) -> None:
        """Sign in by the form."""
        page = self.open("/accounts/login/")
        hidden = page.buttons("/accounts/login/")[0].values
        self.post("/accounts/login/", hidden | {"login": self.email, "password": self.password})

    def open(self, path: str) -> Answer:
        """A page; TimeoutError when the portal does not answer for minutes."""
        return self._insist(lambda: self._ask("GET", path))

    def post(self, path: str, values: Mapping[str, str]) -> Answer:
        """Send a form, and again after a failure: nobody knows whether it was taken."""
        return self._insist(lambda: self._ask("POST", path, values))

    def once(self, path: str, values: Mapping[str, str]) -> Answer | None:
        """Send a form without caring for the answer, as the first of two clicks does."""
        return self._ask("POST", path, values)

    def _insist(self, ask: Callable[[], Answer | None]) -> Answer:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if answer := ask():
                return answer
            self.failures += 1
            time.sleep(0.3)
        raise TimeoutError(f"the portal did not answer for {PATIENCE:.0f} seconds")

    def _ask(self, method: str, path: str, values: Mapping[str, str] | None = None) -> Answer | None:
        headers = {"Referer": self.base_url + path}
        try:
            answer = self.session.request(
                method, self.base_url + path, data=values, headers=headers, timeout=30, allow_redirects=False
            )
        except requests.RequestException:
            return None
        if answer.status_code in TRY_LATER:
            return None
        found = NUMBER.search(answer.headers.get("Location", ""))
        return Answer(status=answer.status_code, text=answer.text, operation=int(found[1]) if found else 0)
