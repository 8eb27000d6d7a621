"""The overview: its tiles, charts, movers and companies in trouble, while everything is known and while it is not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from billing.models import BillProblem
from companies.models import Company, Operation, OperationKind, OperationState
from polling.models import Connection, PollSlot
from tests.billing.known import bill_known, line
from tests.desk.reading import column, number_of_queries, table, tile, words
from tests.usage.known import at, company, covered, day, gap, rtc, slot, used

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]
SignedIn = Callable[..., Client]

# Since when a company has its status that always had it, and what it had before.
LISTED = ("1 Jan 2026, 00:00 UTC", "–")


def shown(browser: Client, query: str = "") -> str:
    answer = browser.get(f"/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_companies_are_counted_by_status_and_unknown_ones_are_not_normal(signed_in: SignedIn) -> None:
    for number, status in enumerate(["0", "0", "1", "3", "7"]):
        company(f"{number}", status=status)
    expected = "5 1 Insufficient balance · 1 Manually suspended · 1 Unknown (7)"
    assert tile(shown(signed_in("viewer")), "Companies") == expected


def test_each_count_of_companies_leads_to_just_those(signed_in: SignedIn) -> None:
    for number, status in enumerate(["0", "0", "1", "7"]):
        company(f"{number}", f"Company {number}", status=status)
    browser = signed_in("viewer")
    (found,) = [one for one in browser.get("/").context["tiles"] if one.label == "Companies"]
    (line,) = found.lines
    listed = [
        [row[0] for row in table(browser.get(one).content.decode(), "Company ID")[:-1]]
        for one in (line.href, *(link.href for link in line.links))
    ]
    assert [len(rows) for rows in listed] == [4, 1, 1]
    assert (listed[1], listed[2], found.href) == (["Company 2"], ["Company 3"], "")


def test_the_line_under_the_title_and_the_tile_tell_one_reading_of_the_history(signed_in: SignedIn) -> None:
    expected_slots(10, 4)
    page = shown(signed_in("viewer"))
    assert ("History 40 % fetched" in words(page), tile(page, "History")[:4]) == (True, "40 %")


def test_a_company_that_is_gone_is_not_counted(signed_in: SignedIn) -> None:
    company("1", status="0")
    company("2", status="1", gone_at=at("2026-09-01 00:00"))
    assert tile(shown(signed_in("viewer")), "Companies") == "1 All in their normal state"


def test_minutes_of_this_month_stand_against_the_same_days_of_last_month(
    known_company: Known, signed_in: SignedIn
) -> None:
    known_company("1")
    known_company("2")
    used("2026-09-01", company_id="1", figures=rtc(audio=1000))
    used("2026-09-21", company_id="2", figures=rtc(hd=200))
    used("2026-08-21", company_id="1", figures=rtc(audio=1000))
    used("2026-08-31", company_id="1", figures=rtc(audio=7000))
    assert tile(shown(signed_in("viewer")), "Video & Audio, 1 – 21 Sep") == "1,200 minutes +20.0 % against 1 – 21 Aug"


def test_durations_bear_the_unit_of_the_settings(known_company: Known, signed_in: SignedIn, settings: Any) -> None:
    settings.AGORA_DURATION_UNIT = "seconds"
    known_company("1")
    used("2026-09-01", company_id="1", figures=rtc(audio=1000))
    assert tile(shown(signed_in("viewer")), "Video & Audio, 1 – 21 Sep").startswith("1,000 seconds")


def test_minutes_with_a_gap_say_how_many_days_are_complete(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1")
    company("2", status="0")
    covered("2026-07-01", "2026-09-23", company_id="2")
    gap("2026-09-03", "2026-09-04", company_id="2")
    used("2026-09-03", company_id="1", figures=rtc(audio=10))
    assert tile(shown(signed_in("viewer")), "Video & Audio, 1 – 21 Sep") == "10 minutes Complete: only 19 of 21 days"


def test_spend_of_this_month_is_told_in_each_currency_by_itself(signed_in: SignedIn) -> None:
    for number in range(1, 22):
        bill_known(f"2026-08-{number:02d}")
        bill_known(f"2026-09-{number:02d}")
    line("2026-08-01", "1", "p", "100", currency="CNY")
    line("2026-09-01", "1", "p", "110.004", currency="CNY")
    line("2026-09-01", "unknown", "", "5")
    assert tile(shown(signed_in("finance")), "Spend, 1 – 21 Sep") == (
        "110.00 CNY +10.0 % against 1 – 21 Aug 5.00 USD Nothing in 1 – 21 Aug"
    )


def test_spend_with_missing_days_says_how_many_are_in_it(signed_in: SignedIn) -> None:
    bill_known("2026-09-02")
    line("2026-09-02", "1", "p", "3")
    assert tile(shown(signed_in("finance")), "Spend, 1 – 21 Sep") == "3.00 USD Complete: only 1 of 21 days"


def test_lines_of_a_day_that_is_not_known_are_in_no_amount(signed_in: SignedIn) -> None:
    line("2026-09-02", "1", "p", "3")
    page = shown(signed_in("finance"))
    assert tile(page, "Spend, 1 – 21 Sep") == "No data Not fetched yet"


def test_known_days_without_a_line_cost_nothing(signed_in: SignedIn) -> None:
    bill_known("2026-09-02")
    assert tile(shown(signed_in("finance")), "Spend, 1 – 21 Sep") == "0 Nothing was billed"


def test_before_the_first_poll_nothing_is_a_zero(signed_in: SignedIn) -> None:
    page = shown(signed_in("admin"))
    labels = ["Companies", "Spend, 1 – 21 Sep", "Video & Audio, 1 – 21 Sep", "Open gaps"]
    assert [tile(page, label) for label in labels] == [
        "No data Not fetched yet",
        "No data Not fetched yet",
        "No data Not fetched yet",
        "No data Nothing has been fetched yet",
    ]


def test_before_the_first_poll_the_charts_are_there_all_the_same(signed_in: SignedIn) -> None:
    page = shown(signed_in("admin"))
    assert [f'data-chart-url="/chart/{name}/?' in page for name in ("usage", "bills")] == [True, True]


def expected_slots(number: int, known: int) -> None:
    """Slots that are due, the first of them known."""
    for index in range(number):
        made = slot(f"2026-09-{index + 1:02d}", "2026-09-22 06:00")
        if index >= known:
            PollSlot.objects.filter(pk=made.pk).update(first_complete_at=None, last_complete_at=None)


@pytest.mark.parametrize(
    ("known", "label", "said"),
    [
        (10, "Open gaps", "0 Everything that is due is known"),
        (9, "Open gaps", "1 day that is due and not known"),
        (4, "History", "40 % of the days are fetched; the rest is on its way"),
    ],
)
def test_gaps_are_told_from_a_history_that_still_fills(known: int, label: str, said: str, signed_in: SignedIn) -> None:
    expected_slots(10, known)
    assert tile(shown(signed_in("viewer")), label) == said


def waiting_operation(by: object) -> None:
    Operation.objects.create(
        kind=OperationKind.COMPANY,
        form_token="4c18781f-16b2-43c5-9281-2eddfd313bd8",
        natural_key="key",
        payload={"company_name": "Acme", "email": "a@example.com"},
        payload_sha256="",
        state=OperationState.REVIEW,
        created_by=by,
        created_at=at("2026-09-22 08:00"),
    )


def test_what_needs_a_person_is_counted_with_its_reasons(signed_in: SignedIn, person: Callable[..., object]) -> None:
    waiting_operation(person("operator"))
    BillProblem.objects.create(
        period=day("2026-09-01"), where="line 1", reason="no number", raw="{}", seen_at=at("2026-09-03 00:10")
    )
    assert tile(shown(signed_in("viewer")), "Needs a person") == (
        "2 1 create waits for a decision · 1 unreadable bill line"
    )


def test_a_refused_key_needs_a_person(signed_in: SignedIn) -> None:
    Connection.objects.update_or_create(pk=1, defaults={"refused_reason": "secret"})
    assert "Agora knows the access key, but the secret" in tile(shown(signed_in("viewer")), "Needs a person")


@pytest.mark.parametrize(("role", "leads"), [("viewer", False), ("operator", True)])
def test_what_waits_leads_those_to_it_who_may_decide(
    role: str, leads: bool, signed_in: SignedIn, person: Callable[..., object]
) -> None:
    waiting_operation(person("operator"))
    assert ('href="/onboarding/?waiting=1"' in shown(signed_in(role))) == leads


def test_companies_in_trouble_are_listed_and_suspended_ones_in_use_marked(
    known_company: Known, signed_in: SignedIn
) -> None:
    known_company("1", "Poor", status="1")
    known_company("2", "Quiet", status="2")
    known_company("3", "Busy", status="3")
    known_company("4", "Odd", status="9")
    known_company("5", "Fine", status="0")
    used("2025-12-30", company_id="2", figures=rtc(audio=50))
    used("2026-09-22", company_id="3", figures=rtc(audio=60))
    assert table(shown(signed_in("viewer")), "Before") == [
        ["Poor", "1", "Insufficient balance", *LISTED, "0", "–"],
        ["Quiet", "2", "Automatically suspended", *LISTED, "0", "30 Dec 2025"],
        ["Busy", "3", "Manually suspended Still in use", *LISTED, "0", "22 Sep"],
        ["Odd", "4", "Unknown (9)", *LISTED, "0", "–"],
    ]


def test_without_trouble_it_says_so(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1")
    assert "none is suspended" in words(shown(signed_in("viewer")))


def test_the_table_under_the_chart_marks_days_that_may_still_change(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1")
    used("2026-09-21", company_id="1", figures=rtc(audio=1))
    used("2026-09-22", company_id="1", figures=rtc(audio=2))
    states = column(shown(signed_in("viewer"), "?provisional=1"), "Fetched", "State")
    assert [states[name] for name in ("Mon, 21 Sep 2026", "Tue, 22 Sep 2026")] == ["settled", "provisional"]


def test_it_asks_the_database_as_often_for_30_companies_as_for_one(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1", status="1")
    used("2026-09-21", company_id="1", figures=rtc(audio=1))
    browser = signed_in("finance")
    for_one = number_of_queries(browser, "/")
    for number in range(2, 31):
        known_company(f"{number}", status="1")
        used("2026-09-21", company_id=f"{number}", figures=rtc(audio=1))
    assert number_of_queries(browser, "/") == for_one
