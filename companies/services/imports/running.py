"""The rows of an import become operations, a few at a time, until a person pauses or cancels it."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress

from django.db import transaction

from accounts.access import may_create
from accounts.models import Person
from accounts.services import store_audit_entry
from companies.models import Import, ImportRow, ImportState, Operation, OperationState
from companies.models.operations import DRAFTS, NOT_SENT
from companies.queries import imports as reads
from companies.queries.imports import Place, Standing
from companies.services import decisions
from companies.services.operations import OperationConflictError, TokenUsedError, submit

# So few of one import are on their way that pausing it stops it, and so many that Agora's rate is used.
MOST_ON_THEIR_WAY = 20


class ImportChangedError(Exception):
    """The import has moved on since the page was shown."""


def start(*, batch: Import, expected: int, by: Person, now: dt.datetime, ip: str | None = None) -> None:
    """Ask for every row that is ready; `expected` is how many the person was told.

    Raises ImportChangedError when another number is ready now, or none.
    """
    ready = _row_ids(batch, Place.READY)
    if not ready or len(ready) != expected:
        raise ImportChangedError
    with transaction.atomic():
        untouched = ImportRow.objects.filter(pk__in=ready, operation=None, asked_by=None, left_out=False)
        untouched.exclude(payload=None).update(asked_by=by)
        _run(batch, "import.started", {"rows": len(ready)}, by=by, now=now, ip=ip)


def retry_failed(*, batch: Import, by: Person, now: dt.datetime, ip: str | None = None) -> None:
    """Ask again for every row that ended without any effect, as it stands. Raises ImportChangedError for none."""
    failed = reads.rows_of(batch, _row_ids(batch, Place.FAILED))
    if not failed:
        raise ImportChangedError
    with transaction.atomic():
        for row in failed:
            ended = ImportRow.objects.filter(pk=row.pk, operation=row.operation_id)
            ended.update(operation=None, refused_before=row.operation_id, token=uuid.uuid4(), asked_by=by)
        _run(batch, "import.retried", {"rows": len(failed)}, by=by, now=now, ip=ip)


def resume(*, batch: Import, by: Person, now: dt.datetime, ip: str | None = None) -> None:
    """Go on after a pause. Raises ImportChangedError."""
    _move(batch, (ImportState.PAUSED,), ImportState.RUNNING, "import.resumed", by=by, ip=ip)


def pause(*, batch: Import, by: Person, now: dt.datetime, ip: str | None = None) -> None:
    """Begin no further row; what is begun goes on. Raises ImportChangedError."""
    _move(batch, (ImportState.RUNNING,), ImportState.PAUSED, "import.paused", by=by, ip=ip)


def cancel(*, batch: Import, by: Person, now: dt.datetime, ip: str | None = None) -> None:
    """Begin no further row and cancel what was not sent yet; what is at Agora stays. Raises ImportChangedError."""
    running = (ImportState.RUNNING, ImportState.PAUSED)
    with transaction.atomic():
        _move(batch, running, ImportState.CANCELLED, "import.cancelled", by=by, ip=ip, ended_at=now)
        batch.rows.filter(operation=None).update(asked_by=None)
    for operation in Operation.objects.filter(import_row__batch=batch, state__in=NOT_SENT):
        with suppress(decisions.DecisionError):
            decisions.cancel(operation=operation, by=by, now=now, ip=ip)


def hold_after_restore() -> int:
    """Pause every running import: a restored database may have forgotten which rows were sent already."""
    return Import.objects.filter(state=ImportState.RUNNING).update(state=ImportState.PAUSED)


def advance(*, now: dt.datetime) -> None:
    """Begin further rows of every running import, and end those that have none left; costs one query when idle."""
    for batch in reads.running_imports():
        _advance(batch, now)


def _advance(batch: Import, now: dt.datetime) -> None:
    standings = reads.standings(batch)
    _stay_behind(standings)
    waiting = [standing.row_id for standing in standings if standing.place == Place.WAITING]
    on_their_way = sum(_is_on_its_way(standing) for standing in standings)
    for row_id in waiting[: max(0, MOST_ON_THEIR_WAY - on_their_way)]:
        _begin(row_id, now)
    if not waiting and not on_their_way:
        _finish(batch, now)


def _stay_behind(standings: Sequence[Standing]) -> None:
    """A row that was asked for and has a problem since is shown to a person again."""
    behind = [row.row_id for row in standings if row.place == Place.PROBLEM and row.is_asked_for]
    if behind:
        ImportRow.objects.filter(pk__in=behind, operation=None).update(asked_by=None)


def _is_on_its_way(standing: Standing) -> bool:
    """Whether it may still end by itself; what is blocked goes on by itself, too."""
    return standing.place in (Place.MOVING, Place.UNCONFIRMED) or standing.operation_state == OperationState.BLOCKED


@transaction.atomic
def _begin(row_id: int, now: dt.datetime) -> None:
    """Make one row an operation and link the two in one transaction; a row that changed meanwhile stays as it is."""
    asked_for = ImportRow.objects.filter(pk=row_id, operation=None, asked_by__isnull=False, left_out=False)
    if not asked_for.update(begun_at=now):
        return
    row = ImportRow.objects.select_related("batch", "asked_by").get(pk=row_id)
    if row.batch.state == ImportState.RUNNING:
        asked_for.update(**_begun(row, now))


def _begun(row: ImportRow, now: dt.datetime) -> dict[str, object]:
    """What a row becomes: linked to its operation, or left to a person when another one stands in its way."""
    if row.asked_by is None or row.payload is None or not may_create(row.asked_by):
        return {"asked_by": None}
    draft = DRAFTS[row.batch.kind].from_payload(row.payload)
    try:
        return {"operation": submit(draft=draft, token=row.token, by=row.asked_by, now=now)}
    except TokenUsedError as earlier:
        return {"operation": earlier.operation}
    except OperationConflictError:
        return {"asked_by": None}


def _finish(batch: Import, now: dt.datetime) -> None:
    # Whoever started it again meanwhile has set another time.
    same = Import.objects.filter(pk=batch.pk, state=ImportState.RUNNING, started_at=batch.started_at)
    if same.update(state=ImportState.FINISHED, ended_at=now):
        store_audit_entry(action="import.finished", by=None, subject=batch)


def _run(
    batch: Import, action: str, detail: Mapping[str, object], *, by: Person, now: dt.datetime, ip: str | None
) -> None:
    Import.objects.filter(pk=batch.pk).update(state=ImportState.RUNNING, started_at=now, ended_at=None)
    store_audit_entry(action=action, by=by, subject=batch, detail=detail, ip=ip)


def _move(
    batch: Import,
    before: Sequence[ImportState],
    after: ImportState,
    action: str,
    *,
    by: Person,
    ip: str | None,
    ended_at: dt.datetime | None = None,
) -> None:
    with transaction.atomic():
        if not Import.objects.filter(pk=batch.pk, state__in=before).update(state=after, ended_at=ended_at):
            raise ImportChangedError
        store_audit_entry(action=action, by=by, subject=batch, ip=ip)


def _row_ids(batch: Import, place: Place) -> list[int]:
    return [standing.row_id for standing in reads.standings(batch) if standing.place == place]
