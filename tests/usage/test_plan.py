"""The plan of usage: what it promises, whatever is known, due, missed or switched off for days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.vocabulary import Business, Interval, Model
from polling.periods import DAY, SWEEPS_BEGIN_AT, days_between, end_of, months_between, start_of, usage_asked_again_at
from polling.series import Kind, Owner
from usage.services.expect import days_of
from usage.services.pace import UNHURRIED, Load, Pace, pace_for, paces
from usage.services.plan import Facts, Hole, Moment, Range, Unit, plan, wanted, without

DAILY = Kind(business=Business.DEFAULT, model=Model.DURATION, interval=Interval.DAILY)
MONTHLY = Kind(business=Business.RTM, model=Model.COUNTER, interval=Interval.MONTHLY)
SINCE = dt.date(2026, 1, 1)
WEEKLY = Pace(sweeps=1, idle_days=7)
LOOK_BACK = 45
HOUR = dt.timedelta(hours=1)


def moment(at: dt.datetime, pace: Pace = WEEKLY, since: dt.date = SINCE) -> Moment:
    """The moment of a plan."""
    return Moment(now=at, since=since, pace=pace, look_back=LOOK_BACK, slowest_turn=7)


def answered(facts: Facts, unit: Unit, at: dt.datetime, used_on: dt.date | None) -> Facts:
    """What is known of a series after an answer to all of a unit's days."""
    first, last = facts.known or (unit.since, unit.until)
    keeps = facts.known is not None and unit.until < last
    return Facts(
        known=(min(first, unit.since), max(last, unit.until)),
        checked_from=facts.checked_from if keeps else unit.since,
        checked_at=facts.checked_at if keeps else at,
        used_until=max(filter(None, [facts.used_until, used_on]), default=unit.since - DAY),
        holes=(),
    )


class Account:
    """Some series of one kind, polled in a made-up time, without any server."""

    def __init__(self, kind: Kind, used: dict[Owner, set[dt.date]], pace: Pace = WEEKLY) -> None:
        self.kind, self.used, self.pace = kind, used, pace
        self.facts = {owner: Facts() for owner in used}
        self.due: dict[dt.date, dt.datetime | None] = {}
        self.asked: list[tuple[dt.datetime, Owner, Range]] = []

    def units(self, at: dt.datetime) -> list[Unit]:
        """The plan of a moment."""
        now = moment(at, self.pace)
        monthly = self.kind.interval == Interval.MONTHLY
        periods = months_between(SINCE, now.today) if monthly else days_between(SINCE, now.today)
        for period in periods:
            self.due.setdefault(period, start_of(period))
        due = [days_of(self.kind, p, SINCE, now.today) for p, again in self.due.items() if again and again <= at]
        days = {
            owner: found for owner, facts in self.facts.items() if (found := wanted(self.kind, owner, facts, due, now))
        }
        return plan(kind=self.kind, whole=(SINCE, now.today), days=days, days_per_call=LOOK_BACK)

    def sweep(self, at: dt.datetime) -> None:
        """Ask what is to be asked, and let what was due wait."""
        for unit in self.units(at):
            for owner in unit.owners:
                used = [day for day in self.used[owner] if unit.since <= day <= unit.until]
                self.facts[owner] = answered(self.facts[owner], unit, at, max(used, default=None))
                self.asked.append((at, owner, (unit.since, unit.until)))
        for period, again in self.due.items():
            if again and again <= at:
                self.due[period] = usage_asked_again_at(period, self.kind.interval, at, self.pace.every)


def noon(day: dt.date) -> dt.datetime:
    return start_of(day) + dt.timedelta(hours=12)


def companies(count: int) -> list[Owner]:
    return [Owner(company_id=str(10_000 + n)) for n in range(count)]


