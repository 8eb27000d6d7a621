"""The page of movers, its downloads, and what the overview shows of them."""

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from companies.models import Company
from tests.desk.reading import number_of_queries, table, tables, words
from tests.desk.test_movers import PEAKS, moved
from tests.desk.test_movers_causes import with_projects, with_two_products
from tests.usage.known import company, covered, gap, used

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]
SignedIn = Callable[..., Client]


def shown(browser: Client, query: str = "") -> str:
    answer = browser.get(f"/movers/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def rows(page: str) -> list[list[list[str]]]:
    """The rows of every list on the page, without the little lines."""
    return [[[cell for cell in row if cell] for row in found[1:]] for found in tables(page)]


def test_a_line_tells_the_change_and_the_project_and_product_behind_it(
    known_company: Known, signed_in: SignedIn
) -> None:
    with_projects(known_company, a=(1000, 1100), b=(1000, 3000))
    assert table(shown(signed_in("viewer")), "Most of it: product") == [
        ["Company 1", "2,000", "4,100", "+2,100", "+105.0 %", "", "Classroom b +2,000 (95.2 %)",
         "Video & Audio +2,100 (100.0 %)"]
    ]  # fmt: skip


def test_new_and_vanished_companies_stand_apart(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1", "Fresh")
    moved("1", 0, 500)
    known_company("2", "Gone quiet")
    moved("2", 400, 0)
    page = shown(signed_in("viewer"))
    assert [[row[:5] for row in found[1:]] for found in tables(page)] == [
        [["Fresh", "0", "500", "+500", "new"]],
        [["Gone quiet", "400", "0", "−400", "−100.0 %"]],
    ]


def test_what_explains_a_change_leads_to_just_that_in_the_explorer(known_company: Known, signed_in: SignedIn) -> None:
    with_projects(known_company, b=(1000, 3000))
    page = shown(signed_in("viewer"))
    (address,) = {text for text in page.split('"') if text.startswith("/usage/?") and "project=b" in text}
    assert parse_qs(urlsplit(address.replace("&amp;", "&")).query) == {
        "product": ["video-audio"],
        "company": ["1"],
        "project": ["b"],
        "since": ["2026-09-15"],
        "until": ["2026-09-21"],
        "compare": ["weekdays"],
    }


def test_a_project_of_several_products_leads_to_the_one_that_moved_most_of_it(
    known_company: Known, signed_in: SignedIn
) -> None:
    with_two_products(known_company)
    page = shown(signed_in("viewer"))
    (address,) = {text for text in page.split('"') if text.startswith("/usage/?") and "project=a" in text}
    assert [row[6:] for row in table(page, "Most of it: product")] == [
        ["Classroom a +350 (70.0 %) Cloud Recording alone: +240", "Video & Audio +260 (52.0 %)"]
    ]
    assert parse_qs(urlsplit(address.replace("&amp;", "&")).query)["product"] == ["cloud-recording"]


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ((5000, 1000), (1000, 4000), "Classroom a −4,000 (more than all of it: others rose)"),
        ((1000, 4000), (5000, 1000), "Classroom a +4,000 (more than all of it: others fell)"),
    ],
)
def test_more_than_all_of_a_change_is_said_in_words(
    before: tuple[int, int], now: tuple[int, int], said: str, known_company: Known, signed_in: SignedIn
) -> None:
    with_projects(known_company, a=(before[0], now[0]), b=(before[1], now[1]))
    ((row,),) = [found[1:] for found in tables(shown(signed_in("viewer")))]
    assert row[6] == said


def test_it_says_what_is_compared_how_many_are_hidden_and_how_many_left_out(
    known_company: Known, signed_in: SignedIn
) -> None:
    for company_id, now in (("1", 1500), ("2", 1050), ("3", 1000)):
        known_company(company_id)
        moved(company_id, 1000, now)
    company("4")
    covered("2026-07-01", "2026-09-23", settled="2026-09-21", company_id="4")
    gap("2026-09-10", "2026-09-10", company_id="4")
    said = words(shown(signed_in("viewer"), "?product=video-audio"))
    assert (
        "Video & Audio: 15 – 21 Sep against 8 – 14 Sep UTC, in minutes. Settled days only. "
        "3 companies are compared. 1 changed by less than 100 minutes and is not listed. 1 did not change. "
        "1 company is not compared: not each of these days is known and settled."
    ) in said


