"""The data set: companies with five projects, a third of them active, 400 days, one or two pairs each."""

from __future__ import annotations

import datetime as dt
from itertools import islice

from django.db import connection, transaction

from benchmarks.table import SCALE
from polling.periods import DAY, days_between, first_of_month
from usage.services.rollups import roll_up_everything

COMPANIES = max(int(10_000 * SCALE * (1 if connection.vendor == "postgresql" else 0.1)), 20)
PROJECTS = 5
DAYS = 400
LAST = dt.date(2026, 9, 21)
FIRST = LAST - (DAYS - 1) * DAY
SOME = "(1 + (c.n * 7919 + p.n * 104729 + d.number * 31) %% 997)"
COMPANY = "CAST(10000 + c.n AS text)"
PROJECT = "CASE WHEN p.n = 0 THEN '' ELSE CAST(1000000 + 10 * c.n + p.n AS text) END"
# Every active company uses Video & Audio, every second one is recorded too.
PAIRS = {
    ("default", "duration"): ("audio_all, video_all, sd_all, hd_all, hdp_all", "{0}, 3 * {0}, {0}, {0}, {0}", ""),
    ("recording", "duration"): (
        "audio_audience, sd_audience, hd_audience, hdp_audience", "{0}, {0}, {0}, {0}", "AND c.n %% 20 < 10",
    ),
}  # fmt: skip


def generate(first: int, last: int, since: dt.date = FIRST) -> None:
    """Rows of the companies numbered so, three of ten of them active, day after day as polls leave them."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS bench_numbers (n bigint)")
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS bench_days (number bigint, day date)")
        cursor.execute("DELETE FROM bench_numbers")
        cursor.executemany("INSERT INTO bench_numbers VALUES (%s)", [[n] for n in range(max(last + 1, PROJECTS + 1))])
        for pair in PAIRS:
            cursor.execute(series_of(*pair), [first, last, PROJECTS])
        cursor.execute("ANALYZE")
        days = iter(enumerate(days_between(since, LAST)))
        while batch := list(islice(days, 20)):
            cursor.execute("DELETE FROM bench_days")
            cursor.executemany("INSERT INTO bench_days VALUES (%s, %s)", [[n, day.isoformat()] for n, day in batch])
            with transaction.atomic():
                for pair in PAIRS:
                    cursor.execute(figures_of(*pair), [first, last, PROJECTS])


def series_of(business: str, model: str) -> str:
    """Inserts the series of one pair: of active companies, and of their projects."""
    return f"""
        INSERT INTO usage_usageseries (company_id, project_id, business, model, interval)
        SELECT {COMPANY}, {PROJECT}, '{business}', '{model}', 'daily'
        FROM bench_numbers c, bench_numbers p
        WHERE c.n BETWEEN %s AND %s AND c.n %% 10 < 3 {PAIRS[business, model][2]} AND p.n <= %s
        ORDER BY c.n, p.n
    """  # noqa: S608


def figures_of(business: str, model: str) -> str:
    """Inserts the figures of one pair for some days: each is some number that is never zero."""
    columns, values, _ = PAIRS[business, model]
    return f"""
        INSERT INTO usage_usagefigures (series_id, period, {columns})
        SELECT s.id, d.day, {values.format(SOME)}
        FROM bench_days d, bench_numbers c, bench_numbers p, usage_usageseries s
        WHERE c.n BETWEEN %s AND %s AND p.n <= %s AND s.company_id = {COMPANY} AND s.project_id = {PROJECT}
            AND s.business = '{business}' AND s.model = '{model}'
        ORDER BY d.day, c.n, p.n
    """  # noqa: S608


def active(count: int) -> list[str]:
    """The IDs of the first companies that use something."""
    return [str(10000 + n) for n in islice((n for n in range(COMPANIES) if n % 10 < 3), count)]


def idle(count: int) -> list[str]:
    """The IDs of the first companies that use nothing."""
    return [str(10000 + n) for n in islice((n for n in range(COMPANIES) if n % 10 >= 3), count)]


def settle() -> None:
    """Compute the sums, and let the database look at what it has."""
    roll_up_everything()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def months() -> tuple[dt.date, dt.date]:
    """The last whole month and the one before it."""
    last = first_of_month(first_of_month(LAST) - DAY)
    return last, first_of_month(last - DAY)
