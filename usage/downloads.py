"""The explorer's table as a file: exactly the rows and columns that its page shows, in exact figures."""

from __future__ import annotations

from collections.abc import Iterator

from usage.answers import Answer, Column
from usage.exports import exact, moment
from usage.sheets import Kind, Sheet
from usage.tables import grid_of, order_of

FIRST = (("period", Kind.ID), ("state", Kind.ID), ("known", Kind.NUMBER), ("of", Kind.NUMBER))
DAYS = (("days", Kind.NUMBER),)
LAST = ("fetched_at", Kind.ID)


def table_sheet(answer: Answer) -> Sheet:
    """An answer with a row for each period: how many of the series `of` it are `known`, then its columns.

    Metrics are headed by the document's names, companies and projects by their names and IDs, what is compared with by
    its days. A week is its Monday, and has its number of `days`: the first and the last may be parts.
    """
    asked, grid = answer.asked, grid_of(answer)
    since, until = asked.selection.since, asked.selection.until
    return Sheet(
        name=f"usage-{asked.product.key}-by-{asked.group}-{asked.selection.interval}-{since}-{until}",
        columns=[*FIRST, *(DAYS if asked.weekly else ()), *((_heading(column), Kind.NUMBER) for column in grid), LAST],
        rows=_rows(answer, grid),
    )


def _heading(column: Column) -> str:
    """What is a name of somebody's own choice bears the ID too, since names repeat."""
    if column.days:
        return f"{column.key} ({column.days.since} to {column.days.until})"
    return f"{column.label} ({column.key})" if column.inside and not column.metric else column.key


def _rows(answer: Answer, grid: list[Column]) -> Iterator[tuple[str, ...]]:
    asked = answer.asked
    for place in order_of(answer, grid):
        period = answer.periods[place]
        values = (exact(column.figures[place].value) for column in grid)
        head = (asked.period_text(period.period), period.state.value, str(period.known), str(period.of))
        days = (str(asked.days_of(period.period).days),) if asked.weekly else ()
        yield (*head, *days, *values, moment(period.fetched_at))
