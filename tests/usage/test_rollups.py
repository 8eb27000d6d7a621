"""Sums that are kept equal the sums of their rows, whatever was stored, corrected and taken back."""

import datetime as dt
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import TruncMonth
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from agora.records import UsageAnswer, UsageRecord
from agora.vocabulary import METRICS, PAIRS, Business, Interval, Model
from polling.series import Kind, Owner
from polling.services.coverage import load_known, write_known
from tests.usage.known import day
from usage.figures import Selection
from usage.metrics import columns_of, month_is_sum_of_days
from usage.models import CompanyMonth, DayTotal, UsageFigures, UsageSeries
from usage.queries.ledger import with_owners
from usage.queries.rollups import company_months, day_totals, last_usage_days
from usage.queries.sums import added
from usage.queries.traces import ANYTHING
from usage.services.rollups import roll_up_everything
from usage.services.store import Reading, store_readings

FIRST, LAST = day("2026-08-30"), day("2026-09-02")
SETTLED = day("2026-10-20")
DURATION = Kind(business=Business.DEFAULT, model=Model.DURATION, interval=Interval.DAILY)

pytestmark = pytest.mark.django_db


def answered(
    kind: Kind,
    owner: Owner,
    period: dt.date,
    figures: dict[str, int | None],
    extra: dict[str, str] | None = None,
    *,
    at: dt.date = SETTLED,
) -> None:
    """Store an answer as a poll does."""
    metrics = dict.fromkeys(METRICS[kind.business, kind.model]) | figures
    reading = Reading(
        owner=owner,
        asked=(period, period),
        at=dt.datetime.combine(at, dt.time(12), dt.UTC),
        answer=UsageAnswer(records=[UsageRecord(period=period, metrics=metrics, extra=extra or {})]),
    )
    with transaction.atomic():
        known = load_known(kind, [owner])
        store_readings(known, [reading])
        write_known(known, [owner])


def selection(business: str, model: str) -> Selection:
    return Selection(business=business, model=model, interval="daily", since=FIRST, until=LAST)


def kept(business: str, model: str) -> tuple[Any, ...]:
    """The sums of a pair as they are kept."""
    asked, metrics = selection(business, model), columns_of(business, model)
    return day_totals(asked, metrics), dict(company_months(asked, metrics, day("2026-08-01"), LAST))


def added_up(business: str, model: str) -> tuple[Any, ...]:
    """The same sums of the rows."""
    metrics = columns_of(business, model)
    rows = with_owners(
        UsageFigures.objects.filter(series__project_id="", series__business=business, series__model=model)
    )
    told = rows.filter(series__interval="daily" if month_is_sum_of_days(business, model) else "monthly")
    by = ("month", "company_id", "project_id")
    return (
        {period: found for (period,), found in added(rows.filter(series__interval="daily"), metrics, by=("period",))},
        dict(added(told.annotate(month=TruncMonth("period")), metrics, by=by)),
    )


def last_used() -> dict[str, dt.date]:
    rows = UsageFigures.objects.filter(ANYTHING, series__project_id="", series__interval="daily").order_by("period")
    return dict(rows.values_list("series__company_id", "period"))


def all_sums() -> list[dict[str, Any]]:
    names = [[field.name for field in model._meta.fields if field.name != "id"] for model in (DayTotal, CompanyMonth)]
    return [
        *DayTotal.objects.order_by("business", "model", "period").values(*names[0]),
        *CompanyMonth.objects.order_by("business", "model", "month", "company_id").values(*names[1]),
    ]


kinds = st.sampled_from(
    [
        DURATION,
        Kind(business=Business.RTM, model=Model.COUNTER, interval=Interval.DAILY),
        Kind(business=Business.RTM, model=Model.COUNTER, interval=Interval.MONTHLY),
    ]
)
owners = st.builds(Owner, company_id=st.sampled_from("12"), project_id=st.sampled_from(["", "", "a"]))
values = st.one_of(st.none(), st.just(0), st.integers(1, 2**40))
fractions = st.sampled_from([{}, {}, {"audioAll": "0.1"}, {"sipAll": "2.5"}, {"note": "none"}])


