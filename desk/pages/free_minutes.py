"""The bar of the month's free minutes, with what is counted in it: an estimate."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from billing.tables import days_words
from desk.numbers import dates_words
from desk.queries.free_minutes import FreeMinutes, free_minutes
from desk.queries.months import month_to_date
from usage.metrics import unit_words
from usage.numerals import grouped


@dataclass(frozen=True, kw_only=True)
class FreePanel:
    """The bar, and its words; `value` and `most` are whole numbers for the bar, `used` is empty while not known."""

    value: int
    most: int
    used: str
    free: str
    unit: str
    rest: str
    note: str
    days: str
    settled: str
    counted: str


def free_panel(company_id: str, today: dt.date) -> FreePanel:
    """How much of this UTC month's free minutes one company has used."""
    found = free_minutes(company_id, today)
    used = found.used
    return FreePanel(
        value=min(int(used or 0), found.free),
        most=found.free,
        used="" if used is None else grouped(used),
        free=grouped(found.free),
        unit=str(unit_words(found.unit)),
        rest=_rest(found),
        note="" if found.known == found.of else days_words(found.known, found.of),
        days=dates_words(found.days),
        settled=dates_words(month_to_date(today).days),
        counted=get_text_list([str(one.label) for one in found.products], _("and")),
    )


def _rest(found: FreeMinutes) -> str:
    left = found.left
    if left is None:
        return ""
    return (_("%(left)s left") if left >= 0 else _("%(left)s beyond")) % {"left": grouped(-left if left < 0 else left)}
