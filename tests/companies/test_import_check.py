"""The check says everything that is wrong with every row at once, by the rules of the single forms."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from companies.models import Company, Import, Operation, OperationState, Project
from companies.pages.import_rows import RowView
from tests.companies.conftest import company_draft
from tests.companies.tables import HEADINGS, company_row, load_rows

Browsers = Callable[..., Client]
Submitted = Callable[..., Operation]


def rows_of(client: Client, batch: Import, query: str = "") -> list[RowView]:
    rows: list[RowView] = list(client.get(f"/onboarding/imports/{batch.pk}/{query}").context["page"].rows)
    return rows


def errors(row: RowView) -> dict[str, str]:
    return {cell.name: " ".join(cell.errors) for cell in row.cells if cell.errors}


def test_every_error_of_every_cell_is_told_at_once(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    wrong = company_row(1, company="x" * 21, email="ann", first="", last="y" * 256, country="Atlantis", area="Mars")
    batch = load_rows(client, [wrong, company_row(2)])
    first, second = rows_of(client, batch)
    assert errors(first) == {
        "company_name": "At most 20 characters; these are 21.",
        "email": "This is no e-mail address: it needs a name, an @ and a domain.",
        "first_name": "This cannot stay empty.",
        "last_name": "At most 255 characters; these are 256.",
        "country": "“ATLANTIS” is no country. Choose one from the list.",
        "area": "Choose one of the two areas.",
    }
    assert (errors(second), second.place) == ({}, "ready")


@pytest.mark.parametrize(
    ("heading", "text", "field"),
    [
        ("Project limit", "0", "app_limit"),
        ("Project limit", "many", "app_limit"),
        ("Members", "-1", "member_limit"),
        ("Industry", "99", "industry"),
        ("Interested in", "Smells", "interest"),
        ("Platform", "Amiga", "environment"),
        ("Send a password reset e-mail", "perhaps", "send_password_reset_email"),
    ],
)
def test_optional_columns_are_checked_too(heading: str, text: str, field: str, db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [[*company_row(1), text]], headings=[*HEADINGS, heading])
    assert list(errors(rows_of(client, batch)[0])) == [field]


def test_a_sign_that_could_not_be_read_is_an_error_of_its_cell(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1, company="Acme\ufffd")])
    assert errors(rows_of(client, batch)[0]) == {"company_name": "A sign in this could not be read. Type it again."}


def test_what_stands_in_the_file_twice_is_told_with_the_row_that_comes_first(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1), company_row(2), company_row(3, email="PERSON1@Company1.example")])
    first, _second, third = rows_of(client, batch)
    assert (first.hindrance, third.hindrance) == ("", "The same as row 2. Leave one of them out, or correct it.")


def test_a_twin_is_told_even_while_other_cells_are_wrong(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1), company_row(1, country="")])
    assert rows_of(client, batch)[1].hindrance != ""


def test_leaving_the_first_of_two_out_makes_way_for_the_second(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1), company_row(1)])
    client.post(f"/onboarding/imports/{batch.pk}/rows/2/leave-out/", {"left_out": "1"})
    assert [row.place for row in rows_of(client, batch)] == ["left-out", "ready"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (OperationState.QUEUED, "This is being created at this moment."),
        (OperationState.UNCERTAIN, "This is being created at this moment."),
        (OperationState.DONE, "This was created here before."),
        (OperationState.REFUSED, ""),
        (OperationState.CANCELLED, ""),
    ],
)
def test_open_and_known_companies_stand_in_the_way(
    state: OperationState, words: str, db: None, signed_in: Browsers, submitted: Submitted
) -> None:
    operation = submitted(company_draft(email="person1@company1.example"))
    Operation.objects.filter(pk=operation.pk).update(state=state)
    client = signed_in("operator")
    row = rows_of(client, load_rows(client, [company_row(1)]))[0]
    assert (row.hindrance, row.hindered_by) == (words, operation.pk if words else None)


def test_an_odd_area_and_a_listed_name_warn_and_do_not_bar(company: Company, signed_in: Browsers) -> None:
    client = signed_in("operator")
    Company.objects.update(name="ACME")
    batch = load_rows(client, [company_row(1, company="Acme", country="China")])
    row = rows_of(client, batch)[0]
    assert list(row.warnings) == [
        "This area does not go with this country.",
        "A company with this name is listed already.",
    ]
    assert row.place == "ready"


def test_what_a_word_was_taken_for_is_shown_below_it(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [[*company_row(1, country="DE", area="global"), "3"]], headings=[*HEADINGS, "Industry"])
    cells = {cell.name: cell.meaning for cell in rows_of(client, batch)[0].cells}
    assert (cells["country"], cells["area"], cells["industry"]) == ("Germany (DE)", "Outside China", "Education")


def test_rows_with_problems_can_be_shown_alone(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1), company_row(2, email=""), company_row(3)])
    assert [row.number for row in rows_of(client, batch, "?show=problems")] == [3]


def test_rows_are_found_by_name_and_have_pages(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(number) for number in range(1, 61)])
    assert len(rows_of(client, batch, "?page=2")) == 10
    assert [row.number for row in rows_of(client, batch, "?search=company+17")] == [18]


def service_row(of: Project, **changes: str) -> list[str]:
    values = {"company": of.company.company_id, "project": of.project_id, "product": "7", "region": "2"}
    return list({**values, **changes}.values())


SERVICE_HEADINGS = ["Company ID", "Project ID", "Product", "Region"]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, {}),
        ({"product": "Cloud recording", "region": "Outside China"}, {}),
        ({"company": ""}, {"company_id": "This cannot stay empty."}),
        ({"project": "nope"}, {"project_id": "Agora lists no project with this ID in this company."}),
        ({"product": "9"}, {"type_id": "Choose one of the three products."}),
        ({"region": "Moon"}, {"region": "Choose one of the two regions."}),
    ],
)
def test_services_are_checked_by_the_rules_of_their_form(
    changes: dict[str, str], wrong: dict[str, str], project: Project, signed_in: Browsers
) -> None:
    client = signed_in("operator")
    rows = [service_row(project, **changes)]
    batch = load_rows(client, rows, kind="uap-service", headings=SERVICE_HEADINGS)
    assert errors(rows_of(client, batch)[0]) == wrong


def test_the_number_of_queries_does_not_grow_with_the_rows(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    counts = []
    for number in (1, 40):
        batch = load_rows(client, [company_row(row, email="" if row % 3 else "a@b.example") for row in range(number)])
        with CaptureQueriesContext(connection) as made:
            client.get(f"/onboarding/imports/{batch.pk}/?show=all")
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_the_list_of_imports_asks_no_more_with_more_imports(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    counts = []
    for number in (1, 10):
        for row in range(number):
            load_rows(client, [company_row(number * 100 + row)])
        with CaptureQueriesContext(connection) as made:
            client.get("/onboarding/imports/")
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_five_thousand_rows_are_checked_within_seconds_of_work(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    began = time.process_time()
    batch = load_rows(client, [company_row(number) for number in range(5_000)])
    loaded = time.process_time()
    page: Any = client.get(f"/onboarding/imports/{batch.pk}/").context["page"]
    shown = time.process_time()
    assert page.head.ready == 5_000
    assert (loaded - began, shown - loaded) < (20, 5)


def test_a_name_in_several_rows_warns_in_each_of_them(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1), company_row(2, company="COMPANY 1"), company_row(3)])
    twice = ["Another row has this name, too."]
    assert [list(row.warnings) for row in rows_of(client, batch)] == [twice, twice, []]
