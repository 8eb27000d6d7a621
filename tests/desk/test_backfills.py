"""Orders to read days again: what they cost, what they read, and that nothing stops them but a person."""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator

import pytest
from celery import current_app
from django.db.models import F

from accounts.models import AuditEntry, Person
from billing.services.poll import expect_daily_bills
from desk import tasks
from desk.backfills import running
from desk.backfills.planning import cost_of, planned
from desk.backfills.running import go_on, run_for_a_while
from polling import queries
from polling.models import Backfill, PollSlot, SlotState, Stream, Target, TargetState, Waiting
from polling.services import backfills as orders
from polling.services.backfills import Wanted
from polling.services.slots import take_lease
from sandbox.faults import Fault, Match
from tests.polled import TODAY, Portal, polled_portal
from usage.services.poll import put_off_rest

DAY = dt.timedelta(days=1)
SINCE, UNTIL = TODAY - 9 * DAY, TODAY - 3 * DAY
EVERYTHING = tuple(Stream.values)

pytestmark = pytest.mark.django_db


@pytest.fixture
def portal() -> Iterator[Portal]:
    """Twelve days of two companies with one project each, of which everything is known."""
    with polled_portal(days=12, companies=2, projects=1) as running:
        running.poll()
        yield running


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def wanted(*streams: str, since: dt.date = SINCE, until: dt.date = UNTIL, **narrowed: object) -> Wanted:
    return Wanted(streams=streams or EVERYTHING, since=since, until=until, **narrowed)


def order(wish: Wanted, by: Person | None = None) -> Backfill:
    return orders.order(wanted=wish, expected_calls=cost_of(wish, now()).calls, by=by, now=now())[0]


def run(portal: Portal, **fields: object) -> None:
    run_for_a_while(portal.reader(**fields))


def outcome(given: Backfill) -> tuple[str, int, int]:
    given.refresh_from_db()
    return given.state, given.calls, given.expected_calls


def test_an_order_makes_exactly_the_calls_that_were_said_first(portal: Portal) -> None:
    given = order(wanted())
    before = portal.calls("/")

    run(portal)

    # 1 list of companies, 2 of projects, 4 companies and projects in 8 kinds of usage, 7 bills
    assert outcome(given) == ("finished", 42, 42)
    assert given.ended_at is not None
    assert portal.calls("/") - before >= 42


def test_the_newest_days_are_read_first(portal: Portal) -> None:
    steps = [step for step in planned(wanted(Stream.DAILY_BILLS, Stream.USAGE), now()) if "monthly" not in step.scope]
    assert [step.until for step in steps] == sorted((step.until for step in steps), reverse=True)


def test_one_company_is_read_without_asking_for_any_other(portal: Portal) -> None:
    company_id = PollSlot.objects.filter(stream=Stream.PROJECTS).values_list("scope", flat=True).first()
    before = len(portal.sandbox.truth.entries())
    given = order(wanted(company_id=company_id))

    run(portal)

    asked = [entry.path for entry in portal.sandbox.truth.entries()[before:]]
    assert outcome(given) == ("finished", 17, 17)
    assert [path for path in asked if str(company_id) not in path] == []


def test_a_reading_of_one_company_is_none_of_the_whole(portal: Portal) -> None:
    times = (
        PollSlot.objects.filter(stream=Stream.USAGE).order_by("pk").values_list("next_attempt_at", "last_complete_at")
    )
    before = list(times)
    given = order(wanted(Stream.USAGE, company_id="10001", until=TODAY))

    run(portal)

    assert (outcome(given)[0], list(times)) == ("finished", before)


def test_a_reading_of_one_company_that_fails_is_tried_again(portal: Portal) -> None:
    slot = PollSlot.objects.get(scope="rtm/counter/daily", period=SINCE)
    PollSlot.objects.filter(pk=slot.pk).update(state=SlotState.FROZEN, frozen_at=now(), next_attempt_at=None)
    portal.sandbox.faults.order(Fault(action="status", status=400, times=0, match=Match(path_regex="10001/usage$")))
    order(wanted(Stream.USAGE, company_id="10001", until=SINCE))

    run(portal)

    failed = PollSlot.objects.get(pk=slot.pk)
    assert (failed.state, failed.last_complete_at) == (SlotState.PARTIAL, slot.last_complete_at)
    assert failed.next_attempt_at is not None

    portal.sandbox.faults.clear()
    PollSlot.objects.filter(pk=slot.pk).update(next_attempt_at=now())
    put_off_rest(portal.reader())
    again = PollSlot.objects.get(pk=slot.pk)
    assert (again.state in ("complete", "frozen"), again.last_complete_at) == (True, slot.last_complete_at)


