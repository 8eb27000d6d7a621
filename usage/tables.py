"""The table twin of a usage chart: the same figures in words and grouped digits, newest first or sorted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from usage.answers import (
    BEFORE,
    DELTA,
    PERCENT,
    TOTAL,
    Answer,
    Column,
    Figure,
    answer_by_metric,
    delta,
    figures_sum,
    percent,
)
from usage.controls import query_with
from usage.explorer import Question, finer_of
from usage.figures import State
from usage.glossary import metric_help
from usage.metrics import Words
from usage.numerals import grouped, growth_words, signed, utc
from usage.queries import PeriodUsage
from usage.sentences import coverage_words, part_words

PERIOD = "period"
CHANGES = (DELTA, PERCENT)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One figure; an empty text is not known, `lacks` says that somebody's figure is not in it.

    One that is `absent` is of no period at all; one that is `compared` needs both of two figures.
    """

    text: str
    lacks: bool
    absent: bool = False
    compared: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One period; `note` says how many of the series are known where not all are.

    One that `waits` lacks nothing but what idle series will add when they have their turn; of a `part` the words say
    how much of it is asked for. `key` is the period as charts name it.
    """

    key: str
    period: str
    state: State
    note: str
    waits: bool
    fetched_at: str
    cells: list[Cell]
    inside: str = ""
    part: str = ""


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A column's heading: `sort` is what the address says to sort by it, `inside` to look into it, `help` explains it.

    `direction` is how it is sorted now: `ascending`, `descending` or ''. `days` are in words, where they are others.
    """

    key: str
    label: Words
    sort: str = ""
    inside: str = ""
    help: Words = ""
    direction: str = ""
    days: str = ""

    def __str__(self) -> str:
        return str(self.label)


@dataclass(frozen=True, kw_only=True)
class Table:
    """Every period of a question; `foot` is empty where nothing may be added up over periods."""

    first: Heading
    headings: list[Heading]
    rows: list[Row]
    foot: list[Cell]

    @property
    def unknown(self) -> bool:
        """Whether nothing at all is known of some period."""
        return any(row.state == State.MISSING for row in self.rows)

    @property
    def foot_unknown(self) -> bool:
        return not any(cell.text for cell in self.foot)


def usage_table(asked: Question, periods: Sequence[PeriodUsage], page: str, params: QueryDict) -> Table:
    """The figures of a chart on another page than the explorer's, which is at `page` and asks for them by `params`."""
    return table_of(answer_by_metric(asked, periods), params, page=page)


def table_of(answer: Answer, params: QueryDict, *, page: str = "") -> Table:
    """An answer as a table, newest first or in the order that was asked for, with links that look into its figures.

    Those lead to `page`, where nothing is sorted from afar; without one, to other states of the table's own page.
    """
    asked, grid = answer.asked, grid_of(answer)
    return Table(
        first=_heading(asked, Column(key=PERIOD, label=period_heading(asked), figures=()), params, page),
        headings=[_heading(asked, column, params, page) for column in grid],
        rows=[_row(answer, grid, place, params, page) for place in order_of(answer, grid)],
        foot=[_sum(answer, column) for column in grid] if asked.product.adds_up else [],
    )


def grid_of(answer: Answer) -> list[Column]:
    """All columns of figures: those of the answer, everybody's where it splits, and what it is compared with.

    Everybody's stand before those of companies or projects, whose names may be long and reach out of sight.
    """
    whole = _whole(answer)
    return [*whole, *answer.columns] if answer.asked.grouped else [*answer.columns, *whole]


def _whole(answer: Answer) -> list[Column]:
    """What a period comes to in all, and what that is compared with."""
    columns = []
    if answer.asked.sums_up:
        columns.append(Column(key=TOTAL, label=answer.total_words, figures=answer.total))
    if not answer.before:
        return columns
    sides = list(zip(answer.deltas, answer.total, answer.before, strict=True))
    changes = [_change(value, now, before) for value, now, before in sides]
    percents = [_change(percent(value, before.value), now, before) for value, now, before in sides]
    return [
        *columns,
        Column(key=BEFORE, label=_("Before"), figures=answer.before, days=answer.asked.against),
        Column(key=DELTA, label=_("Change"), figures=changes),
        Column(key=PERCENT, label=_("Change in %"), figures=percents),
    ]


def _change(value: int | Decimal | None, now: Figure, before: Figure) -> Figure:
    return Figure(value=value, state=State.MISSING if value is None else now.state, absent=before.absent)


