"""XLSX files as tables: opened only after their size was looked at, read cell by cell as a person sees them."""

import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from companies.intake.reading import BROKEN_SIGNS, MOST_COLUMNS, UNREADABLE_SIGN, Table, UnreadableError, table

ZIPPED = b"PK"
# A workbook of 5,000 rows unpacks to a few megabytes.
MOST_UNPACKED = 40_000_000
MOST_PARTS = 1_000
# Rows that are looked at in all sheets together, empty ones included.
MOST_LOOKED_AT = 20_000
# What openpyxl raises when a file is not what it claims to be.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)


def read_workbook(data: bytes) -> Table:
    """The first sheet of an XLSX file that holds something. Raises UnreadableError."""
    try:
        _check_size(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = _first_rows(book)
    except BROKEN:
        raise UnreadableError(_("This XLSX file is damaged. Open it, save it again and load that.")) from None
    return table(rows)


def _check_size(data: bytes) -> None:
    """Refuse what unpacks to more than a table needs; unpacking stops at the size that each part declares."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UnreadableError(_("This XLSX file is too large. Keep only the sheet with the rows, or save it as CSV."))


def _first_rows(book: Workbook) -> list[Sequence[str]]:
    left = MOST_LOOKED_AT
    for sheet in book.worksheets:
        rows = list(islice(_rows(sheet), left))
        if any(cell for row in rows for cell in row):
            return rows
        # A hundred sheets may be one and the same part: they share what is looked at.
        left -= len(rows) + 1
        if left <= 0:
            break
    return []


def _rows(sheet: object) -> Iterator[Sequence[str]]:
    # What a sheet says about its own size is often wrong, and costs rows and columns when it is believed.
    sheet.reset_dimensions()  # type: ignore[attr-defined]
    rows = sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)  # type: ignore[attr-defined]
    for row in rows:
        yield [as_text(value) for value in row]


def as_text(value: object) -> str:
    """A cell as a person reads it: 10.0 is 10, a date is a day."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return BROKEN_SIGNS.sub(UNREADABLE_SIGN, str(value))


def is_workbook(data: bytes) -> bool:
    """Whether this is an archive, as XLSX files are, whatever its name says."""
    return data.startswith(ZIPPED)
