"""From bytes or pasted text to a table of plain text: encodings, separators, what is no table, what is too large."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

MOST_ROWS = 5_000
MOST_COLUMNS = 100
# Nothing that can be sent is longer; what is cut here is still too long for its field.
LONGEST_CELL = 1_000
SEPARATORS = "\t;,"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
OTHER_FILES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"{\\rtf",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x7fELF",
)
# What stands in place of a sign that could not be read.
UNREADABLE_SIGN = "\ufffd"
BROKEN_SIGNS = re.compile("[\0\ud800-\udfff]")
# Our own files, and careful people, put ' before what a spreadsheet would take for a formula.
GUARDED = re.compile(r"'(?=[=+\-@\t\r])")


class UnreadableError(Exception):
    """This is no table that can be read; the words say why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row as it stands in the table: its number, counted from 1 with the headings, and its cells."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Headings and rows as plain text; `read_as` names an encoding that was guessed, '' when nothing was."""

    headings: Sequence[str]
    lines: Sequence[Line]
    read_as: str = ""

    @property
    def sha256(self) -> str:
        """What tells whether the same rows came before, whatever kind of file held them."""
        text = json.dumps([list(self.headings), [list(line.cells) for line in self.lines]])
        return hashlib.sha256(text.encode()).hexdigest()


def read_text(data: bytes) -> Table:
    """A CSV file, in UTF-8, UTF-16, GB18030 or Windows-1252. Raises UnreadableError."""
    if data.startswith(OLD_EXCEL):
        raise UnreadableError(
            _("This is an Excel file of the old kind, or one with a password. Save it as XLSX without a password.")
        )
    has_text = data.startswith(UTF_16) or data.count(b"\0") * 10 <= len(data)
    if data.startswith(OTHER_FILES) or not has_text:
        raise UnreadableError(_("This is neither a CSV nor an XLSX file."))
    text, read_as = decoded(data)
    return read_pasted(text, read_as=read_as)


def read_pasted(text: str, *, read_as: str = "") -> Table:
    """Rows as text, whose cells are separated by tabs, semicolons or commas. Raises UnreadableError."""
    text = BROKEN_SIGNS.sub(UNREADABLE_SIGN, text.removeprefix("\ufeff"))
    return table(_records(text, separator_of(text)), read_as=read_as)


def decoded(data: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding where that was guessed."""
    if data.startswith(UTF_16):
        return data.decode("utf-16", "replace"), ""
    for encoding in ("utf-8-sig", *([] if _is_western(data) else ["gb18030"])):
        try:
            return data.decode(encoding), "" if encoding == "utf-8-sig" else encoding
        except UnicodeDecodeError:
            continue
    return data.decode("windows-1252", "replace"), "windows-1252"


def _is_western(data: bytes) -> bool:
    """Whether most signs beyond ASCII stand alone, as umlauts do; Chinese ones come as pairs of bytes."""
    runs = re.findall(rb"[\x80-\xff]+", data)
    return sum(len(run) == 1 for run in runs) * 2 > len(runs)


def separator_of(text: str) -> str:
    """What separates the cells: the sign that gives the first rows the most cells."""

    def cells(separator: str) -> int:
        return max((len(cells) for cells in islice(_records(text, separator), 3)), default=0)

    return max(SEPARATORS, key=cells)


def _records(text: str, separator: str) -> Iterator[Sequence[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error:
        raise UnreadableError(_("A cell of this table has no end: a quotation mark is missing.")) from None


def table(rows: Iterable[Sequence[str]], *, read_as: str = "") -> Table:
    """Headings and rows that hold something. Raises UnreadableError when there are none, or too many."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = _trimmed(row)
        if cells:
            _check_width(cells)
            lines.append(Line(number=number, cells=cells))
        if len(lines) > MOST_ROWS + 1:
            raise _too_many()
    if not lines:
        raise UnreadableError(_("There are no rows in this."))
    return _headed(lines, read_as)


def _trimmed(row: Sequence[str]) -> list[str]:
    cells = [GUARDED.sub("", cell[:LONGEST_CELL].strip(), count=1) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _check_width(cells: Sequence[str]) -> None:
    if len(cells) > MOST_COLUMNS:
        raise UnreadableError(
            _("A row has %(count)d columns; at most %(most)d can be read.")
            % {"count": len(cells), "most": MOST_COLUMNS}
        )


def _headed(lines: Sequence[Line], read_as: str) -> Table:
    """The first row names the columns, unless it holds an e-mail address or an ID as rows of data do."""
    width = max(len(line.cells) for line in lines)
    first = lines[0].cells
    has_headings = not any("@" in cell or cell.isdecimal() for cell in first)
    names = list(first) if has_headings else []
    names += [""] * (width - len(names))
    headings = [name or _("Column %(number)d") % {"number": place} for place, name in enumerate(names, start=1)]
    rows = lines[1:] if has_headings else lines
    if not rows:
        raise UnreadableError(_("There are headings in this, but no rows below them."))
    if len(rows) > MOST_ROWS:
        raise _too_many()
    return Table(headings=headings, lines=rows, read_as=read_as)


def _too_many() -> UnreadableError:
    words = _("At most %(most)d rows can be loaded at once. Divide the file.")
    return UnreadableError(words % {"most": MOST_ROWS})
