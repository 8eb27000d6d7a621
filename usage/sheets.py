"""Tables as files: rows written as CSV or as XLSX, so that no spreadsheet takes what they hold for a formula."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum, auto
from io import BufferedRandom

import xlsxwriter
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse

BOM = "\ufeff"
PLAIN_ID = re.compile(r"[A-Za-z0-9_.-]+")
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
# The last four are the first four in full width, which spreadsheets of East Asia take for them.
FORMULA_STARTS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Limits of the XLSX format.
LONGEST_TEXT = 32_767
MOST_ROWS = 1_048_576
# In characters: days, figures and most headings.
WIDTH = 14


class Kind(Enum):
    """What a column holds: how its cells are guarded and, in XLSX, typed."""

    TEXT = auto()
    ID = auto()
    NUMBER = auto()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table to be written: the file's name without its ending, the columns, and rows of exact text.

    `about` tells people what they read: its title, then whatever else. CSV has no place for it; XLSX has it above the
    headings or, `apart`, on a page of its own, for readers that take the first row for the headings.
    """

    name: str
    columns: Sequence[tuple[str, Kind]]
    rows: Iterable[Sequence[str]]
    about: Sequence[str] = ()
    apart: bool = False


def guarded(text: str, kind: Kind) -> str:
    """The text with a leading ' where a spreadsheet would run it; plain IDs and numbers stay as they are."""
    if text[:1] not in FORMULA_STARTS:
        return text
    harmless = {Kind.ID: PLAIN_ID, Kind.NUMBER: NUMBER}.get(kind)
    return text if harmless and harmless.fullmatch(text) else f"'{text}"


class _Line:
    """A file that keeps nothing: the CSV writer hands each line on."""

    def write(self, line: str) -> str:
        return line


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """The table as CSV, line by line, with a byte order mark so that Excel reads it as UTF-8."""
    writer = csv.writer(_Line())
    kinds = [kind for _, kind in sheet.columns]
    yield BOM + writer.writerow([guarded(name, Kind.TEXT) for name, _ in sheet.columns])
    for row in sheet.rows:
        yield writer.writerow([guarded(text, kind) for text, kind in zip(row, kinds, strict=True)])


def _chunks(lines: Iterable[str], size: int = 500) -> Iterator[bytes]:
    """Lines gathered, since every piece of an answer costs a system call."""
    chunk: list[str] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == size:
            yield "".join(chunk).encode("utf-8", "replace")
            chunk.clear()
    yield "".join(chunk).encode("utf-8", "replace")


def fits_spreadsheet(number: Decimal) -> bool:
    """Whether a spreadsheet, which counts in 15 digits, keeps this number exactly."""
    return len(number.as_tuple().digits) <= 15 and (number == 0 or -290 < number.adjusted() < 290)


def xlsx_file(sheet: Sheet) -> BufferedRandom:
    """The table as XLSX in a temporary file, written row by row; beyond a sheet's limit it goes on in another."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        page, line = None, MOST_ROWS
        for row in sheet.rows:
            if line == MOST_ROWS:
                page, line = _headed_page(book, sheet)
            _write_row(page, line, row, sheet.columns)
            line += 1
        if page is None:
            _headed_page(book, sheet)
        if sheet.about and sheet.apart:
            _write_about(book, book.add_worksheet("About"), sheet)
    file.seek(0)
    return file


def _headed_page(book: xlsxwriter.Workbook, sheet: Sheet) -> tuple[xlsxwriter.workbook.Worksheet, int]:
    """A page with its headings, which stay in sight, and the line below them."""
    page = book.add_worksheet()
    page.set_column(0, len(sheet.columns), WIDTH)
    line = 0 if sheet.apart else _write_about(book, page, sheet)
    bold = book.add_format({"bold": True})
    for column, (name, _) in enumerate(sheet.columns):
        page.write_string(line, column, name, bold)
    page.freeze_panes(line + 1, 1)
    return page, line + 1


def _write_about(book: xlsxwriter.Workbook, page: xlsxwriter.workbook.Worksheet, sheet: Sheet) -> int:
    """What the sheet is about, and how many lines that takes."""
    title = book.add_format({"bold": True, "font_size": 14})
    for line, words in enumerate(sheet.about):
        page.write_string(line, 0, words[:LONGEST_TEXT], None if line else title)
    return len(sheet.about) + 1 if sheet.about else 0


def _write_row(
    page: xlsxwriter.workbook.Worksheet, line: int, row: Sequence[str], columns: Sequence[tuple[str, Kind]]
) -> None:
    for column, (text, (_, kind)) in enumerate(zip(row, columns, strict=True)):
        number = _number(text) if kind is Kind.NUMBER else None
        if number is not None:
            page.write_number(line, column, number)
        elif text:
            page.write_string(line, column, text[:LONGEST_TEXT])


def _number(text: str) -> Decimal | None:
    """The number to write as one; None for anything that a spreadsheet would change, which is written as text."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and fits_spreadsheet(number) else None


def answer(sheet: Sheet, ending: str, *, head: bool) -> HttpResponseBase:
    """The table as a download, `csv` or `xlsx`; to a HEAD request its headers alone."""
    response: HttpResponseBase
    if head:
        response = HttpResponse(content_type=XLSX_TYPE if ending == "xlsx" else CSV_TYPE)
    elif ending == "xlsx":
        response = FileResponse(xlsx_file(sheet), content_type=XLSX_TYPE)
    else:
        response = StreamingHttpResponse(_chunks(csv_lines(sheet)), content_type=CSV_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{sheet.name}.{ending}"'
    return response