def order_of(answer: Answer, grid: Sequence[Column]) -> list[int]:
    """The places of an answer's periods in the order that was asked for; what is not known comes last."""
    descending, key = _sorted_by(answer.asked)
    places = list(range(len(answer.periods)))
    column = next((column for column in grid if column.key == key), None)
    if column is None:
        return places[::-1] if descending else places
    values = {place: figure.value for place, figure in enumerate(column.figures)}
    known = [place for place in places if values[place] is not None]
    known.sort(key=lambda place: values[place] or 0, reverse=descending)
    return known + [place for place in places if values[place] is None]


def _sorted_by(asked: Question) -> tuple[bool, str]:
    """Whether the largest comes first, and of what; the newest period where nothing is asked for."""
    sort = asked.sort or f"-{PERIOD}"
    return sort.startswith("-"), sort.removeprefix("-")


def _heading(asked: Question, column: Column, params: QueryDict, page: str) -> Heading:
    descending, key = _sorted_by(asked)
    active = key == column.key
    turned = active and descending
    return Heading(
        key=column.key,
        label=column.label,
        sort="" if page else query_with(params, sort=column.key if turned else f"-{column.key}"),
        inside=page + query_with(params, **column.inside) if column.inside else "",
        help=metric_help(column.metric) if column.metric else "",
        direction=("descending" if descending else "ascending") if active and not page else "",
        days=str(column.days or ""),
    )


def period_heading(asked: Question) -> str:
    """What the periods of a question are."""
    if asked.weekly:
        return _("Week (UTC)")
    return _("Month (UTC)") if asked.monthly else _("Day (UTC)")


def period_words(asked: Question, period: dt.date) -> str:
    """A period as a person reads it."""
    if asked.weekly:
        return str(asked.days_of(period)).removesuffix(" UTC")
    return date_format(period, "F Y" if asked.monthly else "D, j M Y")


def _row(answer: Answer, grid: Sequence[Column], place: int, params: QueryDict, page: str) -> Row:
    asked, period = answer.asked, answer.periods[place]
    return Row(
        key=asked.period_text(period.period),
        period=period_words(asked, period.period),
        state=period.state,
        note=coverage_words(asked, period) if period.incomplete or period.waits else "",
        waits=period.waits,
        fetched_at=utc(period.fetched_at),
        cells=[_cell_at(answer, column, place) for column in grid],
        inside=_into(asked, period.period, params, page),
        part=part_words(asked, period.period),
    )


def _into(asked: Question, period: dt.date, params: QueryDict, page: str) -> str:
    """The days of a week or month; of a day, who used what was used; '' where that is what is shown."""
    dates = asked.days_of(period)
    days = {"since": f"{dates.since}", "until": f"{dates.until}", "period": None, "sort": None}
    split = {"interval": None} if asked.weekly or asked.monthly else {"group": finer_of(asked)}
    query = query_with(params, **split, **days)
    return "" if not page and query == query_with(params) else page + query


def _cell_at(answer: Answer, column: Column, place: int) -> Cell:
    if column.key in CHANGES:
        return _changed(column, answer.deltas[place], answer.before[place])
    return cell_of(column.figures[place])


def cell_of(figure: Figure) -> Cell:
    """A figure as a table shows it."""
    text = "" if figure.value is None else grouped(figure.value)
    return Cell(text=text, lacks=figure.value is not None and figure.lacks, absent=figure.absent)


def _changed(column: Column, change: int | Decimal | None, before: Figure) -> Cell:
    """A change in numbers or in percent."""
    number = "" if change is None else signed(change)
    text = number if column.key == DELTA else growth_words(change, before.value)
    return Cell(text=text, lacks=False, absent=before.absent, compared=True)


def _sum(answer: Answer, column: Column) -> Cell:
    """A column added up over its periods; of what is compared with, all of its days, and how both sides differ."""
    if column.key not in (BEFORE, *CHANGES):
        return _total(answer, column.figures)
    sides = [figures_sum(answer.total), figures_sum(answer.earlier)]
    if column.key == BEFORE:
        return cell_of(sides[1])
    return _changed(column, delta(*sides), sides[1])


def _total(answer: Answer, figures: Sequence[Figure]) -> Cell:
    known = [figure.value for figure in figures if figure.value is not None]
    lacks = any(
        figure.lacks or (figure.value is None and not period.waits)
        for figure, period in zip(figures, answer.periods, strict=True)
    )
    return Cell(text=grouped(sum(known)) if known else "", lacks=lacks)
