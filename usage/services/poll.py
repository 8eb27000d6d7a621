"""Reading usage: a unit at a time under a lease, its answers stored in whole chunks while the next are on their way."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.db import transaction

from agora.vocabulary import MONTHLY_PAIRS, Interval
from companies.models import Project
from companies.services.refresh import ask_projects_soon
from polling import queries
from polling.models import Coverage, RunOutcome, Stream, TargetState
from polling.periods import DAY, utc_day
from polling.series import Kind, Owner
from polling.services import coverage, slots
from polling.services.coverage import Known, load_known
from polling.services.reading import Busy, Interrupted, Reader, resume_at, stops_everything
from usage.services.asking import CLOSED_BY, Asker, Failure, Told, answers, most_calls
from usage.services.ending import end_slots, put_off
from usage.services.expect import due_units, is_known_whom_to_ask, situations
from usage.services.following import Household, months_of_nothing
from usage.services.known import Roster, roster, used_by_day
from usage.services.plan import Unit
from usage.services.store import Reading, store_readings

LONGEST_REASON = 1000
LONGEST_SWEEP = dt.timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What one look at the plan reads: who did not answer in one of its units is not waited for in the others."""

    planned_at: dt.datetime
    read: list[Unit] = field(default_factory=list)
    failures: list[tuple[Unit, Failure]] = field(default_factory=list)

    def ends_turns(self, unit: Unit) -> Unit | None:
        """What of a unit ends the turns that other units of this sweep have begun; None where nothing does."""
        begun = {owner for other in self.read if other.kind == unit.kind for owner in other.owners}
        owners = tuple(owner for owner in unit.owners if owner in begun) if unit.ends_turns else ()
        return replace(unit, owners=owners) if owners else None

    def failures_beside(self, unit: Unit) -> list[tuple[Unit, Failure]]:
        """The calls that told nothing of days that a unit reads."""
        return [
            (other, failure)
            for other, failure in self.failures
            if other.kind == unit.kind and other.since <= unit.until and other.until >= unit.since
        ]


def poll_due_usage(reader: Reader) -> int:
    """Read whatever usage is due; gives the number of changed rows. A unit that somebody else reads is left to them.

    A long sweep ends after a while: what is left is still due, and the next sweep plans anew. Turns that were begun
    are taken to their ends first, since they count as taken only as a whole.
    """
    changed, sweep, is_late = 0, Sweep(planned_at=reader.clock()), False
    for planned in due_units(sweep.planned_at):
        is_late = is_late or reader.clock() - sweep.planned_at > LONGEST_SWEEP
        unit = sweep.ends_turns(planned) if is_late else planned
        if unit is None:
            continue
        try:
            changed += read_unit(reader, unit, sweep)
        except Busy:
            continue
        sweep.read.append(unit)
    if not is_late:
        put_off_rest(reader)
    return changed


def put_off_rest(reader: Reader) -> int:
    """Let the slots wait for which nobody was to be asked; gives the changed rows, of which there are none."""
    now = reader.clock()
    if not is_known_whom_to_ask():
        return 0
    for situation in situations(now):
        due = list(queries.due_slots(Stream.USAGE, now).filter(scope=situation.kind.scope))
        if due:
            with transaction.atomic():
                put_off(situation, due, now)
    return 0


def read_unit(reader: Reader, unit: Unit, sweep: Sweep | None = None) -> int:
    """Read one unit and store it, chunk by chunk; gives the changed rows.

    Busy when somebody else reads it; as part of a sweep also when somebody has read it since that was planned.
    """
    since, until = unit.slots
    started_at = reader.clock()
    lease = slots.take_lease(stream=Stream.USAGE, scope=unit.kind.scope, since=since, until=until, now=started_at)
    if lease is None:
        raise Busy
    with slots.given_back(lease):
        if sweep and was_read_since(lease, sweep.planned_at):
            raise Busy
        return read_leased(reader, unit, lease, sweep or Sweep(planned_at=started_at))


