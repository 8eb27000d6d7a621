"""The field that keeps money exactly on every database."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

PLACES = 8
# Amounts are added up in two halves: a sum of the largest ones is beyond the numbers that a database counts with.
HALF = 10**9
LARGEST = 2**63 - 1


if TYPE_CHECKING:

    class DecimalColumn(models.DecimalField):
        """What the type checker takes an amount for; Django itself must not, since it would go through floats."""
else:
    DecimalColumn = models.Field


class AmountField(DecimalColumn):
    """A Decimal amount of money, stored as a whole number of 10⁻⁸ units; what does not fit exactly is refused."""

    description = "An exact amount of money"

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else amount_of(int(value))

    def to_python(self, value: Any) -> Decimal | None:
        return value if value is None or isinstance(value, Decimal) else Decimal(str(value))

    def get_prep_value(self, value: Any) -> int | None:
        return None if value is None else units_of(Decimal(value))


def units_of(amount: Decimal) -> int:
    """An amount as a whole number of 10⁻⁸ units, which is how it is stored; ValidationError when it does not fit."""
    scaled = amount.scaleb(PLACES)
    units = int(scaled)
    if units != scaled:
        raise ValidationError(f"{amount} does not fit: at most 8 decimals are kept.")
    return fitting(units)


def fitting(units: int) -> int:
    """The same units; ValidationError when there are more than can be kept."""
    if abs(units) > LARGEST:
        raise ValidationError(f"{units} units of an amount do not fit: at most 18 digits are kept.")
    return units


def amount_of(units: int) -> Decimal:
    """The amount that so many units of 10⁻⁸ are, in its plain form."""
    return plain(Decimal(units).scaleb(-PLACES))


def plain(amount: Decimal) -> Decimal:
    """The same amount without trailing zeros and without an exponent: 100.10 becomes 100.1, 1E+2 becomes 100."""
    short = amount.normalize()
    return short.quantize(Decimal(1)) if short.as_tuple().exponent > 0 else short  # type: ignore[operator]


def amount_of_halves(high: int, low: int) -> Decimal:
    """The exact amount of a sum that was made of two halves."""
    return plain(Decimal(int(high) * HALF + int(low)).scaleb(-PLACES))
