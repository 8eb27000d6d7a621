"""Ranges that are compared though they are not alike: months of other lengths, cut weeks, days that are not kept."""

import datetime as dt
from io import BytesIO
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from openpyxl import load_workbook

from polling.periods import DAY
from tests.usage.known import company, covered, day, gap, rtc, used
from usage.answers import answer_to
from usage.explorer import question
from usage.numerals import growth_words
from usage.tables import Cell

pytestmark = pytest.mark.usefixtures("noon")
NOTHING_THERE = Cell(text="", lacks=False, absent=True)
NO_CHANGE_THERE = Cell(text="", lacks=False, absent=True, compared=True)


def one_a_day(since: str, until: str) -> None:
    """A company that used a minute of audio on each of these days, known from a day of the year on."""
    company("101", "Acme")
    covered("2026-01-01", "2026-09-22", settled="2026-09-20", company_id="101")
    date = day(since)
    while date <= day(until):
        used(f"{date}", figures=rtc(audio=1), company_id="101")
        date += DAY


def shown(browser: Client, query: str) -> Any:
    return browser.get(f"/usage/?{query}").context


def test_a_month_is_compared_with_a_shorter_one_by_their_totals(browser: Client) -> None:
    one_a_day("2026-06-01", "2026-07-31")
    assert (
        "31 on 1 Jul – 31 Jul 2026 UTC (31 days) against 30 on 1 Jun – 30 Jun 2026 UTC (30 days): that is +1 (+3.3 %)."
    ) in shown(browser, "period=2026-07&compare=previous")["summary"]


def test_a_month_is_compared_with_all_of_a_longer_one(browser: Client) -> None:
    one_a_day("2026-05-01", "2026-06-30")
    context = shown(browser, "period=2026-06&compare=previous")
    assert "(30 days) against 31 on 1 May – 31 May 2026 UTC (31 days): that is −1 (−3.2 %)." in context["summary"]
    assert [cell.text for cell in context["table"].foot[-3:]] == ["31", "−1", "−3.2 %"]


def test_a_day_without_a_partner_has_none_and_the_sum_lacks_nothing(browser: Client) -> None:
    one_a_day("2026-06-01", "2026-07-31")
    answer = browser.get("/usage/?period=2026-07&compare=previous")
    found = answer.context["table"]
    assert found.rows[0].cells[-3:] == [NOTHING_THERE, NO_CHANGE_THERE, NO_CHANGE_THERE]
    assert [(cell.text, cell.lacks) for cell in found.foot[-3:]] == [("30", False), ("+1", False), ("+3.3 %", False)]
    page = answer.content.decode()
    assert (page.count('title="No day stands against it">–</td>'), ">no data</td>" in page) == (3, False)


def test_a_day_that_is_not_known_is_still_missing_in_the_sum_compared_with(browser: Client) -> None:
    one_a_day("2026-06-01", "2026-07-31")
    gap("2026-06-08", "2026-06-08", company_id="101")
    assert shown(browser, "period=2026-07&compare=previous")["table"].foot[-3] == Cell(text="29", lacks=True)


@pytest.mark.parametrize("interval", ["daily", "weekly", "monthly"])
def test_days_before_the_first_that_is_kept_are_named_as_such(browser: Client, interval: str) -> None:
    one_a_day("2026-01-01", "2026-01-31")
    said = shown(browser, f"since=2026-01-05&until=2026-01-11&compare=previous&interval={interval}")["summary"]
    assert "the portal keeps figures from 1 Jan 2026 on." in said


def test_days_that_were_fetched_from_before_the_first_that_is_kept_are_compared(browser: Client) -> None:
    company("101", "Acme")
    covered("2025-12-01", "2026-09-22", company_id="101")
    used("2025-12-30", figures=rtc(audio=4), company_id="101")
    used("2026-01-06", figures=rtc(audio=6), company_id="101")
    said = shown(browser, "since=2026-01-05&until=2026-01-11&compare=previous")["summary"]
    assert "Against 4 on 29 Dec 2025 – 4 Jan 2026 UTC that is +2 (+50.0 %)." in said


