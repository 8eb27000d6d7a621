"""Sending a create: once, on a fresh connection, in time, and knowing whether it can have worked."""

import gzip
import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from agora.drafts import CompanyDraft
from agora.errors import AgoraError, Effect, Held, NotSent, OutcomeUnknown, TooLate
from agora.transport import PreparedCall, Transport

from .conftest import NotingGate
from .scripted_server import Reply, ScriptedServer, answer, cut, drip, raw, reset, silence

PATH = "/v1/resellers/companies"
HEAD = b"HTTP/1.1 201 Created\r\nContent-Length: 30\r\n\r\n"

Serve = Callable[..., ScriptedServer]
Connect = Callable[..., Transport]


def prepared(transport: Transport, draft: CompanyDraft) -> PreparedCall:
    return transport.prepare("POST", PATH, draft=draft)


def error_of(transport: Transport, draft: CompanyDraft) -> AgoraError:
    with pytest.raises(AgoraError) as raised:
        transport.send(prepared(transport, draft))
    return raised.value


def test_what_was_prepared_is_what_is_sent(serve: Serve, connect: Connect, draft: CompanyDraft) -> None:
    server = serve(answer(201, {"id": 1}))
    transport = connect(server, clock=lambda: datetime(2019, 10, 2, 8, tzinfo=UTC), new_id=lambda: "an-id")
    call = prepared(transport, draft)
    transport.send(call)
    headers = server.requests[0].headers
    assert (headers["x-date"], headers["x-request-id"]) == (call.x_date, call.x_request_id)
    assert (call.x_date, call.x_request_id) == ("Wed, 02 Oct 2019 08:00:00 GMT", "an-id")


def test_a_write_says_that_it_carries_and_wants_json(serve: Serve, connect: Connect, draft: CompanyDraft) -> None:
    server = serve(answer(201, {"id": 1}))
    connect(server).send(prepared(connect(server), draft))
    headers = server.requests[0].headers
    assert (headers["accept"], headers["content-type"]) == ("application/json", "application/json")
    assert server.requests[0].json == draft.to_json()


def test_the_answer_is_exact_json(serve: Serve, connect: Connect, draft: CompanyDraft) -> None:
    transport = connect(serve(answer(201, '{"amount": 100.10}')))
    assert str(transport.send(prepared(transport, draft)).data["amount"]) == "100.10"


def test_every_write_has_a_connection_of_its_own(serve: Serve, connect: Connect, draft: CompanyDraft) -> None:
    server = serve(answer(201, {"id": 1}))
    transport = connect(server)
    transport.send(prepared(transport, draft))
    transport.send(prepared(transport, draft))
    assert server.connections == 2


def test_c19_a_refused_connection_sent_nothing(connect: Connect, draft: CompanyDraft) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = error_of(connect(f"http://127.0.0.1:{port}"), draft)
    assert (type(error), error.effect, error.reason) == (NotSent, Effect.NONE, "the server refused the connection")


def test_c19_a_name_that_cannot_be_looked_up_sent_nothing(connect: Connect, draft: CompanyDraft) -> None:
    error = error_of(connect("https://no-such-host.invalid"), draft)
    assert (type(error), error.reason) == (NotSent, "the server's name could not be looked up")


def test_s37_a_name_that_is_bent_to_this_machine_gets_nothing(
    serve: Serve, connect: Connect, draft: CompanyDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(answer(201, {"id": 1}))
    here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: here)
    error = error_of(connect("https://api.example"), draft)
    assert (type(error), error.reason) == (NotSent, "the server's name leads to an address that is not public")
    assert server.requests == []


def test_c19_a_connection_that_is_not_taken_in_time_sent_nothing(connect: Connect, draft: CompanyDraft) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as first, socket.socket() as second:
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        error = error_of(connect(url, connect_timeout=0.2), draft)
    assert (type(error), error.reason) == (NotSent, "the server did not take the connection in time")


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(reset(), id="C20 reset after the request"),
        pytest.param(reset(b"HTTP/1.1 201 Cre"), id="C20 reset in the status line"),
        pytest.param(reset(HEAD + b'{"id"'), id="C20 reset in the body"),
        pytest.param(cut(b""), id="C20 the connection ends"),
        pytest.param(cut(HEAD + b'{"id": 1'), id="C20 the body is cut short"),
        pytest.param(cut(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"), id="a chunk is cut"),
        pytest.param(raw(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{"), id="no chunk at all"),
        pytest.param(raw(b"SSH-2.0-OpenSSH\r\n\r\n"), id="not HTTP"),
        pytest.param(raw(b"HTTP/1.1 9999999 Big\r\n\r\n"), id="no status"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200 + b"\r\n"), id="too many headers"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000 + b"\r\n\r\n"), id="too long a header"),
        pytest.param(answer(201, b"no gzip", Content_Encoding="gzip"), id="what says gzip is none"),
        pytest.param(silence, id="C21 no answer in time"),
    ],
)
def test_a_call_that_was_written_and_not_answered_is_unknown(
    broken: Reply, serve: Serve, connect: Connect, draft: CompanyDraft
) -> None:
    error = error_of(connect(serve(broken), read_timeout=0.3), draft)
    assert (type(error), error.effect) == (OutcomeUnknown, Effect.UNKNOWN)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(HEAD + b" " * 30, id="the body"),
        pytest.param(b"HTTP/1.1 201 Created\r\nx: " + b"y" * 60, id="a header"),
    ],
)
def test_c22_a_slow_drip_ends_with_the_call_s_time(
    content: bytes, serve: Serve, connect: Connect, draft: CompanyDraft, gate: NotingGate
) -> None:
    transport = connect(serve(drip(content, seconds=0.05)), call_timeout=0.4)
    assert type(error_of(transport, draft)) is OutcomeUnknown
    assert 0.3 < gate.exchanges[0].took < 1


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(answer(201, b""), id="empty"),
        pytest.param(answer(204, b""), id="no content"),
        pytest.param(answer(201, "<html>created</html>"), id="HTML"),
        pytest.param(answer(201, '{"id": 1'), id="truncated"),
        pytest.param(answer(201, b'{"name": "\xff"}'), id="not UTF-8"),
        pytest.param(answer(201, "[" * 100_000), id="P18 nested 100,000 deep"),
        pytest.param(answer(201, '{"id": ' + "9" * 5000 + "}"), id="P18 a number of 5,000 digits"),
    ],
)
def test_c23_a_2xx_that_is_no_json_is_unknown(
    broken: Reply, serve: Serve, connect: Connect, draft: CompanyDraft
) -> None:
    error = error_of(connect(serve(broken)), draft)
    assert (type(error), error.reason) == (OutcomeUnknown, "the answer was no JSON")
    assert error.status in (201, 204)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_c24_a_redirect_is_not_followed_and_unknown(
    status: int, serve: Serve, connect: Connect, draft: CompanyDraft
) -> None:
    target = serve(answer(201, {"id": 1}))
    server = serve(answer(status, {}, Location=f"{target.url}/elsewhere"))
    error = error_of(connect(server), draft)
    assert (type(error), error.status) == (OutcomeUnknown, status)
    assert target.requests == []


