"""Fixtures of the client's tests: scripted servers, and transports whose sleeping is only noted down."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from agora.client import ResellerClient
from agora.drafts import CompanyDraft
from agora.signing import AccessKey
from agora.transport import Exchange, Transport

from .scripted_server import Reply, ScriptedServer

KEY = AccessKey(id="a1" * 20, secret="Secret" + "s" * 34)
OTHER_KEY = AccessKey(id="b2" * 20, secret="Secret" + "t" * 34)


@dataclass(kw_only=True)
class NotingGate:
    """A gate that lets everything through and notes it down."""

    waits: list[bool] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)

    def wait(self, *, write: bool) -> None:
        self.waits.append(write)

    def answered(self, answer: Exchange) -> None:
        self.exchanges.append(answer)


@pytest.fixture
def serve() -> Iterator[Callable[..., ScriptedServer]]:
    """Start servers: `serve(answer(500), answer(200, {}))`."""
    servers: list[ScriptedServer] = []

    def start(*script: Reply, **options: Any) -> ScriptedServer:
        servers.append(ScriptedServer(script=list(script), **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def gate() -> NotingGate:
    return NotingGate()


@pytest.fixture
def slept() -> list[float]:
    """How long the transport would have slept, in order."""
    return []


@pytest.fixture
def connect(gate: NotingGate, slept: list[float]) -> Callable[..., Transport]:
    """Make transports: `connect(server, read_timeout=0.2)`; chance never changes a pause."""

    def make(server: ScriptedServer | str, **options: Any) -> Transport:
        url = server if isinstance(server, str) else server.url
        options = {"keys": (KEY,), "gate": gate, "sleep": slept.append, "chance": lambda: 0.5} | options
        return Transport(base_url=url, **options)

    return make


@pytest.fixture
def client(connect: Callable[..., Transport]) -> Callable[..., ResellerClient]:
    """Make clients: `client(server, read_timeout=0.2)`."""

    def make(server: ScriptedServer | str, **options: Any) -> ResellerClient:
        return ResellerClient(transport=connect(server, **options))

    return make


@pytest.fixture
def draft() -> CompanyDraft:
    return CompanyDraft(
        company_name="Aurora", email="a@example.com", first_name="A", last_name="B", country="DE", area="Non-CN"
    )
