"""The explorer: splits by company and project, comparisons, filters by kind, sorted tables and their downloads."""

import csv
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from companies.models import Company, Tag
from polling.periods import DAY
from tests.usage.known import company, covered, day, gap, project, rtc, used
from usage.answers import Answer, answer_to
from usage.explorer import question
from usage.models import UsageFigures
from usage.services.rollups import roll_up_everything

pytestmark = pytest.mark.usefixtures("noon")
DAYS = "since=2026-09-14&until=2026-09-20"


def answer(query: str) -> Answer:
    return answer_to(question(QueryDict(query), today=day("2026-09-22")))


def values(query: str) -> dict[str, list[Any]]:
    return {column.key: [figure.value for figure in column.figures] for column in answer(query).columns}


def ten_companies() -> None:
    """Company n used n, 2 n and 3 n minutes on three days; its project a has the half of it, b all else."""
    for number in range(1, 11):
        owner = company(str(100 + number), f"Company {number}", area="CN" if number % 2 else "Non-CN")
        whose = {"company_id": owner.company_id}
        covered("2026-01-01", "2026-09-22", settled="2026-09-20", **whose)
        for project_id, share in (("a", 1), ("b", 1)):
            project(owner, f"{project_id}{number}", f"Project {project_id}{number}")
            covered("2026-01-01", "2026-09-22", settled="2026-09-20", **whose, project_id=f"{project_id}{number}")
            for step in (1, 2, 3):
                used(
                    f"2026-09-{14 + step}",
                    figures=rtc(audio=share * number * step),
                    **whose,
                    project_id=f"{project_id}{number}",
                )
        for step in (1, 2, 3):
            used(f"2026-09-{14 + step}", figures=rtc(audio=2 * number * step), **whose)


def test_companies_are_the_eight_with_the_most_and_all_others() -> None:
    ten_companies()
    found = values(f"{DAYS}&group=company")
    assert list(found) == ["110", "109", "108", "107", "106", "105", "104", "103", "other"]
    assert (found["110"], found["other"]) == ([0, 20, 40, 60, 0, 0, 0], [0, 6, 12, 18, 0, 0, 0])


@pytest.mark.parametrize("group", ["company", "project"])
@pytest.mark.parametrize("interval", ["daily", "weekly", "monthly"])
def test_the_split_figures_add_up_to_the_total(group: str, interval: str) -> None:
    ten_companies()
    found = answer(f"{DAYS}&group={group}&interval={interval}")
    for place, figure in enumerate(found.total):
        assert sum(column.figures[place].value or 0 for column in found.columns) == figure.value
    assert sum(figure.value or 0 for figure in found.total) == 2 * 55 * 6


def test_projects_of_all_companies_are_those_with_the_most() -> None:
    ten_companies()
    assert list(values(f"{DAYS}&group=project"))[:4] == ["110/a10", "110/b10", "109/a9", "109/b9"]


def test_projects_of_one_company_leave_no_others() -> None:
    ten_companies()
    assert values(f"{DAYS}&group=project&company=104") == {
        "104/a4": [0, 4, 8, 12, 0, 0, 0],
        "104/b4": [0, 4, 8, 12, 0, 0, 0],
    }


def test_a_company_that_lacks_a_day_has_a_gap_there_and_the_others_lack_nothing_of_theirs() -> None:
    ten_companies()
    gap("2026-09-16", "2026-09-16", company_id="110")
    found = values(f"{DAYS}&group=company")
    assert (found["110"], found["other"][2]) == ([0, 20, None, 60, 0, 0, 0], 12)


def test_companies_are_narrowed_down_by_area_and_tag() -> None:
    ten_companies()
    Company.objects.get(company_id="109").tags.add(Tag.objects.create(name="School", key="school"))
    assert list(values(f"{DAYS}&group=company&area=CN")) == ["109", "107", "105", "103", "101"]
    assert list(values(f"{DAYS}&group=company&tag=School")) == ["109"]


def test_peaks_of_companies_are_added_up_on_one_day_and_never_over_days() -> None:
    for number in (1, 2):
        company(str(number), f"Company {number}")
        whose = {"company_id": str(number), "pair": "rtm/counter"}
        covered("2026-01-01", "2026-09-22", **whose)
        used("2026-09-15", figures={"dau": 10 * number}, **whose)
        used("2026-09-16", figures={"dau": 10 * number}, **whose)
    found = answer(f"{DAYS}&product=rtm&group=company")
    assert [figure.value for figure in found.total] == [0, 30, 30, 0, 0, 0, 0]


@pytest.mark.parametrize("product", ["transcoding", "concurrent-channels", "rtm"])
@pytest.mark.parametrize("query", ["", "&group=company", "&group=project", "&interval=monthly", "&compare=previous"])
def test_no_page_offers_a_sum_of_days_of_peaks(browser: Client, product: str, query: str) -> None:
    ten_companies()
    context = browser.get(f"/usage/?{DAYS}&product={product}{query}").context
    assert (context["table"].foot, "In all" in context["summary"].split(". ")[1]) == ([], False)


