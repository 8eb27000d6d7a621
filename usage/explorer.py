"""The question that the usage page's address asks: which product, which days, whose figures, split and drawn how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agora.vocabulary import Interval
from companies.models.care import tag_key
from polling.periods import DAY
from usage.controls import DateControl, date_control
from usage.figures import Selection, week_of
from usage.forms import UsagePageForm
from usage.metrics import PRODUCT_OF, PRODUCTS, WEEKLY, Product, unit_words
from usage.periods import COMPARISONS, LAST_YEAR, PREVIOUS, SAME_WEEKDAYS, DateRange, Words, compared
from usage.queries import PeriodUsage
from usage.queries.ledger import days_read

LINES = "lines"
# As many as there are colours that can be told apart; the table has every metric.
MOST_LINES = 8
MOST_BARS = 62
DRAWINGS = {"stacked": _("Stacked"), LINES: _("Lines")}
INTERVALS = {Interval.DAILY.value: _("Daily"), WEEKLY: _("Weekly"), Interval.MONTHLY.value: _("Monthly")}
BY_METRIC, BY_COMPANY, BY_PROJECT = "metric", "company", "project"
GROUPS = {BY_METRIC: _("Metric"), BY_COMPANY: _("Company"), BY_PROJECT: _("Project")}


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the page's address asks for, with whatever it leaves out filled in.

    `metric` is the one of which companies or projects are shown, '' the product's leading ones together;
    `against` are the days that `compare` compares with.
    """

    product: Product
    dates: DateControl
    selection: Selection
    stacked: bool
    provisional: bool
    group: str = BY_METRIC
    metric: str = ""
    compare: str = ""
    against: DateRange | None = None
    sort: str = ""

    @property
    def monthly(self) -> bool:
        return self.selection.interval == Interval.MONTHLY

    @property
    def daily(self) -> bool:
        return self.selection.interval == Interval.DAILY

    @property
    def weekly(self) -> bool:
        return self.selection.interval == WEEKLY

    @property
    def grouped(self) -> bool:
        """Whether figures are split by who used them."""
        return self.group != BY_METRIC

    @property
    def leading(self) -> tuple[str, ...]:
        """The metrics that are added up where one figure stands for all of a period."""
        return (self.metric,) if self.metric else self.product.leading

    @property
    def sums_up(self) -> bool:
        """Whether the leading figures of a period are the sum of several ones."""
        return self.grouped or len(self.leading) > 1

    @property
    def drawn_sums_up(self) -> bool:
        """Whether what is drawn of a period adds up: lines of metrics overlap."""
        return self.grouped or self.stacked

    def drawn_as(self, periods: int) -> str:
        """How so many periods are drawn: thinner bars are hard to tell apart, and one period alone is no line."""
        return "bar" if periods == 1 or (self.stacked and periods <= MOST_BARS) else "line"

    @property
    def unit(self) -> str:
        return str(unit_words(self.product.unit))

    @property
    def days(self) -> DateRange:
        """All UTC days that are read."""
        since, until = days_read(self.selection)
        return DateRange(since=since, until=until)

    def days_of(self, period: dt.date) -> DateRange:
        """The UTC days of one period: of a week those alone that are asked for."""
        if not self.weekly:
            since, until = days_read(replace(self.selection, since=period, until=period))
            return DateRange(since=since, until=until)
        first, last = week_of(period)
        return DateRange(since=max(first, self.selection.since), until=min(last, self.selection.until))

    def period_text(self, period: dt.date) -> str:
        """A UTC day as `2026-09-21`, a week as its Monday, a month as `2026-09`."""
        return f"{period:%Y-%m}" if self.monthly else period.isoformat()


def question(params: QueryDict, *, today: dt.date) -> Question:
    """What an address asks for; a parameter that makes no sense is as if it were not there."""
    form = UsagePageForm(params)
    form.is_valid()
    asked = form.cleaned_data
    product = PRODUCT_OF[asked.get("product") or PRODUCTS[0].key]
    dates = date_control(params, today=today)
    selection = _selection(asked, product, dates)
    group = _group(asked.get("group", ""), selection)
    metric = asked.get("metric", "")
    metric = metric if metric in product.metrics else ""
    adds_up = bool(product.parts and not metric) or group != BY_METRIC
    compare = asked.get("compare") if asked.get("compare") in comparisons_of(selection) else ""
    return Question(
        product=product,
        dates=dates,
        selection=selection,
        stacked=adds_up and asked.get("draw") != LINES,
        provisional=bool(asked.get("provisional")),
        group=group,
        metric=metric,
        compare=compare or "",
        against=days_against(selection, compare) if compare else None,
        sort=asked.get("sort", ""),
    )


