"""The usage page: what it shows beside the chart, and what its links ask for."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.usage.known import company, covered, gap, project, rtc, used
from usage.tables import Cell, Table

pytestmark = pytest.mark.usefixtures("noon")


def shown(browser: Client, query: str) -> Any:
    """What the template of the page was given."""
    answer = browser.get(f"/usage/{query}")
    assert answer.status_code == 200
    return answer.context


def table(browser: Client, query: str) -> Table:
    found: Table = shown(browser, query)["table"]
    return found


def acme() -> None:
    company("101", "Acme")
    covered("2026-01-01", "2026-09-21", settled="2026-09-20", company_id="101")
    used("2026-09-18", figures=rtc(audio=5000, sd=1), company_id="101")
    used("2026-09-20", figures=rtc(audio=7), corrected=("audioAll",), company_id="101")


def test_the_table_has_the_same_days_as_the_chart_newest_first_with_grouped_figures(browser: Client) -> None:
    acme()
    rows = table(browser, "?since=2026-09-18&until=2026-09-21").rows
    assert [(row.period, row.cells[0].text, row.state.value) for row in rows] == [
        ("Mon, 21 Sep 2026", "0", "provisional"),
        ("Sun, 20 Sep 2026", "7", "corrected"),
        ("Sat, 19 Sep 2026", "0", "settled"),
        ("Fri, 18 Sep 2026", "5,000", "settled"),
    ]


def test_durations_have_a_sum_below(browser: Client) -> None:
    acme()
    assert table(browser, "?since=2026-09-18&until=2026-09-21").foot[0] == Cell(text="5,007", lacks=False)


def test_a_sum_that_lacks_a_day_says_so(browser: Client) -> None:
    acme()
    gap("2026-09-19", "2026-09-19", company_id="101")
    assert table(browser, "?since=2026-09-18&until=2026-09-21").foot[0] == Cell(text="5,007", lacks=True)


@pytest.mark.parametrize("product", ["transcoding", "concurrent-channels", "rtm"])
@pytest.mark.parametrize("interval", ["daily", "monthly"])
def test_peaks_have_no_sum_below_in_either_interval(browser: Client, product: str, interval: str) -> None:
    acme()
    assert table(browser, f"?product={product}&interval={interval}").foot == []


def test_a_day_that_lacks_a_company_says_how_many_it_has(browser: Client) -> None:
    acme()
    company("102")
    row = table(browser, "?since=2026-09-18&until=2026-09-18").rows[0]
    assert (row.note, row.cells[0]) == ("1 of 2 companies", Cell(text="5,000", lacks=True))


def test_what_is_not_known_is_no_data_and_not_zero(browser: Client) -> None:
    company("101")
    answer = browser.get("/usage/?since=2026-09-18&until=2026-09-18").content.decode()
    assert answer.count('<td class="number is-missing" title="no data">–</td>') == 12
    assert answer.count(">no data</span>") == 2
    assert "– is not known, which is not zero." in answer


def test_a_metric_that_only_agora_knows_has_a_column_of_its_own(browser: Client) -> None:
    acme()
    used("2026-09-19", figures=rtc(), extra={"uhdAll": "12.5"}, company_id="101")
    found = table(browser, "?since=2026-09-19&until=2026-09-19")
    assert (str(found.headings[5]), found.rows[0].cells[5].text) == ("uhdAll", "12.5")


def test_a_sentence_says_what_is_shown(browser: Client) -> None:
    acme()
    gap("2026-09-19", "2026-09-19", company_id="101")
    assert shown(browser, "?company=101&since=2026-09-18&until=2026-09-21")["summary"] == (
        "Video & Audio of Acme by day, 18 Sep – 21 Sep 2026 UTC, in minutes. "
        "In all 5,008 minutes, at most 5,001 (18 Sep). 1 day has no data."
    )


def test_a_sentence_about_peaks_adds_nothing_up(browser: Client) -> None:
    company("101", "Acme")
    covered("2026-01-01", "2026-09-21", company_id="101", pair="rtm/counter")
    for period, dau in (("2026-09-18", 30), ("2026-09-19", 40)):
        used(period, figures={"dau": dau}, company_id="101", pair="rtm/counter")
    assert shown(browser, "?product=rtm&since=2026-09-18&until=2026-09-19")["summary"] == (
        "RTM of all companies by day, 18 Sep – 19 Sep 2026 UTC, in users. Daily active users: at most 40 (19 Sep)."
    )


def test_the_downloads_ask_for_exactly_what_is_shown(browser: Client) -> None:
    project(company("101"), "-p&")
    context = shown(browser, "?product=mini-app&interval=monthly&period=2026-08&company=101&project=-p%26")
    assert context["csv_url"] == (
        "/usage/export.csv?business=miniapp&model=duration&interval=monthly"
        "&since=2026-08-01&until=2026-08-31&company=101&project=-p%26"
    )
    assert context["chart_url"] == (
        "/usage/chart/?product=mini-app&interval=monthly&draw=stacked"
        "&since=2026-08-01&until=2026-08-31&company=101&project=-p%26"
    )


@pytest.mark.parametrize(
    ("query", "drawn"),
    [
        ("?period=7d", "bar"),
        ("?period=7d&draw=lines", "line"),
        ("?period=yesterday&product=rtm", "bar"),
        ("?period=12m", "line"),
    ],
)
def test_a_single_day_is_drawn_as_bars_whatever_it_shows(browser: Client, query: str, drawn: str) -> None:
    assert shown(browser, query)["chart_type"] == drawn


def test_where_nothing_was_used_the_page_says_so_and_where_to_look(browser: Client) -> None:
    acme()
    words = "Nothing of it was used on these days"
    page = browser.get("/usage/?company=101&since=2026-09-01&until=2026-09-02").content.decode()
    assert words in page
    assert 'href="?company=101&amp;period=12m&amp;interval=monthly"' in page
    assert words not in browser.get("/usage/?company=101&since=2026-09-18&until=2026-09-18").content.decode()
    gap("2026-09-02", "2026-09-02", company_id="101")
    assert words not in browser.get("/usage/?company=101&since=2026-09-01&until=2026-09-02").content.decode()


def test_the_canvas_is_always_in_the_page(browser: Client) -> None:
    assert browser.get("/usage/").content.decode().count("<canvas") == 1


def test_the_tabs_keep_the_days_and_the_company(browser: Client) -> None:
    company("101")
    products = shown(browser, "?company=101&period=7d")["products"]
    assert products[6].query == "?company=101&period=7d&product=rtm"


@pytest.mark.parametrize(("typed", "found"), [("101", "101"), ("acm", "101"), ("globex", "1010")])
def test_a_search_that_finds_one_company_goes_there(browser: Client, typed: str, found: str) -> None:
    company("101", "Acme")
    project(company("1010", "Globex"), "p", "Room 101")
    answer = browser.get("/usage/", {"find": typed, "product": "rtm"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"?product=rtm&company={found}")


def test_a_search_that_finds_several_companies_offers_them(browser: Client) -> None:
    company("9", "Acme East")
    company("10", "Acme West")
    assert [str(choice.label) for choice in shown(browser, "?find=acme")["matches"]] == [
        "Acme East (9)",
        "Acme West (10)",
    ]


@pytest.mark.parametrize("typed", ["p-7", "class"])
def test_a_search_that_finds_one_project_goes_there(browser: Client, typed: str) -> None:
    project(company("101", "Acme"), "p-7", "Classroom")
    project(company("102", "Globex"), "p-70", "Office")
    answer = browser.get("/usage/", {"find": typed})
    assert answer.headers["Location"] == "?company=101&project=p-7"


def test_a_search_that_finds_nothing_says_so(browser: Client) -> None:
    assert "No company has “zz” in its name" in browser.get("/usage/?find=zz").content.decode()


@pytest.mark.parametrize("query", ["?company=999", "?company=101&project=zz", "?project=p"])
def test_an_id_that_was_never_listed_is_named_and_the_filters_can_be_cleared(browser: Client, query: str) -> None:
    company("101")
    page = browser.get(f"/usage/{query}").content.decode()
    assert ("Agora never listed a company or project with the ID" in page, "Clear filters" in page) == (True, True)


def test_S40_a_name_is_text_and_never_markup(browser: Client) -> None:
    company("101", "<script>alert(1)</script>")
    assert "<script>alert" not in browser.get("/usage/?company=101").content.decode()


@pytest.mark.parametrize("query", ["", "?interval=monthly&period=12m", "?company=1"])
def test_the_number_of_queries_is_the_same_with_1_and_30_companies(browser: Client, query: str) -> None:
    browser.get("/usage/")
    counts = []
    for companies in (range(1, 2), range(2, 31)):
        for number in companies:
            project(company(str(number)), "p")
            covered("2026-01-01", "2026-09-22", company_id=str(number))
            used("2026-09-03", figures=rtc(audio=1), company_id=str(number))
            gap("2026-09-05", "2026-09-05", company_id=str(number))
        with CaptureQueriesContext(connection) as queries:
            shown(browser, query)
        counts.append(len(queries))
    assert counts[0] == counts[1]
