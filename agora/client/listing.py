"""Reading a list whole: pages by offset, counted by distinct ids, again until it stands still."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

from ..errors import IncompleteListing
from ..records import ListPage, Problem
from ..records.account import Row

LIMIT = 100
MOST_PAGES = 1000
MOST_SCANS = 5
MOST_DECLARED = 2**31 - 1  # what a column of the ledger takes


@dataclass(frozen=True, kw_only=True)
class Listing(Generic[Row]):
    """A whole list, each id once; `scans` is how often it was read before it stood still.

    `count` is how many rows came, `declared` the most that a page said there are: more than came only where
    the list said so twice.
    """

    records: Sequence[Row]
    count: int
    declared: int
    problems: Sequence[Problem]
    scans: int


@dataclass(frozen=True, kw_only=True)
class _Scan(Generic[Row]):
    """One reading of all pages; `stuck` when a page brought nothing new and more was promised."""

    pages: Sequence[ListPage[Row]]
    stuck: bool

    @property
    def ids(self) -> list[str]:
        return [row.id for page in self.pages for row in page.rows]

    @property
    def lines(self) -> int:
        return sum(page.lines for page in self.pages)

    @property
    def is_clean(self) -> bool:
        """No id twice, and the count is the same everywhere and equals what came."""
        ids = self.ids
        if self.stuck or len(set(ids)) != len(ids):
            return False
        counts = {page.count for page in self.pages}
        counts_pages = all(page.count == page.lines for page in self.pages)
        return counts_pages or counts <= {self.lines} or counts == {None}

    def tells_the_same(self, other: "_Scan[Row] | None") -> bool:
        """Whether two readings in a row brought the same ids and counts, and neither was stuck."""
        if other is None or self.stuck or other.stuck:
            return False
        counts = [page.count for page in self.pages]
        return self.ids == other.ids and counts == [page.count for page in other.pages]

    def listing(self, scans: int) -> Listing[Row]:
        rows = {row.id: row for page in self.pages for row in page.rows}
        problems = [problem for page in self.pages for problem in page.problems]
        return Listing(
            records=list(rows.values()),
            count=len(rows) + len(problems),
            declared=max(min(page.count or 0, MOST_DECLARED) for page in self.pages),
            problems=problems,
            scans=scans,
        )


def read_listing(fetch: Callable[[int, int], ListPage[Row]], *, confirm: bool = False) -> Listing[Row]:
    """Read with `fetch(limit, offset)` until one reading is clean or two in a row agree.

    With `confirm` two readings in a row must agree: only then does an absent id prove anything.
    Raises `IncompleteListing` when the list does not stand still.
    """
    previous: _Scan[Row] | None = None
    for scans in range(1, MOST_SCANS + 1):
        scan = _scan(fetch)
        if scan.tells_the_same(previous) or (scan.is_clean and not confirm):
            return scan.listing(scans)
        previous = scan
    raise IncompleteListing(f"the list kept changing while it was read {MOST_SCANS} times")


def _scan(fetch: Callable[[int, int], ListPage[Row]]) -> _Scan[Row]:
    pages: list[ListPage[Row]] = []
    known: set[str] = set()
    offset = 0
    while len(pages) < MOST_PAGES:
        page = fetch(LIMIT, offset)
        pages.append(page)
        new = {row.id for row in page.rows} - known
        if page.rows and not new:
            return _Scan(pages=pages, stuck=True)
        known |= new
        offset += page.lines
        if _is_last(page, offset):
            return _Scan(pages=pages, stuck=False)
    return _Scan(pages=pages, stuck=True)


def _is_last(page: ListPage[Row], offset: int) -> bool:
    """A count that equals a full page may be the page's own: one more page tells."""
    if not page.lines:
        return True
    return page.count is not None and offset >= page.count and not page.count == page.lines == LIMIT