def longest_unseen(account: Account, owner: Owner, ran: Iterable[dt.date]) -> int:
    """How many days the portal ran at most between two looks at a series that reached back over 45 days."""
    looks = {at.date() for at, asked, (a, b) in account.asked if asked == owner and (b - a).days == LOOK_BACK - 1}
    longest = waited = 0
    for day in ran:
        waited = 0 if day in looks else waited + 1
        longest = max(longest, waited)
    return longest


@settings(max_examples=30, deadline=None)
@given(
    off=st.sets(st.integers(1, 59), max_size=40),
    kinds=st.sets(st.integers(0, 4)),
    pace=st.sampled_from([*paces(7)]),
)
def test_nothing_of_the_last_45_days_stays_unseen_for_longer_than_a_week(
    off: set[int], kinds: set[int], pace: Pace
) -> None:
    owners = companies(5)
    begin = SINCE + 90 * DAY
    ran = [begin + n * DAY for n in range(60) if n not in off]
    used = {o: set(days_between(SINCE, begin + 60 * DAY)) if n in kinds else set() for n, o in enumerate(owners)}
    account = Account(DAILY, used, pace)
    for day in ran:
        account.sweep(noon(day))
    assert max(longest_unseen(account, owner, ran) for owner in owners) <= 7


def test_what_was_asked_just_now_is_not_asked_again() -> None:
    account = Account(DAILY, {owner: set() for owner in companies(20)})
    account.sweep(noon(SINCE + 200 * DAY))
    assert account.units(noon(SINCE + 200 * DAY)) == []


def test_a_first_plan_asks_for_every_day_once_the_newest_first() -> None:
    account = Account(DAILY, {owner: set() for owner in companies(3)})
    units = account.units(noon(SINCE + 399 * DAY))
    days = [day for unit in units for day in days_between(unit.since, unit.until)]
    assert sorted(days) == list(days_between(SINCE, SINCE + 399 * DAY))
    assert [unit.until for unit in units] == sorted((unit.until for unit in units), reverse=True)


def test_a_pair_in_use_is_asked_every_day_and_an_idle_one_once_a_week() -> None:
    busy, idle = companies(2)
    account = Account(DAILY, {busy: set(days_between(SINCE, SINCE + 150 * DAY)), idle: set()})
    for n in range(100, 128):
        account.sweep(noon(SINCE + n * DAY))
    later = {(owner, at) for at, owner, _ in account.asked if at > noon(SINCE + 100 * DAY)}
    assert {owner: [asked for asked, _ in later].count(owner) for owner in (busy, idle)} == {busy: 27, idle: 4}


def test_turns_are_spread_over_the_days_of_the_week() -> None:
    account = Account(DAILY, {owner: set() for owner in companies(700)})
    for n in range(100, 115):
        account.sweep(noon(SINCE + n * DAY))
    last_week = [at.date() for at, _, _ in account.asked if at > noon(SINCE + 107 * DAY)]
    assert max(last_week.count(day) for day in set(last_week)) < 140


def test_after_forty_days_off_each_missed_day_is_asked_once() -> None:
    busy, idle = companies(2)
    account = Account(DAILY, {busy: set(days_between(SINCE, SINCE + 200 * DAY)), idle: set()})
    account.sweep(noon(SINCE + 100 * DAY))
    account.asked.clear()
    account.sweep(noon(SINCE + 140 * DAY))
    missed = set(days_between(SINCE + 101 * DAY, SINCE + 140 * DAY))
    asked = [(owner, day) for _, owner, days in account.asked for day in days_between(*days) if day in missed]
    assert sorted(asked) == sorted((owner, day) for owner in (busy, idle) for day in missed)


def test_a_company_that_begins_to_use_a_product_is_seen_within_a_week_and_daily_from_then_on() -> None:
    (owner,) = companies(1)
    account = Account(DAILY, {owner: set(days_between(SINCE + 120 * DAY, SINCE + 150 * DAY))})
    for n in range(100, 140):
        account.sweep(noon(SINCE + n * DAY))
    seen = next(at for at, _, days in account.asked if days[1] >= SINCE + 120 * DAY)
    assert seen <= noon(SINCE + 127 * DAY)
    assert len({at for at, _, _ in account.asked if at > seen}) == (noon(SINCE + 139 * DAY) - seen).days


