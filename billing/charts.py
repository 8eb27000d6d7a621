"""Charts of daily bills: labels and datasets only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from billing.explorer import bill_per_period, question, shown_currencies
from billing.figures import PeriodBill
from polling.periods import utc_day
from usage.charts import ChartView, Line
from usage.figures import State


class DailyBillChart(ChartView):
    """Amounts by day or month, a dataset for each currency; a page draws each currency on axes of its own."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.asked = question(self.request.GET, today=utc_day(timezone.now()))
        self.bills = bill_per_period(self.asked)
        return super().get_context_data(**kwargs)

    def get_labels(self) -> list[str]:
        return [self.asked.period_text(bill.period) for bill in self.bills]

    def get_lines(self) -> Iterable[Line]:
        for currency in shown_currencies(self.asked):
            yield Line(
                label=currency,
                values=[bill.amount(currency) for bill in self.bills],
                states=[drawn_state(bill) for bill in self.bills],
            )


def drawn_state(bill: PeriodBill) -> State:
    """How an amount is drawn: a month that lacks some of its days looks as unfinished as it is."""
    return State.PROVISIONAL if bill.incomplete else bill.state
