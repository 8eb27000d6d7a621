"""Movers as a table to download: the same companies as the page, exact values, and what explains each change."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from desk.queries.causes import Part
from desk.queries.movers import Mover, Movers
from usage.exports import exact
from usage.sheets import Kind, Sheet

COLUMNS = (
    ("list", Kind.ID),
    ("company_id", Kind.ID),
    ("company_name", Kind.TEXT),
    ("since", Kind.ID),
    ("until", Kind.ID),
    ("before_since", Kind.ID),
    ("before_until", Kind.ID),
    ("before", Kind.NUMBER),
    ("now", Kind.NUMBER),
    ("delta", Kind.NUMBER),
    ("delta_percent", Kind.NUMBER),
    ("unit", Kind.ID),
    ("metric", Kind.ID),
    ("product", Kind.ID),
    ("part", Kind.ID),
    ("part_delta", Kind.NUMBER),
    ("part_percent", Kind.NUMBER),
    ("project_id", Kind.ID),
    ("project_name", Kind.TEXT),
    ("project_delta", Kind.NUMBER),
    ("project_percent", Kind.NUMBER),
)


def movers_sheet(found: Movers | None) -> Sheet:
    """One row a company; without a settled day, headings alone. Percentages have one decimal."""
    if found is None:
        return Sheet(name="movers", columns=COLUMNS, rows=())
    since, until = found.windows.days
    return Sheet(name=f"movers-{found.measure.key}-{since}-{until}", columns=COLUMNS, rows=_rows(found))


def _rows(found: Movers) -> Iterator[list[str]]:
    days = [day.isoformat() for day in (*found.windows.days, *found.windows.before)]
    of = [found.measure.unit, found.measure.metric]
    lists = {"up": found.up, "down": found.down, "new": found.new, "vanished": found.vanished}
    for name, listing in lists.items():
        for mover in listing.rows:
            company = mover.company
            yield [name, company.company_id, company.name, *days, *_figures(mover), *of, *_cause(mover)]


def _figures(mover: Mover) -> list[str]:
    return [exact(mover.before), exact(mover.now), exact(mover.delta), _percent(mover.change)]


def _cause(mover: Mover) -> list[str]:
    cause = mover.cause
    project = [cause.project.key, str(cause.project.name)] if cause.project else ["", ""]
    part = cause.part.key if cause.part else ""
    return [cause.product.key, part, *_part(cause.part), *project, *_part(cause.project)]


def _part(part: Part | None) -> list[str]:
    return [exact(part.delta), _percent(part.share)] if part else ["", ""]


def _percent(share: Decimal | None) -> str:
    return "" if share is None else exact((100 * share).quantize(Decimal("0.1")))
