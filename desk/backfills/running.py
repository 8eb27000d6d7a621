"""Going on with orders to read days again: a worker plans one, then reads it chunk by chunk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from django.conf import settings

from billing.services.poll import expect_daily_bills, read_daily_bill
from companies.services.refresh import expect_projects, read_companies, read_projects
from desk.backfills.planning import KIND_OF, companies_to_list, planned
from polling import queries
from polling.models import Backfill, BackfillStep, Stream, Waiting
from polling.periods import DAY, utc_day
from polling.series import Kind, Owner
from polling.services import backfills as orders
from polling.services import slots
from polling.services.backfills import Lost, Read, Wanted
from polling.services.coverage import load_known, unknown_ranges
from polling.services.reading import Busy, Interrupted, Reader
from usage.services.expect import asked_owners, expect_usage
from usage.services.plan import Unit
from usage.services.poll import read_unit

SLICE = dt.timedelta(seconds=30)
BUSY_PAUSE = dt.timedelta(seconds=5)
REFUSED_PAUSE = dt.timedelta(minutes=1)
SECONDS_PER_CHUNK = 10


def run_for_a_while(reader: Reader) -> None:
    """Go on with what was ordered until nothing can go on, or until others should have their turn."""
    started_at = reader.clock()
    while reader.clock() - started_at < SLICE and go_on(reader):
        pass


def go_on(reader: Reader, *, only: int | None = None) -> bool:
    """Plan an order, or read one chunk of it; False when there is none that can go on now."""
    order = orders.claim(reader.clock(), only=only)
    if order is None:
        return False
    try:
        advance(reader, order)
    except (Busy, slots.LeaseLost):
        orders.put_off(order, Waiting.BUSY, reader.clock() + BUSY_PAUSE)
    except Interrupted as interrupted:
        why = Waiting.HOLD if interrupted.until else Waiting.REFUSED
        orders.put_off(order, why, interrupted.until or reader.clock() + REFUSED_PAUSE)
    except Lost:
        return True
    finally:
        orders.give_back(order)
    return True


def advance(reader: Reader, order: Backfill) -> None:
    """The next thing that an order needs."""
    wanted, now = orders.wanted_of(order), reader.clock()
    if order.planned_at is None:
        expect_all(wanted.since, now)
        orders.plan(order, planned(wanted, now), now)
    elif step := queries.next_step(order):
        orders.note_chunk(order, step, CHUNKS[step.stream](reader, step, wanted), reader.clock())
    else:
        orders.finish(order, now)


def expect_all(since: dt.date, now: dt.datetime) -> None:
    """Make the slot of everything that should be known since a day and has none yet."""
    since = min(since, queries.poll_since())
    slots.expect_lists(stream=Stream.COMPANIES, scopes=[""], now=now)
    expect_projects(now)
    expect_usage(since, utc_day(now))
    expect_daily_bills(since, now)


def most_calls() -> int:
    """How many calls make one chunk: so many that a person sees it move, and that being killed costs little."""
    return max(10, SECONDS_PER_CHUNK * settings.AGORA_REQUESTS_PER_SECOND)


def read_companies_chunk(reader: Reader, step: BackfillStep, wanted: Wanted) -> Read:
    """Read the company list."""
    began = reader.clock()
    changed = read_companies(reader)
    return told(step, began, calls=1, changed=changed, rest=None)


def read_projects_chunk(reader: Reader, step: BackfillStep, wanted: Wanted) -> Read:
    """Read some companies' project lists."""
    began = reader.clock()
    left = [company_id for company_id in companies_to_list(wanted, began) if company_id > step.after_company]
    now, rest = left[: most_calls()], len(left[most_calls() :])
    changed = sum(read_projects(reader, company_id) for company_id in now)
    return told(step, began, calls=len(now), changed=changed, rest=rest or None, after=(max(now, default=""), ""))


def read_usage_chunk(reader: Reader, step: BackfillStep, wanted: Wanted) -> Read:
    """Read the usage of some companies and projects."""
    began, kind = reader.clock(), KIND_OF[step.scope]
    left = owners_left(kind, step, wanted)
    now, rest = left[: most_calls()], len(left[most_calls() :])
    unit = Unit(kind=kind, since=step.since, until=step.until, owners=tuple(now), everybody=True)
    before = list(queries.known_slots(step.stream, step.scope, *unit.slots))
    changed = read_unit(reader, unit) if now else 0
    if rest or not step.everybody or wanted.company_id:
        orders.keep_times(before)
    last = now[-1] if now else Owner(company_id="")
    return told(
        step, began, calls=len(now), changed=changed, rest=rest or None, after=(last.company_id, last.project_id)
    )


def owners_left(kind: Kind, step: BackfillStep, wanted: Wanted) -> Sequence[Owner]:
    """Who is still to be asked in a step, in the order in which they are."""
    after = Owner(company_id=step.after_company, project_id=step.after_project)
    owners = [owner for owner in asked_owners() if owner > after and wanted.company_id in ("", owner.company_id)]
    if step.everybody or not owners:
        return owners
    known = load_known(kind, owners)
    days = (step.since, min(step.until, utc_day(step.backfill.ordered_at) - DAY))
    return [owner for owner in owners if unknown_ranges(known, owner, days)]


def read_bill_chunk(reader: Reader, step: BackfillStep, wanted: Wanted) -> Read:
    """Read one day's bill."""
    began = reader.clock()
    changed = read_daily_bill(reader, step.since)
    return told(step, began, calls=1, changed=changed, rest=None)


CHUNKS: Mapping[str, Callable[[Reader, BackfillStep, Wanted], Read]] = {
    Stream.COMPANIES: read_companies_chunk,
    Stream.PROJECTS: read_projects_chunk,
    Stream.USAGE: read_usage_chunk,
    Stream.DAILY_BILLS: read_bill_chunk,
}


def told(
    step: BackfillStep,
    began: dt.datetime,
    *,
    calls: int,
    changed: int,
    rest: int | None,
    after: tuple[str, str] = ("", ""),
) -> Read:
    """What came of a chunk, with what the ledger says went wrong since it began."""
    failed = queries.failed_run(step.stream, None if step.stream == Stream.PROJECTS else step.scope, since=began)
    return Read(
        calls=calls, changed=changed, rest=rest, after=after,
        error=failed.error if failed else "", request_id=failed.request_id if failed else "",
    )  # fmt: skip
