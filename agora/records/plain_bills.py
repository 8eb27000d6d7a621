"""Pages of daily bills all of whose lines are plain, as nearly all are: read at once, and to the same lines."""

from collections.abc import Collection, Sequence
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

import msgspec

from .bills import CURRENCY_LENGTH, DailyBillPage, PackedLine, page_of
from .values import LARGEST_AMOUNT, SMALLEST_STEP, TEXT_LENGTH

_STEP = Decimal(1).scaleb(SMALLEST_STEP)
_LARGEST = int(LARGEST_AMOUNT / _STEP)
_EXACT = Context(prec=28, traps=[Inexact, InvalidOperation])


class _Line(msgspec.Struct, gc=False):
    companyId: int | str
    amount: Any
    currency: str
    projectId: int | str | None = None


class _Page(msgspec.Struct):
    elements: list[_Line]
    totalSize: Any = None
    pageSize: Any = None
    pageNumber: Any = None
    hasMore: Any = None


# A number with a point becomes a Decimal from its text, as it does everywhere else.
_DECODER = msgspec.json.Decoder(_Page, float_hook=Decimal)


def read_plain_bill_page(body: bytes) -> DailyBillPage | None:
    """The page in an answer's body; None where anything is out of the ordinary, which `read_bill_page` understands."""
    try:
        page = _DECODER.decode(body.decode("utf-8-sig"))
        packed = _packed(page.elements)
    except (ValueError, ArithmeticError, RecursionError):
        return None
    return page_of(packed, [], page.totalSize, page.pageSize, page.pageNumber, page.hasMore)


def _packed(lines: Sequence[_Line]) -> list[PackedLine]:
    """The lines packed; ValueError or ArithmeticError where a single one is not plain."""
    if not {type(line.amount) for line in lines} <= {Decimal, int}:
        raise ValueError("an amount is no number")
    steps = [int(_EXACT.quantize(line.amount, _STEP).scaleb(-SMALLEST_STEP)) for line in lines]
    companies = {line.companyId: str(line.companyId) for line in lines}
    projects = ["" if line.projectId is None else str(line.projectId) for line in lines]
    if not (
        -_LARGEST < min(steps, default=0) <= max(steps, default=0) < _LARGEST
        and _are_plain(companies.values(), 1, TEXT_LENGTH)
        and _are_plain(projects, 0, TEXT_LENGTH)
        and _are_plain({line.currency for line in lines}, 1, CURRENCY_LENGTH)
    ):
        raise ValueError("a value is not plain")
    return [
        f"{line.companyId}\0{project}\0{line.currency}\0{amount}"
        for line, project, amount in zip(lines, projects, steps, strict=True)
    ]


def _are_plain(texts: Collection[str], shortest: int, longest: int) -> bool:
    """Whether all are of such a length and hold nothing that is cut off, trimmed or dropped elsewhere."""
    together = "".join(texts)
    lengths = list(map(len, texts)) or [shortest]
    return together.isprintable() and " " not in together and shortest <= min(lengths) and max(lengths) <= longest
