"""Reads of the ledger: what is due, what is missing, how fresh the figures are, how the connection fares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from polling.models import (
    SNAPSHOT,
    Connection,
    Coverage,
    PollRun,
    PollSlot,
    RunOutcome,
    SlotState,
    Stream,
    Target,
    TargetState,
)
from polling.periods import first_of_month, latest_bill, utc_day

# A target in one of these states is not waited for: Agora lets nobody read it, does not know it, or has nothing for it.
REFUSED = (TargetState.NO_ACCESS, TargetState.GONE)
CLOSED = (TargetState.NOT_REPORTED, *REFUSED)


def connection() -> Connection:
    """The state of the connection to Agora; an empty one before anything was asked."""
    return Connection.objects.filter(pk=1).first() or Connection(pk=1)


def poll_since() -> dt.date:
    """The first UTC day that the portal wants to know."""
    stored: dt.date | None = settings.POLL_SINCE or connection().poll_since
    return stored or utc_day(timezone.now()) - dt.timedelta(days=settings.POLL_DEFAULT_DAYS)


def has_data() -> bool:
    """Whether first figures are stored."""
    return Coverage.objects.exists()


def free_slots(now: dt.datetime) -> QuerySet[PollSlot]:
    """Slots that nobody is reading at this moment."""
    return PollSlot.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now))


def due_slots(stream: str, now: dt.datetime) -> QuerySet[PollSlot]:
    """Slots of a stream whose turn it is and that nobody is reading, the newest period first."""
    return free_slots(now).filter(stream=stream, next_attempt_at__lte=now).order_by("-period", "scope")


def list_slot(stream: str, scope: str) -> PollSlot:
    """The slot of a list of companies or projects, as its last reading left it."""
    return PollSlot.objects.get(stream=stream, scope=scope, period=SNAPSHOT)


def unread_lists() -> QuerySet[PollSlot]:
    """The lists of projects of which no first reading has ended yet."""
    untried = PollSlot.objects.filter(first_complete_at=None, failing_since=None)
    return untried.filter(stream=Stream.PROJECTS, state__in=[SlotState.EXPECTED, SlotState.RUNNING])


def complete_runs(stream: str, scope: str) -> QuerySet[PollRun]:
    """The readings of one scope that were stored whole."""
    return PollRun.objects.filter(stream=stream, scope=scope, outcome=RunOutcome.COMPLETE)


def due_streams(now: dt.datetime) -> list[str]:
    """The streams that have something to read now, in the order in which they build on one another."""
    due = set(free_slots(now).filter(next_attempt_at__lte=now).values_list("stream", flat=True).distinct())
    if Target.objects.filter(next_attempt_at__lte=now).exists():
        due.add(Stream.USAGE.value)
    newest = dict(PollSlot.objects.values_list("stream").annotate(newest=Max("period")))
    expected = {Stream.COMPANIES: SNAPSHOT, Stream.USAGE: utc_day(now), Stream.DAILY_BILLS: latest_bill(now)}
    due |= {stream.value for stream, period in expected.items() if newest.get(stream.value, dt.date.min) < period}
    return [stream for stream in Stream.values if stream in due - running_streams(now)]


def running_streams(now: dt.datetime) -> set[str]:
    """The streams that somebody is reading at this moment: one sweep of each at a time is enough."""
    return set(PollSlot.objects.filter(lease_until__gt=now).values_list("stream", flat=True).distinct())


def is_missing(now: dt.datetime) -> Q:
    """What should be known and is not, or could not be read again: a gap.

    A daily bill that is still empty is not published yet and does not count; nor does a day (or month) that is not
    over and that an answer did not carry, or one that is known of everybody who uses it while the others wait for
    their turn.
    """
    never_read = Q(first_complete_at=None, due_at__lte=now) & ~waits_for_idle(now)
    not_published = Q(stream=Stream.DAILY_BILLS, state=SlotState.EMPTY)
    not_over = Q(stream=Stream.USAGE, due_at__gt=now, last_error="")
    return (never_read | Q(state__in=[SlotState.PARTIAL, SlotState.FAILED])) & ~not_published & ~not_over


def waits_for_idle(now: dt.datetime) -> Q:
    """What is known of everybody who uses it, and within days of those who do not."""
    turns = dt.timedelta(days=settings.POLL_IDLE_DAYS + 1)
    return Q(first_complete_at=None, active_complete_at__isnull=False, due_at__gt=now - turns)


def idle_asked_by(due_at: dt.datetime) -> dt.date:
    """The UTC day by which those who do not use something have had their turn, by when it was due."""
    return utc_day(due_at + dt.timedelta(days=settings.POLL_IDLE_DAYS))


def is_failing(now: dt.datetime) -> Q:
    """The gaps that do not just wait for their first reading: something failed, or is missing for over a day."""
    return is_missing(now) & (Q(state=SlotState.FAILED) | ~Q(last_error=""))


def missing_slots(
    now: dt.datetime, *, streams: Iterable[str], days: tuple[dt.date, dt.date] | None
) -> QuerySet[PollSlot]:
    """The gaps of these streams; with `days`, of those days and of the lists alone."""
    slots = PollSlot.objects.filter(is_missing(now), stream__in=list(streams))
    if days:
        lists = Q(stream__in=[Stream.COMPANIES, Stream.PROJECTS])
        monthly = Q(scope__endswith="/monthly", period__range=(first_of_month(days[0]), days[1]))
        slots = slots.filter(lists | monthly | ~Q(scope__endswith="/monthly") & Q(period__range=days))
    return slots.order_by("stream", "-period", "scope")


def missing(now: dt.datetime, *, streams: Iterable[str], days: tuple[dt.date, dt.date] | None) -> list[PollSlot]:
    """The gaps of these streams, as a list."""
    return list(missing_slots(now, streams=streams, days=days))


def next_try(slot: PollSlot, now: dt.datetime) -> dt.datetime | None:
    """When a slot, or a target that keeps it open, is tried again; one that somebody reads now, in a second."""
    if slot.lease_until and slot.lease_until > now:
        return now + dt.timedelta(seconds=1)
    if slot.stream != Stream.USAGE:
        return slot.next_attempt_at
    business, model, interval = slot.scope.split("/")
    targets = Target.objects.filter(
        business=business, model=model, interval=interval, since__lte=slot.period, until__gte=slot.period
    )
    tries = targets.exclude(next_attempt_at=None).values_list("next_attempt_at", flat=True)
    return min([at for at in (slot.next_attempt_at, *tries) if at], default=None)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How many of the slots that are due are known, and how many gaps there are, of which some are `failing`.

    What is known of everybody who uses it counts as known. `read_at` is when anything was last read to its end.
    """

    known: int
    due: int
    open: int
    failing: int = 0
    read_at: dt.datetime | None = None

    @property
    def waiting(self) -> int:
        """The gaps that wait for their first reading."""
        return self.open - self.failing

    @property
    def percent(self) -> int:
        return 100 * self.known // self.due if self.due else 0


