"""Reads of slots, readings and gaps for the pages that show them; each takes one query, whatever the number of rows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Concat, TruncMonth

from polling.models import SNAPSHOT, Coverage, PollRun, PollSlot, RunOutcome, SlotState, Stream, Target
from polling.periods import DAY, first_of_month, last_of_month, utc_day
from polling.queries.ledger import CLOSED, missing_slots, poll_since
from polling.series import Kind

SERIES_DAYS = ("business", "model", "interval", "since", "until")
# Of so many gaps of companies and projects a list of gaps tells whose they are.
MOST_RANGES = 2000
DATED = (Stream.USAGE, Stream.DAILY_BILLS)


def slots_of_month(month: dt.date) -> QuerySet[PollSlot]:
    """Every slot whose period lies in the month; `month` is its first day."""
    return PollSlot.objects.filter(stream__in=DATED, period__range=(month, last_of_month(month)))


def running_slots(now: dt.datetime) -> QuerySet[PollSlot]:
    """The slots that somebody reads at this moment."""
    return PollSlot.objects.filter(lease_until__gt=now)


def unpublished_slots(streams: Iterable[str]) -> QuerySet[PollSlot]:
    """The slots for which Agora had no data yet when it was asked last."""
    return PollSlot.objects.filter(stream__in=list(streams), state=SlotState.EMPTY).order_by(
        "stream", "-period", "scope"
    )


def gaps_by_month(now: dt.datetime) -> dict[dt.date, int]:
    """How many gaps each month has, by its first day; a month without any is not there."""
    gaps = missing_slots(now, streams=DATED, days=None).order_by()
    counted = gaps.annotate(month=TruncMonth("period")).values_list("month").annotate(gaps=Count("pk"))
    return dict(counted)


@dataclass(frozen=True, kw_only=True)
class Lists:
    """How the lists of one stream fare: how many there are, are known, are read now, and when."""

    stream: str
    count: int
    known: int
    failing: int
    running: int
    read_at: dt.datetime | None
    next_at: dt.datetime | None


def lists(now: dt.datetime) -> dict[str, Lists]:
    """The lists of companies and projects, by stream."""
    counted = (
        PollSlot.objects.filter(period=SNAPSHOT)
        .values("stream")
        .annotate(
            count=Count("pk"),
            known=Count("pk", filter=Q(first_complete_at__isnull=False)),
            failing=Count("pk", filter=Q(failing_since__isnull=False)),
            running=Count("pk", filter=Q(lease_until__gt=now)),
            read_at=Max("last_complete_at"),
            next_at=Min("next_attempt_at"),
        )
        .order_by("stream")
    )
    return {row["stream"]: Lists(**row) for row in counted}


def slot(stream: str, scope: str, period: dt.date) -> PollSlot | None:
    """One slot, if there is one."""
    return PollSlot.objects.filter(stream=stream, scope=scope, period=period).first()


def known_slots(stream: str, scope: str, since: dt.date, until: dt.date) -> QuerySet[PollSlot]:
    """The slots of one scope in these periods that were whole once."""
    known = PollSlot.objects.filter(stream=stream, scope=scope, period__range=(since, until))
    return known.filter(first_complete_at__isnull=False)


def runs_of(stream: str, scope: str, period: dt.date) -> QuerySet[PollRun]:
    """The readings that were about a period, the newest first; monthly figures are read by ranges of days."""
    last = last_of_month(period) if scope.endswith("/monthly") else period
    runs = PollRun.objects.filter(stream=stream, scope=scope, since__lte=last, until__gte=period)
    return runs.order_by("-ended_at", "-pk")


def next_tries(slots: Collection[PollSlot]) -> dict[int, dt.datetime]:
    """When each of these slots, or a target that keeps it open, is tried again; one query for all of them."""
    tries = {slot.pk: slot.next_attempt_at for slot in slots if slot.next_attempt_at}
    found = _keeping_open(slots).exclude(next_attempt_at=None).values_list(*SERIES_DAYS)
    for slot, at in _beside(slots, found.annotate(at=Min("next_attempt_at"))):
        tries[slot.pk] = min(at, tries.get(slot.pk, at))
    return tries


def companies_missing(slots: Collection[PollSlot]) -> dict[int, set[str]]:
    """The companies, by ID, of which or of whose projects these slots are not known though they were asked.

    Nothing where so much is missing that it would take long to tell.
    """
    found = list(_keeping_open(slots).order_by().values_list(*SERIES_DAYS, "company_id").distinct()[: MOST_RANGES + 1])
    missing: dict[int, set[str]] = defaultdict(set)
    for slot, company_id in _beside(slots, found) if len(found) <= MOST_RANGES else ():
        missing[slot.pk].add(company_id)
    return missing


def _keeping_open(slots: Collection[PollSlot]) -> QuerySet[Target]:
    """The targets that may keep one of these slots of usage open."""
    periods = [slot.period for slot in slots if slot.stream == Stream.USAGE]
    return open_targets(min(periods), last_of_month(max(periods))) if periods else Target.objects.none()


def _beside(slots: Collection[PollSlot], rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[PollSlot, Any]]:
    """Each slot of usage with what stands behind SERIES_DAYS in each row that is about it."""
    by_scope: dict[str, list[PollSlot]] = defaultdict(list)
    for slot in slots:
        by_scope[slot.scope if slot.stream == Stream.USAGE else ""].append(slot)
    for business, model, interval, since, until, value in rows:
        for slot in by_scope.get(f"{business}/{model}/{interval}", ()):
            last = last_of_month(slot.period) if interval == "monthly" else slot.period
            if since <= last and until >= slot.period:
                yield slot, value


def missing_of(company_id: str) -> Q:
    """The slots of usage that are not known of a company, or that a call for it or one of its projects lacks."""
    known = Coverage.objects.filter(company_id=company_id, project_id="")
    awaited = Target.objects.filter(company_id=company_id).exclude(state__in=CLOSED)
    there, lacking = _reaching(known, "known_from", "known_until"), _reaching(awaited, "since", "until")
    return Q(stream=Stream.USAGE) & (~Exists(there) | Exists(lacking))


def _reaching(rows: QuerySet[Any], since: str, until: str) -> QuerySet[Any]:
    """The rows whose days reach over the period of the slot that is asked about."""
    scope = Concat("business", Value("/"), "model", Value("/"), "interval")
    from_then = Q(**{f"{since}__lte": OuterRef("period")}) | Q(interval="monthly", month__lte=OuterRef("period"))
    reaching = rows.alias(scope=scope, month=TruncMonth(since)).filter(from_then, scope=OuterRef("scope"))
    return reaching.filter(**{f"{until}__gte": OuterRef("period")})


def companies_known(scope: str, period: dt.date) -> QuerySet[Coverage]:
    """The companies as a whole of which a period of usage is covered."""
    business, model, interval = scope.split("/")
    last = last_of_month(period) if interval == "monthly" else period
    rows = Coverage.objects.filter(business=business, model=model, interval=interval, project_id="")
    return rows.filter(known_from__lte=last, known_until__gte=period)


def open_targets(since: dt.date, until: dt.date, *, company_id: str = "") -> QuerySet[Target]:
    """The gaps of companies and projects in these days that are waited for."""
    targets = Target.objects.filter(since__lte=until, until__gte=since).exclude(state__in=CLOSED)
    return targets.filter(company_id=company_id) if company_id else targets


def targets_of(scope: str, period: dt.date) -> QuerySet[Target]:
    """Of which companies and projects a period is not known, first of those for which it is waited."""
    business, model, interval = scope.split("/")
    last = last_of_month(period) if interval == "monthly" else period
    targets = Target.objects.filter(
        business=business, model=model, interval=interval, since__lte=last, until__gte=period
    )
    waited_for = Case(When(state__in=CLOSED, then=1), default=0)
    return targets.order_by(waited_for, "company_id", "project_id", "since")


def failed_run(stream: str, scope: str | None, *, since: dt.datetime) -> PollRun | None:
    """A reading since then of which something is missing; of any scope where it is None."""
    runs = PollRun.objects.filter(stream=stream, started_at__gte=since).exclude(outcome=RunOutcome.COMPLETE)
    return (runs if scope is None else runs.filter(scope=scope)).order_by("-pk").first()


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Calls and readings that ended in a span of time."""

    calls: int
    readings: int
    failed: int


