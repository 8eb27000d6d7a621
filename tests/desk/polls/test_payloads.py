"""Answers that hold what nobody should send: kept exactly, named, or refused, and never a crash (P14 to P17)."""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from agora.vocabulary import METRICS, Business, Interval, Model
from billing.models import BillProblem, DailyBillLine
from companies.models import Company, Project
from polling import queries
from polling.models import PollRun, PollSlot, RunOutcome, SlotState, Stream, Target, TargetState
from polling.series import Kind
from sandbox.faults import Fault, Match
from tests.desk.polls.then import (
    BILL,
    DAY,
    HOUR,
    SINCE,
    THEN,
    answer_page,
    bill_is,
    bill_line,
    bill_page,
    days_known,
    read_bill,
    slot,
    stored_bill,
    sweep,
)
from tests.polled import Portal
from usage.models import UsageFigures
from usage.services.expect import asked_owners, expect_usage
from usage.services.plan import Unit
from usage.services.poll import read_unit

pytestmark = pytest.mark.django_db
DOUBTED = THEN.date() - 3 * DAY
MINI = Kind(business=Business.MINIAPP, model=Model.DURATION, interval=Interval.DAILY)
BEYOND = 2**63


# --- Usage ----------------------------------------------------------------------------------------------------


def datum(said: Any, value: int = 7) -> dict[str, Any]:
    return {"dateTime": said, "usage": dict.fromkeys(METRICS[MINI.business, MINI.model], value)}


def other_days() -> list[dict[str, Any]]:
    """Every wanted day but one."""
    days = (SINCE + n * DAY for n in range((THEN.date() - SINCE).days + 1))
    return [datum(f"{day} 00:00:00") for day in days if day != DOUBTED]


def read_mini(portal: Portal, at: dt.datetime) -> PollSlot:
    """Read the Mini App's days of everybody; gives the slot of the day that is doubted."""
    expect_usage(SINCE, THEN.date())
    unit = Unit(kind=MINI, since=SINCE, until=THEN.date(), owners=tuple(asked_owners()))
    read_unit(portal.reader(clock=lambda: at), unit)
    return slot(DOUBTED, Stream.USAGE, MINI.scope)


@pytest.mark.parametrize(
    ("datums", "told"),
    [
        ([], ""),
        ([datum("2019-01-01 00:00:00")], "it is outside the days that were asked for"),
        ([datum(f"{DOUBTED}"), datum(f"{DOUBTED}", 8)], f"it is told twice: {DOUBTED}"),
        ([datum(f"{DOUBTED}T00:00:00+08:00")], "it is a day of another time zone"),
        ([datum("yesterday")], "it has no readable dateTime"),
        ([{"dateTime": f"{DOUBTED}", "usage": "much"}], "its usage is no object"),
    ],
)
def test_p14_a_day_that_cannot_be_believed_is_not_known_and_named(
    datums: list[dict[str, Any]], told: str, portal: Portal
) -> None:
    company = str(portal.sandbox.world.companies()[0].id)
    match = Match(path_regex=f"companies/{company}/usage")
    portal.sandbox.faults.order(Fault(action="body", body=json.dumps(other_days() + datums), times=0, match=match))
    sweep(portal, Stream.COMPANIES, Stream.PROJECTS)

    found = read_mini(portal, THEN)

    gap = Target.objects.get()
    assert (gap.company_id, gap.project_id, gap.since, gap.until) == (company, "", DOUBTED, DOUBTED)
    assert (gap.state, told in gap.reason, bool(gap.reason)) == (TargetState.OPEN, True, True)
    assert (found.state, gap.next_attempt_at) == (SlotState.PARTIAL, THEN + DAY)
    assert found in queries.missing(THEN, streams=[Stream.USAGE], days=None)
    run = PollRun.objects.filter(stream=Stream.USAGE).latest("pk")
    assert (run.outcome, told in run.error) == (RunOutcome.PARTIAL if told else RunOutcome.COMPLETE, True)
    days = UsageFigures.objects.filter(series__company_id=company, series__project_id="").values_list(
        "period", flat=True
    )
    assert set(days) == {dt.date.fromisoformat(one["dateTime"][:10]) for one in other_days()}

    portal.sandbox.faults.clear()
    assert (read_mini(portal, THEN + DAY).state, Target.objects.count()) == (SlotState.COMPLETE, 0)


# --- Money ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("100.10", Decimal("100.10")),
        ("0.1", Decimal("0.1")),
        ("1e-7", Decimal("0.0000001")),
        ("-5", Decimal(-5)),
        ('"12.30"', Decimal("12.30")),
        ("91999999999.99999999", Decimal("91999999999.99999999")),
    ],
)
def test_p15_an_amount_is_stored_exactly(said: str, amount: Decimal, portal: Portal) -> None:
    bill_is(portal, bill_line(amount=said))

    assert read_bill(portal).state == SlotState.COMPLETE
    assert DailyBillLine.objects.get().amount == amount


@pytest.mark.parametrize("said", ['"1,5"', "NaN", '"NaN"', "Infinity", "1e999", "1" * 30, f"0.{'1' * 30}", "null"])
def test_p15_an_amount_that_cannot_be_kept_is_set_aside_and_shown(said: str, portal: Portal) -> None:
    bill_is(portal, bill_line(project="p1", amount=said), bill_line(project="p2"))

    found = read_bill(portal)

    assert (found.state, found.problems, found.rows) == (SlotState.COMPLETE, 1, 1)
    assert list(DailyBillLine.objects.values_list("project_id", flat=True)) == ["p2"]
    kept = BillProblem.objects.get()
    assert (kept.period, "p1" in kept.raw) == (BILL, True)


