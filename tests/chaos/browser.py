"""A person's browser: pages, the forms on them, and the patience to reload what did not answer."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

import requests

PATIENCE = 120.0
NUMBER = re.compile(r"/onboarding/(\d+)/")


@dataclass(kw_only=True)
class Form:
    """A form of a page: where it leads, what it holds, and whether it has a button that can be pressed."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    is_enabled: bool = False


class _Forms(HTMLParser):
    """Collects the forms of a page with their inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what a browser would send or let choose."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(action=given.get("action", ""), method=given.get("method", "get").lower()))
            self._inside = True
        elif self._inside and tag == "button" and given.get("type", "submit") == "submit":
            self.found[-1].is_enabled |= "disabled" not in given
        elif self._inside and tag == "input" and given.get("name"):
            self._take(given["name"], given.get("value", ""), given.get("type", ""), "checked" in given)

    def handle_endtag(self, tag: str) -> None:
        """What follows belongs to no form."""
        self._inside = self._inside and tag != "form"

    def _take(self, name: str, value: str, kind: str, is_checked: bool) -> None:
        if kind not in ("radio", "checkbox") or is_checked:
            self.found[-1].values[name] = value


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: `operation` is the number in the address that a 303 leads to, 0 without one."""

    status: int
    text: str = field(repr=False)
    operation: int = 0

    def forms(self) -> list[Form]:
        """The forms of the page that change something and can be sent."""
        parser = _Forms()
        parser.feed(self.text)
        return [form for form in parser.found if form.method == "post" and form.is_enabled]

    def form_to(self, ending: str) -> Form | None:
        """The form whose address ends like this."""
        return next((form for form in self.forms() if form.action.endswith(ending)), None)


@dataclass(kw_only=True)
class Browser:
    """One person who is signed in; a request without an answer, or answered 5xx, is repeated as it was."""

    base_url: str
    email: str
    password: str
    ended: Callable[[], bool] = lambda: False
    session: requests.Session = field(default_factory=requests.Session)
    failures: int = 0

    def sign_in(self) -> None:
        """Sign in by the form."""
        page = self.open("/accounts/login/")
        form = page.form_to("/accounts/login/")
        assert form, "the page to sign in has no form"
        self.post("/accounts/login/", form.values | {"login": self.email, "password": self.password})

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
        if answer.status_code >= 500:
            return None
        found = NUMBER.search(answer.headers.get("Location", ""))
        return Answer(status=answer.status_code, text=answer.text, operation=int(found[1]) if found else 0)
