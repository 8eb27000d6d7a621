"""Numbers and moments as people read them: digits grouped, a true minus sign, UTC said."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_EVEN, Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

TENTH = Decimal("0.1")


def grouped(value: int | Decimal) -> str:
    """The exact number with its digits grouped: `−1,234.5`."""
    return number_format(value, use_l10n=True, force_grouping=True).replace("-", "−")


def signed(value: int | Decimal) -> str:
    """A change with its sign: `+1,234`, `−12.5`."""
    return f"+{grouped(value)}" if value > 0 else grouped(value)


def share_words(share: Decimal) -> str:
    """A share of a whole, of which 1 is all: `12.3 %`, `<0.1 %` where so much rounds to nothing."""
    tenths = (100 * abs(share)).quantize(TENTH, rounding=ROUND_HALF_EVEN)
    text = "<0.1" if share and not tenths else grouped(tenths)
    return f"{'−' if share < 0 else ''}{text} %"


def growth_words(change: int | Decimal | None, before: int | Decimal | None) -> str:
    """A change as a share of what there was before: `+12.3 %`, `new` from nothing, `unchanged` where there is none.

    It is '' where either is not known.
    """
    if change is None or before is None:
        return ""
    if not change:
        return _("unchanged")
    if not before:
        return _("new")
    words = share_words(Decimal(change) / abs(Decimal(before)))
    return f"+{words}" if change > 0 else words


def utc(moment: dt.datetime | None) -> str:
    """A moment as `21 Sep, 06:00 UTC`; '' when there is none."""
    return f"{date_format(moment.astimezone(dt.UTC), 'j M, H:i')} UTC" if moment else ""
