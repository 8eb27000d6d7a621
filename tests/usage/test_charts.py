"""The usage chart: labels, datasets and states, and nothing else."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests.usage.known import company, covered, gap, project, rtc, used
from usage.charts import json_number
from usage.metrics import columns_of

pytestmark = pytest.mark.usefixtures("noon")


def chart(browser: Client, **asked: str) -> dict[str, Any]:
    answer = browser.get("/usage/chart/", {"since": "2026-09-18", "until": "2026-09-21"} | asked)
    assert answer.headers["Content-Type"] == "application/json"
    body: dict[str, Any] = answer.json()
    return body


def acme() -> None:
    company("101")
    covered("2026-01-01", "2026-09-21", settled="2026-09-20", company_id="101")
    gap("2026-09-19", "2026-09-19", company_id="101")
    used("2026-09-18", figures=rtc(audio=5, sd=1), company_id="101")
    used("2026-09-20", figures=rtc(audio=7), corrected=("audioAll",), company_id="101")


def test_a_chart_is_labels_and_datasets_with_gaps_and_states(browser: Client) -> None:
    acme()
    states = ["settled", "missing", "corrected", "provisional"]
    assert chart(browser) == {
        "labels": ["2026-09-18", "2026-09-19", "2026-09-20", "2026-09-21"],
        "datasets": [
            {"label": "Audio", "data": [5, None, 7, 0], "states": states},
            {"label": "SD video", "data": [1, None, 0, 0], "states": states},
            {"label": "HD video", "data": [0, None, 0, 0], "states": states},
            {"label": "HDP video", "data": [0, None, 0, 0], "states": states},
        ],
    }


def test_lines_show_each_metric_that_is_ever_other_than_zero(browser: Client) -> None:
    acme()
    assert [line["label"] for line in chart(browser, draw="lines")["datasets"]] == ["Audio", "Video in all", "SD video"]


def test_at_most_eight_lines_are_drawn_and_they_are_the_highest(browser: Client) -> None:
    company("101")
    pair = {"company_id": "101", "pair": "default/transcoding"}
    covered("2026-09-01", "2026-09-21", **pair)
    columns = list(columns_of(*pair["pair"].split("/")).values())[10:]
    used("2026-09-18", figures={column: number for number, column in enumerate(columns, 1)}, **pair)
    drawn = [line["data"][0] for line in chart(browser, product="concurrent-channels")["datasets"]]
    assert drawn == [6, 7, 8, 9, 10, 11, 12, 13]


def test_a_chart_of_nothing_has_one_empty_line(browser: Client) -> None:
    company("101")
    assert chart(browser, product="rtm")["datasets"] == [
        {"label": "Daily active users", "data": [None] * 4, "states": ["missing"] * 4}
    ]


def test_months_are_labelled_as_months(browser: Client) -> None:
    company("101")
    assert chart(browser, interval="monthly", since="2026-07-31", until="2026-08-01")["labels"] == [
        "2026-07",
        "2026-08",
    ]


def test_a_sum_that_lacks_a_company_looks_provisional(browser: Client) -> None:
    acme()
    company("102")
    assert chart(browser)["datasets"][0]["states"] == ["provisional", "missing", "provisional", "provisional"]


def test_a_project_has_its_own_figures(browser: Client) -> None:
    acme()
    project(company("102"), "p")
    covered("2026-09-01", "2026-09-21", company_id="102", project_id="p")
    used("2026-09-18", figures=rtc(audio=9), company_id="102", project_id="p")
    assert chart(browser, company="102", project="p")["datasets"][0]["data"] == [9, 0, 0, 0]


def test_metrics_of_the_other_transcoding_group_are_not_in_it(browser: Client) -> None:
    company("101")
    pair = {"company_id": "101", "pair": "default/transcoding"}
    covered("2026-09-01", "2026-09-21", **pair)
    used("2026-09-18", figures={"transcode_duration_avc_sd": 4, "concurrent_channel_avc_sd": 2}, **pair)
    labels = [
        [line["data"][0] for line in chart(browser, product=product)["datasets"]]
        for product in ("transcoding", "concurrent-channels")
    ]
    assert labels == [[4], [2]]


def test_an_exact_fraction_becomes_a_number_only_here() -> None:
    assert [json_number(value) for value in (Decimal("0.5"), 7, None)] == [0.5, 7, None]


@pytest.mark.parametrize(
    "asked",
    [
        {"product": "other"},
        {"interval": "hourly"},
        {"since": "x"},
        {"company": "1\x00"},
        {"find": "\x00"},
        {"draw": "pie"},
    ],
)
def test_S49_what_makes_no_sense_is_left_out_and_never_an_error(browser: Client, asked: dict[str, str]) -> None:
    answers = [browser.get(address, asked).status_code for address in ("/usage/", "/usage/chart/")]
    assert answers == [200, 200]
