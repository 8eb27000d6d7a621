"""Bills of some kind of companies: by tag, area and country, and of those that Agora does not list."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from companies.models import Tag
from tests.billing.known import bill_known, line, revision
from tests.desk.reading import number_of_queries, words
from tests.usage.known import at, company, day

DAYS = "since=2026-09-03&until=2026-09-04"


@pytest.fixture(autouse=True)
def _two_days(db: None, settings: Any) -> Iterator[None]:
    """Two tagged companies, one of which is gone, another one, and one that Agora never listed."""
    settings.POLL_SINCE = day("2026-01-01")
    with time_machine.travel(at("2026-09-22 12:00"), tick=False):
        pilot = Tag.objects.create(name="Pilot", key="pilot")
        company("101", "Acme", area="CN", country="CN").tags.add(pilot)
        company("102", "Bolt", area="Non-CN", country="DE", gone_at=at("2026-09-10 00:00")).tags.add(pilot)
        company("103", "Crow", area="Non-CN", country="AT")
        for period in ("2026-09-03", "2026-09-04"):
            bill_known(period)
        for number, company_id in enumerate(("101", "102", "103", "999")):
            line("2026-09-03", company_id, "p", f"{10**number}")
        yield


@pytest.fixture
def browser(signed_in: Callable[..., Client]) -> Client:
    return signed_in("finance")


def page(browser: Client, query: str) -> Any:
    return browser.get(f"/bills/?{DAYS}&{query}").context


@pytest.mark.parametrize(
    ("query", "amount", "chips"),
    [
        ("", "1,111.00", []),
        ("tag=Pilot", "11.00", ["Pilot"]),
        ("area=CN", "1.00", ["China"]),
        ("country=AT", "100.00", ["Austria"]),
        ("tag=pilot&country=DE", "10.00", ["Pilot", "Germany"]),
        ("owner=none", "111.00", ["Nobody"]),
        ("listed=no", "1,010.00", ["not listed by Agora"]),
    ],
)
def test_sums_are_of_the_kind_of_companies_that_the_address_names(
    query: str, amount: str, chips: list[str], browser: Client
) -> None:
    shown = page(browser, query)
    assert [one.amount for one in shown["sums"]] == [amount]
    assert [f"{chip.words}" for chip in shown["chips"]] == chips


@pytest.mark.parametrize("query", ["tag=pilot", "area=CN", "country=AT", "listed=no"])
def test_page_chart_table_and_download_hold_the_same(query: str, browser: Client) -> None:
    shown = page(browser, query)
    chart = browser.get(shown["charts"][0].url).json()["datasets"][0]["data"]
    sheet = b"".join(browser.get(shown["daily_bills_csv_url"])).decode("utf-8-sig").splitlines()[1:]
    total = float(shown["sums"][0].amount.replace(",", ""))
    assert sum(float(value) for value in chart if value is not None) == total
    assert sum(float(row.split(",")[6]) for row in sheet) == total


def test_corrections_are_of_the_same_companies(browser: Client) -> None:
    for company_id in ("101", "103"):
        revision("2026-09-03", company_id, "p", "0", "1", "2026-09-05 06:00")
    assert [row.company_id for row in page(browser, "tag=pilot")["corrections"]] == ["101"]


def test_a_sum_says_what_of_it_is_of_companies_that_agora_does_not_list(browser: Client) -> None:
    shown = page(browser, "")["unlisted"]
    assert shown.words == "of it 1,010.00\u00a0USD of 2 companies that Agora does not list"
    assert [one.amount for one in browser.get(shown.href).context["sums"]] == ["1,010.00"]


def test_the_same_is_said_of_one_kind_of_companies(browser: Client) -> None:
    shown = page(browser, "tag=pilot")["unlisted"]
    assert shown.words == "of it 10.00\u00a0USD of 1 company that Agora does not list"
    assert [one.amount for one in browser.get(shown.href).context["sums"]] == ["10.00"]


@pytest.mark.parametrize("query", ["company=999", "listed=no", "country=AT"])
def test_nothing_is_said_where_it_would_say_nothing(query: str, browser: Client) -> None:
    assert page(browser, query)["unlisted"] is None


def test_a_company_that_agora_lists_no_more_is_marked_as_one_that_it_never_listed(browser: Client) -> None:
    rows = page(browser, "listed=no")["owner_rows"]
    assert [(row.name, row.listed) for row in rows] == [("", False), ("Bolt", False)]


def test_overview_and_list_differ_by_what_both_say(browser: Client) -> None:
    overview, listed = (words(browser.get(address).content.decode()) for address in ("/", "/companies/"))
    assert "Spend, 1 – 20 Sep: of it 1,010.00 USD of 2 companies that Agora does not list" in overview
    assert "1,111.00 USD" in overview
    assert "Not in these totals: 1,010.00 USD of 2 companies that Agora does not list" in listed
    assert "101.00" in listed


def test_a_list_of_some_companies_says_nothing_of_others(browser: Client) -> None:
    assert "Not in these totals" not in browser.get("/companies/?tag=pilot").content.decode()


@pytest.mark.parametrize("address", ["/", "/companies/"])
def test_S3_whoever_may_not_see_amounts_is_told_none(address: str, signed_in: Callable[..., Client]) -> None:
    assert "1,010" not in signed_in("viewer").get(address).content.decode()


def test_a_page_asks_no_more_often_for_more_companies(browser: Client) -> None:
    before = number_of_queries(browser, f"/bills/?{DAYS}&tag=pilot")
    for number in range(200, 230):
        company(f"{number}").tags.add(Tag.objects.get())
        line("2026-09-03", f"{number}", "p", "1")
    assert number_of_queries(browser, f"/bills/?{DAYS}&tag=pilot") == before