@pytest.mark.parametrize("status", [402, 408, 409, 410, 418, 451, 500, 502, 503, 504, 599])
def test_c25_a_status_that_is_no_definite_no_is_unknown(
    status: int, serve: Serve, connect: Connect, draft: CompanyDraft
) -> None:
    server = serve(answer(status, "<html>Bad gateway</html>"))
    error = error_of(connect(server), draft)
    assert (type(error), error.status, len(server.requests)) == (OutcomeUnknown, status, 1)


@pytest.mark.parametrize("broken", [answer(500, {}), answer(429, {}), reset(), cut(b""), answer(201, "x")])
def test_a_write_is_never_sent_again(broken: Reply, serve: Serve, connect: Connect, draft: CompanyDraft) -> None:
    server = serve(broken)
    error_of(connect(server), draft)
    assert len(server.requests) == 1


def test_c16_a_write_that_comes_too_late_is_not_written(serve: Serve, connect: Connect, draft: CompanyDraft) -> None:
    now = [100.0]
    server = serve(answer(201, {"id": 1}))
    transport = connect(server, monotonic=lambda: now[0])
    call = prepared(transport, draft)
    now[0] = 120.1
    with pytest.raises(TooLate) as raised:
        transport.send(call)
    assert (raised.value.effect, server.requests) == (Effect.NONE, [])


def test_a_write_within_its_time_is_written(serve: Serve, connect: Connect, draft: CompanyDraft) -> None:
    now = [100.0]
    transport = connect(serve(answer(201, {"id": 1})), monotonic=lambda: now[0])
    call = prepared(transport, draft)
    now[0] = 119.9
    assert transport.send(call).status == 201


def test_the_caller_may_set_the_last_moment(serve: Serve, connect: Connect, draft: CompanyDraft) -> None:
    transport = connect(serve(answer(201, {"id": 1})), monotonic=lambda: 100.0)
    with pytest.raises(TooLate):
        transport.send(prepared(transport, draft), not_after_monotonic=99.0)


def test_a_gate_that_holds_lets_nothing_out(serve: Serve, connect: Connect, draft: CompanyDraft) -> None:
    class ShutGate(NotingGate):
        def wait(self, *, write: bool) -> None:
            raise Held(until=None, reason="clock")

    server = serve(answer(201, {"id": 1}))
    error = error_of(connect(server, gate=ShutGate()), draft)
    assert (type(error), error.effect, server.connections) == (Held, Effect.NONE, 0)


def test_p18_a_huge_answer_is_cut_off(serve: Serve, connect: Connect, draft: CompanyDraft) -> None:
    error = error_of(connect(serve(answer(201, b" " * 2000)), max_bytes=1000), draft)
    assert (type(error), error.reason, error.status) == (OutcomeUnknown, "the answer was too large", 201)


def test_p18_a_packed_answer_is_measured_unpacked(serve: Serve, connect: Connect, draft: CompanyDraft) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    error = error_of(connect(serve(answer(201, bomb, Content_Encoding="gzip"))), draft)
    assert error.reason == "the answer was too large"


def test_a_packed_answer_is_read(serve: Serve, connect: Connect, draft: CompanyDraft) -> None:
    packed = gzip.compress(json.dumps({"id": 7}).encode())
    transport = connect(serve(answer(201, packed, Content_Encoding="gzip")))
    assert transport.send(prepared(transport, draft)).data == {"id": 7}


def test_the_environment_s_proxy_is_not_used(
    serve: Serve, connect: Connect, draft: CompanyDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = serve(answer(500, {})), serve(answer(201, {"id": 1}))
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("no_proxy", "")
    transport = connect(server)
    transport.send(prepared(transport, draft))
    assert (len(proxy.requests), len(server.requests)) == (0, 1)
