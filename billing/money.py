"""Amounts as people read them: exact, digits grouped, never without their currency on the same line or column."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from usage.numerals import grouped

FEWEST_PLACES = 2


def places_of(amounts: Iterable[Decimal | None]) -> int:
    """The number of decimals with which every amount of a column is exact; at least two."""
    return max((_places(amount) for amount in amounts if amount is not None), default=FEWEST_PLACES)


def _places(amount: Decimal) -> int:
    return max(FEWEST_PLACES, -int(amount.normalize().as_tuple().exponent))


def amount_text(amount: Decimal, places: int = 0) -> str:
    """The exact amount with at least two decimals, or with more so that a column lines up: `−1,234.50`."""
    return grouped(amount.quantize(Decimal(1).scaleb(-max(places, _places(amount)))))


def money(amount: Decimal, currency: str) -> str:
    """The amount and its currency, which a line break does not part: `1,234.50 USD`."""
    return f"{amount_text(amount)}\u00a0{currency}"
