"""The rest of what pages read: companies with projects, a ledger in which all is known, and daily bills."""

from __future__ import annotations

import datetime as dt
from itertools import islice

from django.db import connection, transaction

from benchmarks.season import COMPANIES, COMPANY, FIRST, LAST, PROJECTS
from billing.services.sums import sum_up
from polling.models import SNAPSHOT, Connection, PollSlot, SlotState, Stream
from polling.periods import DAY, days_between, months_between
from polling.series import Kind
from usage.services.plan import KINDS

AT = dt.datetime.combine(LAST + DAY, dt.time(6), dt.UTC)
MOMENT = connection.ops.adapt_datetimefield_value(AT)
PROJECT = "CAST(1000000 + 10 * c.n + p.n AS text)"
# The last two days are not settled, and have no bill yet.
SETTLED = LAST - DAY
COMPANIES_LISTED = """
    INSERT INTO companies_company (company_id, name, country, area, app_limit, industry, interest, environment, status,
        first_seen_at, last_seen_at)
    SELECT CAST(10000 + n AS text), 'Company ' || n, CASE WHEN n %% 3 = 0 THEN 'DE' ELSE 'US' END, '1', 10, '1', '', '',
        CASE WHEN n %% 97 = 0 THEN '3' ELSE '1' END, %s, %s
    FROM bench_numbers WHERE n < %s
"""
PROJECTS_LISTED = f"""
    INSERT INTO companies_project (company_id, project_id, name, status, first_seen_at, last_seen_at)
    SELECT k.id, {PROJECT}, 'Project ' || p.n, '1', %s, %s
    FROM bench_numbers c JOIN companies_company k ON k.company_id = {COMPANY}, bench_numbers p
    WHERE c.n < %s AND p.n BETWEEN 1 AND %s
"""  # noqa: S608
# Whoever is idle was asked within the last week; the projects of active companies were asked beside them.
COVERED = f"""
    INSERT INTO polling_coverage (company_id, project_id, business, model, interval, known_from, known_until, known_at,
        checked_from, checked_at, settled_until, used_until, is_company)
    SELECT {COMPANY}, CASE WHEN p.n = 0 THEN '' ELSE {PROJECT} END, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s
    FROM bench_numbers c, bench_numbers p
    WHERE c.n < %s AND CASE WHEN c.n %% 10 < 3 THEN 1 ELSE 0 END = %s AND p.n <= %s
"""  # noqa: S608
BILLED = f"""
    INSERT INTO billing_dailybillline (period, company_id, project_id, currency, amount, lines)
    SELECT %s, {COMPANY}, {PROJECT}, CASE WHEN c.n %% 10 = 0 THEN 'CNY' ELSE 'USD' END,
        1000000 * (1 + (c.n * 7919 + p.n * 104729 + %s) %% 997), 1
    FROM bench_numbers c, bench_numbers p
    WHERE c.n < %s AND c.n %% 10 < 3 AND p.n BETWEEN 1 AND %s
"""  # noqa: S608


def generate() -> None:
    """Everything but usage; `season.generate` made the numbers it counts with."""
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(COMPANIES_LISTED, [MOMENT, MOMENT, COMPANIES])
        cursor.execute(PROJECTS_LISTED, [MOMENT, MOMENT, COMPANIES, PROJECTS])
        for kind in KINDS:
            cursor.execute(COVERED, covered(kind, active=True))
            cursor.execute(COVERED, covered(kind, active=False))
    days = iter(enumerate(days_between(FIRST, SETTLED)))
    while batch := list(islice(days, 50)):
        with connection.cursor() as cursor, transaction.atomic():
            cursor.executemany(BILLED, [[day, number, COMPANIES, PROJECTS] for number, day in batch])
            for _, day in batch:
                sum_up(day)
    Connection.objects.update_or_create(pk=1, defaults={"last_answer_at": AT, "poll_since": FIRST})
    PollSlot.objects.bulk_create(slots(), batch_size=1000)


def covered(kind: Kind, *, active: bool) -> list[object]:
    """What the ledger says of one pair of those who use something, or of all others."""
    used = LAST if active and kind.business == "default" else FIRST - DAY
    whose = [kind.business, kind.model, kind.interval]
    known = [FIRST, LAST, MOMENT, LAST - 6 * DAY, MOMENT, SETTLED, used, False]
    return [*whose, *known, COMPANIES, int(active), PROJECTS if active else 0]


def slots() -> list[PollSlot]:
    """A complete slot for all that should be known."""
    lists = [slot(Stream.COMPANIES, "", SNAPSHOT)]
    lists += [slot(Stream.PROJECTS, str(10000 + n), SNAPSHOT) for n in range(COMPANIES)]
    bills = [slot(Stream.DAILY_BILLS, "", day) for day in days_between(FIRST, SETTLED)]
    usage = [
        slot(Stream.USAGE, kind.scope, period)
        for kind in KINDS
        for period in (days_between(FIRST, LAST) if kind.interval == "daily" else months_between(FIRST, LAST))
    ]
    return lists + bills + usage


def slot(stream: Stream, scope: str, period: dt.date) -> PollSlot:
    """One thing that is known, and looked at again tomorrow."""
    return PollSlot(
        stream=stream, scope=scope, period=period, state=SlotState.COMPLETE, due_at=AT, next_attempt_at=AT + DAY,
        first_complete_at=AT, last_complete_at=AT, active_complete_at=AT,
    )  # fmt: skip
