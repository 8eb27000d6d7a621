"""What a company's answer tells of its projects: zeros follow, sums explain, and nothing is guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.records import UsageAnswer, UsageRecord
from agora.vocabulary import METRICS, Business, Interval, Model
from polling.periods import DAY, days_between
from polling.series import Kind, Owner
from usage.services.following import explains, is_twin, lacks_figures, months_of_nothing, of_silent, used_nothing
from usage.services.store import Reading

KIND = Kind(business=Business.RTM, model=Model.COUNTER, interval=Interval.DAILY)
MONTHS = Kind(business=Business.RTM, model=Model.COUNTER, interval=Interval.MONTHLY)
NAMES = METRICS[Business.RTM, Model.COUNTER]
COMPANY, FIRST, SECOND = (
    Owner(company_id="1"),
    Owner(company_id="1", project_id="a"),
    Owner(company_id="1", project_id="b"),
)
TODAY = dt.date(2026, 3, 20)
MONDAY = dt.date(2026, 3, 16)
NEVER = dt.date.max


def told(owner: Owner, values: Mapping[dt.date, int | None], until: dt.date | None = None) -> Reading:
    """An answer that tells the same number for each metric of a day."""
    records = [UsageRecord(period=day, metrics=dict.fromkeys(NAMES, value)) for day, value in values.items()]
    asked = (min(values), until or max(values))
    at = dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC)
    return Reading(owner=owner, asked=asked, at=at, answer=UsageAnswer(records=records))


def values_of(reading: Reading | None) -> dict[dt.date, list[int | None]]:
    return {r.period: list(r.metrics.values()) for r in reading.answer.records} if reading else {}


def test_where_a_company_used_nothing_its_projects_did_not_either() -> None:
    answer = told(COMPANY, {MONDAY: 0, MONDAY + DAY: 0})
    assert used_nothing(answer)
    silent = of_silent(FIRST, answer, [], KIND, TODAY)
    assert values_of(silent) == {MONDAY: [0] * len(NAMES), MONDAY + DAY: [0] * len(NAMES)}
    assert silent
    assert silent.asked == answer.asked


@pytest.mark.parametrize("value", [None, 1])
def test_a_metric_that_is_missing_or_above_zero_is_not_nothing(value: int | None) -> None:
    assert not used_nothing(told(COMPANY, {MONDAY: 0, MONDAY + DAY: value}))


def test_a_metric_that_nobody_knows_is_not_nothing() -> None:
    record = UsageRecord(period=MONDAY, metrics=dict.fromkeys(NAMES, 0), extra={"new": "1"})
    answer = told(COMPANY, {MONDAY: 0})
    assert not used_nothing(
        Reading(owner=COMPANY, asked=answer.asked, at=answer.at, answer=UsageAnswer(records=[record]))
    )


def test_projects_that_make_up_the_whole_leave_nothing_for_the_others() -> None:
    assert explains(told(COMPANY, {MONDAY: 5}), [told(FIRST, {MONDAY: 5})], NEVER)


@pytest.mark.parametrize("part", [4, 6, None])
def test_a_sum_that_differs_leaves_the_others_to_be_asked(part: int | None) -> None:
    assert not explains(told(COMPANY, {MONDAY: 5}), [told(FIRST, {MONDAY: part})], NEVER)


def test_a_part_without_the_day_explains_nothing() -> None:
    assert not explains(told(COMPANY, {MONDAY: 5}), [told(FIRST, {MONDAY + DAY: 5})], NEVER)


def test_today_may_have_grown_between_two_calls_and_stays_unknown_of_the_others() -> None:
    answer, part = told(COMPANY, {TODAY - DAY: 3, TODAY: 5}), told(FIRST, {TODAY - DAY: 3, TODAY: 4})
    assert explains(answer, [part], TODAY)
    silent = of_silent(SECOND, answer, [part], KIND, TODAY)
    assert silent
    assert silent.asked == (TODAY - DAY, TODAY - DAY)
    assert list(values_of(silent)) == [TODAY - DAY]


def test_of_a_growing_day_alone_nothing_is_told_of_the_others() -> None:
    assert of_silent(SECOND, told(COMPANY, {TODAY: 5}), [told(FIRST, {TODAY: 4})], KIND, TODAY) is None


def test_a_day_that_the_company_did_not_carry_is_not_carried_for_its_projects() -> None:
    answer = told(COMPANY, {MONDAY: 0}, until=MONDAY + DAY)
    silent = of_silent(FIRST, answer, [], KIND, TODAY)
    assert silent
    assert (silent.asked, list(values_of(silent))) == ((MONDAY, MONDAY + DAY), [MONDAY])


def test_an_only_project_that_tells_the_same_of_some_usage_is_the_company() -> None:
    assert is_twin(told(COMPANY, {MONDAY: 5, TODAY: 9}), told(FIRST, {MONDAY: 5, TODAY: 8}), TODAY)


@pytest.mark.parametrize(("company", "project"), [(0, 0), (5, 4)])
def test_zeros_alone_and_differences_prove_no_sameness(company: int, project: int) -> None:
    assert not is_twin(told(COMPANY, {MONDAY: company}), told(FIRST, {MONDAY: project}), TODAY)


@pytest.mark.parametrize(("value", "lacks"), [(None, True), (0, False), (7, False)])
def test_a_day_without_a_metric_that_others_carry_is_asked_of_the_only_project(value: int | None, lacks: bool) -> None:
    assert lacks_figures(told(COMPANY, {MONDAY: 5, MONDAY + DAY: value})) == lacks


def test_who_used_nothing_by_day_used_nothing_in_the_months_that_are_whole() -> None:
    answer = told(COMPANY, dict.fromkeys(days_between(dt.date(2026, 2, 4), TODAY), 0))
    (months,) = months_of_nothing(answer, [COMPANY], MONTHS, TODAY)
    assert (months.asked, list(values_of(months))) == ((dt.date(2026, 3, 1), TODAY), [dt.date(2026, 3, 1)])


@pytest.mark.parametrize(
    "answer",
    [
        told(COMPANY, dict.fromkeys(days_between(dt.date(2026, 2, 4), TODAY - DAY), 0)),
        told(COMPANY, {**dict.fromkeys(days_between(dt.date(2026, 2, 4), TODAY), 0), MONDAY: 1}),
        told(COMPANY, dict.fromkeys(days_between(dt.date(2026, 2, 4), TODAY - DAY), 0), until=TODAY),
        told(COMPANY, dict.fromkeys(days_between(MONDAY, TODAY), 0)),
    ],
    ids=["not up to today", "some usage", "a day not carried", "no whole month"],
)
def test_months_do_not_follow_from_less(answer: Reading) -> None:
    assert months_of_nothing(answer, [COMPANY], MONTHS, TODAY) == []


@given(parts=st.lists(st.integers(0, 50), min_size=1, max_size=6), asked=st.sets(st.integers(0, 5)))
def test_whenever_others_are_taken_for_zero_they_are(parts: list[int], asked: set[int]) -> None:
    owners = [Owner(company_id="1", project_id=str(n)) for n in range(len(parts))]
    answers = [told(owner, {MONDAY: value}) for owner, value in zip(owners, parts, strict=True)]
    chosen = [answer for n, answer in enumerate(answers) if n in asked]
    if explains(told(COMPANY, {MONDAY: sum(parts)}), chosen, NEVER):
        assert sum(value for n, value in enumerate(parts) if n not in asked) == 0