def was_read_since(lease: slots.Lease, moment: dt.datetime) -> bool:
    """Whether just the same was read whole after that time."""
    runs = queries.complete_runs(lease.stream, lease.scope)
    return runs.filter(since=lease.since, until=lease.until, ended_at__gt=moment).exists()


def read_leased(reader: Reader, unit: Unit, lease: slots.Lease, sweep: Sweep) -> int:
    """Read and store chunk by chunk, then end every slot of the unit; gives the changed rows."""
    changed, calls, rejected = 0, 0, ""
    failures: list[Failure] = []
    asker = Asker(reader=reader, unit=unit)
    for told in answers(asker, households(unit, reader.clock())):
        with transaction.atomic():
            slots.renew(lease, reader.clock())
            changed += store_told(unit, told, reader.clock())
        reader.note()
        calls += sum(one.calls for one in told)
        results = [result for one in told for result in one.results]
        failures += [result for result in results if isinstance(result, Failure)]
        rejected = rejected or next((words_of(r) for r in results if isinstance(r, Reading) and r.answer.problems), "")
        interrupted_by(lease, failures, reader.clock())
    sweep.failures.extend((unit, failure) for failure in failures)
    with transaction.atomic():
        slots.renew(lease, reader.clock())
        end_unit(lease, unit, sweep.failures_beside(unit), reader.clock())
        slots.note_run(
            lease, outcome=RunOutcome.PARTIAL if failures or rejected else RunOutcome.COMPLETE,
            now=reader.clock(), calls=calls, changed=changed,
            error=f"{whose(failures[0].owner)} · {failures[0].error}" if failures else rejected,
            request_id=failures[0].error.request_id or "" if failures else "",
        )  # fmt: skip
    return changed


def whose(owner: Owner) -> str:
    """The IDs of whom was asked, as a reading's error names them."""
    return "/".join(filter(None, (owner.company_id, owner.project_id)))


def households(unit: Unit, now: dt.datetime) -> Iterator[list[Household]]:
    """Whom the unit asks, in chunks that are stored together."""
    everybody = roster() if unit.follow else Roster(projects={})
    owners = iter(unit.owners)
    while chunk := list(itertools.islice(owners, most_calls())):
        yield followed(unit, chunk, everybody, now) if unit.follow else [Household(owner=owner) for owner in chunk]


def followed(unit: Unit, companies: Sequence[Owner], everybody: Roster, now: dt.datetime) -> list[Household]:
    """Companies with those of their projects that their answers may call for."""
    known = load_known(unit.kind, companies)
    ids = [owner.company_id for owner in companies]
    used = used_by_day(unit.kind, unit.since, ids)
    ever: dict[str, int] = defaultdict(int)
    for company_id in Project.objects.filter(company__company_id__in=ids).values_list("company__company_id", flat=True):
        ever[company_id] += 1
    refused = {owner for owner in known.targets if is_refused(known, owner, now)}
    return [
        household_of(
            unit, company, everybody.projects.get(company, ()), known,
            used=used, refused=refused, alone=ever[company.company_id] == 1,
        )
        for company in companies
    ]  # fmt: skip


def household_of(
    unit: Unit,
    company: Owner,
    projects: tuple[Owner, ...],
    known: Known,
    *,
    used: Collection[Owner],
    refused: Collection[Owner],
    alone: bool,
) -> Household:
    """One company with its projects: `alone` where it never had more than one; those of `used` are in use."""
    looked_back = settings.AGORA_DAYS_PER_DAILY_CALL - 1
    since = min(unit.since, max(unit.until - looked_back * DAY, queries.poll_since()))
    rows = {project: known.coverage[project] for project in projects if project in known.coverage}
    only = projects[0] if alone and projects else None
    short = unit.since > unit.until - looked_back * DAY
    return Household(
        owner=company,
        projects=projects,
        in_use=frozenset(p for p in projects if p in used or known.targets[p] or may_have_used(rows.get(p), since)),
        closed=frozenset(project for project in projects if project in refused),
        only=only,
        is_twin=short and only in rows and rows[only].is_company,
    )


