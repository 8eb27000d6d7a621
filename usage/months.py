"""What somebody used of every product in one month: the answers that its page and its downloads both show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from agora.vocabulary import Interval
from polling.periods import first_of_month, last_of_month
from usage.answers import TOTAL, Answer, Figure, answer_by_metric
from usage.explorer import BY_METRIC, Question
from usage.figures import Selection, State
from usage.metrics import PRODUCTS, Product, Words
from usage.periods import DateRange
from usage.queries import PeriodUsage, usage_per_period


@dataclass(frozen=True, kw_only=True)
class Line:
    """One figure of a month: a metric, or the sum of a product's parts with the key `total`."""

    key: str
    label: Words
    figure: Figure


@dataclass(frozen=True, kw_only=True)
class ProductMonth:
    """A product's month: how it is known, and the figures that say something."""

    asked: Question
    period: PeriodUsage
    lines: list[Line]


def month_asked(asked: Question) -> DateRange:
    """The calendar month in which the days of a question end."""
    first = first_of_month(asked.dates.until)
    return DateRange(since=first, until=last_of_month(first), name=f"{first:%Y-%m}")


def products_in_month(asked: Question) -> list[ProductMonth]:
    """Every product in the month of a question, of whomever it asks for.

    Months of durations are sums of their days; of peaks and daily active users they are what Agora reports for the
    month ("Fetch the company usage", "Fetch the project usage").
    """
    month = month_asked(asked)
    known: dict[Selection, list[PeriodUsage]] = {}
    found = []
    for product in PRODUCTS:
        of_product = _of_product(asked, product, month)
        if of_product.selection not in known:
            known[of_product.selection] = usage_per_period(of_product.selection) or [_nothing(month)]
        answer = answer_by_metric(of_product, known[of_product.selection])
        found.append(ProductMonth(asked=of_product, period=answer.periods[0], lines=list(_lines(answer))))
    return found


def _nothing(month: DateRange) -> PeriodUsage:
    """A month of nobody: Agora lists no company or project that is asked for."""
    return PeriodUsage(period=month.since, state=State.MISSING, fetched_at=None, known=0, of=0, totals={})


def _of_product(asked: Question, product: Product, month: DateRange) -> Question:
    selection = replace(
        asked.selection,
        business=product.business.value,
        model=product.model.value,
        interval=Interval.MONTHLY.value,
        since=month.since,
        until=month.until,
    )
    alone = replace(asked, group=BY_METRIC, metric="", compare="", against=None, sort="")
    return replace(alone, product=product, selection=selection, stacked=bool(product.parts))


def _lines(answer: Answer) -> Iterator[Line]:
    """The sum, where there is one, else the metric that leads; of the others those that are not zero.

    What a month that is known does not tell of a metric is a line too.
    """
    if answer.asked.sums_up:
        yield Line(key=TOTAL, label=answer.total_words, figure=answer.total[0])
    for column in answer.columns:
        (figure,) = column.figures
        leads = not answer.asked.sums_up and column.key in answer.asked.leading
        if leads or figure.value or (figure.value is None and answer.total[0].value is not None):
            yield Line(key=column.key, label=column.label, figure=figure)
