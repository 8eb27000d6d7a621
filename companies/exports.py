"""Files to take away: templates of imports, and rows that need another look; no spreadsheet runs what they hold."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO, StringIO

import xlsxwriter
from django.http import HttpResponse

BOM = "\ufeff"
FORMULA_STARTS = frozenset("=+-@\t\r")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDEST_COLUMN = 40


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A small table as text: the file's name without its ending, headings, rows, and in XLSX a sheet that explains."""

    name: str
    headings: Sequence[str]
    lines: Sequence[Sequence[str]]
    codes: Sequence[Sequence[str]] = field(default_factory=list)


def answer(rows: Rows, ending: str) -> HttpResponse:
    """The table as a download, `csv` or `xlsx`."""
    content = _xlsx(rows) if ending == "xlsx" else _csv(rows)
    headers = {"Content-Disposition": f'attachment; filename="{rows.name}.{ending}"'}
    return HttpResponse(content, content_type=TYPES[ending], headers=headers)


def _csv(rows: Rows) -> bytes:
    """With a byte order mark, so that Excel reads it as UTF-8, and a leading ' before what it would run."""
    file = StringIO(BOM, newline="")
    file.seek(len(BOM))
    csv.writer(file).writerows([_guarded(text) for text in line] for line in (rows.headings, *rows.lines))
    return file.getvalue().encode("utf-8", "replace")


def _guarded(text: str) -> str:
    return f"'{text}" if text[:1] in FORMULA_STARTS else text


def _xlsx(rows: Rows) -> bytes:
    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        _write(book, "Rows", (rows.headings, *rows.lines))
        if rows.codes:
            _write(book, "Codes", rows.codes)
    return file.getvalue()


def _write(book: xlsxwriter.Workbook, name: str, lines: Iterable[Sequence[str]]) -> None:
    page = book.add_worksheet(name)
    widths: dict[int, int] = {}
    for number, line in enumerate(lines):
        for column, text in enumerate(line):
            page.write_string(number, column, text)
            widths[column] = min(WIDEST_COLUMN, max(widths.get(column, 8), len(text) + 2))
    for column, width in widths.items():
        page.set_column(column, column, width)
