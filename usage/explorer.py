"""The question that the usage page's address asks: which product, which days, whose figures, drawn how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agora.vocabulary import Interval
from usage.controls import DateControl, date_control
from usage.figures import Selection
from usage.forms import UsagePageForm
from usage.metrics import PRODUCT_OF, PRODUCTS, Product, unit_words
from usage.queries import PeriodUsage

LINES = "lines"
# As many as there are colours that can be told apart; the table has every metric.
MOST_LINES = 8
DRAWINGS = {"stacked": _("Stacked"), LINES: _("Lines")}
INTERVALS = {Interval.DAILY.value: _("Daily"), Interval.MONTHLY.value: _("Monthly")}


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the page's address asks for, with whatever it leaves out filled in."""

    product: Product
    dates: DateControl
    selection: Selection
    stacked: bool
    provisional: bool

    @property
    def monthly(self) -> bool:
        return self.selection.interval == Interval.MONTHLY

    @property
    def unit(self) -> str:
        return str(unit_words(self.product.unit))

    def period_text(self, period: dt.date) -> str:
        """A UTC day as `2026-09-21`, a month as `2026-09`."""
        return f"{period:%Y-%m}" if self.monthly else period.isoformat()


def question(params: QueryDict, *, today: dt.date) -> Question:
    """What an address asks for; a parameter that makes no sense is as if it were not there."""
    form = UsagePageForm(params)
    form.is_valid()
    asked = form.cleaned_data
    product = PRODUCT_OF[asked.get("product") or PRODUCTS[0].key]
    dates = date_control(params, today=today)
    project_id = asked.get("project", "")
    return Question(
        product=product,
        dates=dates,
        selection=Selection(
            business=product.business.value,
            model=product.model.value,
            interval=asked.get("interval") or Interval.DAILY.value,
            since=dates.since,
            until=dates.until,
            company_id=asked.get("company", ""),
            project_id=project_id,
            by_project=bool(project_id),
        ),
        stacked=bool(product.parts) and asked.get("draw") != LINES,
        provisional=bool(asked.get("provisional")),
    )


def shown_metrics(asked: Question, periods: Sequence[PeriodUsage]) -> list[str]:
    """The product's metrics, then those of its pair that only Agora knows."""
    of_others = {f"{product.group}." for product in PRODUCTS if product.group and product is not asked.product}
    known = set(asked.product.metrics)
    found = {metric for period in periods for metric in period.totals} - known
    unknown = {metric for metric in found if not metric.startswith(tuple(of_others))}
    return [*asked.product.metrics, *sorted(unknown)]


def drawn_metrics(asked: Question, periods: Sequence[PeriodUsage]) -> list[str]:
    """What the chart draws: parts that add up, or else the highest of the metrics that are ever other than zero."""
    if asked.stacked:
        return list(asked.product.parts)
    highest = _highest(asked, periods)
    drawn = sorted(highest, key=lambda metric: -highest[metric])[:MOST_LINES]
    return [metric for metric in highest if metric in drawn] or list(asked.product.leading[:1])


def leaves_lines_out(asked: Question, periods: Sequence[PeriodUsage]) -> bool:
    """Whether there are more metrics to draw than lines that can be told apart."""
    return not asked.stacked and len(_highest(asked, periods)) > MOST_LINES


def _highest(asked: Question, periods: Sequence[PeriodUsage]) -> dict[str, int | Decimal]:
    """The highest value of each metric that is ever other than zero, in the document's order."""
    highest = {
        metric: max((period.value(metric) or 0 for period in periods), default=0)
        for metric in shown_metrics(asked, periods)
    }
    return {metric: value for metric, value in highest.items() if value}