def may_have_used(row: Coverage | None, since: dt.date) -> bool:
    """Whether a project of which this is known, if anything, may have used something since a day."""
    return row is None or row.used_until is None or row.used_until >= since


def is_refused(known: Known, project: Owner, now: dt.datetime) -> bool:
    """Whether Agora refused a project, and is not asked about it before a day has gone."""
    refused = [target for target in known.targets[project] if target.state in queries.REFUSED]
    return any(target.next_attempt_at is None or target.next_attempt_at > now for target in refused)


def store_told(unit: Unit, told: Sequence[Told], now: dt.datetime) -> int:
    """Store a chunk: figures, coverage and targets, in the caller's transaction; gives the changed rows."""
    results = [result for one in told for result in one.results]
    owners = [result.owner for result in results]
    known = load_known(unit.kind, owners)
    changed = store_readings(known, [result for result in results if isinstance(result, Reading)])
    for result in results:
        if isinstance(result, Reading):
            name_rejected(known, result)
        elif not stops_everything(result.error):
            note_failure(known, unit, result, now)
    for one in told:
        if one.twin:
            known.coverage[one.twin].is_company = True
    coverage.write_known(known, owners)
    ask_projects_soon([one.results[0].owner.company_id for one in told if one.unexplained], now)
    return changed + store_months_of_nothing(unit, told, now)


def store_months_of_nothing(unit: Unit, told: Sequence[Told], now: dt.datetime) -> int:
    """Of who used nothing by day, nothing was used by month either; gives the changed rows.

    What was never asked by month is left to its first reading.
    """
    if not unit.follow or unit.kind.interval != Interval.DAILY:
        return 0
    if (unit.kind.business, unit.kind.model) not in MONTHLY_PAIRS:
        return 0
    months = Kind(business=unit.kind.business, model=unit.kind.model, interval=Interval.MONTHLY)
    found = [
        reading
        for one in told
        if isinstance(one.results[0], Reading)
        for reading in months_of_nothing(one.results[0], [r.owner for r in one.results], months, utc_day(now))
    ]
    known = load_known(months, [reading.owner for reading in found])
    readings = [reading for reading in found if reading.owner in known.coverage]
    changed = store_readings(known, readings)
    coverage.write_known(known, [reading.owner for reading in readings])
    return changed


def words_of(reading: Reading) -> str:
    """What of an answer could not be believed."""
    return "; ".join(f"{problem.reason}: {problem.raw}" for problem in reading.answer.problems)[:LONGEST_REASON]


def name_rejected(known: Known, reading: Reading) -> None:
    """Let the gaps that an answer left tell what of it could not be believed."""
    told = words_of(reading)
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


def interrupted_by(lease: slots.Lease, failures: Iterable[Failure], now: dt.datetime) -> None:
    """Give up the unit when no further call would be answered."""
    for failure in failures:
        if stops_everything(failure.error):
            until = resume_at(failure.error, now)
            slots.fail(lease, error=str(failure.error), now=now, retry_after=until, only_due=True)
            raise Interrupted(failure.error, until)


def end_unit(lease: slots.Lease, unit: Unit, failures: Sequence[tuple[Unit, Failure]], now: dt.datetime) -> None:
    """Mark the slots of the unit, beside calls that told nothing of some of them."""
    silent = {failure.owner for _, failure in failures}
    errors: dict[dt.date, str] = {}
    for situation in situations(now, [unit.kind]):
        held = list(lease.held())
        for failed, failure in reversed(failures):
            since, until = failed.slots
            error = str(failure.error)
            errors |= {s.period: error for s in held if not failure.is_closed and since <= s.period <= until}
        end_slots(situation, held, silent=silent, errors=errors, everybody=unit.everybody, now=now)
