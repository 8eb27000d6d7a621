"""A table becomes an import, is mapped and corrected row by row; nothing here sends anything."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction

from accounts.models import Person
from accounts.services import store_audit_entry
from companies.intake.checked import Checked
from companies.intake.reading import Table
from companies.models import ColumnTemplate, Import, ImportRow, ImportState
from companies.queries import imports as reads
from companies.services.operations import natural_key

ROWS_AT_ONCE = 500


class TokenUsedError(Exception):
    """The same form was sent before, with other rows."""

    def __init__(self, batch: Import) -> None:
        super().__init__(str(batch.pk))
        self.batch = batch


class HasBegunError(Exception):
    """The rows are being created, or were, so that this cannot be changed any more."""


def load(
    *,
    form_token: uuid.UUID,
    kind: str,
    source: str,
    table: Table,
    columns: Mapping[str, int],
    fixed: Mapping[str, str],
    template: str,
    checks: Sequence[Checked],
    by: Person,
    now: dt.datetime,
    ip: str | None = None,
) -> Import:
    """Store a table with what its check said, one row per line; the same form sent twice gives the same import.

    Raises TokenUsedError when that form held other rows.
    """
    try:
        with transaction.atomic():
            batch = Import.objects.create(
                form_token=form_token,
                kind=kind,
                source=source,
                sha256=table.sha256,
                read_as=table.read_as,
                headings=list(table.headings),
                columns=dict(columns),
                fixed=dict(fixed),
                template=template,
                created_by=by,
                created_at=now,
            )
            rows = [
                _judged(ImportRow(batch=batch, number=line.number, cells=list(line.cells)), check)
                for line, check in zip(table.lines, checks, strict=True)
            ]
            ImportRow.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
            detail = {"kind": kind, "source": source, "rows": len(rows), "sha256": batch.sha256}
            store_audit_entry(action="import.loaded", by=by, subject=batch, detail=detail, ip=ip)
    except IntegrityError:
        earlier = Import.objects.get(form_token=form_token)
        if (earlier.kind, earlier.sha256) != (kind, table.sha256):
            raise TokenUsedError(earlier) from None
        return earlier
    return batch


def map_columns(
    *, batch: Import, columns: Mapping[str, int], fixed: Mapping[str, str], checks: Sequence[Checked]
) -> None:
    """Store how the table is read and what every row, in the table's order, then means. Raises HasBegunError."""
    rows = list(batch.rows.order_by("number"))
    for row, check in zip(rows, checks, strict=True):
        _judged(row, check)
    with transaction.atomic():
        unbegun = Import.objects.filter(pk=batch.pk, state=ImportState.DRAFT, started_at=None)
        if not unbegun.update(columns=dict(columns), fixed=dict(fixed), template=""):
            raise HasBegunError
        ImportRow.objects.bulk_update(rows, ["title", "key", "payload"], batch_size=ROWS_AT_ONCE)


def keep_template(*, batch: Import, name: str, by: Person, now: dt.datetime) -> None:
    """Keep how this import's table is read, for all tables with these headings; an older one of that name goes."""
    headings = {field: batch.headings[place] for field, place in batch.columns.items()}
    values = {"headings": headings, "fixed": batch.fixed, "changed_by": by, "changed_at": now}
    ColumnTemplate.objects.update_or_create(kind=batch.kind, name=name, defaults=values)


def change_row(*, row: ImportRow, edits: Mapping[str, str], check: Checked) -> None:
    """Store what was typed into fields of a row; what was refused before is then a row to be created anew.

    Whoever asked for the row asked for other values, so that it waits to be asked for again. Raises
    HasBegunError when it is an operation of which something came, or may come.
    """
    if row.operation and not reads.ended_without_effect(row.operation):
        raise HasBegunError
    judged = _judged(ImportRow(batch=row.batch, number=row.number, cells=row.cells), check)
    changes = {"edits": {**row.edits, **edits}, "title": judged.title, "key": judged.key, "payload": judged.payload}
    if row.operation_id:
        changes |= {"operation": None, "refused_before": row.operation_id, "token": uuid.uuid4()}
    same = ImportRow.objects.filter(pk=row.pk, operation=row.operation_id)
    if not same.update(asked_by=None, **changes):
        raise HasBegunError


def leave_out(*, row: ImportRow, left_out: bool) -> None:
    """Leave a row out, or take it in again. Raises HasBegunError when it is an operation."""
    if not ImportRow.objects.filter(pk=row.pk, operation=None).update(left_out=left_out, asked_by=None):
        raise HasBegunError


def discard(*, batch: Import, by: Person, ip: str | None = None) -> None:
    """Remove an import that was never begun, with all that people typed into it. Raises HasBegunError."""
    with transaction.atomic():
        store_audit_entry(action="import.discarded", by=by, subject=batch, detail={"source": batch.source}, ip=ip)
        _rows, removed = Import.objects.filter(pk=batch.pk, state=ImportState.DRAFT, started_at=None).delete()
        if not removed:
            raise HasBegunError


def _judged(row: ImportRow, check: Checked) -> ImportRow:
    """The row with what its check said."""
    row.title = check.title
    row.payload = check.draft.as_payload() if check.draft else None
    row.key = natural_key(check.draft) if check.draft else check.email.lower()
    return row
