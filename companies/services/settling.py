"""Looking for what may have been created: one reading of a list serves every operation that waits for it."""

import datetime as dt
from collections.abc import Callable, Sequence

from django.utils import timezone

from companies import queries
from companies.models import Operation, OperationKind
from companies.services import findings, refresh
from companies.services.sending import connected
from polling.services.reading import Busy, Reader


def settle_operation(operation_id: int, *, clock: Callable[[], dt.datetime] = timezone.now) -> None:
    """Look for an operation, and for all that share its list, if that is due; safe to be called any number of times."""
    due = queries.overdue_looks(clock())
    operation = due.filter(pk=operation_id).first()
    if operation is None:
        return
    waiting = list(due.filter(kind=operation.kind, company_id=operation.company_id))
    if not waiting:  # somebody else has just looked
        return
    if operation.kind == OperationKind.UAP_SERVICE:
        for one in waiting:
            findings.look(one, now=clock(), listed_from=clock())
        return
    with connected() as reader:
        reader.clock = clock
        settle_through(reader, waiting)


def settle_through(reader: Reader, waiting: Sequence[Operation]) -> None:
    """Read the list that these operations wait for and compare; a list that cannot be read proves nothing."""
    kind, company_id, started = waiting[0].kind, waiting[0].company_id, reader.clock()
    proves = any(one.settled_at is None and (one.settles_at or started) <= started for one in waiting)
    try:
        is_read = refresh.read_again(reader, kind, company_id, confirm=proves)
    except Busy:
        return
    now = reader.clock()
    if is_read:
        findings.compare(kind=kind, company_id=company_id, now=now, listed_from=started if proves else None)
    postpone(waiting, now)


def postpone(waiting: Sequence[Operation], now: dt.datetime) -> None:
    """Look again later for what is still due; where it could not be looked for at all in a day, people are told."""
    for operation in queries.overdue_looks(now).filter(pk__in=[one.pk for one in waiting]):
        findings.look(operation, now=now, listed_from=None)
