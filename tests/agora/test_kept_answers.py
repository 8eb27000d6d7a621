"""Which answers of reads are shown to whoever keeps them: bills, failures and what is odd, without anything secret."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from agora.client import ResellerClient
from agora.drafts import CompanyDraft
from agora.errors import AgoraError
from agora.transport import RawAnswer, Transport

from .scripted_server import Reply, ScriptedServer, answer

Serve = Callable[..., ScriptedServer]
Client = Callable[..., ResellerClient]
DAY, NOW = date(2024, 5, 4), datetime(2024, 5, 6, 0, 0, 1, tzinfo=UTC)
BILL = '{"totalSize": 0, "elements": []}'


@pytest.fixture
def kept() -> list[RawAnswer]:
    """What was shown."""
    return []


@pytest.fixture
def keeping(client: Client, kept: list[RawAnswer]) -> Callable[..., ResellerClient]:
    """Make clients that keep: `keeping(server)`."""
    return lambda server: client(server, keep=kept.append, clock=lambda: NOW)


def told(kept: list[RawAnswer]) -> list[tuple[int, bytes]]:
    return [(one.status, one.body) for one in kept]


def test_a_page_of_a_bill_is_always_kept(serve: Serve, keeping: Client, kept: list[RawAnswer]) -> None:
    server = serve(answer(200, BILL))
    keeping(server).daily_bills(DAY)
    assert told(kept) == [(200, BILL.encode())]
    assert (kept[0].path, kept[0].request_id) == (server.requests[0].path, server.requests[0].headers["x-request-id"])


def test_a_list_that_is_as_it_should_be_is_not_kept(serve: Serve, keeping: Client, kept: list[RawAnswer]) -> None:
    keeping(serve(answer(200, {"rows": [{"id": 1, "name": "A"}], "count": 1}))).list_companies()
    assert kept == []


def test_a_list_with_something_that_cannot_be_read_is_kept(
    serve: Serve, keeping: Client, kept: list[RawAnswer]
) -> None:
    body = '{"rows": [{"name": "A"}], "count": 1}'
    keeping(serve(answer(200, body))).list_companies()
    assert told(kept) == [(200, body.encode())]


@pytest.mark.parametrize("reply", [answer(404, "no such thing"), answer(200, "<html>"), answer(200, '{"b": 1}')])
def test_an_answer_that_fails_is_kept(reply: Reply, serve: Serve, keeping: Client, kept: list[RawAnswer]) -> None:
    with pytest.raises(AgoraError):
        keeping(serve(reply)).daily_bills(DAY)
    assert len(kept) == 1


def test_every_attempt_that_fails_is_kept(serve: Serve, keeping: Client, kept: list[RawAnswer]) -> None:
    keeping(serve(answer(500, "one"), answer(502, "two"), answer(200, BILL))).daily_bills(DAY)
    assert told(kept) == [(500, b"one"), (502, b"two"), (200, BILL.encode())]


def test_answers_to_creates_are_not_kept(
    serve: Serve, keeping: Client, kept: list[RawAnswer], draft: CompanyDraft
) -> None:
    with pytest.raises(AgoraError):
        keeping(serve(answer(400, "no"))).create_company(draft)
    assert kept == []


def test_s31_a_signature_that_is_echoed_is_not_kept(
    serve: Serve, connect: Callable[..., Transport], kept: list[RawAnswer]
) -> None:
    def echo(connection: object) -> None:
        signature = server.requests[-1].headers["authorization"].partition('signature="')[2].rstrip('"')
        seen.append(signature)
        body = json.dumps({"plain": signature}) + signature.replace("/", "\\/")
        answer(404, body)(connection)  # type: ignore[arg-type]

    seen: list[str] = []
    server = serve(echo)
    with pytest.raises(AgoraError):
        connect(server, keep=kept.append).get("/v1/resellers/companies?limit=1&offset=0")
    assert (len(seen[0]) > 20, told(kept)) == (True, [(404, '{"plain": "…"}…'.encode())])
