"""Numbers and moments as people read them: digits grouped, a true minus sign, UTC said."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.formats import date_format, number_format


def grouped(value: int | Decimal) -> str:
    """The exact number with its digits grouped: `−1,234.5`."""
    return number_format(value, use_l10n=True, force_grouping=True).replace("-", "−")


def signed(value: int | Decimal) -> str:
    """A change with its sign: `+1,234`, `−12.5`."""
    return f"+{grouped(value)}" if value > 0 else grouped(value)


def utc(moment: dt.datetime | None) -> str:
    """A moment as `21 Sep, 06:00 UTC`; '' when there is none."""
    return f"{date_format(moment.astimezone(dt.UTC), 'j M, H:i')} UTC" if moment else ""
