"""Usage of every series of a selection, one by one: what exports write and what months are made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models.functions import TruncMonth, TruncWeek

from agora.vocabulary import Interval
from polling.periods import DAY, days_between, last_of_month, months_between
from usage.figures import Knowledge, Period, Reading, Selection, Series, State, Value, day_period
from usage.metrics import WEEKLY, columns_of
from usage.queries.ledger import Key, calendar, days_read, figures_of, ledger_of
from usage.queries.rollups import company_months
from usage.queries.series import series_of
from usage.queries.sums import Added, added

Values = Mapping[str, Value]
# What one period came to, by series: the values, and which of them were corrected.
Found = Mapping[Key, tuple[Values, Collection[str]]]


def readings(selection: Selection) -> Iterator[Reading]:
    """One reading for each series in each period of the selection, period by period, series by series.

    A month of durations is the exact sum of its days, a month of anything else is what Agora reports for the
    month ("Fetch the company usage", "Fetch the project usage"). What is not known has the state `missing`.
    """
    series = series_of(selection)
    ledger = ledger_of(selection)
    metrics = columns_of(selection.business, selection.model)
    zeros, nothing = dict.fromkeys(metrics, 0), dict.fromkeys(metrics)
    for period, found in _found(selection, metrics):
        for one in series:
            key = one.company_id, one.project_id
            knowledge = ledger.get(key)
            if knowledge and knowledge.knows(period):
                values, corrected = found.get(key, (zeros, ()))
                yield _known(one, period, knowledge, values, corrected=corrected)
            else:
                yield Reading(
                    series=one, period=period.first, state=State.MISSING, fetched_at=None, values=nothing,
                    waits=knowledge is not None and knowledge.waits(period),
                )  # fmt: skip


def _known(
    series: Series, period: Period, knowledge: Knowledge, values: Values, *, corrected: Collection[str]
) -> Reading:
    return Reading(
        series=series,
        period=period.first,
        state=knowledge.state(period, corrected=bool(corrected)),
        fetched_at=knowledge.fetched_at(period),
        values=values,
        corrected=frozenset(corrected),
    )


def _found(selection: Selection, metrics: Mapping[str, str]) -> Iterator[tuple[Period, Found]]:
    periods = periods_of(selection)
    adds_up = selection.reads_days and selection.interval != Interval.DAILY
    return _summed(selection, metrics, periods) if adds_up else _stored(selection, metrics, periods)


def periods_of(selection: Selection) -> list[Period]:
    """The days, weeks or months that a selection touches, with those of their days that can be known."""
    since, until = days_read(selection)
    days = days_between(since, until)
    if selection.interval == Interval.DAILY:
        return [day_period(day) for day in days]
    known = calendar()
    if selection.interval == WEEKLY:
        return [known.week(day, (since, until)) for day in days if day.weekday() == 0 or day == since]
    return [known.month(first) for first in months_between(since, until)]


def _stored(
    selection: Selection, metrics: Mapping[str, str], periods: Iterable[Period]
) -> Iterator[tuple[Period, Found]]:
    """Periods as Agora reported them; only one period's rows are held at a time."""
    fields = ("company_id", "project_id", "period", "corrected", "extra", *metrics.values())
    rows = figures_of(selection).filter(period__range=days_read(selection))
    stored = rows.order_by("period").values(*fields).iterator(chunk_size=2000)
    for period, here in _in_step(periods, groupby(stored, key=itemgetter("period"))):
        yield (
            period,
            {(row["company_id"], row["project_id"]): (_values(row, metrics), row["corrected"] or ()) for row in here},
        )


def _values(row: Mapping[str, Any], metrics: Mapping[str, str]) -> Values:
    extra = row["extra"] or {}
    values = {name: extra.get(name) if row[column] is None else row[column] for name, column in metrics.items()}
    return values | {name: value for name, value in extra.items() if name not in metrics}


def _summed(
    selection: Selection, metrics: Mapping[str, str], periods: Iterable[Period]
) -> Iterator[tuple[Period, Found]]:
    """Weeks and months as the sums of their days."""
    sums = _week_sums(selection, metrics) if selection.interval == WEEKLY else _month_sums(selection, metrics)
    for period, here in _in_step(periods, groupby(sums, key=lambda found: found[0][0])):
        yield (
            period,
            {
                (company_id, project_id): (_sum_values(total, period, metrics), total.corrected)
                for (_, company_id, project_id), total in here
            },
        )


def _week_sums(selection: Selection, metrics: Mapping[str, str]) -> Iterator[tuple[Any, Added]]:
    """The sums of weeks by company and project."""
    known = calendar()
    since, until = days_read(selection)
    rows = figures_of(selection).filter(period__range=(max(since, known.poll_since), min(until, known.today)))
    return added(rows.annotate(week=TruncWeek("period")), metrics, by=("week", "company_id", "project_id"))


def _month_sums(selection: Selection, metrics: Mapping[str, str]) -> Iterator[tuple[Any, Added]]:
    """The sums of months by company and project; those of companies are kept, but for a first month that is cut."""
    since, until = days_read(selection)
    known = calendar()
    since, until = max(since, known.poll_since), min(until, known.today)
    kept_from = since if since.day == 1 else last_of_month(since) + DAY
    last = until if selection.by_project else min(until, kept_from - DAY)
    if since <= last:
        rows = figures_of(selection).filter(period__range=(since, last))
        yield from added(rows.annotate(month=TruncMonth("period")), metrics, by=("month", "company_id", "project_id"))
    if not selection.by_project:
        yield from company_months(selection, metrics, kept_from, until)


def _sum_values(total: Added, period: Period, metrics: Mapping[str, str]) -> Values:
    """A metric is known when every day carried it; a day without a row carried a zero of each known metric."""
    since, until = period.days or (period.first, period.last)
    days = (until - since).days + 1
    return {
        metric: amount.value if amount.carried == (total.rows if metric in metrics else days) else None
        for metric, amount in total.amounts.items()
    }


def _in_step(
    periods: Iterable[Period], groups: Iterator[tuple[dt.date, Iterable[Any]]]
) -> Iterator[tuple[Period, Iterable[Any]]]:
    """Every period with the rows of its group, or with none; both come in order."""
    first, rows = next(groups, (dt.date.max, ()))
    for period in periods:
        while first < period.first:
            first, rows = next(groups, (dt.date.max, ()))
        yield period, rows if first == period.first else ()
