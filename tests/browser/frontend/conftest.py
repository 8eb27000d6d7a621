"""A small site of the real parts and the real bundle, served under the portal's policy, without any table behind it."""

import json
import mimetypes
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from csp.utils import build_policy
from django.http import HttpRequest
from django.template import engines
from playwright.sync_api import Browser, Page, expect

from reseller_portal.assets import ROOT
from tests.browser.conftest import Complaints

SIGNED_IN = {
    "user": {"is_authenticated": True, "email": "anna@example.com", "name": "Anna"},
    "access": {"create": True, "see_amounts": True, "manage_people": True},
    "connection": {"is_demo": True, "host": "127.0.0.1:9000"},
    "freshness": [
        {"text": "Usage to 21 Sep UTC, fetched 6 min ago", "tone": "green"},
        {"text": "2 gaps", "tone": "red"},
    ],
}


@dataclass
class Site:
    """Pages and answers by path; what is not among them is looked for below static/."""

    address: str = ""
    pages: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)

    def add_page(self, path: str, source: str, **context: object) -> str:
        """Serve a template's source, rendered as a page of the portal for a person who may do all; its address."""
        request = HttpRequest()
        request.path = path
        text = engines["django"].from_string(source).render({"request": request, **SIGNED_IN, **context})
        self.pages[path] = (200, "text/html; charset=utf-8", text.encode())
        return self.address + path

    def add_figures(self, path: str, answer: object, status: int = 200) -> None:
        """Serve what a chart asks for."""
        self.pages[path] = (status, "application/json", json.dumps(answer).encode())

    def find(self, path: str) -> tuple[int, str, bytes]:
        """Status, type and content of a path."""
        if path in self.pages:
            return self.pages[path]
        file = ROOT / path.lstrip("/")
        if path.startswith("/static/") and file.is_file():
            return 200, mimetypes.guess_type(file.name)[0] or "application/octet-stream", file.read_bytes()
        return 404, "text/plain", b""


def handler_of(site: Site) -> type[BaseHTTPRequestHandler]:
    """The answers of `site`, under the portal's Content-Security-Policy."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, content = site.find(self.path.partition("?")[0])
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Security-Policy", build_policy())
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: pytest shows what matters."""

    return Handler


@pytest.fixture(scope="module")
def site(built_assets: None) -> Iterator[Site]:
    """The site, on a port of its own."""
    made = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(made))
    made.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_page(browser: Browser, complaints: Complaints) -> Iterator[Callable[..., Page]]:
    """Open an address: `open_page(address, width=375, color_scheme="dark")`. Nothing may be complained about."""
    contexts = []

    def go(address: str, width: int = 1280, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        complaints.watch(page)
        page.goto(address)
        if options.get("java_script_enabled", True):
            expect(page.locator("canvas:not([data-chart-started]), canvas[aria-busy]")).to_have_count(0)
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []
