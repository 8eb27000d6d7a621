"""Reading usage: one unit at a time under a lease, its calls in a few threads, its answers stored in whole chunks."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from agora.errors import AgoraError, Forbidden, NotFound
from polling import queries
from polling.models import RunOutcome, Stream, TargetState
from polling.periods import days_between, usage_asked_again_at
from polling.series import Owner
from polling.services import coverage, slots
from polling.services.coverage import Known, load_known
from polling.services.reading import Busy, Interrupted, Reader, resume_at, stops_everything
from usage.services.expect import asked_owners, due_units
from usage.services.plan import Unit
from usage.services.store import Reading, store_readings

CALLS_PER_CHUNK = 100
MOST_THREADS = 16
LONGEST_REASON = 1000
LONGEST_SWEEP = dt.timedelta(minutes=10)
CLOSED_BY: dict[type[AgoraError], TargetState] = {Forbidden: TargetState.NO_ACCESS, NotFound: TargetState.GONE}


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A call that told nothing."""

    owner: Owner
    error: AgoraError


def poll_due_usage(reader: Reader) -> int:
    """Read whatever usage is due; gives the number of changed rows. A unit that somebody else reads is left to them.

    A long sweep ends after a while: what is left is still due, and the next sweep plans anew.
    """
    changed, started_at = 0, reader.clock()
    for unit in due_units(started_at):
        if reader.clock() - started_at > LONGEST_SWEEP:
            break
        try:
            changed += read_unit(reader, unit, planned_at=started_at)
        except Busy:
            continue
    return changed


def read_unit(reader: Reader, unit: Unit, *, planned_at: dt.datetime | None = None) -> int:
    """Read one unit and store it, chunk by chunk; gives the changed rows.

    Busy when somebody else reads it; with `planned_at` also when somebody has read it since then.
    """
    since, until = unit.slots
    started_at = reader.clock()
    lease = slots.take_lease(stream=Stream.USAGE, scope=unit.kind.scope, since=since, until=until, now=started_at)
    if lease is None:
        raise Busy
    with slots.given_back(lease):
        if planned_at and was_read_since(lease, planned_at):
            raise Busy
        return read_leased(reader, unit, lease)


def was_read_since(lease: slots.Lease, moment: dt.datetime) -> bool:
    """Whether just the same was read whole after that time."""
    runs = queries.complete_runs(lease.stream, lease.scope)
    return runs.filter(since=lease.since, until=lease.until, ended_at__gt=moment).exists()


def read_leased(reader: Reader, unit: Unit, lease: slots.Lease) -> int:
    """Read and store chunk by chunk, then end every slot of the unit; gives the changed rows."""
    changed = 0
    failures: list[Failure] = []
    for owners in chunks(unit.owners):
        results = read_owners(reader, unit, owners)
        failures += [result for result in results if isinstance(result, Failure)]
        with transaction.atomic():
            slots.renew(lease, reader.clock())
            changed += store_results(unit, results, reader.clock())
        reader.note()
        interrupted_by(lease, failures, reader.clock())
    with transaction.atomic():
        slots.renew(lease, reader.clock())
        outcome = end_unit(lease, unit, failures, reader.clock())
        slots.note_run(
            lease, outcome=outcome, now=reader.clock(), calls=len(unit.owners), changed=changed,
            error=str(failures[0].error) if failures else "",
            request_id=failures[0].error.request_id or "" if failures else "",
        )  # fmt: skip
    return changed


def chunks(owners: Iterable[Owner]) -> Iterable[tuple[Owner, ...]]:
    """The owners whose answers are stored together."""
    rest = iter(owners)
    while chunk := tuple(itertools.islice(rest, CALLS_PER_CHUNK)):
        yield chunk


