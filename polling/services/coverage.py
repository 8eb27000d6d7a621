"""Writes about usage that is known: extending coverage, and opening and closing the targets that are gaps."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from polling.models import Coverage, PollSlot, Stream, Target, TargetState
from polling.periods import DAY, days_between, retry_at, utc_day
from polling.queries import CLOSED, is_in_use
from polling.series import Kind, Owner
from polling.services.ranges import Range, gap_between, parted, runs_of

ABSENT_DAY_ASKED_FOR = dt.timedelta(days=7)
CLOSED_TARGET_ASKED_AGAIN_AFTER = dt.timedelta(days=1)


@dataclass(kw_only=True)
class Known:
    """What is known and what is missing of the series of some owners, loaded at once and written at once."""

    kind: Kind
    coverage: dict[Owner, Coverage] = field(default_factory=dict)
    targets: dict[Owner, list[Target]] = field(default_factory=lambda: defaultdict(list))

    def days_known(self, owner: Owner) -> Range | None:
        """The range that coverage spans; days under a target inside it are not known."""
        row = self.coverage.get(owner)
        return (row.known_from, row.known_until) if row else None

    def is_known(self, owner: Owner, day: dt.date) -> bool:
        """Whether a day's figure is known."""
        row = self.coverage.get(owner)
        inside = row is not None and row.known_from <= day <= row.known_until
        return inside and not any(target.since <= day <= target.until for target in self.targets[owner])

    def is_closed(self, owner: Owner, day: dt.date) -> bool:
        """Whether nobody waits for a day that is not known: Agora has nothing for it."""
        return any(t.since <= day <= t.until and t.state in CLOSED for t in self.targets[owner])

    def is_settled(self, owner: Owner, day: dt.date) -> bool:
        """Whether a day's figure is known and was asked when it could no longer be provisional."""
        row = self.coverage.get(owner)
        settled = row is not None and row.settled_until is not None and day <= row.settled_until
        return settled and self.is_known(owner, day)


def load_known(kind: Kind, owners: Collection[Owner]) -> Known:
    """Coverage and targets of these owners."""
    known = Known(kind=kind)
    companies = {owner.company_id for owner in owners}
    rows = {"company_id__in": companies, **kind.fields()} if len(companies) < 500 else kind.fields()
    for coverage in Coverage.objects.filter(**rows):
        known.coverage[owner_of(coverage)] = coverage
    for target in Target.objects.filter(**rows):
        known.targets[owner_of(target)].append(target)
    return known


def owner_of(row: Coverage | Target) -> Owner:
    """Whose series a row belongs to."""
    return Owner(company_id=row.company_id, project_id=row.project_id)


def settled_by(at: dt.datetime, settles_after: dt.timedelta) -> dt.date:
    """The last UTC day whose figure, asked at that moment, is settled."""
    return (at - settles_after).date() - DAY


def joins_settled(known: Known, owner: Owner, since: dt.date) -> bool:
    """Whether what is settled would reach on to a day: none before it was asked only while it was provisional.

    Days in between that are not known yet do no harm: they will be asked later still.
    """
    row = known.coverage.get(owner)
    if row is None:
        return True
    first = row.settled_until + DAY if row.settled_until else row.known_from
    return not any(known.is_known(owner, day) for day in days_between(first, min(since - DAY, row.known_until)))


def extended(row: Coverage | None, asked: Range, at: dt.datetime, settled: dt.date | None) -> Coverage:
    """The coverage of a series after an answer; days between the known range and the asked one count as covered.

    `settled` is the last of the asked days that this answer settles, None where it settles none.
    """
    since, until = asked
    if row is None:
        return Coverage(
            known_from=since,
            known_until=until,
            known_at=at,
            checked_from=since,
            checked_at=at,
            settled_until=settled,
        )
    if until >= row.known_until:
        row.checked_from, row.checked_at = since, at
    elif until >= row.checked_from - DAY:
        row.checked_from = min(row.checked_from, since)
    row.known_from, row.known_until = min(row.known_from, since), max(row.known_until, until)
    if settled:
        row.settled_until = max(row.settled_until or settled, settled)
    return row