@pytest.mark.parametrize(
    ("compare", "before"),
    [
        ("previous", [100, 101, 102, 103, 104, 105, 106]),
        ("weekdays", [100, 101, 102, 103, 104, 105, 106]),
        ("month", [76, 77, 78, 79, 80, 81, 82]),
        ("year", [None] * 7),
    ],
)
def test_a_period_is_compared(compare: str, before: list[int | None]) -> None:
    one_company()
    found = answer(f"{DAYS}&compare={compare}")
    assert [figure.value for figure in found.before] == before


def one_company() -> None:
    """A company that used a minute more every day, 100 of them on 7 September."""
    company("101", "Acme")
    covered("2026-08-01", "2026-09-22", settled="2026-09-20", company_id="101")
    for offset in range(-30, 16):
        date = day("2026-09-07").toordinal() + offset
        used(f"{day('2026-09-07').fromordinal(date)}", figures=rtc(audio=100 + offset), company_id="101")


def test_a_comparison_has_differences_in_numbers_and_percent(signed_in: Any) -> None:
    one_company()
    shown = signed_in("viewer").get(f"/usage/?{DAYS}&compare=previous").context["table"]
    row = next(row for row in shown.rows if row.period == "Mon, 14 Sep 2026")
    assert [cell.text for cell in row.cells][-4:] == ["107", "100", "+7", "+7.0 %"]
    assert [cell.text for cell in shown.foot][-4:] == ["770", "721", "+49", "+6.8 %"]


def test_a_sentence_tells_the_comparison_once_all_of_it_is_settled(signed_in: Any) -> None:
    one_company()
    browser = signed_in("viewer")
    said = browser.get(f"/usage/?{DAYS}&compare=previous").context["summary"]
    assert "Against 721 on 7 Sep – 13 Sep 2026 UTC that is +49 (+6.8 %)." in said
    later = browser.get("/usage/?since=2026-09-16&until=2026-09-22&compare=weekdays").context["summary"]
    assert "can be said once all of both is known and settled" in later
    unkept = browser.get(f"/usage/?{DAYS}&compare=year").context["summary"]
    assert "compared with 14 Sep – 20 Sep 2025 UTC: the portal keeps figures from 1 Jan 2026 on." in unkept


def test_one_company_is_split_by_its_projects() -> None:
    ten_companies()
    assert list(values(f"{DAYS}&company=104&group=company")) == ["104/a4", "104/b4"]


def test_what_is_not_known_has_no_difference() -> None:
    one_company()
    gap("2026-09-08", "2026-09-08", company_id="101")
    assert answer(f"{DAYS}&compare=previous").deltas[:2] == [7, None]


def test_weeks_are_offered_for_durations_alone(browser: Client) -> None:
    company("101")
    offered = {
        product: [choice.query for choice in browser.get(f"/usage/?product={product}").context["intervals"]]
        for product in ("video-audio", "transcoding", "concurrent-channels", "rtm")
    }
    assert {product: len(links) for product, links in offered.items()} == {
        "video-audio": 3, "transcoding": 2, "concurrent-channels": 2, "rtm": 2,
    }  # fmt: skip
    assert answer("product=rtm&interval=weekly").asked.selection.interval == "daily"


@pytest.mark.parametrize("sort", ["-110", "110", "period", "-total", "other", "nobody", "-period"])
def test_the_table_is_sorted_by_any_column(browser: Client, sort: str) -> None:
    ten_companies()
    rows = browser.get(f"/usage/?{DAYS}&group=company&sort={sort}").context["table"].rows
    first = {"-110": "Thu, 17", "110": "Mon, 14", "period": "Mon, 14", "-total": "Thu, 17", "other": "Mon, 14"}
    assert rows[0].period.startswith(first.get(sort, "Mon, 14" if sort == "nobody" else "Sun, 20"))


