"""The usage export: exact text, states, and what it is asked for."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.usage.known import at, company, covered, day, gap, project, rtc, slot, used

HEADINGS = (
    "\ufeffperiod,company_id,company_name,project_id,project_name,business,model,metric,value,unit,state,fetched_at"
)
NO_DAYS = {"business": "default", "model": "duration"}


@pytest.fixture(autouse=True)
def _noon(db: None, settings: object) -> Iterator[None]:
    settings.POLL_SINCE = day("2026-01-01")  # type: ignore[attr-defined]
    with time_machine.travel(at("2026-09-22 12:00"), tick=False):
        yield


@pytest.fixture
def browser(signed_in: Callable[..., Client]) -> Client:
    return signed_in("viewer")


def export(browser: Client, ending: str = "csv", **asked: str) -> bytes:
    answer = browser.get(f"/usage/export.{ending}", {"business": "default", "model": "duration"} | asked)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def lines(browser: Client, **asked: str) -> list[str]:
    return export(browser, **asked).decode().split("\r\n")[1:-1]


def values(browser: Client, metric: str, **asked: str) -> list[tuple[str, str, str]]:
    """Period, value and state of one metric's rows."""
    rows = [line.split(",") for line in lines(browser, **asked)]
    return [(row[0], row[8], row[10]) for row in rows if row[7] == metric]


def test_a_day_is_exported_with_every_metric_of_its_pair_in_the_documents_order(browser: Client) -> None:
    company("101", "Acme")
    covered("2026-09-01", "2026-09-20", company_id="101")
    used("2026-09-03", figures=rtc(audio=600, sd=30, hd=20, hdp=10), company_id="101")
    text = export(browser, since="2026-09-03", until="2026-09-03").decode()
    assert text == "\r\n".join(
        [
            HEADINGS,
            "2026-09-03,101,Acme,,,default,duration,audioAll,600,minutes,settled,2026-09-21T06:00:00Z",
            "2026-09-03,101,Acme,,,default,duration,videoAll,60,minutes,settled,2026-09-21T06:00:00Z",
            "2026-09-03,101,Acme,,,default,duration,sdAll,30,minutes,settled,2026-09-21T06:00:00Z",
            "2026-09-03,101,Acme,,,default,duration,hdAll,20,minutes,settled,2026-09-21T06:00:00Z",
            "2026-09-03,101,Acme,,,default,duration,hdpAll,10,minutes,settled,2026-09-21T06:00:00Z",
            "",
        ]
    )


def test_a_known_day_without_a_row_is_zero(browser: Client) -> None:
    company("101")
    covered("2026-09-01", "2026-09-20", company_id="101")
    assert values(browser, "audioAll", since="2026-09-05", until="2026-09-05") == [("2026-09-05", "0", "settled")]


def test_what_is_not_known_is_missing_and_has_no_value_and_no_time(browser: Client) -> None:
    company("101", "Acme")
    assert lines(browser, since="2026-09-05", until="2026-09-05")[0] == (
        "2026-09-05,101,Acme,,,default,duration,audioAll,,minutes,missing,"
    )


def test_days_outside_the_coverage_and_days_in_a_gap_are_missing(browser: Client) -> None:
    company("101")
    covered("2026-09-02", "2026-09-05", company_id="101")
    gap("2026-09-04", "2026-09-04", company_id="101")
    used("2026-09-04", figures=rtc(audio=9), company_id="101")
    assert values(browser, "audioAll", since="2026-09-01", until="2026-09-06") == [
        ("2026-09-01", "", "missing"),
        ("2026-09-02", "0", "settled"),
        ("2026-09-03", "0", "settled"),
        ("2026-09-04", "", "missing"),
        ("2026-09-05", "0", "settled"),
        ("2026-09-06", "", "missing"),
    ]


def test_a_metric_that_the_answer_did_not_carry_is_missing_beside_those_that_it_did(browser: Client) -> None:
    company("101")
    covered("2026-09-01", "2026-09-20", company_id="101")
    used("2026-09-03", figures={"audio_all": 7}, company_id="101")
    assert [line.split(",")[7:] for line in lines(browser, since="2026-09-03", until="2026-09-03")] == [
        ["audioAll", "7", "minutes", "settled", "2026-09-21T06:00:00Z"],
        ["videoAll", "", "minutes", "missing", ""],
        ["sdAll", "", "minutes", "missing", ""],
        ["hdAll", "", "minutes", "missing", ""],
        ["hdpAll", "", "minutes", "missing", ""],
    ]


