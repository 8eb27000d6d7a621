"""What dashboards read of the data set, beside the same questions to its rows; how that grows, and what a row takes."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import CombinedExpression

import benchmarks.ready  # noqa: F401 - before the apps' tables are imported
from agora.records import UsageAnswer, UsageRecord
from agora.vocabulary import METRICS, Business, Interval, Model
from benchmarks import season
from benchmarks.table import SCALE, Line, at_least, at_most, figure, seconds, short, side_by_side
from polling.periods import DAY, last_of_month
from polling.series import Kind, Owner
from polling.services.coverage import load_known, write_known
from usage.models import CompanyMonth, DayTotal, UsageFigures, UsageSeries
from usage.queries.ledger import with_owners
from usage.services.store import Reading, store_readings

PAIR = {"business": "default", "model": "duration"}
KIND = Kind(business=Business.DEFAULT, model=Model.DURATION, interval=Interval.DAILY)
COLUMNS = ("audio_all", "video_all", "sd_all", "hd_all", "hdp_all")
SUMS = [Sum(column) for column in COLUMNS]
# As many companies are stored in one transaction, a week of each.
CHUNK = 100


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What was measured at one size."""

    rows: int
    times: Mapping[str, float]
    a_row: float
    size: int


def measure() -> Iterator[Line]:
    """Goals 5, 6 and 7: at a tenth of the size first, then at the whole of it."""
    tenth = season.COMPANIES // 10
    took = seconds(partial(season.generate, 0, tenth - 1)) + seconds(season.settle)
    small = at_this_size()
    took += seconds(partial(season.generate, tenth, season.COMPANIES - 1)) + seconds(season.settle)
    large = at_this_size()
    yield figure(f"usage of {season.COMPANIES:,} companies: rows, made in {took:.0f} s", f"{large.rows:,}")
    yield from questions(large)
    yield from growth(small, large)
    if large.size:
        yield at_most("7", "bytes a stored row of usage takes, indexes and sums included", large.size / large.rows, 120)


def at_this_size() -> Measured:
    """Everything that is measured, now."""
    rows, size = UsageFigures.objects.count(), bytes_used()
    sides = {name: partial(fetch, *asked) for name, asked in asked_sides().items()}
    times = side_by_side(sides, rounds=5)
    return Measured(rows=rows, times=times, a_row=seconds_a_row(), size=size)


def fetch(rows: QuerySet[Any], repeat: int) -> None:
    """Ask a question so often that what asking takes does not hide what answering takes."""
    statement, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        for _ in range(repeat):
            cursor.execute(statement, params)
            cursor.fetchall()


def asked_sides() -> dict[str, tuple[QuerySet[Any], int]]:
    """Each question to the sums and to the rows, with how often it is asked."""
    days = (season.LAST - 89 * DAY, season.LAST)
    whole = UsageSeries.objects.filter(project_id="", interval="daily", **PAIR)
    everybody = with_owners(UsageFigures.objects.filter(series__in=whole)).order_by()
    company = everybody.filter(company_id=season.active(1)[0], period__range=days)
    return {
        "90 days, sums": (DayTotal.objects.filter(period__range=days, **PAIR).values_list("period", *COLUMNS), 10),
        "90 days, rows": (everybody.filter(period__range=days).values("period").annotate(*SUMS), 1),
        "top 20, sums": (top_of_sums(), 3),
        "top 20, rows": (top_of_rows(everybody), 1),
        "company": (company.values("period").annotate(*SUMS), 10),
        "key lookup": (company.values_list("period", *COLUMNS), 10),
    }


def top_of_sums() -> QuerySet[Any]:
    """The 20 companies with the most minutes of the last whole month, beside those of the month before it."""
    last, before = season.months()
    minutes = CompanyMonth.objects.filter(**PAIR).annotate(minutes=sum_of_parts())
    earlier = minutes.filter(month=before, company_id=OuterRef("company_id")).values("minutes")
    found = minutes.filter(month=last).annotate(before=Subquery(earlier))
    return found.order_by("-minutes").values_list("company_id", "minutes", "before")[:20]


