"""The days that a page shows: named ranges, typed ones, and the steps between."""

import pytest
from django.http import QueryDict

from tests.usage.known import day
from usage.controls import date_control, query_with
from usage.periods import BadDates, DateRange, label, parse_range, stepped

TODAY = day("2026-09-21")


def asked(query: str) -> tuple[str, str]:
    """The range that a query string asks for on 21 September 2026."""
    dates = parse_range(QueryDict(query).dict(), today=TODAY)
    return f"{dates.since}", f"{dates.until}"


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", ("2026-08-21", "2026-09-19")),
        ("period=yesterday", ("2026-09-20", "2026-09-20")),
        ("period=7d", ("2026-09-13", "2026-09-19")),
        ("period=30d", ("2026-08-21", "2026-09-19")),
        ("period=90d", ("2026-06-22", "2026-09-19")),
        ("period=month", ("2026-09-01", "2026-09-19")),
        ("period=last-month", ("2026-08-01", "2026-08-31")),
        ("period=3m", ("2026-07-01", "2026-09-19")),
        ("period=6m", ("2026-04-01", "2026-09-19")),
        ("period=12m", ("2025-10-01", "2026-09-19")),
        ("period=2026-08", ("2026-08-01", "2026-08-31")),
        ("period=2026-09", ("2026-09-01", "2026-09-19")),
        ("period=2027-02", ("2027-02-01", "2027-02-28")),
        ("since=2026-01-05&until=2026-02-03", ("2026-01-05", "2026-02-03")),
        ("since=2026-09-21&until=2026-09-21", ("2026-09-21", "2026-09-21")),
        ("since=2026-09-01", ("2026-09-01", "2026-09-19")),
        ("since=2026-09-20", ("2026-09-20", "2026-09-20")),
        ("until=2026-03-30", ("2026-03-01", "2026-03-30")),
        ("period=7d&since=2026-09-01&until=2026-09-02", ("2026-09-01", "2026-09-02")),
    ],
)
def test_an_address_asks_for_days_that_end_where_figures_are_settled(query: str, days: tuple[str, str]) -> None:
    assert asked(query) == days


def test_provisional_days_are_in_it_when_they_are_wanted() -> None:
    assert asked("period=7d&provisional=1") == ("2026-09-15", "2026-09-21")


def test_on_the_first_of_a_month_the_month_to_date_is_the_one_that_has_settled_days() -> None:
    dates = parse_range({"period": "month"}, today=day("2026-10-01"))
    assert (dates.since, dates.until) == (day("2026-09-01"), day("2026-09-29"))


@pytest.mark.parametrize(
    "query",
    [
        "period=fortnight",
        "period=2026-13",
        "since=2026-09-02&until=2026-09-01",
        "since=yesterday",
        "since=1000-01-01",
        "until=9999-12-31",
        "since=2001-01-01&until=2026-01-01",
    ],
)
def test_days_that_cannot_be_meant_are_refused(query: str) -> None:
    with pytest.raises(BadDates):
        asked(query)


@pytest.mark.parametrize(
    ("days", "before", "after"),
    [
        (("2026-09-13", "2026-09-19"), ("2026-09-06", "2026-09-12"), ("2026-09-20", "2026-09-26")),
        (("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28"), ("2026-04-01", "2026-04-30")),
        (("2025-12-01", "2026-02-28"), ("2025-09-01", "2025-11-30"), ("2026-03-01", "2026-05-31")),
    ],
)
def test_a_step_keeps_the_length_and_whole_months_stay_whole(
    days: tuple[str, str], before: tuple[str, str], after: tuple[str, str]
) -> None:
    dates = DateRange(since=day(days[0]), until=day(days[1]))
    steps = [stepped(dates, -1), stepped(dates, 1)]
    assert [(f"{step.since}", f"{step.until}") for step in steps] == [before, after]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("period=30d", "Last 30 days, 21 Aug – 19 Sep 2026 UTC"),
        ("period=12m", "Last 12 months, 1 Oct 2025 – 19 Sep 2026 UTC"),
        ("period=2026-08", "August 2026, 1 Aug – 31 Aug 2026 UTC"),
        ("since=2026-09-05&until=2026-09-05", "5 Sep 2026 UTC"),
    ],
)
def test_the_label_says_the_name_and_the_dates(query: str, words: str) -> None:
    assert label(parse_range(QueryDict(query).dict(), today=TODAY)) == words


def test_the_control_links_to_every_preset_and_keeps_the_rest_of_the_address() -> None:
    control = date_control(QueryDict("company=7&period=7d&page=3"), today=TODAY)
    assert [choice.query for choice in control.presets if choice.active] == ["?company=7&period=7d"]
    assert (control.previous, control.next) == (
        "?company=7&since=2026-09-06&until=2026-09-12",
        "?company=7&since=2026-09-20&until=2026-09-26",
    )


def test_the_control_does_not_step_beyond_today() -> None:
    assert date_control(QueryDict("period=month&provisional=1"), today=TODAY).next == ""


def test_a_step_to_a_whole_month_keeps_its_name_in_the_address() -> None:
    assert date_control(QueryDict("period=last-month"), today=TODAY).previous == "?period=2026-07"


def test_the_control_says_why_it_shows_other_days_than_were_asked_for() -> None:
    control = date_control(QueryDict("since=2026-09-02&until=2026-09-01"), today=TODAY)
    assert (f"{control.since}", control.error) == ("2026-08-21", "The first day must not be later than the last one.")


def test_a_query_string_is_escaped() -> None:
    assert query_with(QueryDict(), company="a&b=ü") == "?company=a%26b%3D%C3%BC"