def test_the_same_weekdays_say_how_many_weeks_before_they_were(browser: Client) -> None:
    one_a_day("2026-05-01", "2026-07-31")
    context = browser.get("/usage/?period=2026-07&compare=weekdays").context
    words = "same weekdays 5 weeks before (27 May – 26 Jun 2026 UTC)"
    assert f"Against 31 on the {words} that is unchanged." in context["summary"]
    menu = next(menu for menu in context["menus"] if menu.label == "Compared with")
    assert [menu.chosen, menu.choices[2].label] == ["Same weekdays", f"S{words[1:]}"]


def test_the_heading_says_with_which_days_it_is_compared(browser: Client) -> None:
    one_a_day("2026-06-01", "2026-07-31")
    answer = browser.get("/usage/?period=2026-07&compare=previous")
    heading = next(one for one in answer.context["table"].headings if one.key == "before")
    assert heading.days == "1 Jun – 30 Jun 2026 UTC"
    assert '<span class="figures-days">1 Jun – 30 Jun 2026 UTC</span>' in answer.content.decode()


def test_the_download_says_with_which_days_it_is_compared(browser: Client) -> None:
    one_a_day("2026-06-01", "2026-07-31")
    sheet = browser.get("/usage/table.csv?period=2026-07&compare=previous&sort=period")
    lines = b"".join(sheet.streaming_content).decode("utf-8-sig").split("\r\n")
    assert lines[0].split(",")[-4:-1] == ["before (2026-06-01 to 2026-06-30)", "delta", "percent"]
    assert [line.split(",")[-4] for line in lines[30:32]] == ["1", ""]


def test_the_spreadsheet_heads_figures_by_the_words_and_the_names_of_the_document(browser: Client) -> None:
    one_a_day("2026-06-01", "2026-07-31")
    book = b"".join(browser.get("/usage/table.xlsx?period=2026-07&compare=previous").streaming_content)
    page = load_workbook(BytesIO(book))["Usage"]
    headings = next([f"{cell.value}" for cell in row] for row in page.iter_rows() if row[0].value == "period")
    assert [headings[5], *headings[-4:-1]] == [
        "Audio (audioAll)",
        "Before (2026-06-01 – 2026-06-30)",
        "Change (delta)",
        "Change in % (percent)",
    ]


def test_weeks_hold_those_days_alone_that_are_asked_for(browser: Client) -> None:
    one_a_day("2026-08-01", "2026-09-21")
    context = shown(browser, "since=2026-08-21&until=2026-09-19&interval=weekly&sort=period")
    assert "21 Aug – 19 Sep 2026 UTC, in minutes. The first and the last one are parts of a week." in context["summary"]
    assert [(row.period, row.part, row.cells[0].text, row.state.value) for row in context["table"].rows] == [
        ("21 Aug – 23 Aug 2026", "3 of 7 days", "3", "settled"),
        ("24 Aug – 30 Aug 2026", "", "7", "settled"),
        ("31 Aug – 6 Sep 2026", "", "7", "settled"),
        ("7 Sep – 13 Sep 2026", "", "7", "settled"),
        ("14 Sep – 19 Sep 2026", "6 of 7 days", "6", "settled"),
    ]


@pytest.mark.parametrize("more", ["", "&group=company", "&group=project&company=101", "&compare=previous"])
def test_weeks_and_days_of_a_range_come_to_the_same(browser: Client, more: str) -> None:
    one_a_day("2026-08-01", "2026-09-21")
    sums = [
        shown(browser, f"since=2026-08-21&until=2026-09-19{more}{weekly}")["table"].foot
        for weekly in ("", "&interval=weekly")
    ]
    assert (
        sums[0][: len(sums[0]) - 3 * bool("compare" in more)] == sums[1][: len(sums[1]) - 3 * bool("compare" in more)]
    )