def left_growing(row: Coverage | None, asked: Range, at: dt.datetime) -> list[Range]:
    """The days before the asked ones that are over by now, and still grew when an answer told of them last.

    After a later answer nothing would tell that they did.
    """
    if row is None or row.checked_at is None or asked[1] < row.known_until:
        return []
    first = max(row.known_from, utc_day(row.checked_at))
    last = min(row.known_until, utc_day(at) - DAY, asked[0] - DAY)
    return [(first, last)] if first <= last else []


def note_answer(
    known: Known,
    owner: Owner,
    asked: Range,
    at: dt.datetime,
    *,
    absent: Iterable[Range],
    settles_after: dt.timedelta,
) -> None:
    """Carry an answer into what is known; days it did not carry stay missing unless they were known before.

    Such a day is asked again for a week. One that was over a week ago is not waited for meanwhile.
    """
    long_over = settled_by(at, ABSENT_DAY_ASKED_FOR)
    still_missing = [days for days in parted(absent, long_over) if not known.is_known(owner, days[0])]
    opened = [opened_at(known, owner, days[0], at) for days in still_missing]
    before = known.days_known(owner)
    settled = min(settled_by(at, settles_after), asked[1])
    settles = settled >= asked[0] and joins_settled(known, owner, asked[0])
    cut_targets(known, owner, asked)
    left = [*gap_between(before, asked), *left_growing(known.coverage.get(owner), asked, at)]
    for gap in unnoted(known, owner, left):
        add_target(known, owner, gap, at=at, state=TargetState.OPEN, next_attempt_at=at)
    known.coverage[owner] = extended(known.coverage.get(owner), asked, at, settled if settles else None)
    for days, since in zip(still_missing, opened, strict=True):
        given_up = at - since > ABSENT_DAY_ASKED_FOR
        closed = given_up or days[1] <= long_over
        state = TargetState.NOT_REPORTED if closed else TargetState.OPEN
        target = add_target(known, owner, days, at=since, state=state, next_attempt_at=None if given_up else at + DAY)
        target.reason = "The answer did not carry these days."


def note_use(known: Known, owner: Owner, asked: Range, used_on: dt.date | None) -> None:
    """Keep until when there was usage: the last day that an answer told of, or none in all of the asked days."""
    row = known.coverage[owner]
    if used_on:
        row.used_until = max(row.used_until or used_on, used_on)
    elif row.used_until is None:
        row.used_until = asked[0] - DAY


def note_look_back(known: Known, owner: Owner, since: dt.date) -> None:
    """Keep when all days from this one on were asked together, in one call or several that adjoin."""
    row = known.coverage[owner]
    if row.checked_from <= since:
        row.looked_back_at = row.checked_at


def wake(companies: Collection[str], *, since: dt.date, now: dt.datetime) -> None:
    """Let the pairs of companies be asked soon of which no usage is known since a day."""
    rows = Coverage.objects.filter(company_id__in=companies, project_id="", interval="daily")
    in_use = rows.filter(is_in_use(since)).values_list("company_id", flat=True)
    if rows.exclude(company_id__in=list(in_use)).update(used_until=None):
        PollSlot.objects.filter(stream=Stream.USAGE, period=utc_day(now), scope__endswith="/daily").update(
            next_attempt_at=now
        )


def note_failure(
    known: Known,
    owner: Owner,
    asked: Range,
    at: dt.datetime,
    *,
    state: TargetState,
    reason: str,
    request_id: str,
) -> None:
    """Open (or keep open) a target for those of the asked days that are not known."""
    overlapping = [t for t in known.targets[owner] if t.since <= asked[1] and t.until >= asked[0]]
    attempts = max((target.attempts for target in overlapping), default=0) + 1
    first = min((target.opened_at for target in overlapping), default=at)
    gaps = unknown_ranges(known, owner, asked)
    cut_targets(known, owner, asked)
    closed = state != TargetState.FAILED
    again_at = at + CLOSED_TARGET_ASKED_AGAIN_AFTER if closed else retry_at(at, attempts)
    for gap in gaps:
        target = add_target(known, owner, gap, at=first, state=state, next_attempt_at=again_at)
        target.attempts, target.reason, target.request_id = attempts, reason, request_id


