"""Faults on order: which requests they meet, and what a caller sees of each."""

import http.client
import socket
import time
from urllib.parse import urlsplit

import pytest

from sandbox.faults import Fault, Match
from tests.sandbox.caller import ROOT, Caller, signed_headers
from tests.sandbox.test_creates import company
from tests.sandbox_server import KEY_ID, KEY_SECRET, RunningSandbox


def order(running: RunningSandbox, action: str, **given: object) -> None:
    running.sandbox.faults.order(Fault(action=action, **given))  # type: ignore[arg-type]


def count(running: RunningSandbox) -> int:
    return len(running.sandbox.world.companies())


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 502, 503, 504])
def test_a_status_can_be_ordered(sandbox: RunningSandbox, caller: Caller, status: int) -> None:
    order(sandbox, "status", status=status)
    assert [caller.get().status, caller.get().status] == [status, 200]


def test_a_gateway_fault_is_a_page_of_html(sandbox: RunningSandbox, caller: Caller) -> None:
    order(sandbox, "status", status=502)
    assert caller.get().headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_status_comes_before_the_effect(sandbox: RunningSandbox, caller: Caller) -> None:
    order(sandbox, "status", status=500)
    caller.post("", company())
    assert count(sandbox) == 24


def test_a_status_can_come_after_the_effect(sandbox: RunningSandbox, caller: Caller) -> None:
    order(sandbox, "status", status=500, processed=True)
    assert (caller.post("", company()).status, count(sandbox)) == (500, 25)


def test_an_effect_can_come_after_the_answer(sandbox: RunningSandbox, caller: Caller) -> None:
    order(sandbox, "status", status=504, late=1.5)
    status, before = caller.post("", company()).status, count(sandbox)
    time.sleep(2.5)
    late = [(entry.fault, entry.effect, entry.status) for entry in sandbox.sandbox.truth.entries()]
    assert (status, before, count(sandbox)) == (504, 24, 25)
    assert late == [("status", "", 504), ("late", "company 10025", None)]


def test_headers_can_be_added_and_taken_away(sandbox: RunningSandbox, caller: Caller) -> None:
    order(sandbox, "status", status=429, headers={"Retry-After": "5", "Date": ""})
    headers = caller.get().headers
    assert (headers["Retry-After"], "Date" in headers) == ("5", False)


def test_an_answer_can_be_late(sandbox: RunningSandbox, caller: Caller) -> None:
    order(sandbox, "delay", seconds=0.3)
    began = time.monotonic()
    assert (caller.get().status, time.monotonic() - began >= 0.3) == (200, True)


def test_a_connection_can_be_dropped_before_the_effect(sandbox: RunningSandbox, caller: Caller) -> None:
    order(sandbox, "drop_before")
    with pytest.raises(http.client.RemoteDisconnected):
        caller.post("", company())
    assert count(sandbox) == 24


def test_a_connection_can_be_dropped_after_the_effect(sandbox: RunningSandbox, caller: Caller) -> None:
    order(sandbox, "drop_after")
    with pytest.raises(http.client.RemoteDisconnected):
        caller.post("", company())
    assert count(sandbox) == 25


def test_a_body_can_be_cut_short(sandbox: RunningSandbox, caller: Caller) -> None:
    order(sandbox, "cut_body", sent_bytes=10)
    with pytest.raises(http.client.IncompleteRead) as cut:
        caller.get()
    assert len(cut.value.partial) == 10


@pytest.mark.parametrize("sent", [None, 0, 10])
def test_a_connection_can_be_reset(sandbox: RunningSandbox, caller: Caller, sent: int | None) -> None:
    order(sandbox, "reset", sent_bytes=sent)
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        caller.get()


def test_a_redirect_has_no_effect(sandbox: RunningSandbox, caller: Caller) -> None:
    order(sandbox, "redirect", status=307, location="http://127.0.0.1:1/elsewhere")
    said = caller.post("", company())
    assert (said.status, said.headers["Location"], count(sandbox)) == (307, "http://127.0.0.1:1/elsewhere", 24)