def test_cut_weeks_of_metrics_that_only_agora_knows_hold_no_other_days() -> None:
    company("101", "Acme")
    covered("2026-01-01", "2026-09-22", company_id="101")
    for step in range(7, 14):
        used(f"2026-09-{step:02}", figures=rtc(), extra={"uhdAll": "1.5"}, company_id="101")
    asked = question(QueryDict("since=2026-09-08&until=2026-09-09&interval=weekly"), today=dt.date(2026, 9, 22))
    assert [column.figures[0].value for column in answer_to(asked).columns if column.key == "uhdAll"] == [3]


def test_weeks_are_compared_with_the_same_weekdays() -> None:
    asked = question(
        QueryDict("since=2026-08-21&until=2026-09-19&interval=weekly&compare=previous"), today=dt.date(2026, 9, 22)
    )
    assert str(asked.against) == "17 Jul – 15 Aug 2026 UTC"


def test_the_download_of_weeks_says_how_many_days_each_has(browser: Client) -> None:
    one_a_day("2026-08-01", "2026-09-21")
    sheet = browser.get("/usage/table.csv?since=2026-08-21&until=2026-09-19&interval=weekly&sort=period")
    lines = [line.split(",") for line in b"".join(sheet.streaming_content).decode("utf-8-sig").split()]
    assert [line[:7:6] + line[5:6] for line in lines[:3]] == [
        ["period", "audioAll", "days"],
        ["2026-08-17", "3", "3"],
        ["2026-08-24", "7", "7"],
    ]


def test_all_of_several_leading_metrics_has_a_column(browser: Client) -> None:
    company("101", "Acme")
    covered("2026-01-01", "2026-09-22", company_id="101")
    used("2026-09-15", figures=rtc(audio=5, sd=2), company_id="101")
    found = shown(browser, "since=2026-09-15&until=2026-09-15")["table"]
    column = [heading.key for heading in found.headings].index("total")
    assert (str(found.headings[column]), found.rows[0].cells[column].text) == ("In all", "7")


def test_one_metric_that_leads_has_no_column_for_all_of_it(browser: Client) -> None:
    company("101")
    assert "total" not in [heading.key for heading in shown(browser, "product=rtm")["table"].headings]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "In all 5 minutes."),
        ("&interval=weekly", "It is part of a week. In all 5 minutes."),
        ("&product=rtm&compare=previous", "Daily active users: 30 (15 Sep). On 14 Sep 2026 UTC it was 20."),
    ],
)
def test_one_period_alone_is_not_the_most(browser: Client, query: str, words: str) -> None:
    company("101", "Acme")
    covered("2026-01-01", "2026-09-22", company_id="101")
    covered("2026-01-01", "2026-09-22", company_id="101", pair="rtm/counter")
    used("2026-09-15", figures=rtc(audio=5), company_id="101")
    for date, dau in (("2026-09-14", 20), ("2026-09-15", 30)):
        used(date, figures={"dau": dau}, company_id="101", pair="rtm/counter")
    assert shown(browser, f"since=2026-09-15&until=2026-09-15{query}")["summary"].split(". ", 1)[1] == words


def datasets(browser: Client, query: str) -> dict[str, dict[str, Any]]:
    """The datasets of a chart by their labels."""
    found: list[dict[str, Any]] = browser.get(f"/usage/chart/?{query}").json()["datasets"]
    return {dataset["label"]: dataset for dataset in found}


def two_companies() -> None:
    """Companies that used 10 and 1 minutes on Tuesday, and 20 and none on the Monday before it."""
    for company_id, name, before, now in (("101", "Acme", 20, 10), ("102", "Beta", 0, 1)):
        company(company_id, name)
        covered("2026-01-01", "2026-09-22", settled="2026-09-20", company_id=company_id)
        for date, minutes in (("2026-09-14", before), ("2026-09-15", now)):
            used(date, figures=rtc(audio=minutes), company_id=company_id)