def test_days_after_the_last_settled_one_are_provisional_even_when_they_were_corrected(browser: Client) -> None:
    company("101")
    covered("2026-09-01", "2026-09-22", settled="2026-09-20", company_id="101")
    for period in ("2026-09-20", "2026-09-21"):
        used(period, figures=rtc(audio=5), corrected=True, company_id="101")
    assert values(browser, "audioAll", since="2026-09-19", until="2026-09-22") == [
        ("2026-09-19", "0", "settled"),
        ("2026-09-20", "5", "corrected"),
        ("2026-09-21", "5", "provisional"),
        ("2026-09-22", "0", "provisional"),
    ]


def test_a_day_that_was_never_asked_after_it_settled_is_provisional(browser: Client) -> None:
    company("101")
    covered("2026-09-01", "2026-09-20", settled="", company_id="101")
    assert values(browser, "audioAll", since="2026-09-01", until="2026-09-01") == [("2026-09-01", "0", "provisional")]


def test_fractions_and_metrics_that_only_agora_knows_are_exported_as_they_came(browser: Client) -> None:
    company("101")
    covered("2026-09-01", "2026-09-20", company_id="101")
    figures = rtc(sd=1) | {"audio_all": None}
    used("2026-09-03", figures=figures, extra={"audioAll": "1.50", "uhdAll": "007"}, company_id="101")
    rows = [line.split(",")[7:10] for line in lines(browser, since="2026-09-03", until="2026-09-03")]
    assert (rows[0], rows[5]) == (["audioAll", "1.50", "minutes"], ["uhdAll", "007", "minutes"])


def test_an_older_day_was_fetched_when_its_slot_was_last_complete(browser: Client) -> None:
    company("101")
    known = covered("2026-09-01", "2026-09-20", company_id="101")
    known.known_at, known.checked_from = at("2026-09-10 00:00"), day("2026-09-18")
    known.save()
    slot("2026-09-03", "2026-09-12 01:02")
    slot("2026-09-04", "2026-09-05 01:02")
    rows = [line.split(",") for line in lines(browser, since="2026-09-03", until="2026-09-18")]
    fetched = {row[0]: row[11] for row in rows}
    assert [fetched[period] for period in ("2026-09-03", "2026-09-04", "2026-09-05", "2026-09-18")] == [
        "2026-09-12T01:02:00Z",
        "2026-09-10T00:00:00Z",
        "2026-09-10T00:00:00Z",
        "2026-09-21T06:00:00Z",
    ]


def test_rows_are_sorted_by_period_then_by_id_as_a_number(browser: Client) -> None:
    for company_id in ("11", "9", "100"):
        company(company_id)
    rows = [line.split(",") for line in lines(browser, since="2026-09-01", until="2026-09-02")]
    assert [(row[0], row[1]) for row in rows[::5]] == [
        ("2026-09-01", "9"),
        ("2026-09-01", "11"),
        ("2026-09-01", "100"),
        ("2026-09-02", "9"),
        ("2026-09-02", "11"),
        ("2026-09-02", "100"),
    ]


def test_group_project_gives_every_project_of_any_status_and_no_company_level(browser: Client) -> None:
    acme = company("101", "Acme")
    for project_id, status in (("-p", "1"), ("P", "0"), ("p", "-1")):
        project(acme, project_id, f"Name {project_id}", status=status)
    covered("2026-09-01", "2026-09-20", company_id="101")
    covered("2026-09-01", "2026-09-20", company_id="101", project_id="-p")
    used("2026-09-03", figures=rtc(audio=4), company_id="101", project_id="-p")
    rows = [line.split(",") for line in lines(browser, since="2026-09-03", until="2026-09-03", group="project")]
    assert [(row[3], row[4], row[8], row[10]) for row in rows[::5]] == [
        ("P", "Name P", "", "missing"),
        ("p", "Name p", "", "missing"),
        ("-p", "Name -p", "4", "settled"),
    ]


def test_ids_are_filtered_exactly_and_with_their_case(browser: Client) -> None:
    acme, other = company("101"), company("1010")
    for owner in (acme, other):
        project(owner, "Px")
        project(owner, "PX")
    rows = [
        line.split(",") for line in lines(browser, since="2026-09-03", until="2026-09-03", company="101", project="PX")
    ]
    assert {(row[1], row[3]) for row in rows} == {("101", "PX")}


