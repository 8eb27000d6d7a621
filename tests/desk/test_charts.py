"""What the charts of the desk's pages are drawn from."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from companies.models import Company
from tests.billing.known import bill_known, line, revision
from tests.usage.known import covered, gap, project, rtc, used

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]
SignedIn = Callable[..., Client]

TWO_DAYS = "since=2026-09-21&until=2026-09-22"


def answered(browser: Client, address: str) -> dict[str, Any]:
    answer = browser.get(address)
    assert answer.headers["Content-Type"] == "application/json"
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_usage_has_a_dataset_for_each_part_and_says_how_final_it_is(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001")
    known_company("10002")
    used("2026-09-21", company_id="10001", figures=rtc(audio=1, sd=2, hd=3, hdp=4))
    used("2026-09-21", company_id="10002", figures=rtc(audio=10))
    found = answered(signed_in("viewer"), f"/chart/usage/?{TWO_DAYS}")
    states = ["settled", "provisional"]
    assert found == {
        "labels": ["2026-09-21", "2026-09-22"],
        "datasets": [
            {"label": "Audio", "data": [11, 0], "states": states},
            {"label": "SD video", "data": [2, 0], "states": states},
            {"label": "HD video", "data": [3, 0], "states": states},
            {"label": "HDP video", "data": [4, 0], "states": states},
        ],
    }


def test_days_that_are_not_known_are_gaps(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001")
    gap("2026-09-21", "2026-09-21", company_id="10001")
    found = answered(signed_in("viewer"), f"/companies/10001/chart/usage/?{TWO_DAYS}")
    assert [line["data"] for line in found["datasets"]] == [[None, 0]] * 4


def test_a_page_draws_its_own_company_whatever_the_address_adds(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001")
    known_company("10002")
    used("2026-09-21", company_id="10002", figures=rtc(audio=10))
    address = f"/companies/10001/chart/usage/?{TWO_DAYS}&company=10002&project=x&interval=monthly"
    found = answered(signed_in("viewer"), address)
    assert (found["labels"], found["datasets"][0]["data"]) == (["2026-09-21", "2026-09-22"], [0, 0])


def test_a_project_draws_what_the_project_call_answered(known_company: Known, signed_in: SignedIn) -> None:
    project(known_company("10001"), "u 1")
    covered("2026-07-01", "2026-09-23", settled="2026-09-21", company_id="10001", project_id="u 1", pair="rtm/counter")
    used("2026-09-21", company_id="10001", project_id="u 1", pair="rtm/counter", figures={"dau": 8})
    used("2026-09-21", company_id="10001", pair="rtm/counter", figures={"dau": 90})
    found = answered(signed_in("viewer"), f"/companies/10001/projects/u%201/chart/usage/?product=rtm&{TWO_DAYS}")
    assert [(one["label"], one["data"]) for one in found["datasets"]] == [("Daily active users", [8, 0])]


def test_bills_have_a_dataset_for_each_currency(signed_in: SignedIn) -> None:
    bill_known("2026-09-21")
    line("2026-09-21", "10001", "", "1.25")
    line("2026-09-21", "unknown", "", "2")
    line("2026-09-21", "10001", "", "-3", currency="CNY")
    assert answered(signed_in("finance"), f"/chart/bills/?{TWO_DAYS}") == {
        "labels": ["2026-09-21", "2026-09-22"],
        "datasets": [
            {"label": "CNY", "data": [-3.0, None], "states": ["settled", "missing"]},
            {"label": "USD", "data": [3.25, None], "states": ["settled", "missing"]},
        ],
    }


def test_bills_of_one_currency_of_one_company_say_what_was_corrected(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001")
    bill_known("2026-09-20")
    bill_known("2026-09-21")
    line("2026-09-20", "10001", "", "1")
    line("2026-09-20", "10002", "", "50")
    line("2026-09-20", "10001", "", "7", currency="CNY")
    revision("2026-09-20", "10001", "", "2", "1", "2026-09-22 00:10")
    address = "/companies/10001/chart/bills/?since=2026-09-20&until=2026-09-21&currency=USD"
    assert answered(signed_in("finance"), address)["datasets"] == [
        {"label": "USD", "data": [1.0, 0.0], "states": ["corrected", "settled"]}
    ]


def test_known_days_without_a_line_are_drawn_as_nothing_billed(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001")
    bill_known("2026-09-21")
    line("2026-09-21", "10002", "", "5")
    found = answered(signed_in("finance"), f"/companies/10001/chart/bills/?{TWO_DAYS}")
    assert found["datasets"] == [{"label": "Nothing was billed", "data": [0, None], "states": ["settled", "missing"]}]


@pytest.mark.parametrize("query", ["since=x", "product=%00", "currency=%00", "period=0000-00", "company=%00"])
@pytest.mark.parametrize("name", ["usage", "bills"])
def test_an_address_that_makes_no_sense_is_answered_with_the_usual_days(
    name: str, query: str, signed_in: SignedIn
) -> None:
    assert len(answered(signed_in("finance"), f"/chart/{name}/?{query}")["labels"]) == 30