def read_owners(reader: Reader, unit: Unit, owners: Iterable[Owner]) -> list[Reading | Failure]:
    """One call for each owner, as many at once as the rate makes sensible; after a refusal of all, none more."""
    stopped: list[AgoraError] = []

    def read(owner: Owner) -> Reading | Failure:
        if stopped:
            return Failure(owner=owner, error=stopped[0])
        try:
            return ask(reader, unit, owner)
        except AgoraError as error:
            if stops_everything(error):
                stopped.append(error)
            return Failure(owner=owner, error=error)
        finally:
            reader.on_call(1)

    threads = min(MOST_THREADS, max(2, settings.AGORA_REQUESTS_PER_SECOND // 2))
    with ThreadPoolExecutor(max_workers=threads) as pool:
        return list(pool.map(read, owners))


def ask(reader: Reader, unit: Unit, owner: Owner) -> Reading:
    """Fetch the company usage or the project usage."""
    kind = unit.kind
    if owner.project_id:
        answer = reader.client.project_usage(
            owner.company_id, owner.project_id, kind.business, kind.model, unit.since, unit.until, kind.interval
        )
    else:
        answer = reader.client.company_usage(
            owner.company_id, kind.business, kind.model, unit.since, unit.until, kind.interval
        )
    return Reading(owner=owner, asked=(unit.since, unit.until), at=reader.clock(), answer=answer)


def store_results(unit: Unit, results: list[Reading | Failure], now: dt.datetime) -> int:
    """Store a chunk: figures, coverage and targets in one transaction, which the caller holds."""
    owners = [result.owner for result in results]
    known = load_known(unit.kind, owners)
    changed = store_readings(known, [result for result in results if isinstance(result, Reading)])
    for result in results:
        if isinstance(result, Reading):
            name_rejected(known, result)
        elif not stops_everything(result.error):
            note_failure(known, unit, result, now)
    coverage.write_known(known, owners)
    return changed


def name_rejected(known: Known, reading: Reading) -> None:
    """Let the gaps that an answer left tell what of it could not be believed."""
    told = "; ".join(f"{problem.reason}: {problem.raw}" for problem in reading.answer.problems)
    since, until = reading.asked
    for target in known.targets[reading.owner]:
        if told and target.since <= until and target.until >= since:
            target.reason = f"{target.reason} What came was not believed: {told}"[:LONGEST_REASON]


def note_failure(known: Known, unit: Unit, failure: Failure, now: dt.datetime) -> None:
    """Open the target of a call that failed; 403 and 404 close it until it is asked again a day later."""
    coverage.note_failure(
        known,
        failure.owner,
        (unit.since, unit.until),
        now,
        state=CLOSED_BY.get(type(failure.error), TargetState.FAILED),
        reason=str(failure.error),
        request_id=failure.error.request_id or "",
    )


def interrupted_by(lease: slots.Lease, failures: list[Failure], now: dt.datetime) -> None:
    """Give up the unit when no further call would be answered."""
    for failure in failures:
        if stops_everything(failure.error):
            until = resume_at(failure.error, now)
            slots.fail(lease, error=str(failure.error), now=now, retry_after=until)
            raise Interrupted(failure.error, until)


def end_unit(lease: slots.Lease, unit: Unit, failures: list[Failure], now: dt.datetime) -> RunOutcome:
    """Mark each slot complete of which every listed company and project is known, the others partial.

    Nobody waits for a company or project that Agora has closed: it stays a gap of its own.
    """
    waited_for = [failure for failure in failures if type(failure.error) not in CLOSED_BY]
    open_periods = periods_with_gaps(unit, now)
    together: dict[tuple[bool, dt.datetime | None], list[dt.date]] = defaultdict(list)
    for period in lease.held().values_list("period", flat=True):
        whole = not waited_for and period not in open_periods
        together[whole, usage_asked_again_at(period, unit.kind.interval, now)].append(period)
    error = str(waited_for[0].error) if waited_for else ""
    for (whole, again_at), periods in together.items():
        if whole:
            slots.complete(lease.slots_of(periods), now=now, again_at=again_at)
        else:
            slots.leave_partial(lease.slots_of(periods), error=error, now=now, again_at=again_at)
    return RunOutcome.PARTIAL if failures else RunOutcome.COMPLETE


def periods_with_gaps(unit: Unit, now: dt.datetime) -> set[dt.date]:
    """The periods of the unit of which some listed series is neither known nor closed."""
    owners = asked_owners()
    known = load_known(unit.kind, owners)
    days = {
        day
        for owner in owners
        for first, last in coverage.unknown_ranges(known, owner, (unit.since, unit.until))
        for day in days_between(first, last)
        if not known.is_closed(owner, day)
    }
    return {slot_period(unit, day) for day in days}


def slot_period(unit: Unit, day: dt.date) -> dt.date:
    """The period of the slot a day belongs to."""
    return day if unit.slots == (unit.since, unit.until) else day.replace(day=1)