def opened_at(known: Known, owner: Owner, day: dt.date, at: dt.datetime) -> dt.datetime:
    """Since when a day is known to be absent from the answers."""
    return min((t.opened_at for t in known.targets[owner] if t.since <= day <= t.until), default=at)


def unknown_ranges(known: Known, owner: Owner, wanted: Range) -> list[Range]:
    """The parts of a range that are not known, the oldest first."""
    if wanted[0] > wanted[1]:
        return []
    return runs_of(day for day in days_between(*wanted) if not known.is_known(owner, day))


def unnoted(known: Known, owner: Owner, gaps: Iterable[Range]) -> list[Range]:
    """The days of some gaps that no target tells of yet: a call for them may have failed before."""
    noted = [(target.since, target.until) for target in known.targets[owner]]
    days = (day for gap in gaps for day in days_between(*gap))
    return runs_of(day for day in days if not any(since <= day <= until for since, until in noted))


def cut_targets(known: Known, owner: Owner, asked: Range) -> None:
    """Take the asked days out of the targets of a series; what lies outside stays a target."""
    for target in list(known.targets[owner]):
        if target.until < asked[0] or target.since > asked[1]:
            continue
        known.targets[owner].remove(target)
        for left, right in ((target.since, asked[0] - DAY), (asked[1] + DAY, target.until)):
            if left <= right:
                known.targets[owner].append(copy_of(target, left, right))


def copy_of(target: Target, since: dt.date, until: dt.date) -> Target:
    """A new target that tells the same of fewer days."""
    names = [f.name for f in Target._meta.concrete_fields if f.name not in ("id", "since", "until")]
    return Target(since=since, until=until, **{name: getattr(target, name) for name in names})


def add_target(
    known: Known,
    owner: Owner,
    days: Range,
    *,
    at: dt.datetime,
    state: TargetState,
    next_attempt_at: dt.datetime | None,
) -> Target:
    """A new target, not yet written."""
    target = Target(
        company_id=owner.company_id,
        project_id=owner.project_id,
        since=days[0],
        until=days[1],
        state=state,
        opened_at=at,
        next_attempt_at=next_attempt_at,
        **known.kind.fields(),
    )
    known.targets[owner].append(target)
    return target


def write_known(known: Known, owners: Iterable[Owner]) -> None:
    """Write coverage and targets of these owners; part of the transaction that stores the figures."""
    asked = list(owners)
    for owner in asked:
        row = known.coverage.get(owner)
        if row is not None and row.pk is None:
            row.company_id, row.project_id = owner.company_id, owner.project_id
            row.business, row.model, row.interval = known.kind.fields().values()
    rows = [known.coverage[owner] for owner in asked if owner in known.coverage]
    Coverage.objects.bulk_create([row for row in rows if row.pk is None], batch_size=500)
    changing = [
        "known_from", "known_until", "checked_from", "checked_at", "settled_until", "used_until", "is_company",
        "looked_back_at",
    ]  # fmt: skip
    # An upsert by the key: bulk_update makes an expression of every value, which takes longer than the calls do.
    Coverage.objects.bulk_create(
        [row for row in rows if row.pk],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=changing,
    )
    replace_targets(known, asked)


def replace_targets(known: Known, owners: Collection[Owner]) -> None:
    """Let the stored targets of these owners be exactly what is known to be missing."""
    companies = {owner.company_id for owner in owners}
    stored = Target.objects.filter(company_id__in=companies, **known.kind.fields())
    kept = {target.pk for owner in owners for target in known.targets[owner] if target.pk}
    gone = [target.pk for target in stored if owner_of(target) in set(owners) and target.pk not in kept]
    Target.objects.filter(pk__in=gone).delete()
    Target.objects.bulk_create([t for owner in owners for t in known.targets[owner] if t.pk is None], batch_size=500)
