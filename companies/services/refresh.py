"""Reading the lists of companies and projects into the mirror; nothing is gone before two equal scans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from functools import partial
from typing import Protocol, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from agora.client import Listing
from agora.errors import AgoraError
from agora.records import CompanyRecord, ProjectRecord
from companies.models import Company, OperationKind, Project
from companies.services import findings
from companies.services.mirror import Changes, store_companies, store_projects
from polling import queries
from polling.models import SNAPSHOT, RunOutcome, Stream
from polling.periods import DAY, next_turn, utc_day
from polling.series import UNADDRESSABLE
from polling.services import slots
from polling.services.reading import Busy, Interrupted, Reader, give_up

COMPANIES_ASKED_EVERY = dt.timedelta(hours=1)
# Lists of projects take at most one in so many of the day's calls, unless that left one unread for too many days.
SHARE_OF_LISTS = 10
Record = TypeVar("Record", CompanyRecord, ProjectRecord)


class Fetch(Protocol[Record]):
    """Reads a list; with `confirm`, until two readings in a row agree."""

    def __call__(self, *, confirm: bool) -> Listing[Record]: ...


def poll_due_companies(reader: Reader) -> int:
    """Read the company list when its turn has come; gives the changed companies."""
    slots.expect_lists(stream=Stream.COMPANIES, scopes=[""], now=reader.clock())
    if not queries.due_slots(Stream.COMPANIES, reader.clock()).exists():
        return 0
    try:
        return read_companies(reader, only_due=True)
    except Busy:
        return 0


def poll_due_projects(reader: Reader) -> int:
    """Read the project lists whose turn has come; gives the changed projects."""
    expect_projects(reader.clock())
    changed = 0
    for slot in list(queries.due_slots(Stream.PROJECTS, reader.clock())):
        try:
            changed += read_projects(reader, slot.scope, only_due=True)
        except Busy:
            continue
    return changed


def read_again(reader: Reader, kind: str, company_id: str, *, confirm: bool) -> bool:
    """Read the list in which a create of this kind appears, whenever it was read last; False when that failed.

    With `confirm` two scans in a row have to agree, and to hold what they declare, so that what is not listed
    is absent. Raises Busy when somebody else reads it at this moment.
    """
    stream, scope = list_of(kind, company_id)
    started = reader.clock()
    slots.expect_lists(stream=stream, scopes=[scope], now=started)
    try:
        if stream == Stream.COMPANIES:
            read_companies(reader, confirm)
        else:
            read_projects(reader, company_id, confirm)
    except (Interrupted, slots.LeaseLost):
        return False
    return was_read_since(kind, company_id, started) and not (confirm and is_doubtful(stream, scope))


def is_doubtful(stream: Stream, scope: str) -> bool:
    """Whether the list held less than it declared, or nothing although there was something: that proves nothing."""
    slot = queries.list_slot(stream, scope)
    rows = (slot.rows or 0) + slot.problems
    known = Company.objects.all() if stream == Stream.COMPANIES else Project.objects.filter(company__company_id=scope)
    return rows < (slot.declared_total or 0) or (rows == 0 and known.exists())


def list_of(kind: str, company_id: str) -> tuple[Stream, str]:
    """Stream and scope of the list in which a create of this kind appears."""
    return (Stream.COMPANIES, "") if kind == OperationKind.COMPANY else (Stream.PROJECTS, company_id)


def was_read_since(kind: str, company_id: str, since: dt.datetime, before: dt.datetime | None = None) -> bool:
    """Whether a complete reading of that list began at this time or later, and ended before another one."""
    stream, scope = list_of(kind, company_id)
    readings = queries.complete_runs(stream, scope).filter(started_at__gte=since)
    return (readings.filter(ended_at__lt=before) if before else readings).exists()


def addressable_companies() -> QuerySet[Company]:
    """The listed companies that an address can name, so that something can be asked about them."""
    return Company.objects.filter(gone_at=None).exclude(company_id__in=UNADDRESSABLE)


def listed_companies() -> list[str]:
    """The companies whose projects can be asked for."""
    return list(addressable_companies().values_list("company_id", flat=True))


def expect_projects(now: dt.datetime) -> None:
    """Keep one slot for every listed company's projects, and none for a company that is gone."""
    listed = listed_companies()
    slots.expect_lists(stream=Stream.PROJECTS, scopes=listed, now=now)
    slots.forget_lists(stream=Stream.PROJECTS, kept=listed, now=now)


def read_companies(reader: Reader, confirm: bool = False, *, only_due: bool = False) -> int:
    """Read the company list and store it; a company that was not seen before has its projects and usage read soon."""
    known = set(Company.objects.filter(gone_at=None).values_list("company_id", flat=True))

    def store(listing: Listing[CompanyRecord], gone: bool, now: dt.datetime) -> Changes:
        changes = store_companies(listing.records, seen_at=now, gone=gone)
        expect_projects(now)
        look_for_creates(OperationKind.COMPANY, "", changes, now)
        return changes

    return read_list(reader, Stream.COMPANIES, "", reader.client.list_companies, known, store, confirm, only_due)