def test_a_chart_tells_how_each_company_changed_and_the_sum_of_all(browser: Client) -> None:
    two_companies()
    found = datasets(browser, "since=2026-09-15&until=2026-09-15&compare=previous&group=company")
    assert {label: (one.get("now"), one["data"], one["changes"]) for label, one in found.items()} == {
        "Acme": (None, [10], [-10]),
        "Beta": (None, [1], [1]),
        "In all, 14 Sep 2026 UTC": ([11], [20], [-9]),
    }


def test_a_chart_tells_how_each_metric_changed(browser: Client) -> None:
    two_companies()
    found = datasets(browser, "since=2026-09-15&until=2026-09-15&compare=previous")
    assert (found["Audio"]["changes"], found["SD video"]["changes"]) == ([-9], [0])


def test_a_chart_of_peaks_by_metric_has_no_sum(browser: Client) -> None:
    company("101")
    covered("2026-01-01", "2026-09-22", company_id="101", pair="rtm/counter")
    found = datasets(browser, "product=rtm&since=2026-09-15&until=2026-09-15&compare=previous")
    assert [("now" in one, one["changes"]) for one in found.values()] == [(False, [0])] * 2


def test_all_others_are_compared_with_what_the_named_ones_left(browser: Client) -> None:
    for number in range(1, 11):
        company(str(100 + number), f"Company {number}")
        covered("2026-01-01", "2026-09-22", settled="2026-09-20", company_id=str(100 + number))
        for date, times in (("2026-09-14", 10), ("2026-09-15", 1)):
            used(date, figures=rtc(audio=times * number), company_id=str(100 + number))
    found = datasets(browser, "since=2026-09-15&until=2026-09-15&compare=previous&group=company")
    assert (found["Others"]["data"], found["Others"]["changes"]) == ([3], [-27])


def test_part_of_a_week_is_told_to_the_chart(browser: Client) -> None:
    one_a_day("2026-08-01", "2026-09-21")
    found = datasets(browser, "since=2026-08-21&until=2026-09-19&interval=weekly")
    assert found["Audio"]["parts"] == {"0": "3 of 7 days", "4": "6 of 7 days"}


@pytest.mark.parametrize(
    ("query", "is_said"), [("since=2026-08-01&until=2026-08-31", False), ("since=2026-08-21&until=2026-09-19", True)]
)
def test_months_say_when_they_are_whole_though_the_range_cuts_them(browser: Client, query: str, is_said: bool) -> None:
    one_a_day("2026-08-01", "2026-09-21")
    words = "Whole months are shown, though only 21 Aug – 19 Sep 2026 UTC was asked for."
    assert (words in shown(browser, f"{query}&interval=monthly")["summary"]) is is_said


def test_what_cannot_be_compared_says_no_data_once(browser: Client) -> None:
    one_a_day("2026-09-01", "2026-09-20")
    gap("2026-09-14", "2026-09-14", company_id="101")
    page = browser.get("/usage/?since=2026-09-15&until=2026-09-15&compare=previous").content.decode()
    assert page.count('<td class="number is-missing">no data</td>') == 1
    assert page.count('title="One of the two is not known of everybody">–</td>') == 4


@pytest.mark.parametrize(
    ("change", "before", "words"),
    [
        (123, 1000, "+12.3 %"),
        (-1, 3000, "−<0.1 %"),
        (1, 3000, "+<0.1 %"),
        (5, 0, "new"),
        (0, 0, "unchanged"),
        (0, 7, "unchanged"),
        (-7, 7, "−100.0 %"),
        (None, 7, ""),
    ],
)
def test_changes_in_percent_are_written_alike(change: int | None, before: int, words: str) -> None:
    assert growth_words(change, before) == words
