"""Daily bills: lines of money, page by page; a line that cannot be read stays visible."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .values import Problem, problem, read_amount, read_flag, read_id, read_text, read_whole

CURRENCY_LENGTH = 16

BillKey = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DailyBillRecord:
    """One line of a daily bill; `project_id` is '' for a charge to the company itself."""

    company_id: str
    project_id: str
    amount: Decimal
    currency: str

    @property
    def key(self) -> BillKey:
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
    elements: Sequence[DailyBillRecord]
    digest: str
    problems: Sequence[Problem]

    @property
    def lines(self) -> int:
        """How many lines came, readable or not."""
        return len(self.elements) + len(self.problems)


def read_bill_page(data: Any) -> DailyBillPage:
    """A page; ValueError when it holds no list of lines."""
    if not isinstance(data, dict) or "elements" not in data or not isinstance(data["elements"] or [], list):
        raise ValueError("the bill has no elements")
    elements: list[DailyBillRecord] = []
    problems: list[Problem] = []
    for line in data["elements"] or []:
        try:
            elements.append(_line(line))
        except ValueError as error:
            problems.append(problem("daily bill", str(error), line))
    return DailyBillPage(
        total_size=read_whole(data.get("totalSize")),
        page_size=read_whole(data.get("pageSize")),
        page_number=read_whole(data.get("pageNumber")),
        has_more=read_flag(data.get("hasMore")),
        elements=elements,
        digest=_digest(elements, problems),
        problems=problems,
    )


def _line(line: Any) -> DailyBillRecord:
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
    amount = read_amount(line.get("amount"))
    return DailyBillRecord(company_id=company_id, project_id=project_id, amount=amount, currency=currency)


def _digest(elements: Sequence[DailyBillRecord], problems: Sequence[Problem]) -> str:
    lines = [f"{line.key} {line.amount}" for line in elements] + [line.raw for line in problems]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