def test_a_reading_of_everybody_is_one_of_the_whole(portal: Portal) -> None:
    slot = PollSlot.objects.get(scope="rtm/counter/daily", period=UNTIL)
    order(wanted(Stream.USAGE))

    run(portal)

    assert slot.last_complete_at is not None
    assert PollSlot.objects.get(pk=slot.pk).last_complete_at > slot.last_complete_at


def break_bill(portal: Portal, day: dt.date) -> None:
    body = '{"totalSize": 3, "pageNumber": 1, "hasMore": false, "elements": []}'
    match = Match(query={"period": f"{day:%Y%m%d}"})
    portal.sandbox.faults.order(Fault(action="body", body=body, times=0, match=match))


def test_only_what_is_missing_is_asked_for(portal: Portal) -> None:
    PollSlot.objects.filter(stream=Stream.DAILY_BILLS, period=UNTIL).update(
        state=SlotState.FAILED, first_complete_at=None, last_error="500"
    )
    given = order(wanted(only_gaps=True))

    run(portal)

    assert outcome(given) == ("finished", 1, 1)
    assert queries.missing(now(), streams=EVERYTHING, days=None) == []


def test_a_gap_of_one_company_asks_that_company_alone(portal: Portal) -> None:
    whose = {"company_id": "10001", "project_id": "", "business": "rtm", "model": "counter", "interval": "daily"}
    target = Target.objects.create(**whose, since=UNTIL, until=UNTIL, state=TargetState.FAILED, opened_at=now())
    slot = PollSlot.objects.filter(scope="rtm/counter/daily", period=UNTIL)
    slot.update(state=SlotState.PARTIAL, first_complete_at=None)
    before = len(portal.sandbox.truth.entries())
    given = order(wanted(only_gaps=True))

    run(portal)

    asked = [entry.path for entry in portal.sandbox.truth.entries()[before:]]
    assert (outcome(given), asked) == (("finished", 1, 1), ["/v1/resellers/companies/10001/usage"])
    assert not Target.objects.filter(pk=target.pk).exists()
    assert slot.get().state == SlotState.COMPLETE


def test_what_could_not_be_read_is_told_with_its_reason(portal: Portal) -> None:
    break_bill(portal, UNTIL)
    given = order(wanted(Stream.DAILY_BILLS, since=UNTIL))

    run(portal)

    (failed,) = queries.failed_steps(given)
    assert (outcome(given)[0], failed.since, bool(failed.error)) == ("finished", UNTIL, True)


def test_the_same_order_given_twice_is_one_order(portal: Portal, person: Callable[..., Person]) -> None:
    first = orders.order(wanted=wanted(), expected_calls=1, by=person("operator"), now=now())
    second = orders.order(wanted=wanted(), expected_calls=1, by=person("operator"), now=now())

    assert (first[1], second) == (True, (first[0], False))
    assert AuditEntry.objects.filter(action="backfill.ordered").count() == 1


def test_an_order_that_has_ended_can_be_given_again(portal: Portal) -> None:
    first = order(wanted(Stream.COMPANIES))
    run(portal)
    assert order(wanted(Stream.COMPANIES)).pk > first.pk


def test_a_restarted_worker_goes_on_where_the_last_one_was(portal: Portal) -> None:
    given = order(wanted(Stream.DAILY_BILLS))
    reader = portal.reader()
    for _chunk in range(4):  # the plan and three bills
        go_on(reader)
    # the worker is killed while it has the order
    Backfill.objects.update(lease_token="of a dead worker", lease_until=now() + orders.LEASE)
    assert not go_on(reader)
    Backfill.objects.update(lease_until=now() - DAY)
    before = portal.calls("daily-bill")

    run(portal)

    assert outcome(given) == ("finished", 7, 7)
    assert portal.calls("daily-bill") - before == 4


def test_two_workers_never_go_on_with_one_order(portal: Portal) -> None:
    order(wanted())
    assert orders.claim(now()) is not None
    assert orders.claim(now()) is None


def test_a_cancelled_order_reads_nothing_more(portal: Portal, person: Callable[..., Person]) -> None:
    given = order(wanted(Stream.DAILY_BILLS))
    reader, somebody = portal.reader(), person("operator")
    for _chunk in range(3):
        go_on(reader)

    assert orders.cancel(backfill=given, by=somebody, now=now())
    run(portal)

    assert outcome(given) == ("cancelled", 2, 7)
    assert list(AuditEntry.objects.filter(action="backfill.cancelled").values_list("person", flat=True)) == [
        somebody.pk
    ]


