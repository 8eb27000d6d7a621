"""The truth log and the control plane: what was asked and done, and what can be ordered over HTTP."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.caller import ROOT, Caller, Said, send, signed_headers
from tests.sandbox.test_creates import COMPANY, company
from tests.sandbox_server import KEY_ID, KEY_SECRET, RunningSandbox, running_sandbox

TOKEN = "a token"
TODAY = date(2026, 5, 20)


@pytest.fixture
def ruled() -> Iterator[RunningSandbox]:
    with running_sandbox(control_token=TOKEN, today=TODAY) as running:
        yield running


def call(running: RunningSandbox) -> Caller:
    return Caller(base_url=running.base_url, key_id=KEY_ID, key_secret=KEY_SECRET)


def order(running: RunningSandbox, name: str, **body: Any) -> Said:
    text = json.dumps(body).encode()
    return send(running.base_url, "POST", f"/_sandbox/{name}", {"X-Sandbox-Token": TOKEN}, text)


def read(running: RunningSandbox, target: str) -> Any:
    return send(running.base_url, "GET", f"/_sandbox/{target}", {"X-Sandbox-Token": TOKEN}).json


# --- The log -------------------------------------------------------------------------------------------


def test_a_create_is_written_down_with_its_body_and_effect(sandbox: RunningSandbox, caller: Caller) -> None:
    caller.post("", company())
    [entry] = sandbox.sandbox.truth.entries()
    assert (entry.method, entry.path, entry.status, entry.effect) == ("POST", ROOT, 201, "company 10025")
    assert json.loads(entry.body) == COMPANY


def test_a_request_is_written_down_with_its_signature_checked(sandbox: RunningSandbox) -> None:
    request_id = "70a0a14b-f38c-4aaf-aa46-04d8fae3e38c"
    headers = signed_headers(KEY_ID, KEY_SECRET, request_id=request_id)
    send(sandbox.base_url, "GET", f"{ROOT}?limit=5", headers)
    [entry] = sandbox.sandbox.truth.entries()
    assert (entry.query, entry.signed, entry.key_id, entry.request_id) == ("limit=5", True, KEY_ID, request_id)
    assert set(entry.checks.values()) == {True}


def test_a_refused_signature_is_written_down(sandbox: RunningSandbox) -> None:
    send(sandbox.base_url, "GET", ROOT, signed_headers(KEY_ID, "wrong"))
    [entry] = sandbox.sandbox.truth.unsigned()
    assert (entry.checks["key"], entry.checks["signature"], entry.checks["rate"]) == (True, False, None)
    assert (entry.status, entry.signed) == (401, False)


def test_a_silent_end_is_written_down_without_a_status(ruled: RunningSandbox) -> None:
    order(ruled, "faults", action="drop_after", match={"method": "POST"})
    with pytest.raises(ConnectionError):
        call(ruled).post("", company())
    [entry] = ruled.sandbox.truth.entries()
    assert (entry.status, entry.effect, entry.fault) == (None, "company 10025", "drop_after")


def test_no_signature_is_kept(sandbox: RunningSandbox) -> None:
    headers = signed_headers(KEY_ID, KEY_SECRET)
    send(sandbox.base_url, "GET", ROOT, headers)
    proof = headers["Authorization"].partition('signature="')[2].rstrip('"')
    assert proof not in repr(sandbox.sandbox.truth.entries())


def test_the_log_can_be_appended_to_a_file(tmp_path: Path) -> None:
    with running_sandbox(truth_file=tmp_path / "truth.jsonl") as running:
        call(running).get()
        call(running).get(limit=1)
    lines = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    assert [(line["number"], line["query"]) for line in lines] == [(1, ""), (2, "limit=1")]


# --- The control plane ---------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, {"X-Sandbox-Token": "wrong"}])
def test_orders_need_the_token(ruled: RunningSandbox, headers: dict[str, str]) -> None:
    assert send(ruled.base_url, "GET", "/_sandbox/truth", headers).status == 403


def test_without_a_token_there_is_no_control_plane(sandbox: RunningSandbox) -> None:
    said = send(sandbox.base_url, "GET", "/_sandbox/truth", {"X-Sandbox-Token": ""})
    assert said.json == {"message": "no Route matched with those values"}


def test_orders_are_not_in_the_truth_log(ruled: RunningSandbox) -> None:
    order(ruled, "hide", seconds=1)
    assert read(ruled, "truth") == []


def test_the_truth_log_is_read_from_an_entry_on(ruled: RunningSandbox) -> None:
    for limit in (1, 2, 3):
        call(ruled).get(limit=limit)
    assert [entry["query"] for entry in read(ruled, "truth?since=1")] == ["limit=2", "limit=3"]


def test_the_truth_log_can_be_cleared(ruled: RunningSandbox) -> None:
    call(ruled).get()
    order(ruled, "truth/clear")
    assert read(ruled, "truth") == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("faults", {"action": "explode"}),
        ("faults", {"action": "status", "sattus": 500}),
        ("faults", {"action": "status", "match": {"path_regex": "("}}),
        ("revise", {"period": "yesterday", "company": 1}),
        ("revise", {"period": "2026-05-18", "company": 1, "amount": "much"}),
        ("company-status", {"id": 1, "status": 1}),
        ("move", {"list": "companies", "from": 99, "to": 0}),
        ("hide", {}),
    ],
)
def test_an_order_that_cannot_be_understood_is_refused(ruled: RunningSandbox, name: str, body: Any) -> None:
    assert order(ruled, name, **body).status == 400


def test_an_unknown_order_is_not_found(ruled: RunningSandbox) -> None:
    assert order(ruled, "explode").status == 404


def test_a_fault_can_be_ordered_and_cleared(ruled: RunningSandbox) -> None:
    order(ruled, "faults", action="status", status=500, times=0)
    struck = call(ruled).get().status
    order(ruled, "faults/clear")
    assert (struck, call(ruled).get().status) == (500, 200)


def test_another_order_can_follow_an_answer(ruled: RunningSandbox) -> None:
    then = {"order": "move", "body": {"list": "companies", "from": 23, "to": 0}}
    order(ruled, "faults", action="pass", match={"query": {"offset": "0"}}, then=then)
    first = [call(ruled).get(offset=0, limit=1).json["rows"][0]["id"] for _ in range(2)]
    assert first == [10001, 10024]


def test_a_bill_can_be_revised(ruled: RunningSandbox) -> None:
    before = ruled.sandbox.bills.lines(date(2026, 5, 18))[0]
    order(ruled, "revise", period="2026-05-18", company=10001, project=before.project_id, delta="0.00000001")
    after = call(ruled).get("/daily-bills", period="20260518").json["elements"][0]["amount"]
    assert str(after - before.amount) == "1E-8"


def test_a_bill_row_can_move(ruled: RunningSandbox) -> None:
    order(ruled, "move", list="bills", period="2026-05-18", **{"from": 5, "to": 0})
    assert call(ruled).get("/daily-bills").json["elements"][0]["companyId"] == 10002


def test_a_project_row_can_move(ruled: RunningSandbox) -> None:
    second = ruled.sandbox.world.projects(10001)[1].id
    order(ruled, "move", list="projects", company=10001, **{"from": 1, "to": 0})
    assert call(ruled).get("/10001/projects").json["rows"][0]["id"] == second


def test_a_bill_day_can_be_empty(ruled: RunningSandbox) -> None:
    order(ruled, "empty", period="2026-05-18")
    empty = call(ruled).get("/daily-bills").json["totalSize"]
    order(ruled, "empty", period="2026-05-18", ready=True)
    assert (empty, call(ruled).get("/daily-bills").json["totalSize"] > 0) == (0, True)


def test_what_is_created_can_be_hidden(ruled: RunningSandbox) -> None:
    order(ruled, "hide", seconds=60)
    call(ruled).post("", company())
    assert call(ruled).get().json["count"] == 24


def test_one_company_can_be_hidden(ruled: RunningSandbox) -> None:
    order(ruled, "hide", company=10003, seconds=60)
    assert call(ruled).get().json["count"] == 23


def test_a_companys_status_can_be_changed(ruled: RunningSandbox) -> None:
    order(ruled, "company-status", id=10001, status=3)
    assert call(ruled).get(limit=1).json["rows"][0]["status"] == 3


def test_companies_can_be_added_with_their_history(ruled: RunningSandbox) -> None:
    added = order(ruled, "add-companies", count=2).json
    billed = {line.company_id for line in ruled.sandbox.bills.lines(date(2026, 5, 18))}
    assert (added, call(ruled).get().json["count"], set(added) <= billed) == ([10025, 10026], 26, True)


def test_a_key_can_be_added_and_deleted(ruled: RunningSandbox) -> None:
    other = Caller(base_url=ruled.base_url, key_id="other", key_secret="secret")
    order(ruled, "keys", id="other", secret="secret")
    known = other.get().status
    order(ruled, "keys", id="other", secret=None)
    assert (known, other.get().status) == (200, 401)


def test_the_clock_can_be_put_wrong(ruled: RunningSandbox) -> None:
    order(ruled, "clock", offset=600)
    assert call(ruled).get().status == 401


def test_another_day_can_be_pretended(ruled: RunningSandbox) -> None:
    order(ruled, "clock", today="2026-05-25")
    assert call(ruled).get("/daily-bills", period="20260523").status == 200


# --- What must come out --------------------------------------------------------------------------------


def test_the_expected_usage_is_what_the_calls_answer(ruled: RunningSandbox) -> None:
    target = "truth/usage?business=default&model=duration&interval=daily&since=2026-05-01&until=2026-05-01"
    rows = read(ruled, f"{target}&company=10001")
    asked = {"model": "duration", "business": "default", "interval": "daily"}
    said = call(ruled).get("/10001/usage", **asked, fromTs=1777593600, endTs=1777679999)
    assert (len(rows), rows[0]["project"], rows[0]["period"]) == (5, "", "2026-05-01")
    assert rows[0]["metrics"] == said.json[0]["usage"]


def test_the_expected_months_are_named_by_month(ruled: RunningSandbox) -> None:
    target = "truth/usage?business=rtm&model=counter&interval=monthly&since=2026-03-01&until=2026-04-30"
    rows = read(ruled, f"{target}&company=10001")
    assert [row["period"] for row in rows if row["project"] == ""] == ["2026-03", "2026-04"]


def test_the_expected_bills_add_up_lines_of_one_key(ruled: RunningSandbox) -> None:
    before = read(ruled, "truth/bills?since=2026-05-18&until=2026-05-20")
    order(ruled, "revise", period="2026-05-18", company=10001, project=before[0]["project"], split=True)
    after = read(ruled, "truth/bills?since=2026-05-18&until=2026-05-20")
    assert after[0] == {**before[0], "lines": 2}


def test_the_expected_bills_hold_every_published_line(ruled: RunningSandbox) -> None:
    rows = read(ruled, "truth/bills?since=2026-05-01&until=2026-05-31")
    lines = [line for day in range(1, 19) for line in ruled.sandbox.bills.lines(date(2026, 5, day))]
    assert len(rows) == len(lines)
