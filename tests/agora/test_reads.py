"""Reading: asked again after faults that pass, each attempt behind the gate and signed anew."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from agora.errors import AgoraError, Held, NotFound, NotSent, OutcomeUnknown, RateLimited
from agora.transport import Transport

from .conftest import NotingGate
from .scripted_server import Reply, ScriptedServer, answer, cut, reset, silence

Serve = Callable[..., ScriptedServer]
Connect = Callable[..., Transport]
FINE = answer(200, {"rows": [], "count": 0})


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(answer(500, {}), id="500"),
        pytest.param(answer(502, "<html>"), id="502"),
        pytest.param(answer(504, ""), id="504"),
        pytest.param(answer(429, {"message": "API rate limit exceeded"}), id="429"),
        pytest.param(answer(429, {}), id="429 without a mark"),
        pytest.param(reset(), id="reset"),
        pytest.param(cut(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), id="cut"),
        pytest.param(silence, id="time-out"),
    ],
)
def test_a_fault_that_may_pass_is_asked_again(broken: Reply, serve: Serve, connect: Connect) -> None:
    transport = connect(serve(broken, FINE), read_timeout=0.3)
    assert transport.get("/x").data == {"rows": [], "count": 0}


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 409])
def test_a_fault_that_stays_is_not_asked_again(status: int, serve: Serve, connect: Connect) -> None:
    server = serve(answer(status, "no JSON"))
    with pytest.raises(AgoraError):
        connect(server).get("/x")
    assert len(server.requests) == 1


def test_it_is_asked_four_times_at_most_with_growing_pauses(serve: Serve, connect: Connect, slept: list[float]) -> None:
    server = serve(answer(500, {}))
    with pytest.raises(OutcomeUnknown):
        connect(server).get("/x")
    assert (len(server.requests), slept) == (4, [1.0, 3.0, 6.0])


@pytest.mark.parametrize(("chance", "pauses"), [(0.0, [0.75, 2.25, 4.5]), (1.0, [1.25, 3.75, 7.5])])
def test_chance_moves_a_pause_by_a_quarter(
    chance: float, pauses: list[float], serve: Serve, connect: Connect, slept: list[float]
) -> None:
    with pytest.raises(OutcomeUnknown):
        connect(serve(answer(500, {})), chance=lambda: chance).get("/x")
    assert slept == pauses


def test_a_server_that_cannot_be_reached_is_asked_four_times(connect: Connect, slept: list[float]) -> None:
    with pytest.raises(NotSent):
        connect("http://127.0.0.1:1").get("/x")
    assert slept == [1.0, 3.0, 6.0]


def test_every_attempt_is_signed_anew(serve: Serve, connect: Connect) -> None:
    seconds = count()
    server = serve(answer(500, {}), answer(500, {}), FINE)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    connect(server, clock=lambda: start + timedelta(seconds=next(seconds))).get("/x")
    signed = {(asked.headers["x-date"], asked.headers["x-request-id"]) for asked in server.requests}
    signatures = {asked.headers["authorization"] for asked in server.requests}
    assert (len(signed), len(signatures)) == (3, 3)


def test_a_request_id_is_a_canonical_uuid(serve: Serve, connect: Connect) -> None:
    server = serve(FINE)
    connect(server).get("/x")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", server.requests[0].headers["x-request-id"])


def test_a_date_without_a_zone_of_its_own_is_signed_in_gmt(serve: Serve, connect: Connect) -> None:
    server = serve(FINE)
    connect(server, clock=lambda: datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)).get("/x")
    assert server.requests[0].headers["x-date"] == "Tue, 02 Jan 2024 03:04:05 GMT"


def test_every_attempt_waits_at_the_gate(serve: Serve, connect: Connect, gate: NotingGate) -> None:
    connect(serve(answer(500, {}), answer(500, {}), FINE)).get("/x")
    assert gate.waits == [False, False, False]


def test_the_gate_hears_of_every_attempt(serve: Serve, connect: Connect, gate: NotingGate) -> None:
    connect(serve(answer(500, {}), reset(), FINE)).get("/x?limit=1")
    heard = [(answer.method, answer.path, answer.status, answer.error) for answer in gate.exchanges]
    assert heard == [
        ("GET", "/x?limit=1", 500, "OutcomeUnknown"),
        ("GET", "/x?limit=1", None, "OutcomeUnknown"),
        ("GET", "/x?limit=1", 200, None),
    ]


def test_the_gate_hears_what_the_server_s_clock_says(serve: Serve, connect: Connect, gate: NotingGate) -> None:
    connect(serve(answer(200, {}, Date="Mon, 06 May 2024 07:09:00 GMT", Age="3"))).get("/x")
    heard = gate.exchanges[0]
    assert (heard.server_date, heard.has_age) == (datetime(2024, 5, 6, 7, 9, tzinfo=UTC), True)


def test_a_date_that_is_none_is_no_fault(serve: Serve, connect: Connect, gate: NotingGate) -> None:
    connect(serve(answer(200, {}, Date="yesterday"))).get("/x")
    assert gate.exchanges[0].server_date is None


def test_a_short_pause_that_the_server_asks_for_is_slept(serve: Serve, connect: Connect, slept: list[float]) -> None:
    connect(serve(answer(429, {}, Retry_After="5"), FINE)).get("/x")
    assert slept == [5.0]


def test_c31_a_long_pause_is_left_to_the_caller(serve: Serve, connect: Connect, slept: list[float]) -> None:
    server = serve(answer(429, {}, Retry_After="11"))
    with pytest.raises(RateLimited) as raised:
        connect(server).get("/x")
    assert (raised.value.retry_after, slept, len(server.requests)) == (11.0, [], 1)


def test_a_held_gate_ends_a_read_at_once(serve: Serve, connect: Connect, slept: list[float]) -> None:
    class ShutGate(NotingGate):
        def wait(self, *, write: bool) -> None:
            raise Held(until=None, reason="hold")

    with pytest.raises(Held):
        connect(serve(FINE), gate=ShutGate()).get("/x")
    assert slept == []


def test_a_gate_that_takes_long_does_not_age_the_signature(serve: Serve, connect: Connect) -> None:
    now = [datetime(2024, 1, 1, tzinfo=UTC)]

    class SlowGate(NotingGate):
        def wait(self, *, write: bool) -> None:
            now[0] += timedelta(hours=1)

    server = serve(FINE)
    connect(server, gate=SlowGate(), clock=lambda: now[0]).get("/x")
    assert server.requests[0].headers["x-date"] == "Mon, 01 Jan 2024 01:00:00 GMT"


def test_reads_of_a_thread_share_a_connection(serve: Serve, connect: Connect) -> None:
    server = serve(FINE)
    transport = connect(server)
    for _ in range(3):
        transport.get("/x")
    assert server.connections == 1


def test_each_thread_reads_on_a_connection_of_its_own(serve: Serve, connect: Connect) -> None:
    server = serve(FINE)
    transport = connect(server)
    threads = [threading.Thread(target=transport.get, args=("/x",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (server.connections, len(server.requests)) == (4, 4)


def test_a_cookie_is_not_kept(serve: Serve, connect: Connect) -> None:
    server = serve(answer(200, {}, Set_Cookie="spy=1"))
    transport = connect(server)
    transport.get("/x")
    transport.get("/x")
    assert "cookie" not in server.requests[1].headers


def test_c30_a_refusal_of_a_read_keeps_agora_s_words(serve: Serve, connect: Connect) -> None:
    with pytest.raises(NotFound) as raised:
        connect(serve(answer(404, {"message": "company not found"}))).get("/x")
    assert raised.value.agora_message == "company not found"
