"""Usage as files: what its pages show in exact figures, named and told about so that it can be handed to a company."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usage.answers import TOTAL, Answer, Column
from usage.explorer import Question
from usage.exports import exact, moment, usage_sheet
from usage.figures import Selection, State
from usage.filters import Owner, owner_of
from usage.metrics import PRODUCTS, unit_of
from usage.months import ProductMonth, month_asked, products_in_month
from usage.periods import DateRange
from usage.queries import PeriodUsage
from usage.sheets import Kind, Sheet
from usage.tables import grid_of, order_of

FIRST = (("period", Kind.DAY), ("state", Kind.ID), ("known", Kind.NUMBER), ("of", Kind.NUMBER), ("partial", Kind.TEXT))
DAYS = (("days", Kind.NUMBER),)
LAST = ("fetched_at", Kind.ID)
OF_MONTH = (
    ("period", Kind.DAY),
    ("product", Kind.ID),
    ("metric", Kind.ID),
    ("description", Kind.TEXT),
    ("value", Kind.NUMBER),
    ("unit", Kind.ID),
    ("state", Kind.ID),
    ("known", Kind.NUMBER),
    ("of", Kind.NUMBER),
    LAST,
)
LONGEST_NAME = 40


def table_sheet(answer: Answer) -> Sheet:
    """An answer with a row for each period: how many of the series `of` it are `known`, then its columns.

    `partial` names the columns that somebody's figure is not in, as the page marks them.
    Metrics are headed by the document's names, in XLSX beside the page's words, companies and projects by their names
    and IDs, what is compared with by its days. A week is its Monday, and has its number of `days`: the first and the
    last may be parts.
    """
    asked, grid = answer.asked, grid_of(answer)
    owner = owner_of(asked.selection.company_id, asked.selection.project_id)
    split = f"by-{asked.group}" if asked.grouped else ""
    what = (asked.product.key, asked.metric, split, "" if asked.daily else asked.selection.interval)
    dates = _dates(asked)
    first = [*FIRST, *(DAYS if asked.weekly else ())]
    return Sheet(
        name=file_name(owner, what, dates),
        page=_("Usage"),
        columns=[*first, *((_heading(column), Kind.NUMBER) for column in grid), LAST],
        words=[*(name for name, _kind in first), *map(_words, grid), LAST[0]],
        rows=_rows(answer, grid),
        about=[
            _title(owner, str(asked.product.name)),
            _("%(dates)s, in %(unit)s. Days begin and end at midnight UTC.") % {"dates": dates, "unit": asked.unit},
            *_certainty(answer.periods),
        ],
    )


def products_sheet(asked: Question) -> Sheet:
    """Every product in the month of a question, with a row for each figure of its page."""
    month = month_asked(asked)
    found = products_in_month(asked)
    owner = owner_of(asked.selection.company_id, asked.selection.project_id)
    return Sheet(
        name=file_name(owner, ("all-products",), month),
        page=_("Usage"),
        columns=OF_MONTH,
        rows=_rows_of_month(found),
        about=[
            _title(owner, _("all products")),
            _("%(dates)s. Days begin and end at midnight UTC.") % {"dates": month},
            _("Months of peaks and of daily active users are Agora’s own figures of the month, no sums of days."),
            *_certainty([one.period for one in found], of_one=True),
        ],
    )


def export_sheet(selection: Selection) -> Sheet:
    """The export of a selection, told about on a page of its own: whoever reads it by machine finds headings first."""
    owner = owner_of(selection.company_id, selection.project_id)
    pair = selection.business, selection.model
    products = [product for product in PRODUCTS if (product.business, product.model) == pair]
    dates = DateRange(since=selection.since, until=selection.until)
    by_project = "by-project" if selection.by_project and not selection.project_id else ""
    interval = "" if selection.interval == "daily" else selection.interval
    return replace(
        usage_sheet(selection),
        name=file_name(owner, (*(product.key for product in products), by_project, interval), dates),
        apart=True,
        about=[
            _title(owner, ", ".join(str(product.name) for product in products)),
            _("%(dates)s. Days begin and end at midnight UTC.") % {"dates": dates},
            *_meanings(),
        ],
    )


def file_name(owner: Owner, what: Sequence[str], dates: DateRange) -> str:
    """What a file holds, in letters that every machine takes: whose usage, of what, from which day to which."""
    whose = []
    if owner.company:
        whose += [_plain(owner.company.company_id), slugify(owner.company.name)[:LONGEST_NAME]]
    if owner.project:
        whose += [_plain(owner.project.project_id), slugify(owner.project.name)[:LONGEST_NAME]]
    parts = ["agora", "usage", *whose, *what, f"{dates.since}", f"{dates.until}"]
    return "-".join(part for part in parts if part)


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)


def _title(owner: Owner, what: str) -> str:
    ids = [
        one for one in (owner.company and owner.company.company_id, owner.project and owner.project.project_id) if one
    ]
    whose = f"{owner.words} ({', '.join(ids)})" if ids else owner.words
    return _("Usage of %(whose)s: %(what)s") % {"whose": whose, "what": what}


def _dates(asked: Question) -> DateRange:
    return DateRange(since=asked.days.since, until=asked.days.until)


def _certainty(periods: Sequence[PeriodUsage], *, of_one: bool = False) -> Iterator[str]:
    """How many periods, or products of one period, may still change, then what the states mean."""
    count, of = sum(period.state == State.PROVISIONAL for period in periods), len(periods)
    if count and not of_one:
        words = ngettext("%(count)d of %(of)d row is provisional.", "%(count)d of %(of)d rows are provisional.", of)
        yield words % {"count": count, "of": of}
    elif count:
        yield _("This month is provisional.")
    yield from _meanings()


def _meanings() -> Iterator[str]:
    yield _("Provisional: may still change. Missing, or an empty cell: not known, which is not zero.")


def _heading(column: Column) -> str:
    """What is a name of somebody's own choice bears the ID too, since names repeat."""
    if column.days:
        return f"{column.key} ({column.days.since} to {column.days.until})"
    return f"{column.label} ({column.key})" if column.inside and not column.metric else column.key


