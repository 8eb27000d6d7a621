"""Days that are known of everybody who uses something, while idle companies wait for their turn."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.desk.reading import table
from tests.usage.exported import values
from tests.usage.known import at, company, covered, day, gap, known_in_use, project, rtc, used
from usage.figures import Selection
from usage.queries import PeriodUsage, usage_per_period

pytestmark = pytest.mark.usefixtures("noon")

LAST_DAYS = "?since=2026-09-18&until=2026-09-21"


def per_period(since: str, until: str, **fields: Any) -> list[PeriodUsage]:
    fields = {"business": "default", "model": "duration", "interval": "daily"} | fields
    return usage_per_period(Selection(since=day(since), until=day(until), **fields))


def one_in_use_and_one_idle() -> None:
    """Company 1 is known to today, company 2 to the 19th; it used nothing since June and waits for its turn."""
    company("1", "Busy")
    covered("2026-01-01", "2026-09-22", settled="2026-09-20", used_until="2026-09-20", company_id="1")
    used("2026-09-20", figures=rtc(audio=5), company_id="1")
    company("2", "Quiet")
    covered("2026-01-01", "2026-09-19", settled="2026-09-18", used_until="2026-06-30", company_id="2")
    for waiting in ("2026-09-20", "2026-09-21", "2026-09-22"):
        known_in_use(waiting)


def test_a_day_that_lacks_idle_companies_alone_is_known_and_provisional() -> None:
    one_in_use_and_one_idle()
    (period,) = per_period("2026-09-20", "2026-09-20")
    assert (period.value("audioAll"), period.state, period.known, period.of, period.idle) == (5, "provisional", 1, 2, 1)
    assert (period.waits, period.incomplete, period.lacks("audioAll")) == (True, False, False)


def test_a_day_that_is_known_of_idle_companies_too_waits_for_nobody() -> None:
    one_in_use_and_one_idle()
    (period,) = per_period("2026-09-18", "2026-09-18")
    assert (period.state, period.known, period.idle, period.waits) == ("settled", 2, 0, False)


def test_a_day_of_an_idle_company_alone_is_not_known_and_waits() -> None:
    one_in_use_and_one_idle()
    (period,) = per_period("2026-09-20", "2026-09-20", company_id="2")
    assert (period.value("audioAll"), period.state, period.known, period.waits) == (None, "missing", 0, True)


def test_who_failed_at_its_turn_is_missing_and_does_not_wait() -> None:
    one_in_use_and_one_idle()
    gap("2026-09-20", "2026-09-22", company_id="2")
    (period,) = per_period("2026-09-20", "2026-09-20")
    assert (period.known, period.idle, period.incomplete) == (1, 0, True)


def test_who_was_never_asked_is_missing_and_does_not_wait() -> None:
    one_in_use_and_one_idle()
    company("3", "New")
    (period,) = per_period("2026-09-20", "2026-09-20")
    assert (period.known, period.of, period.idle, period.incomplete, period.waits) == (1, 3, 1, True, False)


def test_who_used_something_lately_is_missing_and_does_not_wait() -> None:
    one_in_use_and_one_idle()
    company("3")
    covered("2026-01-01", "2026-09-19", used_until="2026-08-09", company_id="3")
    (period,) = per_period("2026-09-20", "2026-09-20")
    assert (period.known, period.idle, period.incomplete) == (1, 1, True)


def test_who_is_gone_has_no_turn_that_others_would_wait_for() -> None:
    one_in_use_and_one_idle()
    company("3", gone_at=at("2026-09-10 10:00"))
    covered("2026-01-01", "2026-09-09", used_until="2026-01-01", company_id="3")
    (period,) = per_period("2026-09-20", "2026-09-20")
    assert (period.known, period.of, period.idle) == (1, 2, 1)


def test_a_turn_that_is_overdue_leaves_the_day_missing() -> None:
    one_in_use_and_one_idle()
    company("3")
    covered("2026-01-01", "2026-09-10", used_until="2026-06-30", company_id="3")
    known_in_use("2026-09-13")
    (period,) = per_period("2026-09-13", "2026-09-13")
    assert (period.known, period.of, period.idle, period.incomplete) == (2, 3, 0, True)


def test_a_month_of_days_waits_for_idle_companies_like_its_days() -> None:
    one_in_use_and_one_idle()
    (period,) = per_period("2026-09-01", "2026-09-22", interval="monthly")
    assert (period.value("audioAll"), period.state, period.known, period.idle) == (5, "provisional", 1, 1)


def test_a_month_that_is_reported_as_one_waits_by_its_own_slot() -> None:
    company("1")
    company("2")
    peaks = {"pair": "rtm/counter", "interval": "monthly"}
    covered("2026-01-01", "2026-09-22", used_until="2026-09-22", company_id="1", **peaks)
    covered("2026-01-01", "2026-09-19", used_until="2026-06-30", company_id="2", **peaks)
    known_in_use("2026-09-01", scope="rtm/counter/monthly")
    found = per_period("2026-09-01", "2026-09-22", business="rtm", model="counter", interval="monthly")
    assert [(period.state, period.known, period.idle) for period in found] == [("provisional", 1, 1)]


def test_an_idle_project_waits_with_its_company() -> None:
    one_in_use_and_one_idle()
    quiet = company("3")
    project(quiet, "p")
    covered("2026-01-01", "2026-09-19", used_until="2026-06-30", company_id="3", project_id="p")
    (period,) = per_period("2026-09-20", "2026-09-20", company_id="3", project_id="p", by_project=True)
    assert (period.state, period.waits) == ("missing", True)


def test_the_page_says_how_many_are_known_and_by_when_the_others_are_asked(browser: Client) -> None:
    one_in_use_and_one_idle()
    answer = browser.get(f"/usage/{LAST_DAYS}")
    assert [row[:3] for row in table(answer.content.decode(), "Day (UTC)")] == [
        ["Sum", "", "5"],
        ["Mon, 21 Sep 2026", "provisional 1 of 2 companies, the others by 29 Sep UTC", "0"],
        ["Sun, 20 Sep 2026", "provisional 1 of 2 companies, the others by 28 Sep UTC", "5"],
        ["Sat, 19 Sep 2026", "provisional", "0"],
        ["Fri, 18 Sep 2026", "settled", "0"],
    ]
    told = "The newest figure holds 1 of 2 companies; the others used nothing for weeks and are asked by 29 Sep UTC."
    assert answer.context["summary"].endswith(told)


def test_nothing_on_the_page_says_that_figures_are_missing(browser: Client) -> None:
    one_in_use_and_one_idle()
    answer = browser.get(f"/usage/{LAST_DAYS}")
    assert (answer.context["incomplete"], "no data" in answer.context["summary"]) == (0, False)
    assert [cell.lacks for cell in answer.context["table"].foot] == [False] * len(answer.context["table"].foot)


def test_the_page_of_an_idle_company_says_by_when_it_is_asked(browser: Client) -> None:
    one_in_use_and_one_idle()
    answer = browser.get(f"/usage/{LAST_DAYS}&company=2")
    assert [row[:3] for row in table(answer.content.decode(), "Day (UTC)")][1:3] == [
        ["Mon, 21 Sep 2026", "not known yet unused for weeks, asked by 29 Sep UTC", "–"],
        ["Sun, 20 Sep 2026", "not known yet unused for weeks, asked by 28 Sep UTC", "–"],
    ]
    sentence = "Nothing was used for weeks, so the newest days are asked in their turn, by 29 Sep UTC."
    assert answer.context["summary"].endswith(sentence)


def test_the_chart_draws_the_figures_of_the_table(browser: Client) -> None:
    one_in_use_and_one_idle()
    (audio, *_others) = browser.get(f"/usage/chart/{LAST_DAYS}").json()["datasets"]
    assert list(zip(audio["data"], audio["states"], strict=True)) == [
        (0, "settled"),
        (0, "provisional"),
        (5, "provisional"),
        (0, "provisional"),
    ]


def test_the_export_has_the_same_figures_and_nothing_for_who_waits(browser: Client) -> None:
    one_in_use_and_one_idle()
    found = values(browser, "audioAll", interval="daily", since="2026-09-20", until="2026-09-20")
    assert found == [("2026-09-20", "5", "settled"), ("2026-09-20", "", "missing")]


def test_any_number_of_idle_companies_takes_as_many_queries_as_one() -> None:
    one_in_use_and_one_idle()
    with CaptureQueriesContext(connection) as with_one:
        per_period("2026-09-01", "2026-09-22")
    for number in range(10, 20):
        company(str(number))
        covered("2026-01-01", f"2026-09-{number}", used_until=f"2026-06-{number}", company_id=str(number))
    with CaptureQueriesContext(connection) as with_more:
        per_period("2026-09-01", "2026-09-22")
    assert len(with_more) == len(with_one)
