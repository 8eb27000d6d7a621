"""What a page says, without its markup: tables as rows of words, tiles, facts; and what it costs the database."""

import re
from html import unescape
from html.parser import HTMLParser

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

Table = list[list[str]]
CELLS = ("td", "th")
# The help beside a heading: a button, and the card that it opens.
HELP = re.compile(r'<button class="help-button".*?</button>|<span class="help-card".*?</span>', re.S)


class _Tables(HTMLParser):
    """Gathers the text of each cell of each table."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in CELLS and self.tables:
            self.cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in CELLS and self.cell is not None:
            self.tables[-1][-1].append(squeezed("".join(self.cell)))
            self.cell = None

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)


def squeezed(text: str) -> str:
    """The text with every run of white space as one blank."""
    return " ".join(text.split())


def tables(page: str) -> list[Table]:
    """Every table of a page, heading rows included, without the help beside headings."""
    parser = _Tables()
    parser.feed(HELP.sub("", page))
    return parser.tables


def table(page: str, heading: str) -> Table:
    """The rows below the headings of the one table that has this heading."""
    (found,) = [rows for rows in tables(page) if heading in rows[0]]
    return found[1:]


def column(page: str, heading: str, name: str) -> dict[str, str]:
    """One column of the table that has this heading, by the first cell of each row."""
    (found,) = [rows for rows in tables(page) if heading in rows[0]]
    return {row[0]: row[found[0].index(name)] for row in found[1:]}


def words(page: str) -> str:
    """Everything that a page says, in one line."""
    return squeezed(unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<(script|style).*?</\1>", "", page, flags=re.S))))


def tile(page: str, label: str) -> str:
    """What the tile with this label says, in one line."""
    tiles = re.findall(r'<(?:a|div) class="tile".*?(?=<(?:a|div) class="tile"|<h2|<section)', page, flags=re.S)
    (found,) = [text for text in map(words, tiles) if text.startswith(label)]
    return found.removeprefix(label).strip()


def facts(page: str) -> dict[str, str]:
    """The facts of a page by their labels."""
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page, flags=re.S)
    return {words(label): words(value) for label, value in found}


def events(page: str) -> list[str]:
    """What the timeline of a page says, one text for each event, the newest first."""
    (found,) = re.findall(r'<ol class="timeline">(.*?)</ol>', page, flags=re.S) or [""]
    return [words(one) for one in re.findall(r"<li>(.*?)</li>", found, flags=re.S)]


def number_of_queries(browser: Client, address: str) -> int:
    """How often a page asks the database."""
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)