def test_of_peaks_it_says_that_days_are_not_added_up(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1")
    used("2026-09-15", company_id="1", pair=PEAKS, figures={"concurrent_channel_avc_total": 50})
    page = shown(signed_in("viewer"), "?product=concurrent-channels")
    assert "the highest day of 15 – 21 Sep against the highest day of 8 – 14 Sep UTC, in channels" in words(page)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?period=28d", "25 Aug – 21 Sep against 28 Jul – 24 Aug"),
        ("?period=month", "1 – 21 Sep against 1 – 21 Aug"),
        ("?since=2026-09-17&until=2026-09-21", "17 – 21 Sep against 10 – 14 Sep"),
        ("?since=2026-09-17&until=2026-09-21&compare=previous", "17 – 21 Sep against 12 – 16 Sep"),
        ("?since=2026-09-20&until=2026-09-23", "20 – 21 Sep against 13 – 14 Sep"),
        ("?period=month&compare=previous", "1 – 21 Sep against 11 – 31 Aug"),
        ("?compare=month", "15 – 21 Sep against 15 – 21 Aug"),
        ("?period=nonsense&floor=many&product=none&compare=odd", "15 – 21 Sep against 8 – 14 Sep"),
    ],
)
def test_the_address_says_which_days_are_compared(
    query: str, said: str, known_company: Known, signed_in: SignedIn
) -> None:
    known_company("1")
    assert said in words(shown(signed_in("viewer"), query))


@pytest.mark.parametrize(
    ("query", "active"),
    [
        ("", "Same weekdays"),
        ("?period=28d", "Same weekdays"),
        ("?since=2026-09-18&until=2026-09-21", "Same weekdays"),
        ("?period=month", "Last month"),
        ("?compare=previous", "Period before"),
    ],
)
def test_the_same_weekdays_can_be_chosen_by_their_name_whatever_the_days(
    query: str, active: str, known_company: Known, signed_in: SignedIn
) -> None:
    known_company("1")
    against = signed_in("viewer").get(f"/movers/{query}").context["dates"].against
    assert {str(choice.label) for choice in against} == {"Same weekdays", "Period before", "Last month"}
    assert [str(choice.label) for choice in against if choice.active] == [active]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("?since=2026-09-22", "Days are settled up to 21 Sep."),
        ("?since=2026-09-20&until=2026-09-10", "The first day must not be later than the last one."),
        ("?since=2026-01-01", "Compare at most 92 days."),
        ("?since=soon", "Write a UTC day like 2026-09-21."),
    ],
)
def test_days_that_cannot_be_compared_are_said_and_the_usual_ones_shown(
    query: str, why: str, known_company: Known, signed_in: SignedIn
) -> None:
    known_company("1")
    assert f"{why} Shown instead: Last 7 settled days, 15 – 21 Sep UTC." in words(shown(signed_in("viewer"), query))


def test_before_anything_is_settled_it_says_so(signed_in: SignedIn) -> None:
    assert "No settled days yet" in words(shown(signed_in("viewer")))


def test_while_nobody_is_known_on_all_days_it_says_so(signed_in: SignedIn) -> None:
    company("1")
    covered("2026-09-18", "2026-09-23", settled="2026-09-21", company_id="1")
    assert "Nobody can be compared yet" in words(shown(signed_in("viewer"), "?product=video-audio"))


def test_pairs_that_are_not_polled_are_not_offered(known_company: Known, signed_in: SignedIn, settings: Any) -> None:
    settings.POLL_PAIRS = ["default/duration"]
    known_company("1")
    page = shown(signed_in("viewer"))
    assert ("Cloud Recording" in words(page), "All durations" in words(page)) == (False, False)