def _words(column: Column) -> str:
    """A heading for people: the words of the page beside the name that CSV has alone."""
    heading, label = _heading(column), str(column.label)
    if column.days:
        return f"{label} ({column.days.since} – {column.days.until})"
    return heading if label in heading else f"{label} ({heading})"


def _rows(answer: Answer, grid: list[Column]) -> Iterator[tuple[str, ...]]:
    asked = answer.asked
    for place in order_of(answer, grid):
        period = answer.periods[place]
        values = (exact(column.figures[place].value) for column in grid)
        known_of = (str(period.known), str(period.of), _partial(grid, place))
        head = (asked.period_text(period.period), period.state.value, *known_of)
        days = (str(asked.days_of(period.period).days),) if asked.weekly else ()
        yield (*head, *days, *values, moment(period.fetched_at))


def _partial(grid: list[Column], place: int) -> str:
    """The columns whose figure of one period is a sum that somebody's figure is not in."""
    figures = ((column.key, column.figures[place]) for column in grid)
    return "; ".join(key for key, figure in figures if figure.lacks and figure.value is not None)


def _rows_of_month(found: Sequence[ProductMonth]) -> Iterator[tuple[str, ...]]:
    for one in found:
        product, period = one.asked.product, one.period
        for line in one.lines:
            unit = product.unit if line.key == TOTAL else unit_of(product.model, line.key)
            value, state = exact(line.figure.value), line.figure.state.value
            head = (one.asked.period_text(period.period), product.key, line.key, f"{product.name}: {line.label}")
            yield (*head, value, unit, state, str(period.known), str(period.of), moment(period.fetched_at))
