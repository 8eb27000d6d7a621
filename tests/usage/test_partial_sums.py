"""Sums that lack somebody's figure, and what is left beside a figure that is not known: all of them say so."""

import csv

import pytest
from django.http import QueryDict
from django.test import Client

from tests.usage.known import at, company, covered, day, gap, project, rtc, used
from usage.answers import Figure, answer_to
from usage.explorer import question

pytestmark = pytest.mark.usefixtures("noon")
DAYS = "since=2026-09-14&until=2026-09-16"


def one_project(*, gone: bool = False) -> None:
    """A company that used ten minutes a day, of which its project used six; of the last day nothing is known of it."""
    owner = company("101", "Acme")
    covered("2026-01-01", "2026-09-22", settled="2026-09-20", company_id="101")
    project(owner, "p", gone_at=at("2026-09-15 12:00") if gone else None)
    covered("2026-01-01", "2026-09-22", settled="2026-09-20", company_id="101", project_id="p")
    gap("2026-09-16", "2026-09-22", company_id="101", project_id="p")
    for date in ("2026-09-14", "2026-09-15", "2026-09-16"):
        used(date, figures=rtc(audio=10), company_id="101")
        used(date, figures=rtc(audio=6), company_id="101", project_id="p")


def others() -> list[Figure]:
    return list(answer_to(question(QueryDict(f"{DAYS}&group=project"), today=day("2026-09-22"))).columns[-1].figures)


@pytest.mark.parametrize(("gone", "lacks"), [(False, [False, False, True]), (True, [False, False, False])])
def test_what_is_left_beside_a_project_says_when_that_should_be_known_and_is_not(gone: bool, lacks: list[bool]) -> None:
    one_project(gone=gone)
    assert [(figure.value, figure.lacks) for figure in others()] == list(zip([4, 4, 10], lacks, strict=True))


def downloaded(browser: Client, query: str) -> list[tuple[str, ...]]:
    """The first columns of each row of the table as it is downloaded."""
    text = browser.get(f"/usage/table.csv?{query}").getvalue().decode("utf-8-sig")
    return [tuple(line[:5]) for line in csv.reader(text.splitlines())]


def test_a_downloaded_table_names_the_columns_that_somebody_is_not_in(browser: Client) -> None:
    for number, figures in (
        ("101", rtc(audio=10)),
        ("102", {"audio_all": 5, "hd_all": 0, "hdp_all": 0, "video_all": 0}),
    ):
        company(number)
        covered("2026-01-01", "2026-09-22", settled="2026-09-20", company_id=number)
        used("2026-09-15", figures=figures, company_id=number)
    assert downloaded(browser, "since=2026-09-14&until=2026-09-15") == [
        ("period", "state", "known", "of", "partial"),
        ("2026-09-15", "settled", "2", "2", "sdAll; total"),
        ("2026-09-14", "settled", "2", "2", ""),
    ]


def test_a_downloaded_table_marks_what_is_left_beside_a_project_that_is_not_known(browser: Client) -> None:
    one_project()
    assert [line[4] for line in downloaded(browser, f"{DAYS}&group=project")] == ["partial", "other", "", ""]


@pytest.mark.parametrize(("interval", "said"), [("daily", "2 days lack"), ("weekly", "1 week lacks")])
def test_the_sentence_above_a_chart_says_that_its_sum_lacks_somebody(interval: str, said: str, browser: Client) -> None:
    for number in ("101", "102"):
        company(number)
        covered("2026-01-01", "2026-09-22", settled="2026-09-20", company_id=number)
        used("2026-09-15", figures=rtc(audio=10), company_id=number)
    gap("2026-09-15", "2026-09-16", company_id="102")
    page = browser.get(f"/usage/?{DAYS}&interval={interval}")
    assert page.context["summary"].endswith(
        f"In all 10 minutes{', at most 10 (15 Sep)' * (interval == 'daily')}. {said} somebody’s figure."
    )