def read_projects(reader: Reader, company_id: str, confirm: bool = False, *, only_due: bool = False) -> int:
    """Read one company's project list and store it."""
    company = Company.objects.get(company_id=company_id)
    known = set(Project.objects.filter(company=company, gone_at=None).values_list("project_id", flat=True))

    def store(listing: Listing[ProjectRecord], gone: bool, now: dt.datetime) -> Changes:
        changes = store_projects(company, listing.records, seen_at=now, gone=gone)
        look_for_creates(OperationKind.PROJECT, company_id, changes, now)
        return changes

    fetch = partial(reader.client.list_projects, company_id)
    return read_list(reader, Stream.PROJECTS, company_id, fetch, known, store, confirm, only_due)


def look_for_creates(kind: str, company_id: str, changes: Changes, now: dt.datetime) -> None:
    """Compare what was just listed with the creates that may have made it."""
    findings.compare(kind=kind, company_id=company_id, now=now)
    if changes.created:
        findings.reopen_ended(kind=kind, company_id=company_id, now=now)


def read_list(
    reader: Reader,
    stream: Stream,
    scope: str,
    fetch: Fetch[Record],
    known: set[str],
    store: Callable[[Listing[Record], bool, dt.datetime], Changes],
    confirm: bool,
    only_due: bool,
) -> int:
    """Read one list under a lease and store it; gives the changed rows.

    Busy when somebody else reads it; with `only_due` also when somebody has read it meanwhile.
    """
    lease = slots.take_lease(
        stream=stream, scope=scope, since=SNAPSHOT, until=SNAPSHOT, now=reader.clock(), only_due=only_due
    )
    if lease is None:
        raise Busy
    with slots.given_back(lease):
        return read_leased(reader, lease, fetch, known, store, confirm)


def read_leased(
    reader: Reader,
    lease: slots.Lease,
    fetch: Fetch[Record],
    known: set[str],
    store: Callable[[Listing[Record], bool, dt.datetime], Changes],
    confirm: bool,
) -> int:
    """Read the whole list first, then store it in one transaction; gives the changed rows."""
    try:
        listing, gone = confirmed(fetch, known, confirm)
    except AgoraError as error:
        give_up(reader, lease, error)
        return 0
    finally:
        reader.note()
        reader.on_call(1)
    now, rows = reader.clock(), len(listing.records)
    with transaction.atomic():
        slots.renew(lease, now)
        changes = store(listing, gone, now)
        again_at = list_asked_again_at(lease.stream, lease.scope, now)
        slots.complete(
            lease.slots_of([SNAPSHOT]), now=now, again_at=again_at, rows=rows,
            declared_total=max(listing.declared, 0), problems=len(listing.problems),
        )  # fmt: skip
        slots.note_run(
            lease, outcome=RunOutcome.COMPLETE, now=now, calls=listing.scans, rows=rows, changed=changes.total
        )
        if changes.created:
            ask_usage_soon(now)
    return changes.total


def confirmed(fetch: Fetch[Record], known: set[str], confirm: bool) -> tuple[Listing[Record], bool]:
    """A listing, and whether what it does not hold is gone: then two readings in a row have shown the same."""
    listing = fetch(confirm=confirm)
    if confirm or known <= {record.id for record in listing.records}:
        return listing, confirm
    return fetch(confirm=True), True


def list_asked_again_at(stream: str, scope: str, now: dt.datetime) -> dt.datetime:
    """When a list is read again: that of companies hourly, those of projects daily, or in turns where they are many."""
    if stream == Stream.COMPANIES:
        return now + COMPANIES_ASKED_EVERY
    lists = Company.objects.filter(gone_at=None).count()
    days = -(-lists * SHARE_OF_LISTS // max(1, settings.POLL_CALLS_A_DAY))
    days = min(settings.POLL_IDLE_DAYS, max(1, days))
    return now + (next_turn(scope, utc_day(now), days) - utc_day(now))


def ask_projects_soon(company_ids: Collection[str], now: dt.datetime) -> None:
    """Let the projects of companies be listed at the next opportunity that were not for a day."""
    if company_ids:
        lists = queries.free_slots(now).filter(stream=Stream.PROJECTS, scope__in=company_ids)
        lists.filter(last_complete_at__lt=now - DAY).update(next_attempt_at=now)


def ask_lists_soon(now: dt.datetime) -> None:
    """Let every list of companies and projects be read at the next opportunity."""
    lists = queries.free_slots(now).filter(stream__in=[Stream.COMPANIES, Stream.PROJECTS])
    lists.update(next_attempt_at=now)


def ask_usage_soon(now: dt.datetime) -> None:
    """Let the usage of newly listed companies and projects be read at the next opportunity."""
    today = utc_day(now)
    queries.free_slots(now).filter(stream=Stream.USAGE, period__in=[today, today.replace(day=1)]).update(
        next_attempt_at=now
    )