def test_an_unknown_company_has_no_rows(browser: Client) -> None:
    company("101")
    assert lines(browser, since="2026-09-03", until="2026-09-03", company="999") == []


def test_S44_names_are_guarded_and_ids_are_not(browser: Client) -> None:
    acme = company("101", "=cmd|' /C calc'!A0")
    project(acme, "-7x", "+1")
    row = lines(browser, since="2026-09-03", until="2026-09-03", group="project")[0]
    assert row.startswith("2026-09-03,101,'=cmd|' /C calc'!A0,-7x,'+1,default,")


def test_a_month_of_durations_is_the_exact_sum_of_its_days(browser: Client) -> None:
    company("101")
    covered("2026-01-01", "2026-09-22", settled="2026-09-20", company_id="101")
    for period, audio in (("2026-08-01", 10), ("2026-08-31", 7), ("2026-09-01", 5)):
        used(period, figures=rtc(audio=audio), company_id="101")
    used("2026-08-15", figures=rtc(sd=1) | {"audio_all": None}, extra={"audioAll": "0.25"}, company_id="101")
    assert values(browser, "audioAll", interval="monthly", since="2026-08-20", until="2026-09-01") == [
        ("2026-08", "17.25", "settled"),
        ("2026-09", "5", "provisional"),
    ]


def test_a_month_with_an_unknown_day_is_missing(browser: Client) -> None:
    company("101")
    covered("2026-01-01", "2026-09-22", company_id="101")
    gap("2026-08-09", "2026-08-09", company_id="101")
    used("2026-08-01", figures=rtc(audio=10), company_id="101")
    assert values(browser, "audioAll", interval="monthly", since="2026-08-01", until="2026-08-31") == [
        ("2026-08", "", "missing")
    ]


def test_a_month_is_missing_for_the_metric_that_one_of_its_days_did_not_carry(browser: Client) -> None:
    company("101")
    covered("2026-01-01", "2026-09-22", company_id="101")
    used("2026-08-01", figures=rtc(audio=10, sd=2), company_id="101")
    used("2026-08-02", figures={"audio_all": 1}, company_id="101")
    asked = {"interval": "monthly", "since": "2026-08-01", "until": "2026-08-31"}
    assert [values(browser, metric, **asked) for metric in ("audioAll", "sdAll")] == [
        [("2026-08", "11", "settled")],
        [("2026-08", "", "missing")],
    ]


def test_the_first_month_counts_from_the_day_that_polling_counts_from(browser: Client, settings: object) -> None:
    settings.POLL_SINCE = day("2026-08-10")  # type: ignore[attr-defined]
    company("101")
    covered("2026-08-10", "2026-09-22", company_id="101")
    used("2026-08-12", figures=rtc(audio=3), company_id="101")
    assert values(browser, "audioAll", interval="monthly", since="2026-07-01", until="2026-08-31") == [
        ("2026-07", "", "missing"),
        ("2026-08", "3", "settled"),
    ]


def test_a_month_is_as_old_as_the_oldest_answer_about_its_days(browser: Client) -> None:
    company("101")
    known = covered("2026-01-01", "2026-09-22", company_id="101")
    known.known_at, known.checked_from = at("2026-08-03 00:00"), day("2026-08-20")
    known.save()
    for number in range(1, 20):
        slot(f"2026-08-{number:02}", f"2026-09-{number:02} 00:00")
    rows = lines(browser, interval="monthly", since="2026-08-01", until="2026-08-31")
    assert {row.split(",")[11] for row in rows} == {"2026-09-01T00:00:00Z"}


def test_peaks_of_a_month_are_what_agora_reports_and_never_the_sum_of_days(browser: Client) -> None:
    company("101")
    pair = {"company_id": "101", "pair": "rtm/counter"}
    covered("2026-01-01", "2026-09-22", **pair)
    covered("2026-01-01", "2026-09-22", interval="monthly", settled="2026-08-31", **pair)
    for period in ("2026-08-01", "2026-08-02"):
        used(period, figures={"dau": 40}, **pair)
    used("2026-08-01", figures={"dau": 50}, interval="monthly", **pair)
    used("2026-09-01", figures={"dau": 9}, interval="monthly", **pair)
    asked = {"business": "rtm", "model": "counter", "interval": "monthly", "since": "2026-08-01", "until": "2026-09-30"}
    assert values(browser, "dau", **asked) == [("2026-08", "50", "settled"), ("2026-09", "9", "provisional")]


