"""Tables as files: exact text, guarded against formulas, as CSV and as XLSX."""

import datetime as dt
from dataclasses import replace
from io import BytesIO

import pytest
from django.http import HttpResponseBase
from openpyxl import load_workbook

from usage.sheets import Kind, Sheet, answer, csv_lines, guarded, xlsx_file


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_S44_a_name_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert guarded(f"{start}cmd", Kind.TEXT) == f"'{start}cmd"


@pytest.mark.parametrize("name", ["Acme", "", "'quoted", "1=1", "é=", "世界", "&=1"])
def test_other_names_stay_as_they_are(name: str) -> None:
    assert guarded(name, Kind.TEXT) == name


@pytest.mark.parametrize("raw", ["-abc", "-1", "10013", "u_gRV4g0", "a.b-c_d"])
def test_a_plain_id_stays_as_it_is_even_when_it_begins_with_a_dash(raw: str) -> None:
    assert guarded(raw, Kind.ID) == raw


@pytest.mark.parametrize("raw", ["=1+1", "@x", "-a b", "-世"])
def test_an_id_of_other_letters_is_guarded_like_a_name(raw: str) -> None:
    assert guarded(raw, Kind.ID) == f"'{raw}"


@pytest.mark.parametrize("number", ["-5", "-0.00000001", "0", "123456789012345.678", "-1.5E-7"])
def test_a_number_stays_as_it_is(number: str) -> None:
    assert guarded(number, Kind.NUMBER) == number


def test_a_value_that_is_no_number_is_guarded() -> None:
    assert guarded("-1+cmd", Kind.NUMBER) == "'-1+cmd"


def sheet(*rows: tuple[str, str, str]) -> Sheet:
    columns = (("company_id", Kind.ID), ("company_name", Kind.TEXT), ("amount", Kind.NUMBER))
    return Sheet(name="bills", columns=columns, rows=rows)


def test_csv_begins_with_a_byte_order_mark_and_quotes_what_it_must() -> None:
    text = "".join(csv_lines(sheet(("7", 'Say "hi", then go\nhome', "1.5"), ("8", "=cmd", "-2"))))
    assert text == ('\ufeffcompany_id,company_name,amount\r\n7,"Say ""hi"", then go\nhome",1.5\r\n8,\'=cmd,-2\r\n')


def cells(book: bytes) -> list[list[tuple[str, object]]]:
    """Type and value of every cell of the first sheet."""
    page = load_workbook(BytesIO(book)).worksheets[0]
    return [[(cell.data_type, cell.value) for cell in row] for row in page.iter_rows()]


def test_S44_xlsx_holds_no_formula_and_ids_stay_text() -> None:
    with xlsx_file(sheet(("007", "=cmd", "-2.5"), ("-8", "http://x.example", ""))) as file:
        assert cells(file.read())[1:] == [
            [("s", "007"), ("s", "=cmd"), ("n", -2.5)],
            [("s", "-8"), ("s", "http://x.example"), ("n", None)],
        ]


def test_xlsx_writes_a_number_that_it_cannot_keep_exactly_as_text() -> None:
    with xlsx_file(sheet(("1", "a", "123456789012345678.5"), ("1", "a", "123456789012.123"))) as file:
        assert [row[2] for row in cells(file.read())[1:]] == [("s", "123456789012345678.5"), ("n", 123456789012.123)]


def test_what_a_sheet_is_about_stands_above_its_headings_in_xlsx_alone() -> None:
    told = replace(sheet(("7", "Acme", "1.5")), about=["Bills of Acme", "August UTC"])
    with xlsx_file(told) as file:
        rows = [row[0] for row in cells(file.read())]
    assert rows == [("s", "Bills of Acme"), ("s", "August UTC"), ("n", None), ("s", "company_id"), ("s", "7")]
    assert "Bills of Acme" not in "".join(csv_lines(told))


def test_what_a_sheet_is_about_can_stand_apart() -> None:
    told = replace(sheet(("7", "Acme", "1.5")), about=["Bills of Acme"], apart=True)
    with xlsx_file(told) as file:
        book = load_workbook(file)
    assert [page.cell(1, 1).value for page in book.worksheets] == ["company_id", "Bills of Acme"]


def test_a_named_page_is_dressed_for_people() -> None:
    columns = (("period", Kind.DAY), ("company_id", Kind.ID), ("audioAll", Kind.NUMBER))
    rows = [("2026-09-21", "007", "1234567"), ("2026-09", "8" * 30, "1234.50")]
    told = Sheet(name="x", columns=columns, rows=rows, page="Usage", words=("period", "company_id", "Audio (audioAll)"))
    with xlsx_file(told) as file:
        (page,) = load_workbook(file).worksheets
    assert (page.title, [cell.value for cell in page[1]]) == ("Usage", ["period", "company_id", "Audio (audioAll)"])
    assert [(cell.value, cell.number_format) for cell in (*page[2], *page[3])] == [
        (dt.datetime(2026, 9, 21), "yyyy-mm-dd"),  # noqa: DTZ001 - a spreadsheet's days know no zone
        ("007", "General"),
        (1234567, "#,##0"),
        (dt.datetime(2026, 9, 1), "yyyy-mm"),  # noqa: DTZ001
        ("8" * 30, "General"),
        (1234.5, "#,##0.00"),
    ]
    assert page.column_dimensions["B"].width > 30 > page.column_dimensions["A"].width


def test_xlsx_without_rows_has_its_headings() -> None:
    with xlsx_file(sheet()) as file:
        assert cells(file.read()) == [[("s", "company_id"), ("s", "company_name"), ("s", "amount")]]


def test_xlsx_goes_on_in_another_sheet_where_one_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("usage.sheets.MOST_ROWS", 3)
    with xlsx_file(sheet(*[(str(number), "", "") for number in range(5)])) as file:
        pages = load_workbook(file).worksheets
        assert [[row[0].value for row in page.iter_rows()] for page in pages] == [
            ["company_id", "0", "1"],
            ["company_id", "2", "3"],
            ["company_id", "4"],
        ]


def test_a_head_request_gets_the_headers_and_reads_no_rows() -> None:
    def rows() -> object:
        raise AssertionError("read")
        yield

    empty = Sheet(name="bills", columns=(), rows=rows())  # type: ignore[arg-type]
    answers: list[HttpResponseBase] = [answer(empty, ending, head=True) for ending in ("csv", "xlsx")]
    assert [one.headers["Content-Disposition"] for one in answers] == [
        'attachment; filename="bills.csv"',
        'attachment; filename="bills.xlsx"',
    ]
