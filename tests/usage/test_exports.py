"""The usage export: exact text, states, and what it is asked for."""

from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.usage.exported import export, lines, values
from tests.usage.known import at, company, covered, day, gap, project, rtc, slot, used

HEADINGS = (
    "\ufeffperiod,company_id,company_name,project_id,project_name,business,model,metric,value,unit,state,fetched_at"
)
NO_DAYS = {"business": "default", "model": "duration"}


pytestmark = pytest.mark.usefixtures("noon")


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
        used(period, figures=rtc(audio=5), corrected=("audioAll",), company_id="101")
    assert values(browser, "audioAll", since="2026-09-19", until="2026-09-22") == [
        ("2026-09-19", "0", "settled"),
        ("2026-09-20", "5", "corrected"),
        ("2026-09-21", "5", "provisional"),
        ("2026-09-22", "0", "provisional"),
    ]


def test_beside_a_corrected_metric_the_others_of_the_day_are_settled(browser: Client) -> None:
    company("101")
    covered("2026-09-01", "2026-09-20", company_id="101")
    used("2026-09-03", figures=rtc(audio=5), corrected=("audioAll",), company_id="101")
    states = [line.split(",")[10] for line in lines(browser, since="2026-09-03", until="2026-09-03")]
    assert states == ["corrected", "settled", "settled", "settled", "settled"]


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


def test_the_xlsx_tells_what_it_is_about_on_a_page_of_its_own(browser: Client) -> None:
    company("101", "Acme")
    book = load_workbook(BytesIO(export(browser, "xlsx", company="101", since="2026-09-03", until="2026-09-04")))
    assert book.worksheets[0].cell(1, 1).value == "period"
    assert [cell.value for cell in book.worksheets[1]["A"]] == [
        "Usage of Acme (101): Video & Audio",
        "3 Sep – 4 Sep 2026 UTC. Days begin and end at midnight UTC.",
        "Provisional: may still change. Missing, or an empty cell: not known, which is not zero.",
    ]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("export.csv?business=default&model=duration&company=101", "101-acme-sohne-video-audio"),
        ("export.xlsx?business=default&model=transcoding", "transcoding-concurrent-channels"),
        (
            "export.csv?business=rtm&model=counter&company=102&group=project&interval=monthly",
            "102-rtm-by-project-monthly",
        ),
        ("table.csv?company=101&project=p%2F7&product=mini-app", "101-acme-sohne-p-7-classroom-mini-app"),
        ("table.xlsx?group=company&interval=weekly", "video-audio-by-company-weekly"),
        ("table.csv?company=9%22%0D%0A", "video-audio"),
    ],
)
def test_a_file_is_named_after_what_is_in_it(browser: Client, address: str, name: str) -> None:
    project(company("101", "Acme & Söhne"), "p/7", "Classroom")
    company("102", "晨光直播")
    answer = browser.head(f"/usage/{address}&since=2026-08-01&until=2026-08-31")
    ending = address.partition("?")[0].rpartition(".")[2]
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="agora-usage-{name}-2026-08-01-2026-08-31.{ending}"'
    )


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