def test_an_order_that_has_ended_cannot_be_cancelled(portal: Portal) -> None:
    given = order(wanted(Stream.COMPANIES))
    run(portal)
    assert not orders.cancel(backfill=given, by=None, now=now())


def test_a_worker_whose_order_was_cancelled_meanwhile_counts_its_calls_and_stops(portal: Portal) -> None:
    given = order(wanted(Stream.DAILY_BILLS))
    reader = portal.reader()
    go_on(reader)
    reader.on_call = lambda calls: orders.cancel(backfill=given, by=None, now=now()) and None
    go_on(reader)
    assert outcome(given) == ("cancelled", 1, 7)


def test_days_that_somebody_else_reads_are_waited_for(portal: Portal) -> None:
    given = order(wanted(Stream.DAILY_BILLS, since=UNTIL))
    taken = take_lease(stream=Stream.DAILY_BILLS, scope="", since=UNTIL, until=UNTIL, now=now())

    run(portal)

    assert taken is not None
    given.refresh_from_db()
    assert (given.state, given.waits_for, given.calls) == ("running", Waiting.BUSY, 0)
    assert given.next_attempt_at > now()


def test_a_pause_that_agora_asks_for_is_waited_for(portal: Portal) -> None:
    given = order(wanted(Stream.DAILY_BILLS, since=UNTIL))
    headers = {"Retry-After": "90"}
    portal.sandbox.faults.order(Fault(action="status", status=429, headers=headers, times=1))

    run(portal)

    given.refresh_from_db()
    assert (given.state, given.waits_for) == ("running", Waiting.HOLD)
    assert dt.timedelta(seconds=60) < given.next_attempt_at - now() <= dt.timedelta(seconds=95)


def test_a_refused_signature_is_waited_for_until_a_person_has_put_it_right(portal: Portal) -> None:
    given = order(wanted(Stream.DAILY_BILLS, since=UNTIL))
    body = '{"message":"HMAC signature does not match"}'
    portal.sandbox.faults.order(Fault(action="status", status=401, body=body, times=1))

    run(portal)
    given.refresh_from_db()
    assert (given.state, given.waits_for) == ("running", Waiting.REFUSED)

    Backfill.objects.update(next_attempt_at=F("ordered_at"))
    run(portal)
    assert outcome(given)[0] == "finished"


def test_days_from_before_the_first_day_wanted_are_read_when_they_are_ordered(portal: Portal) -> None:
    early = TODAY - 20 * DAY
    given = order(wanted(Stream.DAILY_BILLS, since=early, until=early))
    run(portal)
    assert outcome(given) == ("finished", 1, 1)
    assert PollSlot.objects.get(stream=Stream.DAILY_BILLS, period=early).state == SlotState.COMPLETE


def test_a_slot_that_nobody_expected_yet_is_read_too(portal: Portal) -> None:
    PollSlot.objects.filter(stream=Stream.DAILY_BILLS).delete()
    expect_daily_bills(TODAY - 5 * DAY, now())
    given = order(wanted(Stream.DAILY_BILLS, until=SINCE))
    run(portal)
    assert outcome(given)[0] == "finished"


def test_a_step_of_many_calls_is_read_in_chunks_and_every_call_is_made_once(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "most_calls", lambda: 3)
    given = order(wanted(Stream.USAGE, scope="rtm/counter/daily"))
    before = len(portal.sandbox.truth.entries())
    reader = portal.reader()

    chunks = 0
    while go_on(reader):
        chunks += 1

    asked = [entry.path for entry in portal.sandbox.truth.entries()[before:]]
    assert (outcome(given), chunks) == (("finished", 4, 4), 4)  # the plan, two chunks, the end
    assert len(asked) == len(set(asked)) == 4


def test_the_schedule_starts_what_goes_on_with_orders(portal: Portal) -> None:
    given = order(wanted(Stream.DAILY_BILLS, since=UNTIL))
    tasks.run_backfills()
    assert tasks.run_backfills.name == current_app.conf.beat_schedule["backfills"]["task"]
    assert outcome(given) == ("finished", 1, 1)


def test_an_order_that_lasts_lets_others_have_their_turn(portal: Portal) -> None:
    given = order(wanted(Stream.DAILY_BILLS))
    times = itertools.count(step=20)
    run(portal, clock=lambda: now() + dt.timedelta(seconds=next(times)))
    given.refresh_from_db()
    assert (given.state, given.lease_token) == ("running", "")