@pytest.mark.parametrize(
    "query",
    [
        "group=company",
        "group=project",
        "compare=year",
        "group=company&compare=previous",
        "interval=weekly&group=company",
        "group=company&area=CN",
    ],
)
def test_the_number_of_queries_is_the_same_with_1_and_20_companies(browser: Client, query: str) -> None:
    browser.get("/usage/")
    counts = []
    for numbers in (range(1, 10), range(10, 31)):
        for number in numbers:
            owner = company(str(number), area="CN")
            for whose in ({}, {"project_id": f"p{number}"}):
                covered("2026-01-01", "2026-09-22", company_id=str(number), **whose)
                used("2026-09-15", figures=rtc(audio=number), company_id=str(number), **whose)
            project(owner, f"p{number}")
            gap("2026-09-16", "2026-09-16", company_id=str(number))
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"/usage/?{DAYS}&{query}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def walked(browser: Client, query: str) -> None:
    """Page, chart, table and download of an address show the same figures."""
    context = browser.get(f"/usage/?{query}").context
    chart = browser.get(context["chart_url"]).json()
    found = answer(query)
    drawn = [column for column in found.columns if column.drawn]
    assert [line["data"] for line in chart["datasets"][: len(drawn)]] == [
        [figure.value if not isinstance(figure.value, Decimal) else float(figure.value) for figure in column.figures]
        for column in drawn
    ]
    table = context["table"]
    text = b"".join(browser.get(context["table_csv_url"]).streaming_content).decode("utf-8-sig")
    lines = [line.split(",") for line in text.strip().split("\r\n")]
    assert len(lines) == len(table.rows) + 1
    first = 6 if found.asked.weekly else 5
    keys = [heading.key for heading in table.headings]
    for line, row in zip(lines[1:], table.rows, strict=True):
        cells = [cell.text.replace(",", "").replace("−", "-").replace("+", "") for cell in row.cells]
        # Percents are words on the page, numbers in a file.
        pairs = [pair for key, *pair in zip(keys, line[first:-1], cells, strict=True) if key != "percent"]
        assert [line[1], *(value for value, _cell in pairs)] == [row.state.value, *(cell for _value, cell in pairs)]
    place = keys.index(drawn[0].key)
    by_period = {line[0]: line[first + place] for line in lines[1:]}
    assert [by_period[label] for label in chart["labels"]] == [
        "" if value is None else f"{value}" for value in chart["datasets"][0]["data"]
    ]


@pytest.mark.parametrize(
    "query",
    [
        DAYS,
        f"{DAYS}&group=company",
        f"{DAYS}&group=company&sort=-other",
        f"{DAYS}&group=project&compare=weekdays",
        f"{DAYS}&group=company&metric=audioAll&area=CN",
        f"{DAYS}&company=104&group=project&draw=lines",
        "period=2026-09&interval=weekly&group=company&compare=previous&sort=-delta",
        "period=3m&interval=monthly&group=company&compare=year",
        f"{DAYS}&product=rtm&group=company",
        f"{DAYS}&product=concurrent-channels&compare=previous",
    ],
)
def test_page_chart_table_and_download_show_the_same_figures(browser: Client, query: str) -> None:
    ten_companies()
    gap("2026-09-16", "2026-09-16", company_id="110")
    walked(browser, query)


def test_a_chart_of_400_days_nine_series_and_a_comparison_is_small(browser: Client) -> None:
    first = day("2025-08-17")
    for number in range(1, 11):
        company(str(number), f"A company with a name of some length {number}")
        covered("2024-08-01", "2026-09-22", settled="2026-09-20", company_id=str(number))
        of = used("2026-09-21", figures=rtc(audio=1), company_id=str(number)).series
        UsageFigures.objects.bulk_create(
            UsageFigures(series=of, period=first + offset * DAY, audio_all=1_234_567 + offset)
            for offset in range(-400, 400)
        )
    roll_up_everything()
    url = browser.get("/usage/?since=2025-08-17&until=2026-09-20&group=company&compare=year").context["chart_url"]
    answered = browser.get(url)
    assert [len(line["data"]) for line in answered.json()["datasets"]] == [400] * 10
    assert len(answered.content) < 60_000


def test_S40_a_companys_name_heads_a_column_of_the_download_as_text(browser: Client) -> None:
    company("101", "=cmd|' /C calc'!A0")
    covered("2026-01-01", "2026-09-22", company_id="101")
    used("2026-09-15", figures=rtc(audio=1), company_id="101")
    text = b"".join(browser.get(f"/usage/table.csv?{DAYS}&group=company").streaming_content).decode("utf-8-sig")
    assert "'=cmd|' /C calc'!A0 (101)" in text.split("\r\n")[0]


def test_the_table_is_downloaded_for_spreadsheets_too(browser: Client) -> None:
    ten_companies()
    query = f"{DAYS}&group=company&compare=previous&sort=-110"
    text = b"".join(browser.get(f"/usage/table.csv?{query}").streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(text.splitlines()))
    book = load_workbook(BytesIO(b"".join(browser.get(f"/usage/table.xlsx?{query}").streaming_content)))
    cells = [["" if cell is None else str(cell) for cell in row] for row in book.active.iter_rows(values_only=True)]
    assert [[row[0].removesuffix(" 00:00:00"), *row[1:]] for row in cells[5:]] == lines[1:]
    assert [row[0] for row in cells[:4]] == [
        "Usage of all companies: Video & Audio",
        "14 Sep – 20 Sep 2026 UTC, in minutes. Days begin and end at midnight UTC.",
        "Provisional: may still change. Missing, or an empty cell: not known, which is not zero.",
        "",
    ]
    assert lines[0][:6] == ["period", "state", "known", "of", "partial", "total"]
    column = lines[0].index("Company 10 (110)")
    assert (column, [*lines[1][:5], lines[1][column]]) == (9, ["2026-09-17", "settled", "10", "10", "", "60"])
