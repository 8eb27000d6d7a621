"""All products of one month: what the page shows, that its files hold the same, and what is never added up."""

import csv
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.usage.known import company, covered, gap, project, rtc, used

pytestmark = pytest.mark.usefixtures("noon")
AUGUST = "company=101&project=p-7&period=2026-08"


def acme() -> None:
    """A project that used audio on two days of August, and had 30 and 40 users a day and 55 in the month."""
    project(company("101", "Acme & Söhne"), "p-7", "Classroom")
    whose = {"company_id": "101", "project_id": "p-7"}
    covered("2026-01-01", "2026-09-22", settled="2026-09-20", **whose)
    for date in ("2026-08-03", "2026-08-31"):
        used(date, figures=rtc(audio=500, hd=2), **whose)
    covered("2026-01-01", "2026-09-22", settled="2026-09-20", pair="rtm/counter", **whose)
    covered("2026-01-01", "2026-09-22", settled="2026-08-31", pair="rtm/counter", interval="monthly", **whose)
    for date, dau in (("2026-08-03", 30), ("2026-08-04", 40)):
        used(date, figures={"dau": dau}, pair="rtm/counter", **whose)
    used("2026-08-01", figures={"dau": 55}, pair="rtm/counter", interval="monthly", **whose)


def shown(browser: Client, query: str) -> dict[str, Any]:
    """Each product's state, and its metrics with their figures."""
    found = browser.get(f"/usage/products/?{query}").context["found"]
    return {str(one.name): (one.state.value, {str(row.label): row.cell.text for row in one.rows}) for one in found}


def downloaded(browser: Client, query: str) -> list[dict[str, str]]:
    answer = browser.get(f"/usage/products.csv?{query}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_a_project_has_every_product_of_a_month(browser: Client) -> None:
    acme()
    found = shown(browser, AUGUST)
    assert found["Video & Audio"] == (
        "settled",
        {"In all": "1,004", "Audio": "1,000", "Video in all": "4", "HD video": "4"},
    )
    assert list(found) == [
        "Video & Audio", "On-premise Recording", "Cloud Recording", "Mini App", "Transcoding", "Concurrent Channels",
        "RTM",
    ]  # fmt: skip


def test_a_month_of_users_is_agoras_month_and_no_sum_of_days(browser: Client) -> None:
    acme()
    assert shown(browser, AUGUST)["RTM"] == ("settled", {"Daily active users": "55"})


def test_a_product_that_is_not_known_is_no_zero(browser: Client) -> None:
    acme()
    assert shown(browser, AUGUST)["Mini App"] == ("missing", {"In all": ""})


def test_a_month_that_lacks_a_day_is_not_known(browser: Client) -> None:
    acme()
    gap("2026-08-09", "2026-08-09", company_id="101", project_id="p-7")
    assert shown(browser, AUGUST)["Video & Audio"] == ("missing", {"In all": ""})


def test_a_product_of_which_nothing_was_used_has_one_zero(browser: Client) -> None:
    acme()
    assert shown(browser, AUGUST.replace("08", "07"))["Video & Audio"] == ("settled", {"In all": "0"})


def test_the_month_that_runs_is_provisional(browser: Client) -> None:
    acme()
    answer = browser.get(f"/usage/products/?{AUGUST.replace('08', '09')}")
    assert answer.context["found"][0].state.value == "provisional"
    assert "What is provisional may still change." in answer.content.decode()


def test_the_files_hold_the_figures_of_the_page(browser: Client) -> None:
    acme()
    page = [
        (metric, value.replace(",", ""))
        for _, rows in shown(browser, AUGUST).values()
        for metric, value in rows.items()
    ]
    lines = downloaded(browser, AUGUST)
    assert [(line["description"].split(": ")[1], line["value"]) for line in lines] == page
    assert list(lines[0].values()) == [
        "2026-08", "video-audio", "total", "Video & Audio: In all", "1004", "minutes", "settled", "1", "1",
        "2026-09-21T06:00:00Z",
    ]  # fmt: skip
    book = b"".join(browser.get(f"/usage/products.xlsx?{AUGUST}").streaming_content)
    rows = list(load_workbook(BytesIO(book)).active.iter_rows(values_only=True))
    assert rows[0][0] == "Usage of Classroom (Acme & Söhne) (101, p-7): all products"
    assert [["" if cell is None else str(cell) for cell in row] for row in rows[-len(lines) :]] == [
        [f"{line['period']}-01 00:00:00", *list(line.values())[1:]] for line in lines
    ]


def test_a_file_is_named_after_what_is_in_it(browser: Client) -> None:
    acme()
    answer = browser.get(f"/usage/products.csv?{AUGUST}")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="agora-usage-101-acme-sohne-p-7-classroom-all-products-2026-08-01-2026-08-31.csv"'
    )


@pytest.mark.parametrize(
    ("asked", "month"),
    [
        ("period=2026-07", "July 2026 UTC"),
        ("since=2026-07-20&until=2026-08-02", "August 2026 UTC"),
        ("", "September 2026 UTC"),
    ],
)
def test_the_month_is_the_one_in_which_the_days_end(browser: Client, asked: str, month: str) -> None:
    assert browser.get(f"/usage/products/?{asked}").context["month"].label == month


def test_months_are_stepped_through_but_not_into_the_future(browser: Client) -> None:
    month = browser.get("/usage/products/?company=101&period=2026-09").context["month"]
    assert (month.previous, month.next) == ("?company=101&period=2026-08", "")


def test_the_tabs_lead_to_the_explorer_and_back(browser: Client) -> None:
    company("101")
    tabs = browser.get("/usage/products/?company=101&period=2026-08").context["products"]
    assert tabs[6].query == "/usage/?company=101&period=2026-08&product=rtm"
    explorer = browser.get("/usage/?company=101&product=rtm&period=2026-08&group=project&compare=year")
    assert explorer.context["products_url"] == "/usage/products/?company=101&period=2026-08"


def test_the_number_of_queries_is_the_same_with_1_and_20_companies(browser: Client) -> None:
    browser.get("/usage/products/")
    counts = []
    for companies in (range(1, 2), range(2, 21)):
        for number in companies:
            company(str(number))
            covered("2026-01-01", "2026-09-22", company_id=str(number))
            used("2026-08-03", figures=rtc(audio=1), company_id=str(number))
        with CaptureQueriesContext(connection) as queries:
            browser.get("/usage/products/?period=2026-08")
        counts.append(len(queries))
    assert counts[0] == counts[1]
