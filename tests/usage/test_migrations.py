"""Figures of an older release keep what they say when the tables change, and so do their sums."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q

from tests.usage.known import day, rtc
from usage.models import CompanyMonth, DayTotal, UsageFigures
from usage.services.rollups import roll_up_everything

BEFORE_SUMS = [("usage", "0002_companies_by_period")]
BEFORE_SERIES = [("usage", "0004_fill_rollups")]
SERIES = ("company_id", "project_id", "business", "model", "interval")
CORRECTED = {"extra": {"sipAll": "2.5"}, "corrected": ["audioAll"]}
PEAKS = {"business": "rtm", "model": "counter"}
# Company, project, the day of 2026-09, and whatever differs from a day of Video & Audio.
ROWS: list[tuple[str, str, int, dict[str, Any]]] = [
    ("1", "", 1, rtc(audio=5, sd=2)),
    ("1", "", 2, rtc(audio=1) | CORRECTED),
    ("1", "", 3, rtc() | {"audio_all": None, "extra": {"audioAll": "0.25"}}),
    ("1", "a", 1, rtc(audio=5, sd=2)),
    ("2", "", 1, rtc(audio=7) | {"hd_all": None}),
    ("2", "", 1, {"dau": 9, **PEAKS}),
    ("2", "", 1, {"dau": 30, "interval": "monthly", **PEAKS}),
]

pytestmark = pytest.mark.django_db(transaction=True)


def migrated_to(targets: list[tuple[str, str]]) -> Any:
    """Bring the tables to a state and give the models as they were then."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def newest() -> list[tuple[str, str]]:
    return [node for node in MigrationExecutor(connection).loader.graph.leaf_nodes() if node[0] == "usage"]


@pytest.fixture(autouse=True)
def _as_new_again() -> Iterator[None]:
    yield
    migrated_to(newest())


def store(apps: Any) -> list[dict[str, Any]]:
    """The rows in a table that names the series in each of them; gives them as they are there."""
    figures = apps.get_model("usage", "UsageFigures").objects
    for company_id, project_id, number, columns in ROWS:
        fields = {"business": "default", "model": "duration", "interval": "daily", "extra": {}, "corrected": []}
        whose = {"company_id": company_id, "project_id": project_id, "period": dt.date(2026, 9, number)}
        figures.create(**whose, **{**fields, **columns})
    return told(figures.order_by("pk").values())


def told(rows: Any) -> list[dict[str, Any]]:
    """What rows say, without how they are numbered."""
    return [{name: value for name, value in row.items() if name not in ("id", "series_id")} for row in rows]


def sums() -> list[dict[str, Any]]:
    days = DayTotal.objects.order_by("business", "model", "period")
    return told([*days.values(), *CompanyMonth.objects.order_by("business", "model", "month", "company_id").values()])


def test_each_row_says_what_it_said_before() -> None:
    before = store(migrated_to(BEFORE_SERIES))
    migrated_to(newest())
    after = []
    for row in UsageFigures.objects.select_related("series"):
        columns = {field.name: getattr(row, field.name) for field in UsageFigures._meta.concrete_fields}
        of = {name: getattr(row.series, name) for name in SERIES}
        after.append(columns | of | {"extra": row.extra or {}, "corrected": row.corrected or []})
    after = [{name: value for name, value in row.items() if name != "series"} for row in after]
    assert sorted(after, key=repr_of_key) == sorted(before, key=repr_of_key)
    assert not UsageFigures.objects.filter(Q(extra={}) | Q(corrected=[])).exists()


def repr_of_key(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in (*SERIES, "period"))


def test_the_way_back_says_the_same() -> None:
    before = store(migrated_to(BEFORE_SERIES))
    migrated_to(newest())
    figures = migrated_to(BEFORE_SERIES).get_model("usage", "UsageFigures").objects
    assert sorted(told(figures.values()), key=repr_of_key) == sorted(before, key=repr_of_key)


def test_rows_that_were_there_before_sums_were_kept_are_added_up_once() -> None:
    store(migrated_to(BEFORE_SUMS))
    migrated_to(newest())
    filled = sums()
    assert {row["period"]: row["audio_all"] for row in filled if row.get("period") and not row["dau"]} == {
        day("2026-09-01"): 12,
        day("2026-09-02"): 1,
        day("2026-09-03"): None,
    }
    roll_up_everything()
    assert sums() == filled
