"""What an answer makes known, and what stays a gap."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.vocabulary import Business, Interval, Model
from polling.models import Coverage, Target, TargetState
from polling.periods import DAY, days_between
from polling.series import Kind, Owner
from polling.services import coverage
from polling.services.coverage import Known, load_known, write_known
from polling.services.ranges import runs_of

KIND = Kind(business=Business.DEFAULT, model=Model.DURATION, interval=Interval.DAILY)
OWNER = Owner(company_id="10001", project_id="p")
NOW = dt.datetime(2026, 9, 21, 12, tzinfo=dt.UTC)
SETTLES = dt.timedelta(hours=24)

pytestmark = pytest.mark.django_db


def day(number: int) -> dt.date:
    """A day of September 2026."""
    return dt.date(2026, 9, number)


def answered(known: Known, first: int, last: int, *, absent: tuple[int, ...] = (), at: dt.datetime = NOW) -> None:
    """Carry an answer into `known`, store it and load it again."""
    gaps = [(day(number), day(number)) for number in absent]
    coverage.note_answer(known, OWNER, (day(first), day(last)), at, absent=gaps, settles_after=SETTLES)
    write_known(known, [OWNER])
    fresh = load_known(KIND, [OWNER])
    known.coverage, known.targets = fresh.coverage, fresh.targets


def failed(known: Known, first: int, last: int, state: TargetState = TargetState.FAILED) -> None:
    """The same for a call that told nothing."""
    coverage.note_failure(known, OWNER, (day(first), day(last)), NOW, state=state, reason="status 500", request_id="r")
    write_known(known, [OWNER])
    fresh = load_known(KIND, [OWNER])
    known.coverage, known.targets = fresh.coverage, fresh.targets


def known_days(known: Known) -> list[int]:
    return [number for number in range(1, 31) if known.is_known(OWNER, day(number))]


@pytest.fixture
def known() -> Known:
    return Known(kind=KIND)


def test_an_answer_makes_its_days_known_and_no_others(known: Known) -> None:
    answered(known, 10, 14)

    assert known_days(known) == [10, 11, 12, 13, 14]


def test_ranges_that_touch_become_one_row(known: Known) -> None:
    answered(known, 10, 14)
    answered(known, 5, 9)

    assert [(row.known_from, row.known_until) for row in Coverage.objects.all()] == [(day(5), day(14))]


def test_days_between_two_ranges_stay_missing_and_are_a_target(known: Known) -> None:
    answered(known, 2, 4)
    answered(known, 8, 10)

    assert known_days(known) == [2, 3, 4, 8, 9, 10]
    assert [(t.since, t.until, t.state) for t in Target.objects.all()] == [(day(5), day(7), TargetState.OPEN)]


def test_a_day_that_grew_when_it_was_told_last_is_a_target_once_later_days_are_told(known: Known) -> None:
    answered(known, 15, 20, at=NOW - DAY)
    answered(known, 21, 21)

    assert known_days(known) == [15, 16, 17, 18, 19, 21]
    assert [(t.since, t.until, t.next_attempt_at) for t in Target.objects.all()] == [(day(20), day(20), NOW)]

    answered(known, 20, 21)
    assert known_days(known) == [15, 16, 17, 18, 19, 20, 21]
    assert not Target.objects.exists()


@pytest.mark.parametrize(("first", "last"), [(20, 20), (15, 21), (1, 14)])
def test_a_day_that_grew_is_no_target_while_it_grows_or_is_asked_again(known: Known, first: int, last: int) -> None:
    answered(known, 15, 20, at=NOW - DAY)
    answered(known, first, last, at=NOW - DAY + dt.timedelta(hours=3) if last == 20 else NOW)

    assert not Target.objects.exists()


def test_a_look_back_counts_from_when_its_newest_day_was_told(known: Known) -> None:
    answered(known, 5, 15)
    coverage.note_look_back(known, OWNER, day(5))
    assert known.coverage[OWNER].looked_back_at == NOW

    answered(known, 8, 9, at=NOW + DAY)
    coverage.note_look_back(known, OWNER, day(7))
    assert known.coverage[OWNER].looked_back_at == NOW


def test_a_look_back_of_which_days_were_left_out_does_not_count(known: Known) -> None:
    answered(known, 5, 15)
    coverage.note_look_back(known, OWNER, day(4))

    assert known.coverage[OWNER].looked_back_at is None


def test_a_target_that_is_answered_in_part_stays_a_target_for_the_rest(known: Known) -> None:
    answered(known, 1, 3)
    answered(known, 9, 10)
    answered(known, 5, 6)

    assert known_days(known) == [1, 2, 3, 5, 6, 9, 10]
    assert sorted((t.since, t.until) for t in Target.objects.all()) == [(day(4), day(4)), (day(7), day(8))]


def test_a_day_that_the_answer_did_not_carry_is_not_known(known: Known) -> None:
    answered(known, 10, 14, absent=(12,))

    assert known_days(known) == [10, 11, 13, 14]


def test_an_absent_day_is_asked_for_a_week_and_then_closed_as_not_reported(known: Known) -> None:
    answered(known, 10, 20, absent=(19,))
    answered(known, 10, 20, absent=(19,), at=NOW + 5 * DAY)
    assert Target.objects.get().state == TargetState.OPEN

    answered(known, 10, 20, absent=(19,), at=NOW + 8 * DAY)

    assert Target.objects.get().state == TargetState.NOT_REPORTED
    assert Target.objects.get().next_attempt_at is None
    assert 19 not in known_days(known)


def test_an_absent_day_that_was_over_a_week_ago_is_asked_again_but_not_waited_for(known: Known) -> None:
    answered(known, 10, 20, absent=(12, 15))

    targets = Target.objects.order_by("since").values_list("since", "state", "next_attempt_at")
    assert list(targets) == [
        (day(12), TargetState.NOT_REPORTED, NOW + DAY),
        (day(15), TargetState.OPEN, NOW + DAY),
    ]


def test_absent_days_are_waited_for_only_as_far_as_they_are_recent(known: Known) -> None:
    coverage.note_answer(known, OWNER, (day(1), day(20)), NOW, absent=[(day(1), day(20))], settles_after=SETTLES)

    targets = [(target.since, target.until, target.state) for target in known.targets[OWNER]]
    assert targets == [(day(1), day(13), TargetState.NOT_REPORTED), (day(14), day(20), TargetState.OPEN)]


def test_an_absent_day_that_appears_later_is_known(known: Known) -> None:
    answered(known, 10, 14, absent=(12,))
    answered(known, 10, 14)

    assert known_days(known) == [10, 11, 12, 13, 14]
    assert Target.objects.count() == 0


def test_a_known_day_stays_known_when_a_later_call_fails(known: Known) -> None:
    answered(known, 10, 14)
    failed(known, 12, 16)

    assert known_days(known) == [10, 11, 12, 13, 14]
    assert [(t.since, t.until, t.state) for t in Target.objects.all()] == [(day(15), day(16), TargetState.FAILED)]


def test_a_failure_remembers_since_when_and_how_often(known: Known) -> None:
    failed(known, 10, 14)
    failed(known, 10, 14)

    target = Target.objects.get()
    assert (target.attempts, target.opened_at, target.reason, target.request_id) == (2, NOW, "status 500", "r")


def test_a_closed_target_is_asked_again_a_day_later(known: Known) -> None:
    failed(known, 10, 14, TargetState.NO_ACCESS)

    assert Target.objects.get().next_attempt_at == NOW + DAY


def test_a_day_is_settled_when_it_was_asked_24_hours_after_its_end(known: Known) -> None:
    answered(known, 15, 21)

    assert [number for number in range(15, 22) if known.is_settled(OWNER, day(number))] == [15, 16, 17, 18, 19]


def test_settled_days_reach_on_with_every_sweep(known: Known) -> None:
    answered(known, 15, 21)
    answered(known, 16, 22, at=NOW + DAY)

    assert Coverage.objects.get().settled_until == day(20)


def test_days_are_settled_in_whichever_order_their_ranges_were_asked(known: Known) -> None:
    answered(known, 1, 3)
    answered(known, 10, 14)
    answered(known, 4, 9)

    assert [number for number in range(1, 15) if known.is_settled(OWNER, day(number))] == list(range(1, 15))


def test_a_day_that_was_asked_only_while_provisional_is_not_settled_by_later_ones(known: Known) -> None:
    answered(known, 10, 21)
    answered(known, 22, 24, at=NOW + 5 * DAY)

    assert Coverage.objects.get().settled_until == day(19)


def test_a_first_day_that_was_asked_only_while_provisional_is_not_settled_by_later_ones(known: Known) -> None:
    answered(known, 21, 21)
    answered(known, 24, 25, at=NOW + 6 * DAY)

    assert Coverage.objects.get().settled_until is None


def test_days_from_the_last_sweep_on_were_checked_at_its_time(known: Known) -> None:
    answered(known, 1, 21)
    answered(known, 16, 22, at=NOW + DAY)

    row = Coverage.objects.get()
    assert (row.checked_from, row.checked_at, row.known_at) == (day(16), NOW + DAY, NOW)


def test_days_that_a_call_failed_for_are_not_noted_again_as_between_two_ranges(known: Known) -> None:
    answered(known, 1, 1)
    failed(known, 1, 3)
    answered(known, 6, 6)
    targets = [(t.since, t.until, t.state) for t in Target.objects.order_by("since")]
    assert targets == [(day(2), day(3), TargetState.FAILED), (day(4), day(5), TargetState.OPEN)]


RANGES = st.tuples(st.integers(1, 24), st.integers(0, 6)).map(lambda pair: (day(pair[0]), day(sum(pair))))
ANSWERS = st.tuples(st.sampled_from(["answer", "failure"]), RANGES, st.sets(st.integers(0, 6)))


@given(st.lists(ANSWERS, min_size=1, max_size=8))
def test_each_day_between_the_first_and_the_last_is_known_or_in_just_one_target(
    answers: list[tuple[str, tuple[dt.date, dt.date], set[int]]],
) -> None:
    known = Known(kind=KIND)
    for kind, asked, absent in answers:
        if kind == "failure":
            state = TargetState.FAILED
            coverage.note_failure(known, OWNER, asked, NOW, state=state, reason="status 500", request_id="r")
            continue
        days = sorted({asked[0] + number * DAY for number in absent} & set(days_between(*asked)))
        coverage.note_answer(known, OWNER, asked, NOW, absent=runs_of(days), settles_after=SETTLES)
    covered = known.days_known(OWNER)
    targets = [set(days_between(target.since, target.until)) for target in known.targets[OWNER]]
    times = {
        one: sum(one in target for target in targets) + known.is_known(OWNER, one)
        for one in set(days_between(*covered) if covered else ()).union(*targets)
    }
    assert set(times.values()) <= {1}
