"""The field that keeps money exactly on every database."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

PLACES = 8
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
        return None if value is None else plain(Decimal(int(value)).scaleb(-PLACES))

    def to_python(self, value: Any) -> Decimal | None:
        return value if value is None or isinstance(value, Decimal) else Decimal(str(value))

    def get_prep_value(self, value: Any) -> int | None:
        if value is None:
            return None
        units = Decimal(value).scaleb(PLACES)
        if units != units.to_integral_value() or abs(units) > LARGEST:
            raise ValidationError(f"{value} does not fit: at most 8 decimals and 18 digits are kept.")
        return int(units)


def plain(amount: Decimal) -> Decimal:
    """The same amount without trailing zeros and without an exponent: 100.10 becomes 100.1, 1E+2 becomes 100."""
    short = amount.normalize()
    return short.quantize(Decimal(1)) if short.as_tuple().exponent > 0 else short  # type: ignore[operator]