def test_p15_amounts_whose_sum_cannot_be_kept_leave_the_day_as_it_was_and_say_so(portal: Portal) -> None:
    read_bill(portal)
    before = stored_bill()
    bill_is(portal, *[bill_line(amount="91999999999")] * 2)

    found = read_bill(portal, at=THEN + HOUR)

    assert (found.state, stored_bill()) == (SlotState.PARTIAL, before)
    assert found.last_error == "18399999999800000000 units of an amount do not fit: at most 18 digits are kept."


def test_p15_a_line_that_can_be_read_again_is_no_problem_any_more(portal: Portal) -> None:
    answer_page(portal, 1, bill_page(bill_line(amount="NaN")), times=1)
    read_bill(portal)
    bill_is(portal, bill_line(amount="2"))

    read_bill(portal, at=THEN + HOUR)

    assert (BillProblem.objects.count(), DailyBillLine.objects.get().amount) == (0, 2)


# --- Codes and IDs --------------------------------------------------------------------------------------------


def list_is(portal: Portal, path: str, *rows: dict[str, Any]) -> None:
    """Let a list consist of these rows."""
    body = json.dumps({"rows": rows, "count": len(rows)})
    match = Match(path_regex=f"{path}$")
    portal.sandbox.faults.order(Fault(action="body", status=200, body=body, times=0, match=match))


def test_p16_unknown_codes_and_fields_are_kept_as_they_came(portal: Portal) -> None:
    row = {"id": "77", "name": "Odd", "country": "zz", "area": "MOON", "appLimit": "many", "industry": "teapots",
           "environment": 99, "status": 42, "unheard": {"of": [1]}}  # fmt: skip
    list_is(portal, "/companies", row)
    bill_is(portal, bill_line(currency="XTS"), bill_line(currency="✈"), bill_line(currency="far too long to be one"))

    sweep(portal, Stream.COMPANIES, Stream.DAILY_BILLS)

    company = Company.objects.get()
    assert (company.country, company.area, company.app_limit) == ("ZZ", "MOON", None)
    assert (company.industry, company.environment, company.status) == ("teapots", "99", "42")
    currencies = DailyBillLine.objects.filter(period=BILL).values_list("currency", flat=True)
    assert (set(currencies), BillProblem.objects.get().reason) == ({"XTS", "✈"}, "the line has no usable currency")


def test_p16_ids_of_any_size_and_shape_stay_text_and_one_part_of_a_path(
    portal: Portal, signed_in: Callable[..., Client]
) -> None:
    list_is(portal, "/companies", {"id": BEYOND, "name": "Beyond"})
    list_is(portal, f"/companies/{BEYOND}/projects", {"id": "../x", "name": "Up"}, {"id": "..", "name": "Nowhere"})
    portal.sandbox.faults.order(Fault(action="body", status=200, body="[]", times=0, match=Match(path_regex="usage$")))
    bill_is(portal, bill_line(BEYOND, "../x"), bill_line(str(BEYOND), "a/b?c#d%2e"))

    sweep(portal)

    assert Company.objects.get().company_id == str(BEYOND)
    assert set(Project.objects.values_list("project_id", flat=True)) == {"../x", ".."}
    assert {line[:2] for line in stored_bill()} == {(str(BEYOND), "../x"), (str(BEYOND), "a/b?c#d%2e")}
    paths = {entry.path for entry in portal.sandbox.truth.entries() if entry.path.endswith("usage")}
    head = f"/v1/resellers/companies/{BEYOND}"
    assert paths == {f"{head}/usage", f"{head}/projects/..%2Fx/usage"}
    assert {known[:2] for known in days_known()} == {(str(BEYOND), ""), (str(BEYOND), "../x")}
    assert signed_in("admin").get(f"/companies/{BEYOND}/").status_code == 200


# --- Text -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("x" * 10**6, "x" * 255),
        ("N\0ul", "Nul"),
        ("half \ud800 a sign", "half  a sign"),
        ("\u202eright to left", "\u202eright to left"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("", ""),
    ],
)
def test_p17_any_name_is_stored_and_shown(
    name: str, kept: str, portal: Portal, signed_in: Callable[..., Client]
) -> None:
    list_is(portal, "/companies", {"id": 77, "name": name})
    list_is(portal, "/companies/77/projects", {"id": "p1", "name": name})

    sweep(portal, Stream.COMPANIES, Stream.PROJECTS)

    assert (Company.objects.get().name, Project.objects.get().name) == (kept, kept)
    admin = signed_in("admin", sees_amounts=True)
    for page in ("/companies/", "/companies/77/", "/companies/77/projects/p1/"):
        answer = admin.get(page)
        assert (answer.status_code, b"<script>alert" in answer.content) == (200, False)


def test_p17_an_error_may_say_anything(portal: Portal, signed_in: Callable[..., Client]) -> None:
    body = json.dumps({"message": "<script>alert(1)</script>\0\ud800" + "x" * 10**5})
    portal.sandbox.faults.order(Fault(action="status", status=400, body=body, times=0))

    found = read_bill(portal)

    assert (found.state, len(found.last_error) < 5000) == (SlotState.PARTIAL, True)
    page = signed_in("admin").get(f"/polling/daily-bills/{BILL}/")
    assert (page.status_code, b"<script>alert" in page.content) == (200, False)