def test_months_are_asked_of_those_who_use_them_only() -> None:
    busy, idle = companies(2)
    account = Account(MONTHLY, {busy: set(days_between(SINCE, SINCE + 150 * DAY)), idle: set()})
    account.sweep(noon(SINCE + 100 * DAY))
    account.asked.clear()
    account.sweep(noon(SINCE + 101 * DAY))
    assert {owner for _, owner, _ in account.asked} == {busy}


def test_a_gap_waits_for_its_next_try() -> None:
    now = noon(SINCE + 20 * DAY)
    waiting = Hole(since=SINCE + 3 * DAY, until=SINCE + 4 * DAY, due=False, closed=False)
    facts = Facts(known=(SINCE, SINCE + 20 * DAY), checked_from=SINCE, checked_at=now, holes=(waiting,))
    (owner,) = companies(1)
    assert wanted(DAILY, owner, facts, [], moment(now)) == []
    tried = replace(facts, holes=(replace(waiting, due=True),))
    assert wanted(DAILY, owner, tried, [], moment(now)) == [(waiting.since, waiting.until)]


def test_a_slot_that_rings_early_asks_nobody_who_was_asked_in_time() -> None:
    now = noon(SINCE + 20 * DAY)
    (owner,) = companies(1)
    asked_at = now - dt.timedelta(hours=1)
    facts = Facts(known=(SINCE, now.date()), checked_from=SINCE, checked_at=asked_at, used_until=now.date())
    today = (now.date(), now.date())
    assert wanted(DAILY, owner, facts, [today], moment(now, UNHURRIED)) == []
    longer_ago = replace(facts, checked_at=now - dt.timedelta(hours=3))
    assert wanted(DAILY, owner, longer_ago, [today], moment(now, UNHURRIED)) == [today]


def test_of_whom_nobody_knows_what_he_used_all_of_45_days_is_asked_when_today_is() -> None:
    now = noon(SINCE + 200 * DAY)
    (owner,) = companies(1)
    facts = Facts(known=(SINCE, now.date()), checked_from=SINCE, checked_at=now - DAY)
    today = (now.date(), now.date())
    assert wanted(DAILY, owner, facts, [], moment(now)) in ([], [moment(now).looked_back])
    assert moment(now).looked_back in wanted(DAILY, owner, facts, [today], moment(now))


@given(
    days=st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted),
    others=st.lists(st.tuples(st.integers(-5, 35), st.integers(-5, 35)).map(sorted), max_size=5),
)
def test_days_without_others_are_just_those_that_are_left(days: list[int], others: list[list[int]]) -> None:
    def span(pair: list[int]) -> Range:
        return SINCE + pair[0] * DAY, SINCE + pair[1] * DAY

    left = [day for part in without(span(days), map(span, others)) for day in days_between(*part)]
    taken = {day for other in others for day in days_between(*span(other))}
    assert left == [day for day in days_between(*span(days)) if day not in taken]