def top_of_rows(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same, of rows."""
    last, before = season.months()
    found = rows.filter(period__range=(before, last_of_month(last))).values("company_id")
    now, earlier = Q(period__gte=last), Q(period__lt=last)
    found = found.annotate(now=Sum(sum_of_parts(), filter=now), before=Sum(sum_of_parts(), filter=earlier))
    return found.order_by("-now")[:20]


def sum_of_parts() -> CombinedExpression:
    """The minutes of a row."""
    return F("audio_all") + F("sd_all") + F("hd_all") + F("hdp_all")


def bytes_used() -> int:
    """The bytes that rows, their indexes and their sums take; 0 where nobody can tell."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        tables = [model._meta.db_table for model in (UsageSeries, UsageFigures, DayTotal, CompanyMonth)]
        cursor.execute(
            "SELECT sum(pg_total_relation_size(name::regclass))::bigint FROM unnest(%s::text[]) name", [tables]
        )
        return int(cursor.fetchone()[0])


def seconds_a_row() -> float:
    """What storing a row takes when answers for the last week come in, with coverage and sums; nothing is kept."""
    owners = [Owner(company_id=company_id) for company_id in season.idle(CHUNK)]
    readings = [reading_of(owner) for owner in owners]

    def store() -> None:
        with transaction.atomic():
            known = load_known(KIND, owners)
            store_readings(known, readings)
            write_known(known, owners)
            transaction.set_rollback(True)

    return min(seconds(store) for _ in range(5)) / (7 * len(owners))


def reading_of(owner: Owner) -> Reading:
    """An answer that carries the last week of the data set."""
    week = [season.LAST - number * DAY for number in range(6, -1, -1)]
    metrics = dict.fromkeys(METRICS[KIND.business, KIND.model], 7)
    return Reading(
        owner=owner,
        asked=(week[0], week[-1]),
        at=dt.datetime.combine(season.LAST, dt.time(23), dt.UTC),
        answer=UsageAnswer(records=[UsageRecord(period=day, metrics=metrics) for day in week]),
    )


def questions(found: Measured) -> Iterator[Line]:
    """Goal 5."""
    times = found.times
    for what, name in (("90 days", "all companies for 90 days"), ("top 20", "top 20 of a month with the month before")):
        kept, rows = times[f"{what}, sums"] / asked_sides()[f"{what}, sums"][1], times[f"{what}, rows"]
        yield figure(f"{name}: milliseconds from sums, from rows", f"{1000 * kept:.2f}, {1000 * rows:.0f}")
        wanted = 200 if what == "90 days" else 100
        faster = f"{name}: times faster than from rows"
        # The goal is about all 11 million rows; fewer are added up so fast that there is less to gain.
        yield at_least("5", faster, rows / kept, wanted) if SCALE >= 1 else figure(faster, short(rows / kept))
    yield at_most(
        "5", "a company's 90 days against a key lookup of the same rows", times["company"] / times["key lookup"], 3
    )


def growth(small: Measured, large: Measured) -> Iterator[Line]:
    """Goal 6."""
    times = large.rows / small.rows
    for what in ("90 days, sums", "top 20, sums", "company"):
        power = math.log(large.times[what] / small.times[what], times)
        yield at_most("6", f'growth of the time of "{what}" with the rows: exponent', power, 0.3)
    yield figure("storing usage answers: rows a second", short(1 / large.a_row))
    yield at_most("6", "growth of the time to store a row: exponent", math.log(large.a_row / small.a_row, times), 0.1)
    if large.size:
        grown = (large.size / large.rows) / (small.size / small.rows)
        yield at_most("6", "growth of the bytes a row takes", grown, 1.02)
