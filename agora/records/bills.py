"""Daily bills: lines of money, page by page; a line that cannot be read stays visible."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .values import SMALLEST_STEP, Problem, problem, read_amount, read_flag, read_id, read_text, read_whole

CURRENCY_LENGTH = 16

# A line as one short text, since a bill may have very many: company ID, project ID, currency and the amount in whole
# steps of 10⁻⁸, with a NUL between, which none of them holds. What comes before the last NUL is what the line is about.
PackedLine = str


@dataclass(frozen=True, kw_only=True)
class DailyBillRecord:
    """One line of a daily bill; `project_id` is '' for a charge to the company itself."""

    company_id: str
    project_id: str
    amount: Decimal
    currency: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What a line is about."""
        return (self.company_id, self.project_id, self.currency)


@dataclass(frozen=True, kw_only=True)
class DailyBillPage:
    """One page of a day's bill ("Fetch the daily bill"); None where the answer did not say.

    `digest` is over the lines alone: two pages with the same lines have the same one.
    """

    total_size: int | None
    page_size: int | None
    page_number: int | None
    has_more: bool | None
    packed: Sequence[PackedLine]
    digest: str
    problems: Sequence[Problem]

    @property
    def elements(self) -> list[DailyBillRecord]:
        """The lines that could be read."""
        return [unpack(line) for line in self.packed]

    @property
    def lines(self) -> int:
        """How many lines came, readable or not."""
        return len(self.packed) + len(self.problems)


def read_bill_page(data: Any) -> DailyBillPage:
    """A page, value by value; ValueError when it holds no list of lines. One that was read already is given back."""
    if isinstance(data, DailyBillPage):
        return data
    if not isinstance(data, dict) or "elements" not in data or not isinstance(data["elements"] or [], list):
        raise ValueError("the bill has no elements")
    packed: list[PackedLine] = []
    problems: list[Problem] = []
    for line in data["elements"] or []:
        try:
            packed.append(_packed(line))
        except ValueError as error:
            problems.append(problem("daily bill", str(error), line))
    return page_of(packed, problems, *(data.get(name) for name in ("totalSize", "pageSize", "pageNumber", "hasMore")))


def page_of(
    packed: Sequence[PackedLine], problems: Sequence[Problem], total: Any, size: Any, number: Any, more: Any
) -> DailyBillPage:
    """A page of these lines, beside which it said this about itself."""
    return DailyBillPage(
        total_size=read_whole(total),
        page_size=read_whole(size),
        page_number=read_whole(number),
        has_more=read_flag(more),
        packed=packed,
        digest=digest([*packed, *(line.raw for line in problems)]),
        problems=problems,
    )


def unpack(line: PackedLine) -> DailyBillRecord:
    """The same line with names; its amount has eight decimals."""
    company_id, project_id, currency, steps = line.split("\0")
    amount = Decimal(int(steps)).scaleb(SMALLEST_STEP)
    return DailyBillRecord(company_id=company_id, project_id=project_id, amount=amount, currency=currency)


def digest(lines: Sequence[str]) -> str:
    """A digest of texts in this order, taken in parts so that a long bill is not copied."""
    hashed = hashlib.sha256()
    for start in range(0, len(lines), 1000):
        hashed.update("\n".join([*lines[start : start + 1000], ""]).encode())
    return hashed.hexdigest()


def _packed(line: Any) -> PackedLine:
    if not isinstance(line, dict):
        raise ValueError("the line is no object")
    company_id = read_id(line.get("companyId"))
    if company_id is None:
        raise ValueError("the line has no usable companyId")
    said = line.get("projectId")
    project_id = "" if said is None or said == "" else read_id(said)
    if project_id is None:
        raise ValueError("the line has no usable projectId")
    currency = read_text(line.get("currency")).strip()
    if not 1 <= len(currency) <= CURRENCY_LENGTH:
        raise ValueError("the line has no usable currency")
    steps = int(read_amount(line.get("amount")).scaleb(-SMALLEST_STEP))
    return f"{company_id}\0{project_id}\0{currency}\0{steps}"
