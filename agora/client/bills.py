"""Reading a day's bill whole: page by page, believed only when every line came once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil

from ..records import DailyBillPage, DailyBillRecord, PackedLine, Problem, digest, unpack

PAGE_NUMBER = "pageNumber"
PAGE_NUMBER_OF_THE_SAMPLE = "pageNumer"
MOST_PAGES = 10_000

# Asks for page N with the page number under that name.
FetchPage = Callable[[int, str], DailyBillPage]


@dataclass(frozen=True, kw_only=True)
class DailyBill:
    """A day's bill as far as it came; only a complete one may be stored, and `reason` says why one is not.

    Its lines are packed and sorted, and `digest` is theirs, in whatever order they came. Where it `repeats`,
    some are about the same company, project and currency; these are not added up here.
    """

    period: date
    packed: Sequence[PackedLine]
    digest: str
    repeats: bool
    total_size: int | None
    pages: int
    digests: Sequence[str]
    problems: Sequence[Problem]
    complete: bool
    reason: str = ""

    @property
    def lines(self) -> list[DailyBillRecord]:
        """The lines that could be read."""
        return [unpack(line) for line in self.packed]


@dataclass(frozen=True, kw_only=True)
class _Scan:
    """One reading of all pages: `flaw` says what made it end early; `spelling` names the page number."""

    pages: Sequence[DailyBillPage]
    flaw: str
    spelling: str
    packed: Sequence[PackedLine]

    @property
    def problems(self) -> list[Problem]:
        return [problem for page in self.pages for problem in page.problems]

    @property
    def total_size(self) -> int | None:
        return self.pages[0].total_size if self.pages else None

    @property
    def reason(self) -> str:
        """Why this reading is not the whole bill; '' when as many lines came as were announced."""
        came = sum(page.lines for page in self.pages)
        if self.flaw or came == self.total_size:
            return self.flaw
        return f"{came} lines came, and {self.total_size} were announced"

    @property
    def repeats(self) -> bool:
        """Whether a key comes twice: among sorted lines those of one key are neighbours."""
        keys = (line[: line.rindex("\0")] for line in self.packed)
        return any(key == following for key, following in pairwise(keys))

    @property
    def repeats_problems(self) -> bool:
        raws = [problem.raw for problem in self.problems]
        return len(set(raws)) != len(raws)

    def tells_the_same(self, other: "_Scan") -> bool:
        """Whether the same lines came as often, in whatever order."""
        ours, theirs = (sorted(problem.raw for problem in scan.problems) for scan in (self, other))
        return self.packed == other.packed and ours == theirs

    def bill(self, period: date, reason: str) -> DailyBill:
        return DailyBill(
            period=period,
            packed=self.packed,
            digest=digest(self.packed),
            repeats=self.repeats,
            total_size=self.total_size,
            pages=len(self.pages),
            digests=[page.digest for page in self.pages],
            problems=self.problems,
            complete=not reason,
            reason=reason,
        )


def read_daily_bill(fetch: FetchPage, period: date) -> DailyBill:
    """Read a day ("Fetch the daily bill"); where keys repeat, a second equal reading must confirm them."""
    scan = _scan(fetch, PAGE_NUMBER)
    bill = scan.bill(period, scan.reason)
    if bill.reason or not (bill.repeats or scan.repeats_problems):
        return bill
    again = _scan(fetch, scan.spelling)
    if again.reason or again.tells_the_same(scan):
        return again.bill(period, again.reason)
    return again.bill(period, "lines repeat, and a second reading brought other lines")


def _scan(fetch: FetchPage, spelling: str) -> _Scan:
    pages: list[DailyBillPage] = []
    flaw = ""
    while not flaw and _expects_more(pages):
        number = len(pages) + 1
        page = fetch(number, spelling)
        if number == 2 and spelling == PAGE_NUMBER and _is_again(page, pages[0]):
            spelling = PAGE_NUMBER_OF_THE_SAMPLE
            page = fetch(number, spelling)
        flaw = _flaw(page, pages)
        pages += [] if flaw else [page]
    packed = sorted(line for page in pages for line in page.packed)
    return _Scan(pages=pages, flaw=flaw, spelling=spelling, packed=packed)


def _is_again(page: DailyBillPage, first: DailyBillPage) -> bool:
    """Whether page 2 is page 1 once more: the server did not understand the page number."""
    return page.page_number == 1 or (page.lines > 0 and page.digest == first.digest)


def _flaw(page: DailyBillPage, earlier: Sequence[DailyBillPage]) -> str:
    """What makes a page unbelievable; '' for nothing."""
    number = len(earlier) + 1
    if page.total_size is None or page.total_size < 0:
        return f"page {number} does not say how many lines there are"
    if earlier and page.total_size != earlier[0].total_size:
        return f"the number of lines moved from {earlier[0].total_size} to {page.total_size}"
    if page.page_number not in (None, number):
        return f"page {number} was answered as page {page.page_number}"
    if page.lines and any(page.digest == other.digest for other in earlier):
        return f"page {number} repeats an earlier page"
    return ""


def _expects_more(pages: Sequence[DailyBillPage]) -> bool:
    """Whether to ask for another page: more is promised or missing, and the bound is not reached."""
    if not pages:
        return True
    total = pages[0].total_size or 0
    missing = sum(page.lines for page in pages) < total
    promised = pages[-1].has_more
    if not (missing or promised):
        return False
    fullest = max(page.lines for page in pages)
    allowed = ceil(total / fullest) + 2 if fullest else 3
    return len(pages) < min(allowed, MOST_PAGES)
