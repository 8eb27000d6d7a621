"""How much of the month's free minutes a company has used, by the products that they are for: an estimate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from desk.queries.months import Comparison, MonthToDate, usage_to_date
from polling.periods import first_of_month
from usage.figures import Span
from usage.metrics import PRODUCT_OF

FREE_MINUTES = 10_000
# Agora takes free minutes off these; mini apps, transcoding and RTM have none.
COUNTED = tuple(PRODUCT_OF[key] for key in ("video-audio", "on-premise-recording", "cloud-recording"))


@dataclass(frozen=True, kw_only=True)
class FreeMinutes:
    """The free minutes of one company and UTC month, in the unit that durations have here.

    `used` is None while no day is known of one of the products; what is missing from it is in `known` of the `of` days.
    """

    days: Span
    used: int | Decimal | None
    free: int
    unit: str
    known: int
    of: int
    products: Sequence[Comparison]

    @property
    def left(self) -> int | Decimal | None:
        """What is left; below zero for what was used beyond."""
        return None if self.used is None else self.free - self.used


def free_minutes(company_id: str, today: dt.date) -> FreeMinutes:
    """This UTC month to today, days that may still change included.

    Agora bills by its own count, and a contract may give other minutes: this only adds up the usage that it reports.
    """
    days = first_of_month(today), today
    found = usage_to_date(MonthToDate(days=days, before=days), products=COUNTED, company_id=company_id)
    sums = [one.now for one in found]
    values = [one.value for one in sums if one.value is not None]
    unit, known = str(found[0].unit), min(one.known for one in sums)
    return FreeMinutes(
        days=days,
        used=sum(values) if known else None,
        free=FREE_MINUTES * (60 if unit == "seconds" else 1),
        unit=unit,
        known=known,
        of=sums[0].of,
        products=found,
    )
