"""Making the slots of usage by the calendar, and finding out which of them, and which series, are to be read."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from agora.vocabulary import Interval
from companies.models import Company, Project
from polling import queries
from polling.models import Stream
from polling.periods import DAY, days_between, end_of, first_of_month, last_of_month, months_between, start_of, utc_day
from polling.series import UNADDRESSABLE, Kind, Owner
from polling.services import slots
from polling.services.coverage import Known, load_known, runs_of, unknown_ranges
from usage.services.plan import KINDS, Range, Unit, newest_first, plan


def expect_usage(since: dt.date, until: dt.date) -> None:
    """Make a slot for every day (and month) of every kind that has none yet; today's is read while it grows."""
    for kind in KINDS:
        monthly = kind.interval == Interval.MONTHLY
        periods = months_between(since, until) if monthly else days_between(since, until)
        due = {period: end_of(last_of_month(period) if monthly else period) for period in periods}
        if slots.expect(stream=Stream.USAGE, scope=kind.scope, due=due):
            fresh = [period for period in due if period >= (first_of_month(until) if monthly else until)]
            slots.make_due(stream=Stream.USAGE, scope=kind.scope, periods=fresh, now=start_of(until))


def asked_owners() -> list[Owner]:
    """Every listed company, and every listed project of any status, that an address can name."""
    companies = Company.objects.filter(gone_at=None).exclude(company_id__in=UNADDRESSABLE)
    projects = Project.objects.filter(gone_at=None, company__in=companies).exclude(project_id__in=UNADDRESSABLE)
    owners = [Owner(company_id=company_id) for company_id in companies.values_list("company_id", flat=True)]
    owners += [
        Owner(company_id=company_id, project_id=project_id)
        for company_id, project_id in projects.values_list("company__company_id", "project_id")
    ]
    return sorted(owners)


def due_units(now: dt.datetime) -> list[Unit]:
    """What the ledger says is to be asked now, the newest first."""
    since, today = queries.poll_since(), utc_day(now)
    owners = asked_owners()
    if not owners:  # nothing should be known of nobody
        return []
    expect_usage(since, today)
    due_slots = queries.due_slots(Stream.USAGE, now)
    units: list[Unit] = []
    for kind in KINDS:
        due = [days_of(kind, slot.period, since, today) for slot in due_slots.filter(scope=kind.scope)]
        known = load_known(kind, owners)
        missing = {
            owner: ranges for owner in owners if (ranges := missing_ranges(known, owner, (since, today - DAY), now))
        }
        units += plan(
            kind=kind, whole=(min([since, *(first for first, _ in due)]), today), due=due, missing=missing,
            owners=owners, days_per_call=settings.AGORA_DAYS_PER_DAILY_CALL,
        )  # fmt: skip
    return newest_first(units)


def days_of(kind: Kind, period: dt.date, since: dt.date, today: dt.date) -> Range:
    """The UTC days that one slot asks for: a month counts from the first day wanted and ends today at the latest."""
    if kind.interval == Interval.DAILY:
        return period, period
    first = max(period, since) if last_of_month(period) >= since else period
    return first, min(last_of_month(period), today)


def missing_ranges(known: Known, owner: Owner, wanted: Range, now: dt.datetime) -> list[Range]:
    """The unknown parts of the wanted days that are to be asked now: not those that wait for their next try."""
    covered = known.days_known(owner)
    targets = known.targets[owner]
    if covered and covered[0] <= wanted[0] and covered[1] >= wanted[1] and not targets:
        return []
    waiting = [t for t in targets if t.next_attempt_at is None or t.next_attempt_at > now]
    unknown = [day for a, b in unknown_ranges(known, owner, wanted) for day in days_between(a, b)]
    return runs_of(day for day in unknown if not any(t.since <= day <= t.until for t in waiting))


def units_of_days(since: dt.date, until: dt.date, now: dt.datetime) -> list[Unit]:
    """Every kind of every owner for these days, whatever the ledger says of them."""
    first_wanted, today = queries.poll_since(), utc_day(now)
    until = min(until, today)
    owners = asked_owners()
    if not owners:
        return []
    expect_usage(since, until)
    units: list[Unit] = []
    for kind in KINDS:
        whole = (since, until)
        if kind.interval == Interval.MONTHLY:
            whole = (
                days_of(kind, first_of_month(since), first_wanted, today)[0],
                min(last_of_month(until), today),
            )
        units += plan(
            kind=kind, whole=whole, due=[whole], missing={}, owners=owners,
            days_per_call=settings.AGORA_DAYS_PER_DAILY_CALL,
        )  # fmt: skip
    return newest_first(units)
