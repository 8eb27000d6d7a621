"""Tables that people bring to an import, as CSV, as XLSX and as pasted rows."""

import csv
import io
import uuid
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from companies.models import Import

LOAD = "/onboarding/imports/load/"
HEADINGS = ("Company", "E-mail", "Given name", "Surname", "Country", "Area")


def company_row(number: int, **changes: str) -> list[str]:
    """A row that is right: `company_row(7, email="x")` differs in its address."""
    values = {
        "company": f"Company {number}",
        "email": f"person{number}@company{number}.example",
        "first": "Ann",
        "last": "Doe",
        "country": "Germany",
        "area": "Outside China",
    }
    return list({**values, **changes}.values())


def as_csv(rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS, separator: str = ",") -> bytes:
    """The rows as a CSV file in UTF-8."""
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows([headings, *rows])
    return file.getvalue().encode()


def as_xlsx(rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS) -> bytes:
    """The rows as an XLSX file whose first sheet is empty."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Empty")
        sheet = book.add_worksheet("Companies")
        for number, row in enumerate([headings, *rows]):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def as_pasted(rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> str:
    """The rows as they come from a spreadsheet's clipboard."""
    return as_csv(rows, headings, separator="\t").decode()


def load_rows(client: Client, rows: Sequence[Sequence[str]], **options: Any) -> Import:
    """Paste rows, and give the import that they become."""
    return loaded(client, rows=as_pasted(rows, options.pop("headings", HEADINGS)), **options)


def load_file(client: Client, data: bytes, name: str = "companies.csv", **options: Any) -> Import:
    """Upload a file, and give the import that it becomes."""
    return loaded(client, file=SimpleUploadedFile(name, data), **options)


def loaded(client: Client, **values: Any) -> Import:
    """Send the form that takes a table, and give the import that it leads to."""
    answer = client.post(LOAD, {"form_token": str(uuid.uuid4()), "kind": "company", **values})
    assert answer.status_code == 303, answer.content.decode()
    return Import.objects.get(pk=int(answer["Location"].rstrip("/").rsplit("/", 1)[1]))


def refusal(client: Client, **values: Any) -> str:
    """What the form says to a table that it does not take."""
    answer = client.post(LOAD, {"form_token": str(uuid.uuid4()), "kind": "company", **values})
    assert answer.status_code == 200
    form = answer.context["form"]
    return " ".join(message for messages in form.errors.values() for message in messages)
