"""The list of companies as a file: the same companies, columns and order, exact figures."""

import csv
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.models import Person
from companies.models import Company
from companies.services import care
from tests.billing.known import bill_known, line
from tests.desk.listing import LIST, read, tag
from tests.usage.known import company, project, rtc, used

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]
SignedIn = Callable[..., Client]


def files(browser: Client, query: str = "") -> list[list[str]]:
    """The CSV of the list."""
    answer = browser.get(f"/company-list/companies.csv?{query}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


def test_a_file_holds_every_company_that_matches_in_order_with_the_columns_shown(
    known_company: Known, signed_in: SignedIn
) -> None:
    for number in range(30):
        company(f"{number}", f"Company {number:02d}", status="1")
    company("99", "Other", status="0")
    rows = files(signed_in("viewer"), "status=1&sort=-name&columns=name,company_id,status")
    assert (rows[:2], len(rows)) == (
        [["company_name", "company_id", "status"], ["Company 29", "29", "Insufficient balance"]],
        31,
    )


def test_a_file_holds_exact_figures_and_says_how_many_days_are_known(
    known_company: Known, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    acme = tag(known_company("1", "Acme", area="CN", country="DE", app_limit=5, industry="3"), "pilot", "big")
    care.set_owner(company=acme, owner=person("operator", name="Ann"), by=person("admin"))
    project(acme, "p1", status="1")
    used("2026-09-20", company_id="1", figures=rtc(audio=1234))
    bill_known("2026-09-01")
    line("2026-09-01", "1", "p1", "1234.56789012")
    company("2", "Bolt")
    every = "industry,owner,tags,company_id,status,area,country,project_count,minutes,amounts,last_usage"
    assert files(signed_in("finance"), f"columns={every}") == [
        ["company_name", "company_id", "status", "area", "country", "industry", "projects", "project_limit",
         "minutes_2026-08-23_2026-09-21", "minutes_days_known", "amount_USD_2026-09-01_2026-09-21",
         "amount_days_known", "last_usage", "tags", "owner"],
        ["Acme", "1", "Normal", "CN", "Germany", "Education", "1", "5",
         "1234", "30", "1234.56789012", "1", "2026-09-20", "big, pilot", "Ann"],
        ["Bolt", "2", "Unknown", "", "", "Unknown", "0", "", "", "0", "", "1", "", "", ""],
    ]  # fmt: skip


def test_a_file_names_the_unit_that_durations_have(signed_in: SignedIn, settings: Any) -> None:
    settings.AGORA_DURATION_UNIT = "seconds"
    heading = files(signed_in("viewer"), "columns=minutes")[0]
    assert heading == ["company_name", "seconds_2026-08-23_2026-09-21", "seconds_days_known"]


def test_a_file_shows_amounts_only_to_whoever_may_see_them(signed_in: SignedIn) -> None:
    company("1", "Acme")
    bill_known("2026-09-01")
    line("2026-09-01", "1", "p1", "1")
    assert files(signed_in("operator"), "columns=amounts") == [["company_name"], ["Acme"]]


def test_no_spreadsheet_runs_what_a_file_holds(signed_in: SignedIn) -> None:
    tag(company("1", "=1+1"), "@now")
    assert files(signed_in("viewer"), "columns=tags")[1] == ["'=1+1", "'@now"]


def test_the_sheet_holds_what_the_file_holds(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1", "Acme")
    used("2026-09-20", company_id="1", figures=rtc(audio=1234))
    browser = signed_in("viewer")
    answer = browser.get("/company-list/companies.xlsx?columns=company_id,minutes")
    rows = load_workbook(BytesIO(b"".join(answer.streaming_content))).active.values
    assert list(rows)[1] == ("Acme", "1", 1234, 30)


def test_the_page_leads_to_files_of_just_what_it_shows(signed_in: SignedIn) -> None:
    company("1", "Acme", status="1")
    browser = signed_in("viewer")
    browser.post("/company-list/columns/", {"columns": ["status"], "density": "compact"})
    page = read(browser, f"{LIST}?status=1&sort=-name&page=1")
    assert 'href="/company-list/companies.csv?status=1&amp;columns=name%2Cstatus&amp;sort=-name"' in page