def traffic(since: dt.datetime) -> Traffic:
    """What was read since then."""
    counted = PollRun.objects.filter(ended_at__gte=since).aggregate(
        calls=Sum("calls", default=0),
        readings=Count("pk"),
        failed=Count("pk", filter=~Q(outcome=RunOutcome.COMPLETE)),
    )
    return Traffic(**counted)


def failed_runs() -> QuerySet[PollRun]:
    """The readings of which something was missing, the newest first."""
    return PollRun.objects.exclude(outcome=RunOutcome.COMPLETE).order_by("-ended_at", "-pk")


def coming() -> dict[str, dt.datetime]:
    """When each stream is read next, the soonest first."""
    waiting = PollSlot.objects.exclude(next_attempt_at=None).values_list("stream")
    return dict(waiting.annotate(at=Min("next_attempt_at")).order_by("at"))


def months_known(since: dt.date, until: dt.date) -> Iterator[dt.date]:
    """The first day of every month that a person can look at, the newest first."""
    month = first_of_month(until)
    while month >= first_of_month(since):
        yield month
        month = first_of_month(month.replace(day=1) - dt.timedelta(days=1))


def in_use_since(now: dt.datetime) -> dt.date:
    """The first of the UTC days whose usage tells that a series is in use."""
    return max(poll_since(), utc_day(now) - (settings.AGORA_DAYS_PER_DAILY_CALL - 1) * DAY)


def is_in_use(since: dt.date) -> Q:
    """Coverage of series of which there may be usage since a day: they are in use until the contrary is known."""
    return Q(used_until=None) | Q(used_until__gte=since)


def series_in_use(kind: Kind, since: dt.date) -> tuple[int, int]:
    """How many series of a kind are in use, and how many of them are companies as a whole."""
    used = Coverage.objects.filter(is_in_use(since), **kind.fields())
    counted = used.aggregate(all=Count("pk"), companies=Count("pk", filter=Q(project_id="")))
    return counted["all"], counted["companies"]