@st.composite
def answers(draw: st.DrawFn) -> tuple[Kind, Owner, dt.date, dict[str, int | None], dict[str, str]]:
    kind = draw(kinds)
    period = FIRST + dt.timedelta(days=draw(st.integers(0, 3)))
    period = period.replace(day=1) if kind.interval == Interval.MONTHLY else period
    zero = draw(st.booleans())
    figures = {name: 0 if zero else draw(values) for name in METRICS[kind.business, kind.model]}
    extra = {} if zero else draw(fractions)
    figures |= {name: None for name in extra if name in figures}
    return kind, draw(owners), period, figures, extra


class AnyAnswers(TestCase):
    """Whatever is answered, and however often it changes."""

    @settings(deadline=None, max_examples=60)
    @given(st.lists(answers(), max_size=8))
    def test_kept_sums_equal_the_sums_of_the_rows(self, told: list[Any]) -> None:
        for kind, owner, period, figures, extra in told:
            answered(kind, owner, period, figures, extra)
        pairs = [(business.value, model.value) for business, model in PAIRS]
        assert [kept(*pair) for pair in pairs] == [added_up(*pair) for pair in pairs]
        assert last_usage_days(["1", "2"]) == last_used()

    @settings(deadline=None, max_examples=60)
    @given(st.lists(answers(), max_size=8))
    def test_computing_every_sum_anew_changes_none(self, told: list[Any]) -> None:
        for kind, owner, period, figures, extra in told:
            answered(kind, owner, period, figures, extra)
        before = all_sums()
        roll_up_everything()
        assert all_sums() == before


def test_a_day_that_becomes_a_known_zero_has_no_sums() -> None:
    zeros = dict.fromkeys(METRICS[DURATION.business, DURATION.model], 0)
    for audio in (5, 0):
        answered(DURATION, Owner(company_id="1"), FIRST, zeros | {"audioAll": audio}, at=FIRST)
    assert (UsageFigures.objects.count(), all_sums()) == (0, [])


def test_a_metric_that_nobody_carried_is_not_known_in_the_sum() -> None:
    answered(DURATION, Owner(company_id="1"), FIRST, {"audioAll": 5, "videoAll": None})
    total = DayTotal.objects.get()
    assert (total.audio_all, total.video_all, total.lacking["videoAll"]) == (5, None, 1)


def test_absurdly_large_values_are_added_up_exactly() -> None:
    for company_id in ("1", "2"):
        answered(DURATION, Owner(company_id=company_id), FIRST, {"audioAll": 2**63 - 1})
    (total,) = day_totals(selection("default", "duration"), {"audioAll": "audio_all"}).values()
    assert (total.amounts["audioAll"].value, total.amounts["audioAll"].carried) == (2**64 - 2, 2)


def test_projects_are_not_counted_again() -> None:
    for project_id in ("", "a"):
        answered(DURATION, Owner(company_id="1", project_id=project_id), FIRST, {"audioAll": 5})
    assert DayTotal.objects.get().audio_all == 5


@pytest.mark.django_db(transaction=True)
def test_sums_of_two_who_store_at_the_same_time_hold_the_rows_of_both() -> None:
    stored = threading.Event()

    def first() -> None:
        with transaction.atomic():
            answered(DURATION, Owner(company_id="1"), FIRST, {"audioAll": 5})
            stored.set()
            time.sleep(0.3)

    def second() -> None:
        stored.wait()
        answered(DURATION, Owner(company_id="2"), FIRST, {"audioAll": 7})

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(with_own_connection, work) for work in (first, second)]:
            done.result()
    assert DayTotal.objects.get().audio_all == 12


def with_own_connection(work: Callable[[], None]) -> None:
    """What a thread does, and no connection that outlives it."""
    try:
        work()
    finally:
        connection.close()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite does not tell what a row takes")
def test_a_day_of_video_and_audio_takes_eighty_bytes() -> None:
    answered(DURATION, Owner(company_id="1"), FIRST, dict.fromkeys(METRICS[DURATION.business, DURATION.model], 2**40))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_column_size(f.*) FROM usage_usagefigures f")
        assert cursor.fetchone() == (80,)


def test_a_series_is_made_with_its_first_row_and_kept_for_all_others() -> None:
    for metric in (0, 5, 7):
        for period in (FIRST, LAST):
            answered(DURATION, Owner(company_id="1"), period, {"audioAll": metric, "videoAll": metric})
            answered(
                DURATION,
                Owner(company_id="2", project_id="a"),
                period,
                dict.fromkeys(columns_of("default", "duration"), 0),
            )
    assert [(of.company_id, of.project_id, of.figures.count()) for of in UsageSeries.objects.all()] == [("1", "", 2)]
