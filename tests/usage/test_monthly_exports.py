"""Months in the usage export: sums of days for durations, what Agora reports for everything else."""

import pytest
from django.test import Client

from tests.usage.exported import lines, values
from tests.usage.known import at, company, covered, day, gap, rtc, slot, used

pytestmark = pytest.mark.usefixtures("noon")


def test_a_month_of_durations_is_the_exact_sum_of_its_days(browser: Client) -> None:
    company("101")
    covered("2026-01-01", "2026-09-22", settled="2026-09-20", company_id="101")
    for period, audio in (("2026-08-01", 10), ("2026-08-31", 7), ("2026-09-01", 5)):
        used(period, figures=rtc(audio=audio), company_id="101")
    used("2026-08-15", figures=rtc(sd=1) | {"audio_all": None}, extra={"audioAll": "0.25"}, company_id="101")
    assert values(browser, "audioAll", interval="monthly", since="2026-08-20", until="2026-09-01") == [
        ("2026-08", "17.25", "settled"),
        ("2026-09", "5", "provisional"),
    ]


def test_a_month_with_an_unknown_day_is_missing(browser: Client) -> None:
    company("101")
    covered("2026-01-01", "2026-09-22", company_id="101")
    gap("2026-08-09", "2026-08-09", company_id="101")
    used("2026-08-01", figures=rtc(audio=10), company_id="101")
    assert values(browser, "audioAll", interval="monthly", since="2026-08-01", until="2026-08-31") == [
        ("2026-08", "", "missing")
    ]


def test_a_month_is_missing_for_the_metric_that_one_of_its_days_did_not_carry(browser: Client) -> None:
    company("101")
    covered("2026-01-01", "2026-09-22", company_id="101")
    used("2026-08-01", figures=rtc(audio=10, sd=2), company_id="101")
    used("2026-08-02", figures={"audio_all": 1}, company_id="101")
    asked = {"interval": "monthly", "since": "2026-08-01", "until": "2026-08-31"}
    assert [values(browser, metric, **asked) for metric in ("audioAll", "sdAll")] == [
        [("2026-08", "11", "settled")],
        [("2026-08", "", "missing")],
    ]


def test_the_first_month_counts_from_the_day_that_polling_counts_from(browser: Client, settings: object) -> None:
    settings.POLL_SINCE = day("2026-08-10")  # type: ignore[attr-defined]
    company("101")
    covered("2026-08-10", "2026-09-22", company_id="101")
    used("2026-08-12", figures=rtc(audio=3), company_id="101")
    assert values(browser, "audioAll", interval="monthly", since="2026-07-01", until="2026-08-31") == [
        ("2026-07", "", "missing"),
        ("2026-08", "3", "settled"),
    ]


def test_a_month_is_as_old_as_the_oldest_answer_about_its_days(browser: Client) -> None:
    company("101")
    known = covered("2026-01-01", "2026-09-22", company_id="101")
    known.known_at, known.checked_from = at("2026-08-03 00:00"), day("2026-08-20")
    known.save()
    for number in range(1, 20):
        slot(f"2026-08-{number:02}", f"2026-09-{number:02} 00:00")
    rows = lines(browser, interval="monthly", since="2026-08-01", until="2026-08-31")
    assert {row.split(",")[11] for row in rows} == {"2026-09-01T00:00:00Z"}


def test_peaks_of_a_month_are_what_agora_reports_and_never_the_sum_of_days(browser: Client) -> None:
    company("101")
    pair = {"company_id": "101", "pair": "rtm/counter"}
    covered("2026-01-01", "2026-09-22", **pair)
    covered("2026-01-01", "2026-09-22", interval="monthly", settled="2026-08-31", **pair)
    for period in ("2026-08-01", "2026-08-02"):
        used(period, figures={"dau": 40}, **pair)
    used("2026-08-01", figures={"dau": 50}, interval="monthly", **pair)
    used("2026-09-01", figures={"dau": 9}, interval="monthly", **pair)
    asked = {"business": "rtm", "model": "counter", "interval": "monthly", "since": "2026-08-01", "until": "2026-09-30"}
    assert values(browser, "dau", **asked) == [("2026-08", "50", "settled"), ("2026-09", "9", "provisional")]


def test_a_month_of_peaks_is_missing_when_agora_was_not_asked_for_all_of_it(browser: Client) -> None:
    company("101")
    pair = {"company_id": "101", "pair": "rtm/counter"}
    covered("2026-01-01", "2026-08-20", interval="monthly", **pair)
    used("2026-08-01", figures={"dau": 50}, interval="monthly", **pair)
    asked = {"business": "rtm", "model": "counter", "interval": "monthly", "since": "2026-08-01", "until": "2026-08-31"}
    assert values(browser, "dau", **asked) == [("2026-08", "", "missing")]
