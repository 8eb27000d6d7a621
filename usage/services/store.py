"""Storing an answer: rows that differ are written, known zeros need none, settled figures that change are corrected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from agora.records import UsageAnswer, UsageRecord
from agora.vocabulary import Interval
from polling.models import Coverage
from polling.periods import DAY, days_between, last_of_month, months_between, utc_day
from polling.queries import poll_since
from polling.series import Kind, Owner
from polling.services import coverage
from polling.services.coverage import Known
from polling.services.ranges import Range, runs_of
from usage.metrics import columns_of
from usage.models import MetricColumns, UsageFigures, UsageSeries
from usage.services.rollups import roll_up

VALUES = [*(field.name for field in MetricColumns._meta.fields), "extra", "corrected"]

# 70 thousand million people at once, all day long.
LARGEST_IN_COLUMN = 10**14

# A value for each column of a kind, and `extra` with what no column holds.
Figures = dict[str, Any]
Rows = dict[tuple[Owner, dt.date], UsageFigures]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One answer, with whose it is, which days were asked and when it arrived."""

    owner: Owner
    asked: Range
    at: dt.datetime
    answer: UsageAnswer


def store_readings(known: Known, readings: Iterable[Reading]) -> int:
    """Store answers of one kind and carry them into `known`, which the caller writes; gives the changed rows."""
    readings, first_wanted = list(readings), poll_since()
    stored = stored_rows(known.kind, readings)
    fresh: Rows = {}
    stale: Rows = {}
    for reading in readings:
        there = stored.get(reading.owner, {})
        for record in reading.answer.records:
            key = reading.owner, record.period
            row, gone = settle_row(known, reading, record, there.get(record.period))
            fresh |= {key: row} if row else {}
            stale |= {key: gone} if gone else {}
        coverage.note_answer(
            known,
            reading.owner,
            reading.asked,
            reading.at,
            absent=absent_days(known.kind, reading),
            settles_after=settings.USAGE_SETTLES_AFTER,
        )
        coverage.note_use(known, reading.owner, reading.asked, last_used(known.kind, reading))
        looked_back_to = max(first_wanted, looks_back_to(known.coverage[reading.owner], reading.at))
        coverage.note_look_back(known, reading.owner, looked_back_to)
    write_rows(known.kind, fresh, stale)
    return len(fresh) + len(stale)


def last_used(kind: Kind, reading: Reading) -> dt.date | None:
    """The last asked day of which an answer tells of usage, None without any; a month counts to its end."""
    periods = [r.period for r in reading.answer.records if any(r.metrics.values()) or r.extra]
    if not periods or kind.interval == Interval.DAILY:
        return max(periods, default=None)
    return min(last_of_month(max(periods)), reading.asked[1])


def looks_back_to(row: Coverage, at: dt.datetime) -> dt.date:
    """The first day that the turn of a series looks back at: of one in use, as many days more as a turn may take."""
    today = utc_day(at)
    first = today - (settings.AGORA_DAYS_PER_DAILY_CALL - 1) * DAY
    in_use = row.used_until is None or row.used_until >= first
    return first - settings.POLL_IDLE_DAYS * DAY if in_use else first


def write_rows(kind: Kind, fresh: Rows, stale: Rows) -> None:
    """Write rows that differ and delete those that became known zeros, then compute the sums they are part of."""
    UsageFigures.objects.filter(pk__in=[row.pk for row in stale.values()]).delete()
    ids = ids_of_series(kind, {owner for owner, _ in fresh})
    for (owner, _), row in fresh.items():
        row.series_id = ids[owner]
    UsageFigures.objects.bulk_create(
        fresh.values(), update_conflicts=True, unique_fields=["series", "period"], update_fields=VALUES, batch_size=500
    )
    roll_up(kind, {(owner.company_id, period) for owner, period in (*fresh, *stale) if not owner.project_id})


def ids_of_series(kind: Kind, owners: Collection[Owner]) -> dict[Owner, int]:
    """The number of each owner's series; one that is new is given a number."""
    found = stored_ids(kind, owners)
    missing = sorted(set(owners) - found.keys())
    if not missing:
        return found
    # Whoever else makes the same one is waited for, and theirs is taken.
    UsageSeries.objects.bulk_create(
        (UsageSeries(company_id=one.company_id, project_id=one.project_id, **kind.fields()) for one in missing),
        ignore_conflicts=True,
        batch_size=500,
    )
    return stored_ids(kind, owners)


