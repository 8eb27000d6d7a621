"""Processes that are killed or overtaken while they read: one promotion, and never half a day (P1 to P3)."""

import datetime as dt
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections

from billing.models import BillRevision
from billing.services import poll as bill_poll
from billing.services.poll import expect_daily_bills
from companies.models import Company
from companies.services.refresh import poll_due_companies
from polling.models import PollRun, RunOutcome, SlotState, Stream
from polling.services import slots
from polling.services.reading import Reader
from polling.services.slots import LeaseLost
from sandbox.bills import Revision
from sandbox.faults import Fault, Match
from tests.desk.polls.then import (
    BILL,
    HOUR,
    LEASE_IS_OVER,
    SINCE,
    THEN,
    after_page,
    asked,
    days_known,
    read_bill,
    slot,
    stored_bill,
    stored_usage,
    sweep,
    true_bill,
    true_usage,
)
from tests.polled import Portal
from usage.services.poll import poll_due_usage

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = 4
LATER = THEN + LEASE_IS_OVER


def halt() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def begun(work: Callable[[], object]) -> int:
    """A process of its own that does this and nothing else; gives its ID."""
    connections.close_all()
    cache.close()
    child = os.fork()
    if child:
        return child
    try:
        work()
    finally:
        os._exit(1)  # whoever gets here was not killed


def ended(child: int) -> int:
    """The signal that ended a process."""
    _pid, status = os.waitpid(child, 0)
    return os.WTERMSIG(status)


def killed(work: Callable[[], object]) -> None:
    """Let a process of its own do something that kills it."""
    assert ended(begun(work)) == signal.SIGKILL


def revise(portal: Portal) -> None:
    """Change the first line of the bill."""
    line = portal.sandbox.bills.lines(BILL)[0]
    portal.sandbox.bills.revise(BILL, Revision(company_id=line.company_id, project_id=line.project_id, delta=1))  # type: ignore[arg-type]


@pytest.mark.parametrize("page", range(1, PAGES + 1))
def test_p1_a_worker_killed_on_any_page_leaves_what_was_known_and_the_next_one_ends_it(
    page: int, portal: Portal
) -> None:
    portal.sandbox.bills.capacity = len(portal.sandbox.bills.lines(BILL)) // PAGES
    read_bill(portal)
    before = stored_bill()
    revise(portal)
    children: list[int] = []

    def kill() -> None:
        while not children:
            time.sleep(0.001)
        os.kill(children[0], signal.SIGKILL)
        time.sleep(0.05)

    after_page(portal, page, kill)
    children.append(begun(lambda: read_bill(portal, at=THEN + HOUR)))

    assert ended(children[0]) == signal.SIGKILL
    assert (slot().state, slot().lease_token != "", stored_bill() == before) == (SlotState.RUNNING, True, True)
    assert read_bill(portal, at=THEN + HOUR + LEASE_IS_OVER).state == SlotState.COMPLETE
    assert stored_bill() == true_bill(portal) != before


def test_p1_a_worker_killed_among_calls_of_usage_leaves_no_day_that_only_looks_known(portal: Portal) -> None:
    sweep(portal, Stream.COMPANIES, Stream.PROJECTS)
    children: list[int] = []

    def kill() -> None:
        while not children:
            time.sleep(0.001)
        os.kill(children[0], signal.SIGKILL)

    match = Match(path_regex="/usage$", query={"interval": "daily", "model": "transcoding"})
    portal.sandbox.faults.order(Fault(action="pass", match=match, then=kill))
    children.append(begun(lambda: poll_due_usage(portal.reader(clock=lambda: THEN))))
    assert ended(children[0]) == signal.SIGKILL

    sweep(portal, Stream.USAGE, at=LATER)

    assert stored_usage(SINCE, BILL) == true_usage(portal, SINCE, BILL)
    assert {known[2:] for known in days_known()} == {(SINCE, THEN.date())}


def before_the_slot_is_complete() -> None:
    slots.complete = lambda *args, **fields: halt()  # type: ignore[assignment]


