"""The table twin of a usage chart: the same figures in words and grouped digits, newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polling.periods import end_of, last_of_month, utc_day
from polling.queries import idle_asked_by
from usage.explorer import Question, shown_metrics
from usage.figures import State
from usage.metrics import Words, metric_words
from usage.numerals import grouped, utc
from usage.periods import DateRange
from usage.queries import PeriodUsage
from usage.queries.ledger import days_read


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One figure; an empty text is not known, `lacks` says that somebody's figure is not in it."""

    text: str
    lacks: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """One period; `note` says how many of the series are known where not all are.

    One that `waits` lacks nothing but what idle series will add when they have their turn.
    """

    period: str
    state: State
    note: str
    waits: bool
    fetched_at: str
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Every period of a question; `foot` is empty where nothing may be added up over periods."""

    headings: list[Words]
    rows: list[Row]
    foot: list[Cell]


def usage_table(asked: Question, periods: Sequence[PeriodUsage]) -> Table:
    """The figures that the chart of this question shows, and those that only the table has room for."""
    metrics = shown_metrics(asked, periods)
    return Table(
        headings=[metric_words(metric) for metric in metrics],
        rows=[_row(asked, period, metrics) for period in reversed(periods)],
        foot=[_total(periods, metric) for metric in metrics] if asked.product.adds_up else [],
    )


def _row(asked: Question, period: PeriodUsage, metrics: Sequence[str]) -> Row:
    return Row(
        period=date_format(period.period, "F Y") if asked.monthly else date_format(period.period, "D, j M Y"),
        state=period.state,
        note=coverage_words(asked, period) if period.incomplete or period.waits else "",
        waits=period.waits,
        fetched_at=utc(period.fetched_at),
        cells=[_cell(period, metric) for metric in metrics],
    )


def _cell(period: PeriodUsage, metric: str) -> Cell:
    value = period.value(metric)
    return Cell(text="" if value is None else grouped(value), lacks=period.lacks(metric))


def _total(periods: Sequence[PeriodUsage], metric: str) -> Cell:
    values = [period.value(metric) for period in periods]
    known = [value for value in values if value is not None]
    lacks = any(not period.waits if period.value(metric) is None else period.lacks(metric) for period in periods)
    return Cell(text=grouped(sum(known)) if known else "", lacks=lacks)


def coverage_words(asked: Question, period: PeriodUsage) -> str:
    """How many of the companies or projects a figure holds, and by when others are asked that wait for their turn."""
    by = date_format(asked_by(asked, period), "j M")
    if period.waits and not period.known:
        return _("unused for weeks, asked by %(day)s UTC") % {"day": by}
    words = known_words(asked, period)
    return _("%(words)s, the others by %(day)s UTC") % {"words": words, "day": by} if period.waits else words


def known_words(asked: Question, period: PeriodUsage) -> str:
    """How many of the companies or projects are known: `11 of 12 companies`."""
    numbers = {"known": period.known, "of": period.of}
    if asked.selection.by_project:
        return ngettext("%(known)d of %(of)d project", "%(known)d of %(of)d projects", period.of) % numbers
    return ngettext("%(known)d of %(of)d company", "%(known)d of %(of)d companies", period.of) % numbers


def asked_by(asked: Question, period: PeriodUsage) -> dt.date:
    """The UTC day by which everybody idle has been asked for a period."""
    last = last_of_month(period.period) if asked.monthly else period.period
    return idle_asked_by(end_of(min(last, utc_day(timezone.now()))))


def summary(asked: Question, whose: str, periods: Sequence[PeriodUsage]) -> str:
    """What the chart shows and how it went, in sentences, for those who cannot see it."""
    since, until = days_read(asked.selection)
    dates = str(DateRange(since=since, until=until))
    words = {"product": asked.product.name, "whose": whose, "dates": dates, "unit": asked.unit}
    if asked.monthly:
        first = _("%(product)s of %(whose)s by month, %(dates)s, in %(unit)s.") % words
    else:
        first = _("%(product)s of %(whose)s by day, %(dates)s, in %(unit)s.") % words
    sentences = (first, _trend(asked, periods), _gaps(asked, periods), turn_words(asked, periods))
    return " ".join(sentence for sentence in sentences if sentence)


def _trend(asked: Question, periods: Sequence[PeriodUsage]) -> str:
    """The highest period, and the sum of all where there is one."""
    sums = [(known_sum(period, asked.product.leading), period.period) for period in periods]
    known = [(value, period) for value, period in sums if value is not None]
    if not known:
        return ""
    value, period = max(known)
    words = {
        "highest": grouped(value),
        "when": date_format(period, "F Y" if asked.monthly else "j M"),
        "total": grouped(sum(value for value, _ in known)),
        "unit": asked.unit,
        "metric": metric_words(asked.product.leading[0]),
    }
    if asked.product.adds_up:
        return _("In all %(total)s %(unit)s, at most %(highest)s (%(when)s).") % words
    return _("%(metric)s: at most %(highest)s (%(when)s).") % words


def known_sum(period: PeriodUsage, metrics: Sequence[str]) -> int | Decimal | None:
    """What is known of these metrics of one period, added up; None when nothing is."""
    values = [value for metric in metrics if (value := period.value(metric)) is not None]
    return sum(values) if values else None


def _gaps(asked: Question, periods: Sequence[PeriodUsage]) -> str:
    missing = sum(period.state == State.MISSING and not period.waits for period in periods)
    if not missing:
        return ""
    if asked.monthly:
        return ngettext("%(count)d month has no data.", "%(count)d months have no data.", missing) % {"count": missing}
    return ngettext("%(count)d day has no data.", "%(count)d days have no data.", missing) % {"count": missing}


def turn_words(asked: Question, periods: Sequence[PeriodUsage]) -> str:
    """By when who used nothing for weeks is asked for the periods that wait for it; '' where none does."""
    waiting = [period for period in periods if period.waits]
    if not waiting:
        return ""
    newest = waiting[-1]
    told = {"words": known_words(asked, newest), "day": date_format(asked_by(asked, newest), "j M")}
    some = _("The newest figure holds %(words)s; the others used nothing for weeks and are asked by %(day)s UTC.")
    none = _("Nothing was used for weeks, so the newest days are asked in their turn, by %(day)s UTC.")
    return (some if newest.known else none) % told
