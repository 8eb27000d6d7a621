"""Usage of a whole selection, period by period: the same figures as the export, added up over companies."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.models import Company, Tag
from tests.usage.known import at, company, covered, day, gap, project, rtc, used
from usage.figures import Selection, as_number
from usage.queries import PeriodUsage, readings, usage_per_period

pytestmark = pytest.mark.usefixtures("noon")


def selection(since: str, until: str, **fields: Any) -> Selection:
    fields = {"business": "default", "model": "duration", "interval": "daily"} | fields
    return Selection(since=day(since), until=day(until), **fields)


def per_period(since: str, until: str, **fields: Any) -> list[PeriodUsage]:
    return usage_per_period(selection(since, until, **fields))


def three_companies() -> None:
    for company_id, audio in (("1", 5), ("2", 7), ("3", 11)):
        company(company_id)
        covered("2026-01-01", "2026-09-22", settled="2026-09-20", company_id=company_id)
        used("2026-09-03", figures=rtc(audio=audio), company_id=company_id)


def test_a_day_is_the_sum_over_companies() -> None:
    three_companies()
    (period,) = per_period("2026-09-03", "2026-09-03")
    assert (period.value("audioAll"), period.known, period.of, period.state) == (23, 3, 3, "settled")


def test_a_day_that_one_company_lacks_is_the_sum_of_the_others_and_says_so() -> None:
    three_companies()
    gap("2026-09-03", "2026-09-03", company_id="2")
    (period,) = per_period("2026-09-03", "2026-09-03")
    assert (period.value("audioAll"), period.known, period.of, period.incomplete) == (16, 2, 3, True)


def test_a_metric_that_one_company_did_not_report_lacks_it_while_the_others_do_not() -> None:
    three_companies()
    used("2026-09-04", figures={"audio_all": 1}, company_id="1")
    (period,) = per_period("2026-09-04", "2026-09-04")
    assert [(period.value(metric), period.lacks(metric)) for metric in ("audioAll", "sdAll")] == [(1, False), (0, True)]


def test_a_day_that_nobody_knows_has_no_value() -> None:
    company("1")
    (period,) = per_period("2026-09-03", "2026-09-03")
    assert (period.value("audioAll"), period.state, period.known, period.of) == (None, "missing", 0, 1)


def test_fractions_are_in_the_sum_exactly() -> None:
    three_companies()
    used("2026-09-04", figures=rtc() | {"audio_all": None}, extra={"audioAll": "0.1"}, company_id="1")
    used("2026-09-04", figures=rtc(audio=2), company_id="2")
    (period,) = per_period("2026-09-04", "2026-09-04")
    assert (period.value("audioAll"), period.lacks("audioAll")) == (Decimal("2.1"), False)


def test_a_company_that_is_gone_is_not_missed_afterwards() -> None:
    three_companies()
    company("4", gone_at=at("2026-09-02 10:00"))
    assert [(period.known, period.of) for period in per_period("2026-09-02", "2026-09-03")] == [(3, 4), (3, 3)]


def test_a_day_is_provisional_as_soon_as_one_part_of_it_is() -> None:
    three_companies()
    company("4")
    covered("2026-01-01", "2026-09-22", settled="2026-09-01", company_id="4")
    assert [period.state for period in per_period("2026-09-01", "2026-09-02")] == ["settled", "provisional"]


def test_a_day_is_corrected_as_soon_as_one_part_of_it_is() -> None:
    three_companies()
    used("2026-09-05", figures=rtc(audio=5), corrected=("audioAll",), company_id="1")
    assert [period.state for period in per_period("2026-09-05", "2026-09-05")] == ["corrected"]


def test_a_month_leaves_out_a_company_that_lacks_one_of_its_days() -> None:
    three_companies()
    gap("2026-08-09", "2026-08-09", company_id="2")
    for company_id in ("1", "2"):
        used("2026-08-01", figures=rtc(audio=100), company_id=company_id)
    (month,) = per_period("2026-08-03", "2026-08-04", interval="monthly")
    assert (month.value("audioAll"), month.known, month.of) == (100, 2, 3)


def test_peaks_of_a_month_are_added_up_over_companies_only() -> None:
    for company_id, dau in (("1", 30), ("2", 40)):
        company(company_id)
        series = {"company_id": company_id, "pair": "rtm/counter", "interval": "monthly"}
        covered("2026-01-01", "2026-09-22", **series)
        used("2026-08-01", figures={"dau": dau}, **series)
        used("2026-08-01", figures={"dau": 1000}, company_id=company_id, pair="rtm/counter")
    (month,) = per_period("2026-08-01", "2026-08-31", business="rtm", model="counter", interval="monthly")
    assert month.value("dau") == 70


@pytest.mark.parametrize("interval", ["daily", "monthly"])
def test_what_all_companies_used_is_looked_up_and_not_added_up(interval: str) -> None:
    three_companies()
    with CaptureQueriesContext(connection) as asked:
        periods = per_period("2026-09-01", "2026-09-30", interval=interval)
    assert sum(period.value("audioAll") or 0 for period in periods) == 23
    assert [query["sql"] for query in asked if "usage_usagefigures" in query["sql"]] == []


@pytest.mark.parametrize("by_project", [False, True])
@pytest.mark.parametrize("interval", ["daily", "weekly", "monthly"])
def test_every_total_equals_the_sum_of_what_is_exported(interval: str, by_project: bool) -> None:
    for number in range(1, 6):
        owner = company(str(number))
        for project_id in ("", "a", "b"):
            if project_id:
                project(owner, project_id)
            whose = {"company_id": str(number), "project_id": project_id}
            covered("2026-03-05" if number == 1 else "2026-01-01", f"2026-09-{22 - number}", **whose)
            for step in range(0, 28, number):
                used(f"2026-08-{step + 1:02}", figures=rtc(audio=number * step, sd=step), **whose)
        gap("2026-08-05", f"2026-08-0{5 + number % 4}", company_id=str(number))
        gap("2026-03-01", "2026-03-09", company_id=str(number), project_id="a")
    asked = selection("2026-01-01", "2026-09-22", interval=interval, by_project=by_project)
    exported: dict[Any, Any] = defaultdict(int)
    for reading in readings(asked):
        for metric, value in reading.values.items():
            exported[reading.period, metric] += as_number(value) or 0
    shown = {
        (period.period, metric): period.value(metric) or 0
        for period in usage_per_period(asked)
        for metric in ("audioAll", "videoAll", "sdAll", "hdAll", "hdpAll")
    }
    assert shown == exported


def test_a_week_is_the_sum_of_those_of_its_days_that_are_asked_for() -> None:
    company("1")
    covered("2026-01-01", "2026-09-22", settled="2026-09-20", company_id="1")
    for step in range(1, 22):
        used(f"2026-09-{step:02}", figures=rtc(audio=step), company_id="1")
    weeks = per_period("2026-09-09", "2026-09-22", interval="weekly")
    assert [(f"{week.period}", week.value("audioAll"), week.state.value) for week in weeks] == [
        ("2026-09-07", 9 + 10 + 11 + 12 + 13, "settled"),
        ("2026-09-14", 14 + 15 + 16 + 17 + 18 + 19 + 20, "settled"),
        ("2026-09-21", 21, "provisional"),
    ]


def test_a_week_leaves_out_a_company_that_lacks_one_of_its_days() -> None:
    three_companies()
    used("2026-09-02", figures=rtc(audio=100), company_id="2")
    gap("2026-09-04", "2026-09-04", company_id="2")
    (week,) = per_period("2026-08-31", "2026-09-06", interval="weekly")
    assert (week.value("audioAll"), week.known, week.of, week.state) == (16, 2, 3, "settled")


def test_companies_are_chosen_by_tag_area_and_country() -> None:
    three_companies()
    Company.objects.filter(company_id__in=["1", "2"]).update(area="CN")
    Company.objects.filter(company_id__in=["2", "3"]).update(country="DE")
    Company.objects.get(company_id="3").tags.add(Tag.objects.create(name="Education", key="education"))
    chosen: list[dict[str, str]] = [
        {"area": "CN"},
        {"country": "DE"},
        {"area": "CN", "country": "DE"},
        {"tag": "education"},
    ]
    found = [per_period("2026-09-03", "2026-09-03", **fields)[0] for fields in chosen]
    assert [(period.value("audioAll"), period.of) for period in found] == [(12, 2), (18, 2), (7, 1), (11, 1)]
