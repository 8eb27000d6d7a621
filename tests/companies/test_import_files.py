"""The files of imports: a template to fill in, and the rows to correct, which come back as a table."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.companies.tables import (
    HEADINGS,
    company_row,
    load_file,
    load_rows,
    refusal,
)
from tests.companies.test_import_run import counts

Browsers = Callable[..., Client]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ["company", "uap-service"])
def test_a_template_is_recognised_and_its_example_is_never_a_row(
    kind: str, ending: str, db: None, signed_in: Browsers
) -> None:
    client = signed_in("operator")
    file = client.get(f"/onboarding/imports/template.{ending}?kind={kind}").content
    assert "Only the example of the template" in refusal(client, file=SimpleUploadedFile("t", file), kind=kind)


def test_rows_below_the_templates_example_are_loaded(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    template = client.get("/onboarding/imports/template.csv").content
    row = [*company_row(1), "5", "6", "3", "2", "4", "yes"]
    batch = load_file(client, template + ",".join(row).encode())
    assert [(row.number, row.title) for row in batch.rows.all()] == [(3, "Company 1")]
    assert counts(batch) == {"ready": 1}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_rows_to_correct_come_back_as_a_file_that_can_be_loaded_again(
    ending: str, db: None, signed_in: Browsers
) -> None:
    client = signed_in("operator")
    rows = [company_row(1), [*company_row(2, company="=1+1", email="nobody"), "keep me"]]
    batch = load_rows(client, rows, headings=[*HEADINGS, "Remark"])
    client.post(f"/onboarding/imports/{batch.pk}/rows/3/", {"first_name": "Berta", "industry": "3"})
    file = client.get(f"/onboarding/imports/{batch.pk}/problems.{ending}").content
    again = load_file(client, file)
    assert list(again.headings) == [*HEADINGS, "Remark", "industry", "problem"]
    problem = "E-mail address: This is no e-mail address: it needs a name, an @ and a domain."
    cells = ["=1+1", "nobody", "Berta", "Doe", "Germany", "Outside China", "keep me", "3", problem]
    assert [list(row.cells) for row in again.rows.all()] == [cells]
    client.post(f"/onboarding/imports/{again.pk}/rows/2/", {"email": "ann@acme.example"})
    assert counts(again) == {"ready": 1}


def test_S44_no_spreadsheet_runs_what_a_file_of_problems_holds(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1, company="=HYPERLINK(1)", first="@x", email="-1")])
    text = client.get(f"/onboarding/imports/{batch.pk}/problems.csv").content.decode("utf-8-sig")
    assert text.splitlines()[1].startswith("'=HYPERLINK(1),'-1,'@x,")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/onboarding/imports/{batch.pk}/problems.xlsx").content))
    assert {cell.data_type for cell in book.worksheets[0][2]} == {"s"}
