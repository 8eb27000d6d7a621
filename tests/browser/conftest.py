"""A headless Chromium for tests that open pages, and the rules that every page it opens has to keep."""

import os
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from reseller_portal import assets
from tests.browser import chromium

GRAVE = ("serious", "critical")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def built_assets() -> None:
    """The bundle that pages load; built once, and only when it is out of date."""
    assets.build()


@pytest.fixture(scope="session")
def browser(built_assets: None) -> Iterator[Browser]:
    """One headless Chromium for all tests; without one they are skipped, but never in CI."""
    path = chromium.find()
    if not path and os.environ.get("CI") != "true":
        pytest.skip("no Chromium or Chrome on this machine")
    # Playwright's loop runs in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Complaints(list[str]):
    """What the browser complained about; a test that provokes some takes them out with `expect`."""

    def watch(self, page: Page) -> None:
        """Note every console message, which violations of the policy are too, script error and failed request."""
        page.on("console", self.note_message)
        page.on("pageerror", lambda error: self.append(f"script error: {error}"))
        page.on("requestfailed", self.note_failure)
        page.on("response", self.note_response)

    def note_message(self, message: ConsoleMessage) -> None:
        self.append(f"console: {message.text}")

    def note_failure(self, request: Request) -> None:
        # A page that is left gives up what it was still loading.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.append(f"failed: {urlsplit(request.url).path} {request.failure}")

    def note_response(self, response: Response) -> None:
        if response.status >= 400:
            self.append(f"answered {response.status}: {urlsplit(response.url).path}")

    def expect(self, *words: str) -> None:
        """Take out the complaints that hold one of these words; fail for each word that none holds."""
        for word in words:
            assert [text for text in self if word in text] != [], f"nobody complained about {word!r}"
            self[:] = [text for text in self if word not in text]


@pytest.fixture
def complaints() -> Complaints:
    """What the browser complained about so far in this test."""
    return Complaints()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, complaints: Complaints) -> Iterator[Page]:
    """A fresh window on the portal: `page.goto("/usage/")`. At the end of the test nothing may be complained about."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    opened = context.new_page()
    complaints.watch(opened)
    yield opened
    context.close()
    if complaints:
        pytest.fail("the browser complained:\n" + "\n".join(complaints), pytrace=False)


@pytest.fixture
def sign_in(page: Page, live_server: LiveServer, person: Callable[..., Person]) -> Callable[..., Person]:
    """Sign a new person in at the window: `sign_in("finance")`."""

    def sign(role: str = "viewer", **fields: object) -> Person:
        somebody = person(role, **fields)
        client = Client()
        client.force_login(somebody)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return somebody

    return sign


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe finds serious or critical on the open page, as `rule: where`: `assert axe(page) == []`."""
    rules = Axe()

    def run(page: Page) -> list[str]:
        found = rules.run(page).response["violations"]
        grave = [violation for violation in found if violation["impact"] in GRAVE]
        return [f"{rule['id']}: {node['target']}" for rule in grave for node in rule["nodes"]]

    return run
