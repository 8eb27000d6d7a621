"""What people bring is read as they see it: encodings, separators, Excel's ways; the rest is refused in words."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence

import openpyxl
import pytest
import xlsxwriter

from companies.intake import reading, workbook
from companies.intake.reading import Table, UnreadableError, read_pasted, read_text
from companies.intake.workbook import read_workbook
from tests.companies.tables import as_csv, as_xlsx

Read = Callable[[bytes], Table]


def cells(table: Table) -> list[list[str]]:
    return [list(line.cells) for line in table.lines]


@pytest.mark.parametrize(
    ("encoding", "text", "read_as"),
    [
        ("utf-8", "Name;City\nMüller;东京", ""),
        ("utf-8-sig", "Name;City\nMüller;东京", ""),
        ("utf-16", "Name;City\nMüller;东京", ""),
        ("gb18030", "公司;城市\n晨光直播;北京", "gb18030"),
        ("windows-1252", "Name;City\nMüller;Köln", "windows-1252"),
    ],
)
def test_text_is_read_in_its_encoding_and_a_guess_is_told(encoding: str, text: str, read_as: str) -> None:
    table = read_text(text.encode(encoding))
    assert [list(table.headings), *cells(table)] == [line.split(";") for line in text.split("\n")]
    assert table.read_as == read_as


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_are_recognised(separator: str) -> None:
    table = read_text(as_csv([["1, 2; 3", "b"]], ["x", "y"], separator))
    assert cells(table) == [["1, 2; 3", "b"]]


def test_a_quoted_cell_may_hold_line_breaks_and_rows_are_numbered_as_in_the_sheet() -> None:
    table = read_pasted('Name\tNote\n"two\nlines"\tx\n\n\t\nlast\ty')
    assert [(line.number, line.cells[0]) for line in table.lines] == [(2, "two\nlines"), (5, "last")]


@pytest.mark.parametrize(
    "first", [["Acme", "ann@acme.example"], ["10001", "prj", "7", "2"]], ids=["an address", "an ID"]
)
def test_a_table_without_headings_loses_no_row(first: list[str]) -> None:
    table = read_pasted("\t".join(first))
    assert cells(table) == [first]
    assert table.headings[0] == "Column 1"


def test_a_leading_apostrophe_before_what_looks_like_a_formula_is_taken_off() -> None:
    assert cells(read_pasted("Name\n'=1+1\n'quoted'")) == [["=1+1"], ["'quoted'"]]


def test_an_xlsx_file_is_read_from_its_first_sheet_that_holds_something() -> None:
    table = read_workbook(as_xlsx([["Acme", "ann@acme.example"]], ["Company", "E-mail"]))
    assert (list(table.headings), cells(table)) == (["Company", "E-mail"], [["Acme", "ann@acme.example"]])


def test_numbers_dates_and_truths_of_excel_are_read_as_a_person_sees_them() -> None:
    file = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["Number", "Ratio", "Day", "Truth", "Text"])
    book.active.append([10.0, 0.5, dt.datetime(2026, 3, 1), True, "007"])  # noqa: DTZ001 - a sheet knows no zone
    book.save(file)
    assert cells(read_workbook(file.getvalue())) == [["10", "0.5", "2026-03-01", "yes", "007"]]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"Company,E-mail\n"])
def test_a_table_without_rows_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="rows"):
        read_text(data)


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7 and more", b"\x89PNG\r\n", b"\x1f\x8b\x08", bytes(200), b"\xd0\xcf\x11\xe0 an old workbook"],
    ids=["PDF", "PNG", "gzip", "NUL", "XLS"],
)
def test_S68_what_is_no_table_is_refused_whatever_its_name_says(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="XLSX"):
        read_text(data)


def test_S68_too_many_rows_and_columns_are_refused() -> None:
    with pytest.raises(UnreadableError, match="5000 rows"):
        read_text(b"Name\n" + b"x\n" * 5_001)
    with pytest.raises(UnreadableError, match="10000 columns"):
        read_pasted("\t".join(["x"] * 10_000))


def test_the_most_rows_that_are_allowed_are_read() -> None:
    assert len(read_text(b"Name\n" + b"x\n" * 5_000).lines) == 5_000


def test_S68_signs_that_no_database_keeps_are_marked_as_unreadable() -> None:
    assert cells(read_pasted("Name\na\0b\n\ud83dc")) == [["a\ufffdb"], ["\ufffdc"]]


def test_S68_a_cell_is_cut_far_beyond_what_can_be_sent() -> None:
    assert len(cells(read_pasted("Name\n" + "x" * 100_000))[0][0]) == reading.LONGEST_CELL


def zipped(parts: Sequence[tuple[str, bytes]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return file.getvalue()


def test_S68_an_archive_that_unpacks_to_too_much_is_not_unpacked() -> None:
    bomb = zipped([("xl/worksheets/sheet1.xml", bytes(workbook.MOST_UNPACKED + 1))])
    with pytest.raises(UnreadableError, match="too large"):
        read_workbook(bomb)


def replaced(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook of which one part is another."""
    with zipfile.ZipFile(io.BytesIO(as_xlsx([["Acme"]], ["Company"]))) as archive:
        parts = [(part, archive.read(part)) for part in archive.namelist()]
    return zipped([(part, change(data) if part == name else data) for part, data in parts])


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 11))
    + b"]><sst>&a10;</sst>"
)


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 and nothing of an archive",
        zipped([("readme.txt", b"hello")]),
        replaced("xl/worksheets/sheet2.xml", lambda data: data[: len(data) // 2]),
        replaced("xl/worksheets/sheet2.xml", lambda data: b"not xml"),
        replaced("xl/workbook.xml", lambda data: b"<workbook/>"),
        replaced("xl/sharedStrings.xml", lambda data: LAUGHS),
        as_xlsx([["Acme"]], ["Company"])[:-200],
    ],
    ids=["magic", "zip", "cut sheet", "no XML", "no sheets", "laughs", "cut file"],
)
def test_S68_a_file_that_only_claims_to_be_a_workbook_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_workbook(data)


def test_S68_a_sheet_that_claims_to_be_huge_is_read_by_what_it_holds() -> None:
    huge = replaced("xl/worksheets/sheet2.xml", lambda data: data.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"'))
    assert cells(read_workbook(huge)) == [["Acme"]]


def test_S68_empty_rows_are_looked_at_up_to_one_number_for_all_sheets() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for number in range(4):
            book.add_worksheet(f"Empty {number}").write_blank(workbook.MOST_LOOKED_AT // 3, 0, None, book.add_format())
        book.add_worksheet("Last").write_column(0, 0, ["Company", "Acme"])
    with pytest.raises(UnreadableError, match="There are no rows"):
        read_workbook(file.getvalue())


@pytest.mark.parametrize("columns", [101, 10_000])
def test_S68_a_sheet_with_too_many_columns_is_refused(columns: int) -> None:
    with pytest.raises(UnreadableError, match="columns"):
        read_workbook(as_xlsx([["x"] * columns], ["x"] * columns))


def test_the_same_rows_are_known_again_whatever_file_holds_them() -> None:
    rows = [["Acme", "ann@acme.example"]]
    tables = [read_text(as_csv(rows, ["a", "b"])), read_text(as_csv(rows, ["a", "b"], ";"))]
    tables.append(read_workbook(as_xlsx(rows, ["a", "b"])))
    assert len({table.sha256 for table in tables}) == 1