def progress(now: dt.datetime) -> Progress:
    """Known, due and missing slots over all streams."""
    due = Q(due_at__lte=now)
    counted = PollSlot.objects.aggregate(
        due=Count("pk", filter=due),
        known=Count("pk", filter=due & (Q(first_complete_at__isnull=False) | waits_for_idle(now))),
        open=Count("pk", filter=is_missing(now)),
        failing=Count("pk", filter=is_failing(now)),
        read_at=Max("last_complete_at"),
    )
    return Progress(**counted)


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """To which UTC day each stream is known, when it was fetched, and how many gaps are open.

    Usage is known to the last day that is known of everybody who uses it.
    """

    usage_until: dt.date | None
    usage_fetched_at: dt.datetime | None
    bills_until: dt.date | None
    bills_expected_until: dt.date
    progress: Progress


def freshness(now: dt.datetime) -> Freshness:
    """What the line under every title says."""
    known = PollSlot.objects.filter(first_complete_at__isnull=False)
    in_use = Q(first_complete_at__isnull=False) | Q(active_complete_at__isnull=False)
    usage = PollSlot.objects.filter(in_use, stream=Stream.USAGE, scope__endswith="/daily").aggregate(
        until=Max("period"), confirmed_at=Max("last_complete_at"), asked_at=Max("active_complete_at")
    )
    fetched = [at for at in (usage["confirmed_at"], usage["asked_at"]) if at]
    bills = known.filter(stream=Stream.DAILY_BILLS).aggregate(until=Max("period"))
    return Freshness(
        usage_until=usage["until"],
        usage_fetched_at=max(fetched, default=None),
        bills_until=bills["until"],
        bills_expected_until=latest_bill(now),
        progress=progress(now),
    )