def _selection(asked: Mapping[str, Any], product: Product, dates: DateControl) -> Selection:
    interval = asked.get("interval") or Interval.DAILY.value
    project_id = asked.get("project", "")
    return Selection(
        business=product.business.value,
        model=product.model.value,
        interval=interval if interval in intervals_of(product) else Interval.DAILY.value,
        since=dates.since,
        until=dates.until,
        company_id=asked.get("company", ""),
        project_id=project_id,
        by_project=bool(project_id),
        tag=tag_key(asked.get("tag", "")),
        area=asked.get("area", ""),
        country=asked.get("country", ""),
    )


def intervals_of(product: Product) -> dict[str, Words]:
    """The intervals in which a product can be shown: weeks of nothing but what adds up."""
    return {name: words for name, words in INTERVALS.items() if name != WEEKLY or product.adds_up}


def groups_of(selection: Selection) -> dict[str, Words]:
    """By what the figures of a selection can be split."""
    alone = {BY_COMPANY: selection.company_id or selection.project_id, BY_PROJECT: selection.project_id}
    return {name: words for name, words in GROUPS.items() if not alone.get(name)}


def finer_of(asked: Question) -> str:
    """By what a day is split that is looked into: the next finer thing than whose figures these are; '' for none."""
    finer = BY_PROJECT if asked.selection.company_id else BY_COMPANY
    return finer if finer in groups_of(asked.selection) else ""


def _group(asked: str, selection: Selection) -> str:
    """What figures are split by; one company alone is split by its projects."""
    group = BY_PROJECT if asked == BY_COMPANY and selection.company_id else asked
    return group if group in groups_of(selection) else BY_METRIC


def comparisons_of(selection: Selection) -> dict[str, Words]:
    """With what the figures of a selection can be compared: only days have weekdays."""
    offered = {WEEKLY: (PREVIOUS, LAST_YEAR), Interval.DAILY.value: tuple(COMPARISONS)}
    months = tuple(name for name in COMPARISONS if name != SAME_WEEKDAYS)
    return {name: COMPARISONS[name] for name in offered.get(selection.interval, months)}


def days_against(selection: Selection, how: str) -> DateRange:
    """The days that a selection is compared with; those of weeks are the same weekdays."""
    since, until = days_read(selection)
    dates = DateRange(since=since, until=until)
    if selection.interval != WEEKLY:
        return compared(dates, how)
    shift = (-(-dates.days // 7) if how == PREVIOUS else 52) * 7 * DAY
    return DateRange(since=since - shift, until=until - shift)


def shown_metrics(asked: Question, periods: Sequence[PeriodUsage]) -> list[str]:
    """The product's metrics, then those of its pair that only Agora knows."""
    of_others = {f"{product.group}." for product in PRODUCTS if product.group and product is not asked.product}
    known = set(asked.product.metrics)
    found = {metric for period in periods for metric in period.totals} - known
    unknown = {metric for metric in found if not metric.startswith(tuple(of_others))}
    return [*asked.product.metrics, *sorted(unknown)]


def drawn_metrics(asked: Question, periods: Sequence[PeriodUsage]) -> list[str]:
    """What the chart draws: parts that add up, or else the highest of the metrics that are ever other than zero."""
    if asked.stacked or asked.metric:
        return list(asked.leading)
    highest = _highest(asked, periods)
    drawn = sorted(highest, key=lambda metric: -highest[metric])[:MOST_LINES]
    return [metric for metric in highest if metric in drawn] or list(asked.product.leading[:1])


def leaves_lines_out(asked: Question, periods: Sequence[PeriodUsage]) -> bool:
    """Whether there are more metrics to draw than lines that can be told apart."""
    if asked.stacked or asked.grouped or asked.metric:
        return False
    return len(_highest(asked, periods)) > MOST_LINES


def _highest(asked: Question, periods: Sequence[PeriodUsage]) -> dict[str, int | Decimal]:
    """The highest value of each metric that is ever other than zero, in the document's order."""
    highest = {
        metric: max((period.value(metric) or 0 for period in periods), default=0)
        for metric in shown_metrics(asked, periods)
    }
    return {metric: value for metric, value in highest.items() if value}