def test_a_month_of_peaks_is_missing_when_agora_was_not_asked_for_all_of_it(browser: Client) -> None:
    company("101")
    pair = {"company_id": "101", "pair": "rtm/counter"}
    covered("2026-01-01", "2026-08-20", interval="monthly", **pair)
    used("2026-08-01", figures={"dau": 50}, interval="monthly", **pair)
    asked = {"business": "rtm", "model": "counter", "interval": "monthly", "since": "2026-08-01", "until": "2026-08-31"}
    assert values(browser, "dau", **asked) == [("2026-08", "", "missing")]


def test_transcoding_metrics_carry_their_group_and_their_own_unit(browser: Client) -> None:
    company("101")
    rows = [line.split(",") for line in lines(browser, model="transcoding", since="2026-09-03", until="2026-09-03")]
    assert [(row[7], row[9]) for row in (rows[5], rows[16])] == [
        ("transcodeDuration.avcHdp", "minutes"),
        ("concurrentChannel.avcSd", "channels"),
    ]


def test_durations_bear_the_unit_of_the_setting(browser: Client, settings: object) -> None:
    settings.AGORA_DURATION_UNIT = "seconds"  # type: ignore[attr-defined]
    company("101")
    assert lines(browser, since="2026-09-03", until="2026-09-03")[0].split(",")[9] == "seconds"


def test_the_xlsx_beside_it_holds_the_same_rows(browser: Client) -> None:
    company("101", "=Acme")
    covered("2026-09-01", "2026-09-20", company_id="101")
    used("2026-09-03", figures=rtc(audio=600), company_id="101")
    book = load_workbook(BytesIO(export(browser, "xlsx", since="2026-09-03", until="2026-09-03")))
    assert [cell.value for cell in book.worksheets[0][2]] == [
        "2026-09-03", "101", "=Acme", None, None, "default", "duration", "audioAll", 600, "minutes", "settled",
        "2026-09-21T06:00:00Z",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2026-09-02", "until": "2026-09-01"},
        {"since": "yesterday", "until": "2026-09-01"},
        {"since": "2026-09-01"},
        {"since": "2010-01-01", "until": "2026-09-01"},
        {"since": "0001-01-01", "until": "0001-01-02"},
        {"since": "9999-12-01", "until": "9999-12-31"},
        {"since": "2026-09-01", "until": "2026-09-02", "business": "other"},
        {"since": "2026-09-01", "until": "2026-09-02", "model": "counter"},
        {"since": "2026-09-01", "until": "2026-09-02", "interval": "hourly"},
        {"since": "2026-09-01", "until": "2026-09-02", "group": "metric"},
        {"since": "2026-09-01", "until": "2026-09-02", "group": "company", "project": "p"},
        {"since": "2026-09-01", "until": "2026-09-02", "company": "1\x00"},
    ],
)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_S49_a_question_that_makes_no_sense_is_answered_with_400_and_words(
    browser: Client, ending: str, asked: dict[str, str]
) -> None:
    answer = browser.get(f"/usage/export.{ending}", NO_DAYS | asked)
    assert (answer.status_code, answer.headers["Content-Type"], len(answer.content) > 20) == (
        400,
        "text/plain; charset=utf-8",
        True,
    )


def test_nothing_can_be_sent_to_an_export(browser: Client) -> None:
    assert browser.post("/usage/export.csv").status_code == 405


@pytest.mark.parametrize("interval", ["daily", "monthly"])
@pytest.mark.parametrize("group", ["company", "project"])
def test_the_number_of_queries_is_the_same_with_1_and_30_companies(browser: Client, interval: str, group: str) -> None:
    lines(browser, since="2026-09-01", until="2026-09-01")
    counts = []
    for companies in (range(1), range(1, 30)):
        for number in companies:
            owner = company(str(number))
            project(owner, "p")
            for project_id in ("", "p"):
                covered("2026-01-01", "2026-09-22", company_id=str(number), project_id=project_id)
                used("2026-09-03", figures=rtc(audio=1), company_id=str(number), project_id=project_id)
                gap("2026-09-05", "2026-09-05", company_id=str(number), project_id=project_id)
        with CaptureQueriesContext(connection) as queries:
            lines(browser, since="2026-08-01", until="2026-09-20", interval=interval, group=group)
        counts.append(len(queries))
    assert counts[0] == counts[1]