@pytest.mark.parametrize("body", ["{}", '{"id": null}', "[1,", "NaN", "\x00"])
def test_a_body_can_be_anything(sandbox: RunningSandbox, caller: Caller, body: str) -> None:
    order(sandbox, "body", body=body)
    said = caller.post("", company())
    assert (said.status, said.text, count(sandbox)) == (201, body, 25)


@pytest.mark.parametrize(
    ("action", "kind"), [("empty", "application/json; charset=utf-8"), ("html", "text/html; charset=utf-8")]
)
def test_a_success_can_be_empty_or_html(sandbox: RunningSandbox, caller: Caller, action: str, kind: str) -> None:
    order(sandbox, action)
    said = caller.get()
    assert (said.status, said.headers["Content-Type"], said.text == "") == (200, kind, action == "empty")


def test_a_body_can_drip(sandbox: RunningSandbox, caller: Caller) -> None:
    order(sandbox, "drip", seconds=0.02, body="0123456789")
    began = time.monotonic()
    assert (caller.get().text, time.monotonic() - began >= 0.15) == ("0123456789", True)


def test_only_what_matches_is_struck(sandbox: RunningSandbox, caller: Caller) -> None:
    order(sandbox, "status", status=500, match=Match(method="GET", path_regex="/10002/", query={"offset": "0"}))
    asked = [
        caller.get("/10001/projects", offset=0),
        caller.get("/10002/projects"),
        caller.get("/10002/projects", offset=0),
    ]
    assert [said.status for said in asked] == [200, 200, 500]


def test_the_first_ones_can_be_spared(sandbox: RunningSandbox, caller: Caller) -> None:
    order(sandbox, "status", status=500, match=Match(nth=3), times=2)
    assert [caller.get().status for _ in range(5)] == [200, 200, 500, 500, 200]


def test_a_fault_can_strike_for_ever_until_it_is_cleared(sandbox: RunningSandbox, caller: Caller) -> None:
    order(sandbox, "status", status=500, times=0)
    struck = [caller.get().status for _ in range(4)]
    sandbox.sandbox.faults.clear()
    assert (struck, caller.get().status) == ([500] * 4, 200)


def test_something_can_follow_between_two_pages(sandbox: RunningSandbox, caller: Caller) -> None:
    world = sandbox.sandbox.world
    order(sandbox, "pass", then=lambda: world.move_company(23, 0))
    pages = [caller.get(limit=12, offset=offset).json["rows"] for offset in (0, 12)]
    ids = [row["id"] for page in pages for row in page]
    assert (len(ids), len(set(ids)), 10024 in ids) == (24, 23, False)


def test_an_unsigned_request_meets_no_fault(sandbox: RunningSandbox) -> None:
    order(sandbox, "status", status=500)
    wrong = Caller(base_url=sandbox.base_url, key_id=KEY_ID, key_secret="wrong")
    assert wrong.get().status == 401


def test_an_unknown_action_cannot_be_ordered() -> None:
    with pytest.raises(ValueError, match="no action 'explode'"):
        Fault(action="explode")


# --- Connections ---------------------------------------------------------------------------------------


def test_a_connection_serves_many_requests(sandbox: RunningSandbox) -> None:
    connection = http.client.HTTPConnection(urlsplit(sandbox.base_url).netloc, timeout=5)
    ports = set()
    for _ in range(3):
        connection.request("GET", ROOT, headers=signed_headers(KEY_ID, KEY_SECRET))
        connection.getresponse().read()
        ports.add(connection.sock.getsockname())
    connection.close()
    assert len(ports) == 1


def test_a_caller_that_goes_away_leaves_no_trace(
    sandbox: RunningSandbox, caller: Caller, capfd: pytest.CaptureFixture[str]
) -> None:
    order(sandbox, "delay", seconds=0.1)
    address = urlsplit(sandbox.base_url)
    head = "".join(f"{name}: {value}\r\n" for name, value in signed_headers(KEY_ID, KEY_SECRET).items())
    with socket.create_connection((address.hostname, address.port)) as line:
        line.sendall(f"GET {ROOT} HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode())
    time.sleep(0.3)
    assert (caller.get().status, capfd.readouterr().err) == (200, "")