def stored_ids(kind: Kind, owners: Collection[Owner]) -> dict[Owner, int]:
    """The numbers of those series that have one."""
    found = UsageSeries.objects.filter(company_id__in={owner.company_id for owner in owners}, **kind.fields())
    return {
        Owner(company_id=company_id, project_id=project_id): number
        for company_id, project_id, number in found.values_list("company_id", "project_id", "id")
    }


def stored_rows(kind: Kind, readings: list[Reading]) -> dict[Owner, dict[dt.date, UsageFigures]]:
    """The rows that the answers may change, by owner and period."""
    rows: dict[Owner, dict[dt.date, UsageFigures]] = {}
    if not readings:
        return rows
    first = min(reading.asked[0] for reading in readings)
    last = max(reading.asked[1] for reading in readings)
    wanted = {reading.owner for reading in readings}
    owners = {number: owner for owner, number in stored_ids(kind, wanted).items() if owner in wanted}
    for row in UsageFigures.objects.filter(series__in=owners, period__range=(first.replace(day=1), last)):
        rows.setdefault(owners[row.series_id], {})[row.period] = row
    return rows


def settle_row(
    known: Known, reading: Reading, record: UsageRecord, old: UsageFigures | None
) -> tuple[UsageFigures | None, UsageFigures | None]:
    """The row to write (None when nothing changed), and the row that became a known zero."""
    kind, owner = known.kind, reading.owner
    values = values_of(kind, record)
    last_day = last_of_month(record.period) if kind.interval == Interval.MONTHLY else record.period
    was_known = known.is_known(owner, min(last_day, reading.asked[1]))
    before = values_of_row(kind, old) if old else (zeros(kind) if was_known else None)
    if before == values:
        return None, None
    corrected = set(old.corrected or ()) if old else set()
    if before and known.is_settled(owner, last_day):
        corrected |= changed_metrics(kind, before, values)
    if values == zeros(kind) and not corrected:
        return None, old
    columns = values | {"extra": values["extra"] or None}
    return UsageFigures(period=record.period, corrected=sorted(corrected) or None, **columns), None


def changed_metrics(kind: Kind, before: Figures, after: Figures) -> set[str]:
    """The wire names of metrics that were known and now have another value; one that only appears is no correction."""
    old, new = by_metric(kind, before), by_metric(kind, after)
    return {metric for metric, value in old.items() if value is not None and new.get(metric) != value}


def by_metric(kind: Kind, values: Figures) -> dict[str, object]:
    """Each metric's value as it would be shown: what a column cannot hold stands in `extra`."""
    known = {name: values[column] for name, column in columns_of(kind.business, kind.model).items()}
    return {**known, **values["extra"]}


def zeros(kind: Kind) -> Figures:
    """What a day without a row is worth: every metric of the kind a known zero."""
    return {**dict.fromkeys(columns_of(kind.business, kind.model).values(), 0), "extra": {}}


def values_of(kind: Kind, record: UsageRecord) -> Figures:
    """The columns of an answer's day; a metric that it did not carry is None, an absurdly large one stands in `extra`.

    So no sum of columns can ever grow beyond what a database adds up, which would stop the storing of all others.
    """
    told = {name: value for name, value in record.metrics.items() if value is not None}
    absurd = {name: str(value) for name, value in told.items() if abs(value) > LARGEST_IN_COLUMN}
    columns = columns_of(kind.business, kind.model)
    return {
        **{column: None if name in absurd else told.get(name) for name, column in columns.items()},
        "extra": {**record.extra, **absurd},
    }


def values_of_row(kind: Kind, row: UsageFigures) -> Figures:
    """The same of a stored row."""
    return {
        **{column: getattr(row, column) for column in columns_of(kind.business, kind.model).values()},
        "extra": row.extra or {},
    }


def absent_days(kind: Kind, reading: Reading) -> list[Range]:
    """The asked days (or the days of asked months) that the answer did not carry."""
    carried = {record.period for record in reading.answer.records}
    since, until = reading.asked
    if kind.interval == Interval.DAILY:
        return runs_of(day for day in days_between(since, until) if day not in carried)
    return [
        (max(month, since), min(last_of_month(month), until))
        for month in months_between(since, until)
        if month not in carried
    ]
