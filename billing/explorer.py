"""The question that the Bills page's address asks: which days, whose bills, in which currency, by day or month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from billing.figures import PeriodBill, Selection
from billing.forms import BillPageForm
from billing.queries import bill_per_day, bill_per_month, currencies
from polling.periods import first_of_month, last_of_month
from usage.controls import DateControl, date_control
from usage.periods import PRESETS, YESTERDAY

MONTHS = "months"
VIEWS = {"days": _("Days"), MONTHS: _("Months")}
# Yesterday's bill is never published yet.
BILL_PRESETS = tuple(name for name in PRESETS if name != YESTERDAY)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the page's address asks for, with whatever it leaves out filled in; months are whole ones."""

    dates: DateControl
    selection: Selection
    monthly: bool

    def period_text(self, period: dt.date) -> str:
        """A UTC day as `2026-09-21`, a month as `2026-09`."""
        return f"{period:%Y-%m}" if self.monthly else period.isoformat()


def question(params: QueryDict, *, today: dt.date) -> Question:
    """What an address asks for; a parameter that makes no sense is as if it were not there."""
    form = BillPageForm(params)
    form.is_valid()
    asked = form.cleaned_data
    dates = date_control(params, today=today, presets=BILL_PRESETS)
    monthly = asked.get("view") == MONTHS
    return Question(
        dates=dates,
        selection=Selection(
            since=first_of_month(dates.since) if monthly else dates.since,
            until=last_of_month(dates.until) if monthly else dates.until,
            company_id=asked.get("company", ""),
            project_id=asked.get("project", ""),
            currency=asked.get("currency", ""),
            **form.kind(),
        ),
        monthly=monthly,
    )


def bill_per_period(asked: Question) -> list[PeriodBill]:
    """What each day or month cost."""
    return bill_per_month(asked.selection) if asked.monthly else bill_per_day(asked.selection)


def every_currency(asked: Question) -> list[str]:
    """The currencies to choose from."""
    return currencies(replace(asked.selection, currency=""))


def shown_currencies(asked: Question) -> list[str]:
    """The currencies that are shown, each by itself."""
    return currencies(asked.selection)