def test_ten_thousand_companies_take_less_than_a_tenth_of_asking_everybody() -> None:
    in_use = 4_500 * 3 + 3_000 * 3
    load = Load(everybody=60_000 * 8, in_use=in_use, idle=55_500)
    pace = pace_for(load, calls_a_day=3000, slowest_turn=7)
    lists = 10_000 // 7 + 24 + 7
    assert (pace, load.calls_a_day(pace) + lists <= 370_150 // 10) == (WEEKLY, True)


@given(
    everybody=st.integers(0, 10**6),
    in_use=st.integers(0, 10**5),
    idle=st.integers(0, 10**5),
    most=st.integers(0, 10**5),
)
def test_the_pace_is_the_quickest_that_the_calls_of_a_day_allow(
    everybody: int, in_use: int, idle: int, most: int
) -> None:
    load = Load(everybody=everybody, in_use=in_use, idle=idle)
    chosen = pace_for(load, calls_a_day=most, slowest_turn=7)
    allowed = [pace for pace in paces(7) if load.calls_a_day(pace) <= most]
    assert chosen == (allowed[0] if allowed else WEEKLY)


def test_another_pace_asks_nobody_twice() -> None:
    account = Account(DAILY, {owner: set() for owner in companies(70)}, WEEKLY)
    daily = Pace(sweeps=1, idle_days=1)
    asked = []
    for n in range(100, 142):
        account.pace = daily if n in range(121, 124) else WEEKLY
        account.sweep(noon(SINCE + n * DAY))
        asked.append(sum(at == noon(SINCE + n * DAY) for at, _owner, _days in account.asked))
    assert (asked[21:24], max(asked[7:21] + asked[24:]) < 20) == ([70, 70, 70], True)


@pytest.mark.parametrize(("calls", "pace"), [(3000, UNHURRIED), (0, WEEKLY)])
def test_few_calls_are_made_with_every_sweep_unless_the_settings_say_otherwise(calls: int, pace: Pace) -> None:
    assert pace_for(Load(everybody=200, in_use=20, idle=30), calls_a_day=calls, slowest_turn=7) == pace


def test_a_slot_of_a_month_is_due_when_it_was_not_asked_since_its_end() -> None:
    (owner,) = companies(1)
    end = end_of(dt.date(2026, 3, 31))
    facts = Facts(known=(SINCE, dt.date(2026, 3, 31)), checked_from=SINCE, checked_at=end - dt.timedelta(hours=2))
    march = (dt.date(2026, 3, 1), dt.date(2026, 3, 31))
    used = replace(facts, used_until=dt.date(2026, 3, 31))
    assert wanted(MONTHLY, owner, used, [march], moment(end + DAY)) == [(march[0], dt.date(2026, 4, 2))]


def test_a_day_just_begun_is_asked_with_its_first_sweep_however_early_its_slot_is_due() -> None:
    (owner,) = companies(1)
    today = SINCE + 100 * DAY
    asked_at = start_of(today - DAY) + SWEEPS_BEGIN_AT
    facts = Facts(known=(SINCE, today - DAY), checked_from=SINCE, checked_at=asked_at, used_until=today - DAY)
    early = start_of(today) + SWEEPS_BEGIN_AT / 2

    assert wanted(DAILY, owner, facts, [(today, today)], moment(early)) == []
    assert wanted(DAILY, owner, facts, [(today, today)], moment(early + SWEEPS_BEGIN_AT))


def test_an_old_day_that_somebody_else_lacks_is_not_asked_of_everybody() -> None:
    (owner,) = companies(1)
    now = noon(SINCE + 100 * DAY)
    facts = Facts(
        known=(SINCE, now.date()), checked_from=now.date() - 7 * DAY, checked_at=now - HOUR, used_until=now.date()
    )
    old, recent = now.date() - 24 * DAY, now.date() - 3 * DAY

    assert wanted(DAILY, owner, facts, [(old, old), (recent, recent)], moment(now)) == []
    left_out = replace(facts, checked_from=now.date())
    assert wanted(DAILY, owner, left_out, [(recent, recent)], moment(now)) == [(recent, now.date())]


@pytest.mark.parametrize(("used_until", "asked_from"), [(0, LOOK_BACK + 7 - 1), (None, LOOK_BACK - 1)])
def test_the_turn_of_what_is_in_use_looks_back_a_week_more(used_until: int | None, asked_from: int) -> None:
    (owner,) = companies(1)
    now = noon(SINCE + 100 * DAY)
    used = SINCE - DAY if used_until is None else now.date()
    facts = Facts(known=(SINCE, now.date()), checked_from=SINCE, checked_at=now - 7 * DAY, used_until=used)

    assert min(wanted(DAILY, owner, facts, [], moment(now))) == (now.date() - asked_from * DAY, now.date())
