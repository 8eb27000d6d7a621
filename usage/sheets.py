"""Tables as files: rows written as CSV or as XLSX, so that no spreadsheet takes what they hold for a formula."""

from __future__ import annotations

import csv
import datetime as dt
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
# In characters: a column is as wide as its cells, but never narrower than a day nor wider than a screen bears.
NARROWEST, WIDEST, WIDEST_HEADING = 14, 60, 28
MOST_DECIMALS = 30
GROUPED, DAY, MONTH = "#,##0", "yyyy-mm-dd", "yyyy-mm"


class Kind(Enum):
    """What a column holds: how its cells are guarded and, in XLSX, typed."""

    TEXT = auto()
    ID = auto()
    NUMBER = auto()
    DAY = auto()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table to be written: the file's name without its ending, the columns, and rows of exact text.

    `about` tells people what they read: its title, then whatever else. CSV has no place for it; XLSX has it above the
    headings or, `apart`, on a page of its own, for readers that take the first row for the headings.
    XLSX with a `page`, which is its name, is dressed for people: headed by `words` where there are any, with grouped
    digits, days and months as dates, and columns as wide as what they hold.
    """

    name: str
    columns: Sequence[tuple[str, Kind]]
    rows: Iterable[Sequence[str]]
    about: Sequence[str] = ()
    apart: bool = False
    page: str = ""
    words: Sequence[str] = ()


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
        page = None
        for row in sheet.rows:
            if page is None or page.line == MOST_ROWS:
                page = _Page(book, sheet)
            page.write(row)
        if page is None:
            _Page(book, sheet)
        if sheet.about and sheet.apart:
            _write_about(book, book.add_worksheet("About"), sheet)
    file.seek(0)
    return file


class _Page:
    """A page with its headings, which stay in sight; where it is dressed, columns grow as wide as what is written."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Sheet) -> None:
        number = len(book.worksheets()) + 1
        name = f"{sheet.page} {number}" if number > 1 else sheet.page
        self.kinds = [kind for _, kind in sheet.columns]
        self.book, self.dressed = book, bool(sheet.page)
        self.page = book.add_worksheet(name if sheet.page else None)
        self.formats: dict[str, xlsxwriter.format.Format] = {}
        self.widths = [0] * len(self.kinds)
        self.line = 0 if sheet.apart else _write_about(book, self.page, sheet)
        self._write_headings(sheet.words or [name for name, _ in sheet.columns])

    def _write_headings(self, names: Sequence[str]) -> None:
        bold = self.book.add_format({"bold": True, "text_wrap": self.dressed, "valign": "top"})
        for column, name in enumerate(names):
            self.page.write_string(self.line, column, name[:LONGEST_TEXT], bold)
            self._widen(column, min(len(name), WIDEST_HEADING))
        self.line += 1
        self.page.freeze_panes(self.line, 1)

    def write(self, row: Sequence[str]) -> None:
        """The next row."""
        for column, (text, kind) in enumerate(zip(row, self.kinds, strict=True)):
            number = _number(text) if kind is Kind.NUMBER else None
            day = _day(text) if kind is Kind.DAY and self.dressed else None
            if number is not None:
                look = self._format(_grouping(number)) if self.dressed else None
                self.page.write_number(self.line, column, number, look)
            elif day is not None:
                self.page.write_datetime(self.line, column, day, self._format(DAY if len(text) > 7 else MONTH))
            elif text:
                self.page.write_string(self.line, column, text[:LONGEST_TEXT])
            if self.dressed:
                self._widen(column, len(text) if number is None else len(f"{number:,}"))
        self.line += 1

    def _format(self, words: str) -> xlsxwriter.format.Format:
        """A format of cells, made once: a book keeps each that it is given."""
        if words not in self.formats:
            self.formats[words] = self.book.add_format({"num_format": words})
        return self.formats[words]

    def _widen(self, column: int, length: int) -> None:
        width = max(NARROWEST, min(length + 2, WIDEST)) if self.dressed else NARROWEST
        if width > self.widths[column]:
            self.widths[column] = width
            self.page.set_column(column, column, width)


def _write_about(book: xlsxwriter.Workbook, page: xlsxwriter.workbook.Worksheet, sheet: Sheet) -> int:
    """What the sheet is about, and how many lines that takes."""
    title = book.add_format({"bold": True, "font_size": 14})
    for line, words in enumerate(sheet.about):
        page.write_string(line, 0, words[:LONGEST_TEXT], None if line else title)
    return len(sheet.about) + 1 if sheet.about else 0


def _grouping(number: Decimal) -> str:
    """The format that shows a number with grouped digits and as many decimals as it has."""
    decimals = min(-int(number.as_tuple().exponent), MOST_DECIMALS)
    return f"{GROUPED}.{'0' * decimals}" if decimals > 0 else GROUPED


def _day(text: str) -> dt.date | None:
    """The day that `2026-09-21` or, as its first one, the month `2026-09` stands for."""
    try:
        return dt.date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        return None


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
