"""Neither the secret nor a signature is told to anybody but the server (S31, S32)."""

import logging
import traceback
from collections.abc import Callable, Iterator

import pytest

from agora.drafts import CompanyDraft
from agora.errors import AgoraError
from agora.transport import Transport

from .conftest import KEY, NotingGate
from .scripted_server import ScriptedServer, answer, cut, reset

REPLIES = [
    answer(200, {}),
    answer(200, "no JSON"),
    answer(401, {"message": "HMAC signature does not match"}),
    answer(500, "<html>"),
    reset(),
    cut(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
]


@pytest.fixture
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="urllib3"):
        yield caplog


def everything_in(error: BaseException) -> str:
    """The error, what it was caused by, its traceback below this file with all variables, and what hangs on it."""
    below = error.__traceback__.tb_next if error.__traceback__ else None
    told = traceback.TracebackException(type(error), error, below, capture_locals=True)
    return "".join(told.format()) + repr(vars(error)) + repr(error.__context__) + repr(error.__cause__)


@pytest.mark.parametrize("reply", REPLIES)
def test_s31_nothing_secret_is_logged_or_raised(
    reply: object,
    serve: Callable[..., ScriptedServer],
    connect: Callable[..., Transport],
    gate: NotingGate,
    draft: CompanyDraft,
    everything_is_logged: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    server = serve(reply)
    transport = connect(server)
    call = transport.prepare("POST", "/v1/resellers/companies", draft=draft)
    told = repr(transport) + repr(call)
    try:
        told += repr(transport.send(call))
    except AgoraError as error:
        told += everything_in(error)
    sent = server.requests[0].headers["authorization"]
    told += everything_is_logged.text + "".join(capfd.readouterr()) + repr(gate.exchanges)
    assert call.headers.signature in sent
    assert [secret for secret in (KEY.secret, call.headers.signature, "hmac username") if secret in told] == []


def test_one_line_is_logged_for_each_attempt(
    serve: Callable[..., ScriptedServer],
    connect: Callable[..., Transport],
    gate: NotingGate,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO):
        connect(serve(answer(500, {}), answer(200, {}))).get("/x?limit=1")
    heard = gate.exchanges
    assert [message.rsplit(" ", 2)[0] for message in caplog.messages] == [
        f"GET /x?limit=1 500 OutcomeUnknown {heard[0].request_id}",
        f"GET /x?limit=1 200 {heard[1].request_id}",
    ]


def test_c20_a_failed_call_drags_no_request_along(
    serve: Callable[..., ScriptedServer], connect: Callable[..., Transport], draft: CompanyDraft
) -> None:
    transport = connect(serve(reset()))
    with pytest.raises(AgoraError) as raised:
        transport.send(transport.prepare("POST", "/x", draft=draft))
    assert (raised.value.__context__, raised.value.__cause__) == (None, None)