def before_the_commit() -> None:
    bill_poll.slots.note_run = lambda *args, **fields: halt()  # type: ignore[assignment,return-value]


def after_the_commit() -> None:
    connection.ensure_connection()
    commit, complete = connection._commit, slots.complete

    def commit_and_halt() -> None:
        commit()
        halt()

    def complete_and_halt_after_the_commit(*args: Any, **fields: Any) -> None:
        complete(*args, **fields)
        connection._commit = commit_and_halt

    slots.complete = complete_and_halt_after_the_commit


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("moment", [before_the_slot_is_complete, before_the_commit, after_the_commit])
def test_p2_a_worker_killed_while_it_stores_a_day_has_stored_all_of_it_or_nothing(
    moment: Callable[[], None], known: bool, portal: Portal
) -> None:
    before = (read_bill(portal) and stored_bill()) if known else set()
    expect_daily_bills(BILL, THEN)
    revise(portal)

    def store() -> None:
        moment()
        read_bill(portal, at=THEN + HOUR)

    killed(store)

    done = moment is after_the_commit
    assert stored_bill() == (true_bill(portal) if done else before)
    assert slot().state == (SlotState.COMPLETE if done else SlotState.RUNNING)
    assert read_bill(portal, at=THEN + HOUR + LEASE_IS_OVER).state == SlotState.COMPLETE
    assert (stored_bill(), BillRevision.objects.count()) == (true_bill(portal), int(known))


def overtaken(portal: Portal, overtake: Callable[[], object], *, looks: int) -> Reader:
    """A reader that sleeps while somebody else does it all, just before it looks at its clock after so many looks."""
    moments = iter([THEN] * looks)

    def clock() -> dt.datetime:
        now = next(moments, None)
        if now is None:
            overtake()
        return now or THEN + HOUR

    return portal.reader(clock=clock)


def test_p3_a_reader_of_a_bill_that_was_overtaken_stores_nothing(portal: Portal) -> None:
    def overtake() -> None:
        revise(portal)
        read_bill(portal, at=LATER)

    expect_daily_bills(BILL, THEN)
    with pytest.raises(LeaseLost):
        bill_poll.read_daily_bill(overtaken(portal, overtake, looks=1), BILL)

    assert (stored_bill(), slot().last_complete_at) == (true_bill(portal), LATER)
    assert PollRun.objects.filter(outcome=RunOutcome.COMPLETE).count() == 1


def test_p3_a_reader_of_a_list_that_was_overtaken_stores_nothing(portal: Portal) -> None:
    def overtake() -> None:
        portal.sandbox.world.add_companies(1)
        sweep(portal, Stream.COMPANIES, at=LATER)

    slots.expect_lists(stream=Stream.COMPANIES, scopes=[""], now=THEN)
    with pytest.raises(LeaseLost):
        poll_due_companies(overtaken(portal, overtake, looks=3))

    assert (Company.objects.count(), PollRun.objects.count()) == (3, 1)


def test_p3_a_reader_of_usage_that_was_overtaken_stores_nothing(portal: Portal) -> None:
    sweep(portal, Stream.COMPANIES, Stream.PROJECTS)
    once: list[bool] = []

    def clock() -> dt.datetime:
        """In the middle of the first chunk of calls somebody else reads everything, with newer figures."""
        if connection.in_atomic_block or not asked(portal, "/usage") or once:
            return THEN
        once.append(True)
        project = portal.sandbox.world.projects(portal.sandbox.world.companies()[0].id)[0]
        portal.sandbox.usage.correct(project, ("default", "duration"), BILL, "audioAll", 7)  # type: ignore[arg-type]
        sweep(portal, Stream.USAGE, at=LATER)
        connections.close_all()
        return THEN

    with pytest.raises(LeaseLost):
        poll_due_usage(portal.reader(clock=clock))

    assert stored_usage(SINCE, BILL) == true_usage(portal, SINCE, BILL)
    assert set(PollRun.objects.filter(stream=Stream.USAGE).values_list("ended_at", flat=True)) == {LATER}