def test_the_download_holds_what_the_page_shows(known_company: Known, signed_in: SignedIn) -> None:
    with_projects(known_company, a=(1000, 1100), b=(1000, 3000))
    answer = signed_in("viewer").get("/movers/movers.csv?floor=1&product=video-audio")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row == {
        "list": "up", "company_id": "1", "company_name": "Company 1", "since": "2026-09-15", "until": "2026-09-21",
        "before_since": "2026-09-08", "before_until": "2026-09-14", "before": "2000", "now": "4100", "delta": "2100",
        "delta_percent": "105.0", "unit": "minutes", "metric": "", "product": "video-audio", "part": "hdAll",
        "part_delta": "4100", "part_percent": "195.2", "project_id": "b", "project_name": "Classroom b",
        "project_delta": "2000", "project_percent": "95.2",
    }  # fmt: skip


def test_the_download_tells_a_project_over_all_products(known_company: Known, signed_in: SignedIn) -> None:
    with_two_products(known_company)
    answer = signed_in("viewer").get("/movers/movers.csv")
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert (row["project_id"], row["project_delta"], row["project_percent"]) == ("a", "350", "70.0")


def test_without_a_settled_day_the_download_has_headings_alone(signed_in: SignedIn) -> None:
    answer = signed_in("viewer").get("/movers/movers.csv")
    assert len(b"".join(answer.streaming_content).decode().splitlines()) == 1


def test_it_is_downloaded_as_xlsx_too(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1")
    answer = signed_in("viewer").get("/movers/movers.xlsx")
    assert (answer.status_code, b"".join(answer.streaming_content)[:2]) == (200, b"PK")


def test_it_asks_the_database_as_often_for_30_companies_as_for_one(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1")
    moved("1", 100, 300)
    browser = signed_in("viewer")
    for_one = number_of_queries(browser, "/movers/")
    for number in range(2, 31):
        known_company(f"{number}")
        moved(f"{number}", 100, 100 * number)
    assert number_of_queries(browser, "/movers/") == for_one


def test_the_overview_shows_who_moved_most_and_why(known_company: Known, signed_in: SignedIn) -> None:
    with_projects(known_company, a=(1000, 1100), b=(1000, 3000))
    known_company("2", "Fresh")
    moved("2", 0, 5000)
    known_company("3", "Gone quiet")
    moved("3", 700, 0)
    page = signed_in("viewer").get("/").content.decode()
    assert (table(page, "Up"), table(page, "Down")) == (
        [
            ["Fresh", "+5,000", "new", "not known by project Video & Audio +5,000 (100.0 %)"],
            ["Company 1", "+2,100", "+105.0 %", "Classroom b +2,000 (95.2 %) Video & Audio +2,100 (100.0 %)"],
        ],
        [["Gone quiet", "−700", "−100.0 %", "not known by project Video & Audio −700 (100.0 %)"]],
    )


def test_before_there_are_settled_days_the_overview_says_what_is_missing(signed_in: SignedIn) -> None:
    company("1", status="0")
    assert "Two settled weeks are needed" in words(signed_in("viewer").get("/").content.decode())


def test_while_nobody_is_known_on_all_days_the_overview_leads_to_other_days(signed_in: SignedIn) -> None:
    company("1", status="0")
    covered("2026-09-20", "2026-09-23", settled="2026-09-21", company_id="1")
    page = words(signed_in("viewer").get("/").content.decode())
    assert "Nobody can be compared yet" in page
    assert "Choose other days" in page


def test_of_peaks_any_metric_is_compared(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1")
    peaks = {"concurrent_channel_avc_total": 50, "concurrent_channel_hevc_hd": 70}
    used("2026-09-15", company_id="1", pair=PEAKS, figures=peaks)
    page = shown(signed_in("viewer"), "?product=concurrent-channels&metric=concurrentChannel.hevcHd")
    assert "Concurrent Channels, H.265 HD: the highest day" in words(page)
    assert [row[2] for row in table(page, "Day by day")] == ["70"]


def test_another_product_begins_with_its_own_noise_floor(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1")
    page = shown(signed_in("viewer"), "?period=28d&floor=7000&product=concurrent-channels&metric=dau")
    assert 'href="?period=28d&amp;product=rtm"' in page
