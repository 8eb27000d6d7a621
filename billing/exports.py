"""Daily bills and their corrections as tables to download: exact amounts, each with its currency and state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from billing.fields import plain
from billing.figures import Selection
from billing.queries import bill_lines, corrections
from companies.queries import company_names, project_names
from usage.exports import moment
from usage.sheets import Kind, Sheet

BILL_COLUMNS = (
    ("period", Kind.ID),
    ("company_id", Kind.ID),
    ("company_name", Kind.TEXT),
    ("project_id", Kind.ID),
    ("project_name", Kind.TEXT),
    ("currency", Kind.ID),
    ("amount", Kind.NUMBER),
    ("state", Kind.ID),
    ("fetched_at", Kind.ID),
)
CORRECTION_COLUMNS = (
    ("period", Kind.ID),
    ("company_id", Kind.ID),
    ("project_id", Kind.ID),
    ("currency", Kind.ID),
    ("old_amount", Kind.NUMBER),
    ("new_amount", Kind.NUMBER),
    ("seen_at", Kind.ID),
)


def bill_sheet(selection: Selection, *, as_of: dt.datetime | None = None) -> Sheet:
    """Every line of the selection's known days, zero amounts included; with `as_of`, what was known before then."""
    name = f"bills-{selection.since}-{selection.until}"
    return Sheet(name=name, columns=BILL_COLUMNS, rows=_bill_rows(selection, as_of))


def _bill_rows(selection: Selection, as_of: dt.datetime | None) -> Iterator[tuple[str, ...]]:
    companies, projects = company_names(), project_names()
    for line in bill_lines(selection, as_of=as_of):
        yield (
            line.period.isoformat(),
            line.company_id,
            companies.get(line.company_id, ""),
            line.project_id,
            projects.get((line.company_id, line.project_id), ""),
            line.currency,
            exact_amount(line.amount),
            line.state.value,
            moment(line.fetched_at),
        )


def correction_sheet(selection: Selection) -> Sheet:
    """Every correction of the selection's days; an empty amount was not there."""
    name = f"bill-corrections-{selection.since}-{selection.until}"
    return Sheet(name=name, columns=CORRECTION_COLUMNS, rows=_correction_rows(selection))


def _correction_rows(selection: Selection) -> Iterator[tuple[str, ...]]:
    for revision in corrections(selection).iterator(chunk_size=2000):
        yield (
            revision.period.isoformat(),
            revision.company_id,
            revision.project_id,
            revision.currency,
            exact_amount(revision.old_amount),
            exact_amount(revision.new_amount),
            moment(revision.seen_at),
        )


def exact_amount(amount: Decimal | None) -> str:
    """An amount as exact text, digits never grouped; '' when there is none."""
    return "" if amount is None else f"{plain(amount):f}"
