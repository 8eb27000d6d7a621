"""The exports of bills and corrections: exact amounts, states, and what was known earlier."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.billing.known import bill_known, bill_read, line, revision
from tests.usage.known import company, project

HEADINGS = "\ufeffperiod,company_id,company_name,project_id,project_name,currency,amount,state,fetched_at"


@pytest.fixture
def browser(signed_in: Callable[..., Client]) -> Client:
    return signed_in("finance")


def export(browser: Client, name: str = "export.csv", **asked: str) -> bytes:
    answer = browser.get(f"/bills/{name}", {"since": "2026-09-01", "until": "2026-09-30"} | asked)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def lines(browser: Client, **asked: str) -> list[str]:
    return export(browser, **asked).decode().split("\r\n")[1:-1]


def amounts(browser: Client, **asked: str) -> list[tuple[str, ...]]:
    """Period, company, project, amount and state of every row."""
    rows = [row.split(",") for row in lines(browser, **asked)]
    return [(row[0], row[1], row[3], row[6], row[7]) for row in rows]


def test_a_known_day_is_exported_line_by_line_with_zeros_credits_and_every_decimal(browser: Client) -> None:
    acme = company("101", "Acme")
    project(acme, "p1", "First")
    bill_known("2026-09-03", last_at="2026-09-21 07:08")
    line("2026-09-03", "101", "p1", "100.10")
    line("2026-09-03", "101", "p1", "0", currency="CNY")
    line("2026-09-03", "101", "", "-0.00000001")
    assert export(browser).decode() == "\r\n".join(
        [
            HEADINGS,
            "2026-09-03,101,Acme,,,USD,-0.00000001,settled,2026-09-21T07:08:00Z",
            "2026-09-03,101,Acme,p1,First,CNY,0,settled,2026-09-21T07:08:00Z",
            "2026-09-03,101,Acme,p1,First,USD,100.1,settled,2026-09-21T07:08:00Z",
            "",
        ]
    )


def test_an_amount_of_18_digits_loses_none(browser: Client) -> None:
    bill_known("2026-09-03")
    line("2026-09-03", "101", "p1", "1234567890.12345678")
    assert amounts(browser) == [("2026-09-03", "101", "p1", "1234567890.12345678", "settled")]


def test_unknown_companies_and_projects_keep_their_ids_with_empty_names(browser: Client) -> None:
    bill_known("2026-09-03")
    line("2026-09-03", "999", "10013", "5")
    assert lines(browser) == ["2026-09-03,999,,10013,,USD,5,settled,2026-09-20T06:00:00Z"]


def test_a_day_that_is_not_known_has_no_rows(browser: Client) -> None:
    line("2026-09-04", "101", "p1", "5")
    assert lines(browser) == []


def test_a_line_that_was_corrected_says_so_and_a_withdrawn_one_is_absent(browser: Client) -> None:
    bill_known("2026-09-03")
    line("2026-09-03", "101", "p1", "7")
    line("2026-09-03", "101", "p2", "8")
    revision("2026-09-03", "101", "p1", "5", "7", "2026-09-21 00:00")
    revision("2026-09-03", "101", "p3", "9", None, "2026-09-21 00:00")
    assert amounts(browser) == [
        ("2026-09-03", "101", "p1", "7", "corrected"),
        ("2026-09-03", "101", "p2", "8", "settled"),
    ]


def test_rows_are_sorted_by_day_then_by_ids_as_numbers(browser: Client) -> None:
    for period in ("2026-09-04", "2026-09-03"):
        bill_known(period)
        for company_id in ("10", "9"):
            line(period, company_id, "p", "1")
    assert [row[:2] for row in amounts(browser)] == [
        ("2026-09-03", "9"),
        ("2026-09-03", "10"),
        ("2026-09-04", "9"),
        ("2026-09-04", "10"),
    ]


def test_filters_take_raw_ids_with_their_case(browser: Client) -> None:
    bill_known("2026-09-03")
    for project_id in ("px", "PX", "px1"):
        line("2026-09-03", "101", project_id, "1")
        line("2026-09-03", "1010", project_id, "1")
    assert amounts(browser, company="101", project="PX") == [("2026-09-03", "101", "PX", "1", "settled")]


@pytest.fixture
def revised(db: None) -> None:
    """A day first known on the 5th at 06:00; p1 corrected on the 6th and 8th, p2 withdrawn and p3 come on the 8th."""
    bill_known("2026-09-03", first_at="2026-09-05 06:00", last_at="2026-09-09 06:00")
    bill_read("2026-09-03", "2026-09-05 06:00")
    bill_read("2026-09-03", "2026-09-06 06:00")
    bill_read("2026-09-03", "2026-09-07 06:00", outcome="partial")
    bill_read("2026-09-03", "2026-09-08 06:00")
    line("2026-09-03", "101", "p1", "30")
    line("2026-09-03", "101", "p3", "3")
    line("2026-09-03", "101", "p4", "4")
    revision("2026-09-03", "101", "p1", "10", "20", "2026-09-06 06:00")
    revision("2026-09-03", "101", "p1", "20", "30", "2026-09-08 06:00")
    revision("2026-09-03", "101", "p2", "2", None, "2026-09-08 06:00")
    revision("2026-09-03", "101", "p3", None, "3", "2026-09-08 06:00")


@pytest.mark.parametrize(
    ("as_of", "known"),
    [
        ("2026-09-05T05:59:59Z", []),
        ("2026-09-05T06:00:00Z", [("p1", "10", "settled"), ("p2", "2", "settled"), ("p4", "4", "settled")]),
        ("2026-09-07T12:00:00Z", [("p1", "20", "corrected"), ("p2", "2", "settled"), ("p4", "4", "settled")]),
        ("9999-12-31T23:59:59Z", [("p1", "30", "corrected"), ("p3", "3", "corrected"), ("p4", "4", "settled")]),
        ("2026-09-08T06:00:00Z", [("p1", "30", "corrected"), ("p3", "3", "corrected"), ("p4", "4", "settled")]),
    ],
)
def test_as_of_gives_what_was_known_then(
    browser: Client, revised: None, as_of: str, known: list[tuple[str, ...]]
) -> None:
    assert [row[2:] for row in amounts(browser, as_of=as_of)] == known


@pytest.mark.parametrize(
    ("as_of", "fetched_at"),
    [
        ("2026-09-05T12:00:00Z", "2026-09-05T06:00:00Z"),
        ("2026-09-07T12:00:00Z", "2026-09-06T06:00:00Z"),
        ("2026-09-10T12:00:00Z", "2026-09-08T06:00:00Z"),
    ],
)
def test_as_of_says_when_the_day_had_last_been_confirmed_by_then(
    browser: Client, revised: None, as_of: str, fetched_at: str
) -> None:
    assert {row.split(",")[8] for row in lines(browser, as_of=as_of)} == {fetched_at}


def test_corrections_are_exported_with_what_was_there_before(browser: Client, revised: None) -> None:
    assert export(browser, "corrections.csv").decode() == "\r\n".join(
        [
            "\ufeffperiod,company_id,project_id,currency,old_amount,new_amount,seen_at",
            "2026-09-03,101,p1,USD,10,20,2026-09-06T06:00:00Z",
            "2026-09-03,101,p1,USD,20,30,2026-09-08T06:00:00Z",
            "2026-09-03,101,p2,USD,2,,2026-09-08T06:00:00Z",
            "2026-09-03,101,p3,USD,,3,2026-09-08T06:00:00Z",
            "",
        ]
    )


def test_S44_names_are_guarded_and_negative_amounts_stay_numbers(browser: Client) -> None:
    project(company("101", "+Acme"), "-p", "@first")
    bill_known("2026-09-03")
    line("2026-09-03", "101", "-p", "-5")
    assert lines(browser) == ["2026-09-03,101,'+Acme,-p,'@first,USD,-5,settled,2026-09-20T06:00:00Z"]


def test_the_xlsx_beside_it_holds_the_same_rows(browser: Client) -> None:
    company("101", "=Acme")
    bill_known("2026-09-03")
    line("2026-09-03", "101", "007", "-5.5")
    page = load_workbook(BytesIO(export(browser, "export.xlsx"))).worksheets[0]
    assert [cell.value for cell in page[2]] == [
        "2026-09-03", "101", "=Acme", "007", None, "USD", -5.5, "settled", "2026-09-20T06:00:00Z",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2026-09-02", "until": "2026-09-01"},
        {"since": "20260902", "until": "2026-09-30"},
        {"until": "2026-09-30"},
        {"since": "2000-01-01", "until": "2026-09-30"},
        {"since": "2026-09-01", "until": "2026-09-30", "as_of": "2026-09-01"},
        {"since": "2026-09-01", "until": "2026-09-30", "as_of": "2026-09-01T00:00:00+02:00"},
    ],
)
@pytest.mark.parametrize("name", ["export.csv", "export.xlsx", "corrections.csv", "corrections.xlsx"])
def test_S49_a_question_that_makes_no_sense_is_answered_with_400_and_words(
    browser: Client, name: str, asked: dict[str, str]
) -> None:
    answer = browser.get(f"/bills/{name}", asked)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")


@pytest.mark.parametrize("name", ["export.csv", "export.xlsx", "corrections.csv", "corrections.xlsx"])
def test_S3_whoever_may_not_see_amounts_gets_none(signed_in: Callable[..., Client], revised: None, name: str) -> None:
    asked = {"since": "2026-09-01", "until": "2026-09-30"}
    statuses = [signed_in(role).get(f"/bills/{name}", asked).status_code for role in ("viewer", "operator", "approver")]
    given = signed_in("viewer", sees_amounts=True).head(f"/bills/{name}", asked).status_code
    assert (statuses, given) == ([403, 403, 403], 200)


@pytest.mark.parametrize("as_of", ["", "2026-09-21T00:00:00Z"])
def test_the_number_of_queries_is_the_same_with_1_and_30_companies(browser: Client, as_of: str) -> None:
    bill_known("2026-09-03")
    lines(browser)
    counts = []
    for companies in (range(1), range(1, 30)):
        for number in companies:
            project(company(str(number)), "p")
            line("2026-09-03", str(number), "p", "1")
            revision("2026-09-03", str(number), "p", "2", "1", "2026-09-20 07:00")
        with CaptureQueriesContext(connection) as queries:
            lines(browser, as_of=as_of)
        counts.append(len(queries))
    assert counts[0] == counts[1]
