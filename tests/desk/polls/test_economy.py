"""Polling with few calls: who uses nothing takes turns, projects follow from their company, and nothing is lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest

from agora.vocabulary import Business, Interval, Model
from billing.models import DailyBillLine
from billing.services.waking import wake_newly_billed
from polling import queries
from polling.models import Coverage, PollSlot, SlotState, Stream, Target, TargetState
from polling.periods import next_turn
from sandbox.faults import Fault, Match
from tests.desk.polls.then import DAY, HOUR, SINCE, THEN, slot, stored_usage, sweep, true_usage
from tests.polled import Portal
from usage.models import UsageFigures, UsageSeries
from usage.services.poll import poll_due_usage

pytestmark = [pytest.mark.django_db(transaction=True)]

# Kinds that are asked of every company and project.
KINDS = 8
PROJECTS = Match(path_regex=r"/projects/[^/]+/usage$")


@pytest.fixture(autouse=True)
def economical(settings: Any) -> None:
    """No call is made that is not needed."""
    settings.POLL_CALLS_A_DAY = 0


@pytest.fixture(autouse=True)
def idle(portal: Portal) -> int:
    """A company with three projects that use nothing beside the two that use everything."""
    world = portal.sandbox.world
    busy = world.companies()[0]
    made = world.create_company(lambda number, place: replace(busy, id=number, name="Idle", email="idle@example.com"))
    for name in ("one", "two", "three"):
        world.create_project(made, name)
    return made.id


def sweep_days(portal: Portal, days: int, *, since: dt.datetime = THEN) -> None:
    """One sweep of everything, and one of usage on every day that follows."""
    sweep(portal, at=since)
    for n in range(1, days):
        sweep(portal, Stream.USAGE, at=since + n * DAY)


def usage_calls(portal: Portal) -> list[tuple[str, dict[str, str]]]:
    """The usage that was asked for: paths and parameters."""
    return [
        (entry.path, dict(parse_qsl(entry.query)))
        for entry in portal.sandbox.truth.entries()
        if entry.path.endswith("/usage")
    ]


def test_what_is_over_for_a_week_is_just_what_the_server_knows(portal: Portal) -> None:
    sweep_days(portal, 20)
    known = THEN.date() + 12 * DAY
    assert stored_usage(SINCE, known) == true_usage(portal, SINCE, known)


def test_every_complete_day_holds_what_the_server_knows_of_it(portal: Portal) -> None:
    sweep_days(portal, 12)
    complete = PollSlot.objects.filter(stream=Stream.USAGE, scope__endswith="/daily", state=SlotState.COMPLETE)
    days = {day for day in complete.values_list("period", flat=True) if day < THEN.date() + 11 * DAY}
    whole = {day for day in days if complete.filter(period=day).count() == 6}
    assert len(whole) > 5
    assert all(stored_usage(day, day) == true_usage(portal, day, day) for day in whole)


def test_recent_days_wait_for_those_who_use_nothing_and_are_no_gap(portal: Portal) -> None:
    sweep_days(portal, 12)
    now = THEN + 11 * DAY + HOUR
    waiting = PollSlot.objects.filter(queries.waits_for_idle(now), stream=Stream.USAGE, due_at__lte=now)
    assert waiting.exists()
    assert not waiting.filter(due_at__lt=now - 8 * DAY).exists()
    assert queries.missing(now, streams=[Stream.USAGE], days=None) == []


def test_a_company_that_uses_nothing_is_asked_once_a_week_and_its_projects_never(portal: Portal, idle: int) -> None:
    sweep_days(portal, 3)
    portal.sandbox.truth.clear()
    sweep_days(portal, 7, since=THEN + 3 * DAY)
    asked = [path for path, _ in usage_calls(portal) if path.split("/")[4] == str(idle)]
    assert len(asked) == 6


def test_a_second_sweep_at_the_same_time_asks_nobody(portal: Portal) -> None:
    sweep(portal)
    portal.sandbox.truth.clear()
    sweep(portal, Stream.USAGE)
    assert usage_calls(portal) == []


def test_projects_of_a_company_that_uses_nothing_are_known_without_a_call(portal: Portal) -> None:
    sweep(portal)
    # A series is made with its first row.
    of_companies = UsageSeries.objects.filter(project_id="")
    used = set(of_companies.values_list("company_id", "business", "model", "interval"))
    asked = {
        (path.split("/")[4], query["business"], query["model"], query["interval"])
        for path, query in usage_calls(portal)
        if "/projects/" in path
    }
    assert asked == used
    known = set(Coverage.objects.exclude(project_id="").values_list("business", "model", "interval"))
    assert len(known) == KINDS


def test_a_company_that_begins_to_use_a_product_is_seen_within_a_week(portal: Portal, idle: int) -> None:
    sweep(portal)
    project = portal.sandbox.world.projects(idle)[1]
    begins = THEN.date() + 2 * DAY
    portal.sandbox.usage.correct(project, (Business.MINIAPP, Model.DURATION), begins, "audioAll", 7)
    for n in range(1, 10):
        sweep(portal, at=THEN + n * DAY)
    rows = UsageFigures.objects.filter(
        series__company_id=str(idle), series__business="miniapp", series__interval="daily", period=begins
    )
    assert set(rows.values_list("series__project_id", "audio_all")) == {("", 7), (project.id, 7)}


@pytest.mark.parametrize(
    ("day", "days_late"),
    [(THEN.date() + 2 * DAY, 0), (THEN.date() + 2 * DAY, 9), (SINCE + 3 * DAY, 1)],
    ids=["at once", "days later", "in the month that was begun with"],
)
def test_the_months_of_a_company_that_begins_to_use_a_product_are_seen_within_a_week(
    portal: Portal, idle: int, day: dt.date, days_late: int
) -> None:
    sweep(portal)
    project = portal.sandbox.world.projects(idle)[1]
    for n in range(1, days_late):
        sweep(portal, at=THEN + n * DAY)
    portal.sandbox.usage.correct(project, (Business.RTM, Model.COUNTER), day, "dau", 7)
    for n in range(max(1, days_late), days_late + 10):
        sweep(portal, at=THEN + n * DAY)
    rows = UsageFigures.objects.filter(
        series__company_id=str(idle), series__business="rtm", series__interval="monthly", period=day.replace(day=1)
    )
    assert set(rows.values_list("series__project_id", "dau")) == {("", 7), (project.id, 7)}


def test_a_month_that_begins_with_a_day_that_grows_is_not_asked_again_and_again(portal: Portal, idle: int) -> None:
    sweep(portal)
    turn = next_turn(f"{idle}//rtm/counter/daily", THEN.date(), 7)
    project = portal.sandbox.world.projects(idle)[1]
    portal.sandbox.usage.correct(project, (Business.RTM, Model.COUNTER), turn, "dau", 7)
    at = THEN + (turn - THEN.date())
    sweep(portal, at=at)
    sweep(portal, Stream.USAGE, at=at + dt.timedelta(minutes=11))
    portal.sandbox.truth.clear()
    sweep(portal, Stream.USAGE, at=at + dt.timedelta(minutes=22))
    again = usage_calls(portal)
    sweep(portal, Stream.USAGE, at=at + DAY)
    sweep(portal, Stream.USAGE, at=at + DAY + dt.timedelta(minutes=11))
    rows = UsageFigures.objects.filter(series__company_id=str(idle), series__business="rtm")
    by_month = rows.filter(series__interval="monthly").values_list("series__project_id", "dau")
    assert (again, set(by_month)) == ([], {("", 7), (project.id, 7)})


def test_a_late_change_of_a_month_ago_is_seen_within_a_week(portal: Portal) -> None:
    sweep_days(portal, 9)
    row = UsageFigures.objects.filter(
        series__interval=Interval.DAILY, series__business="default", series__model="duration", period=SINCE
    )
    busy = row.exclude(series__project_id="").select_related("series").first()
    assert busy is not None
    before = busy.audio_all
    project = next(
        p for p in portal.sandbox.world.projects(int(busy.series.company_id)) if p.id == busy.series.project_id
    )
    portal.sandbox.usage.correct(project, (Business.DEFAULT, Model.DURATION), SINCE, "audioAll", 7)
    sweep_days(portal, 8, since=THEN + 9 * DAY)
    busy.refresh_from_db()
    assert (busy.audio_all, busy.corrected) == (before + 7, ["audioAll"])


def test_a_project_whose_call_fails_is_asked_again_and_leaves_no_hole(portal: Portal) -> None:
    sweep(portal, Stream.COMPANIES, Stream.PROJECTS)
    portal.sandbox.faults.order(Fault(action="status", status=400, body="{}", times=4, match=PROJECTS))
    sweep(portal, Stream.USAGE)
    assert Target.objects.exclude(project_id="").exists()
    sweep(portal, Stream.USAGE, at=THEN + HOUR)
    assert not Target.objects.exists()
    assert stored_usage(SINCE, THEN.date() - DAY) == true_usage(portal, SINCE, THEN.date() - DAY)


def test_a_lost_worker_costs_no_more_than_what_it_was_asking(portal: Portal) -> None:
    sweep(portal, Stream.COMPANIES, Stream.PROJECTS)
    reader = portal.reader(clock=lambda: THEN)
    calls = 0

    def stop_after(count: int) -> None:
        nonlocal calls
        calls += count
        if calls > 10:
            raise KeyboardInterrupt

    reader.on_call = stop_after
    portal.sandbox.clock.pretended = THEN.date()
    with pytest.raises(KeyboardInterrupt):
        poll_due_usage(reader)
    sweep(portal, Stream.USAGE, at=THEN + HOUR)
    assert stored_usage(SINCE, THEN.date() - DAY) == true_usage(portal, SINCE, THEN.date() - DAY)


def test_a_company_that_is_charged_for_the_first_time_is_asked_at_once(portal: Portal, idle: int) -> None:
    sweep_days(portal, 4)
    portal.sandbox.truth.clear()
    at = THEN + 4 * DAY
    DailyBillLine.objects.all().delete()
    DailyBillLine.objects.create(period=at.date() - 2 * DAY, company_id=str(idle), currency="USD", amount=Decimal(1))
    wake_newly_billed(at.date() - 2 * DAY, at)
    sweep(portal, Stream.USAGE, at=at)
    asked = [path for path, _ in usage_calls(portal) if path.split("/")[4] == str(idle)]
    assert len(asked) == 6
    assert not Coverage.objects.filter(company_id=str(idle), project_id="", used_until=None).exists()


@pytest.mark.parametrize("of", ["/usage$", r"/projects/[^/]+/usage$"], ids=["of everybody", "of the projects"])
def test_a_look_back_of_which_calls_fail_is_taken_again_on_the_next_day(portal: Portal, of: str) -> None:
    sweep_days(portal, 9)
    project = next(p for company in portal.sandbox.world.companies() for p in portal.sandbox.world.projects(company.id))
    Target.objects.create(
        company_id=str(project.company_id), project_id=project.id, business="default", model="duration",
        interval="daily", since=SINCE, until=SINCE, state=TargetState.NOT_REPORTED, opened_at=THEN,
    )  # fmt: skip
    day = SINCE + 2 * DAY
    portal.sandbox.usage.correct(project, (Business.DEFAULT, Model.DURATION), day, "audioAll", 7)
    turn = next_turn(f"{project.company_id}//default/duration/daily", THEN.date() + 8 * DAY, 7)
    for n in range(9, (turn - THEN.date()).days):
        sweep(portal, Stream.USAGE, at=THEN + n * DAY)
    portal.sandbox.faults.order(Fault(action="status", status=400, body="{}", times=0, match=Match(path_regex=of)))
    sweep(portal, Stream.USAGE, at=THEN + (turn - THEN.date()))
    portal.sandbox.faults.clear()
    assert stored_usage(day, day) != true_usage(portal, day, day)
    sweep(portal, Stream.USAGE, at=THEN + (turn - THEN.date()) + DAY)
    assert stored_usage(day, day) == true_usage(portal, day, day)


@pytest.mark.parametrize("of", ["/usage$", r"/projects/[^/]+/usage$"], ids=["of everybody", "of the projects"])
def test_a_last_look_at_a_day_of_which_calls_fail_is_taken_again_with_the_next_sweep(portal: Portal, of: str) -> None:
    sweep_days(portal, 8)
    day, scope = THEN.date() + DAY, "default/duration/daily"
    before = slot(day, Stream.USAGE, scope).next_attempt_at
    assert before == THEN.replace(hour=1) + 8 * DAY
    project = next(p for company in portal.sandbox.world.companies() for p in portal.sandbox.world.projects(company.id))
    portal.sandbox.usage.correct(project, (Business.DEFAULT, Model.DURATION), day, "audioAll", 7)
    portal.sandbox.faults.order(Fault(action="status", status=400, body="{}", times=0, match=Match(path_regex=of)))
    sweep(portal, Stream.USAGE, at=before)
    portal.sandbox.faults.clear()
    failed = slot(day, Stream.USAGE, scope)
    assert (failed.state, failed.next_attempt_at) == (SlotState.PARTIAL, before + DAY)
    sweep(portal, Stream.USAGE, at=before + DAY)
    assert stored_usage(day, day) == true_usage(portal, day, day)
    assert slot(day, Stream.USAGE, scope).state == SlotState.COMPLETE


@pytest.mark.parametrize("status", [403, 404])
def test_a_project_that_agora_refuses_is_asked_once_a_day_and_nobody_more_often_for_it(
    portal: Portal, status: int
) -> None:
    sweep_days(portal, 3)
    project = next(p for company in portal.sandbox.world.companies() for p in portal.sandbox.world.projects(company.id))
    path = f"/projects/{project.id}/usage$"
    portal.sandbox.faults.order(Fault(action="status", status=status, body="{}", times=0, match=Match(path_regex=path)))
    began = THEN.replace(hour=1) + 3 * DAY
    asked: dict[int, tuple[int, int]] = {}
    for hour in range(50):
        before = len(usage_calls(portal))
        sweep(portal, Stream.USAGE, at=began + hour * HOUR)
        paths = [path for path, _ in usage_calls(portal)[before:]]
        if calls := sum(path.endswith(f"/projects/{project.id}/usage") for path in paths):
            asked[hour] = calls, sum(path.endswith(f"/companies/{project.company_id}/usage") for path in paths)
        else:
            assert not paths
    assert list(asked) == [0, 24, 48]
    portal.sandbox.faults.clear()
    for hour in (72, 96):
        sweep(portal, Stream.USAGE, at=began + hour * HOUR)
    assert not Target.objects.exists()
    until = (began + 96 * HOUR).date() - DAY
    assert stored_usage(SINCE, until) == true_usage(portal, SINCE, until)


def test_a_turn_that_a_long_sweep_began_is_taken_to_its_end(portal: Portal, settings: Any) -> None:
    settings.POLL_SINCE = THEN.date() - 70 * DAY
    company = portal.sandbox.world.companies()[0].id
    turn = next_turn(f"{company}//default/duration/daily", THEN.date() + DAY, 7) - THEN.date()
    sweep_days(portal, turn.days)
    began, look_back = THEN + turn, THEN.date() + turn - 44 * DAY
    portal.sandbox.truth.clear()

    def asked_since() -> set[dt.date]:
        """The first days of the ranges that were asked in the last sweep."""
        return {dt.datetime.fromtimestamp(int(asked["fromTs"]), dt.UTC).date() for _, asked in usage_calls(portal)}

    def clock() -> dt.datetime:
        return began + (HOUR if look_back in asked_since() else 0 * HOUR)

    portal.sandbox.clock.pretended = began.date()
    poll_due_usage(portal.reader(clock=clock))
    assert look_back - 7 * DAY in asked_since()
    rows = Coverage.objects.filter(checked_at__gte=began, checked_from__lte=look_back)
    assert rows.exists()
    assert not rows.exclude(looked_back_at__gte=began).exists()


@pytest.mark.parametrize("of", ["/usage$", r"/projects/[^/]+/usage$"], ids=["of everybody", "of the projects"])
def test_a_last_look_that_fails_all_day_is_taken_when_agora_answers_again(portal: Portal, of: str) -> None:
    sweep_days(portal, 8)
    day, began = THEN.date() + DAY, THEN.replace(hour=1) + 8 * DAY
    project = next(p for company in portal.sandbox.world.companies() for p in portal.sandbox.world.projects(company.id))
    portal.sandbox.usage.correct(project, (Business.DEFAULT, Model.DURATION), day, "audioAll", 7)
    portal.sandbox.faults.order(Fault(action="status", status=400, body="{}", times=0, match=Match(path_regex=of)))
    for hour in range(25):
        sweep(portal, Stream.USAGE, at=began + hour * HOUR)
    portal.sandbox.faults.clear()
    sweep(portal, Stream.USAGE, at=began + DAY + HOUR)
    assert stored_usage(day, day) == true_usage(portal, day, day)
    sweep(portal, Stream.USAGE, at=began + 2 * DAY)
    assert slot(day, Stream.USAGE, "default/duration/daily").state == SlotState.COMPLETE


def test_a_look_back_that_agora_breaks_off_makes_no_gaps_of_days_that_are_known(portal: Portal) -> None:
    sweep_days(portal, 9)
    turn = next_turn(f"{portal.sandbox.world.companies()[0].id}//default/duration/daily", THEN.date() + 8 * DAY, 7)
    for n in range(9, (turn - THEN.date()).days):
        sweep(portal, Stream.USAGE, at=THEN + n * DAY)
    portal.sandbox.faults.order(Fault(action="status", status=429, headers={"Retry-After": "60"}, times=0))
    sweep(portal, Stream.USAGE, at=THEN + (turn - THEN.date()))
    settled = PollSlot.objects.filter(stream=Stream.USAGE, scope="default/duration/daily", period__lt=turn - 8 * DAY)
    assert settled.exists()
    assert set(settled.values_list("state", flat=True)) <= {SlotState.COMPLETE, SlotState.FROZEN}
    assert PollSlot.objects.filter(stream=Stream.USAGE, state=SlotState.PARTIAL).exists()
