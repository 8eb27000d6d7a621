"""Usage as a table to download: the document's names, exact values, and how final each of them is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from agora.vocabulary import Interval
from usage.figures import Selection, Value
from usage.metrics import unit_of
from usage.queries import readings
from usage.sheets import Kind, Sheet

COLUMNS = (
    ("period", Kind.ID),
    ("company_id", Kind.ID),
    ("company_name", Kind.TEXT),
    ("project_id", Kind.ID),
    ("project_name", Kind.TEXT),
    ("business", Kind.ID),
    ("model", Kind.ID),
    ("metric", Kind.ID),
    ("value", Kind.NUMBER),
    ("unit", Kind.ID),
    ("state", Kind.ID),
    ("fetched_at", Kind.ID),
)


def usage_sheet(selection: Selection) -> Sheet:
    """Every metric of every series and period of a selection, one a row; days are UTC."""
    name = f"usage-{selection.business}-{selection.model}-{selection.interval}-{selection.since}-{selection.until}"
    return Sheet(name=name, columns=COLUMNS, rows=_rows(selection))


def _rows(selection: Selection) -> Iterator[tuple[str, ...]]:
    daily = selection.interval == Interval.DAILY
    for reading in readings(selection):
        series = reading.series
        head = (
            reading.period.isoformat() if daily else f"{reading.period:%Y-%m}",
            series.company_id,
            series.company_name,
            series.project_id,
            series.project_name,
            selection.business,
            selection.model,
        )
        fetched_at = moment(reading.fetched_at)
        for metric, value in reading.values.items():
            certainty = (reading.state_of(metric).value, "" if value is None else fetched_at)
            yield (*head, metric, exact(value), unit_of(selection.model, metric), *certainty)


def exact(value: Value) -> str:
    """A value as exact text: digits never grouped, no exponent; '' when it is not known."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


def moment(at: dt.datetime | None) -> str:
    """A moment as `YYYY-MM-DDTHH:MM:SSZ`, '' when there is none."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""
