"""Pages that move, lie, repeat or fail: a bill or a list is stored whole or not at all (P4 to P9)."""

from collections.abc import Callable
from typing import Any

import pytest

from billing.models import DailyBillLine
from companies.models import Company, Project
from polling import queries
from polling.models import PollRun, RunOutcome, SlotState, Stream
from sandbox.api import Sandbox
from sandbox.bills import Revision
from sandbox.faults import Fault, Match
from sandbox.options import Dress
from tests.desk.polls.then import (
    BILL,
    DAY,
    DAYS,
    HOUR,
    THEN,
    after_page,
    answer_page,
    asked,
    bill_line,
    bill_page,
    read_bill,
    slot,
    stored_bill,
    sweep,
    true_bill,
)
from tests.polled import Portal, polled_portal

pytestmark = pytest.mark.django_db


def lines_of(sandbox: Sandbox) -> int:
    return len(sandbox.bills.lines(BILL))


def add_line(sandbox: Sandbox) -> None:
    sandbox.bills.revise(BILL, Revision(company_id=99002, project_id="new", add=True))


def drop_first_line(sandbox: Sandbox) -> None:
    first = sandbox.bills.lines(BILL)[0]
    sandbox.bills.revise(BILL, Revision(company_id=first.company_id, project_id=first.project_id, withdraw=True))


def move_first_line_to_the_end(sandbox: Sandbox) -> None:
    sandbox.bills.move(BILL, 0, lines_of(sandbox) - 1)


def move_last_line_to_the_front(sandbox: Sandbox) -> None:
    sandbox.bills.move(BILL, lines_of(sandbox) - 1, 0)


CHANGES = [add_line, drop_first_line, move_first_line_to_the_end, move_last_line_to_the_front]


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("change", CHANGES)
def test_p4_a_bill_that_changes_between_two_pages_is_not_stored_and_the_next_reading_is_whole(
    change: Callable[[Sandbox], None], known: bool, portal: Portal
) -> None:
    before = (read_bill(portal) and stored_bill()) if known else set()
    after_page(portal, 1, lambda: change(portal.sandbox))

    assert read_bill(portal).state == SlotState.PARTIAL
    assert stored_bill() == before

    assert read_bill(portal, at=THEN + HOUR).state == SlotState.COMPLETE
    assert stored_bill() == true_bill(portal)


@pytest.mark.parametrize("order", [(0, 4), (4, 0), (1, 2), (3, 1)])
def test_p4_a_company_that_moves_between_two_pages_is_neither_skipped_nor_doubled(
    order: tuple[int, int], db: None
) -> None:
    with polled_portal(days=DAYS, companies=5, list_limit=2) as portal:
        move = Fault(action="pass", then=lambda: portal.sandbox.world.move_company(*order), match=Match(nth=2))
        portal.sandbox.faults.order(move)

        sweep(portal, Stream.COMPANIES)

        listed = {str(company.id) for company in portal.sandbox.world.listed_companies()}
        assert set(Company.objects.values_list("company_id", flat=True)) == listed
        assert not Company.objects.exclude(gone_at=None).exists()


def test_p4_a_project_that_vanishes_between_two_pages_costs_no_other_project(db: None) -> None:
    with polled_portal(days=DAYS, companies=1, projects=4, list_limit=2) as portal:
        sweep(portal, Stream.COMPANIES, Stream.PROJECTS)
        (company,) = portal.sandbox.world.companies()
        first, *others = portal.sandbox.world.projects(company.id)
        hide = Fault(action="pass", then=lambda: portal.sandbox.world.hide(first.id, 900), match=Match(nth=1))
        portal.sandbox.faults.order(hide)

        sweep(portal, Stream.PROJECTS, at=THEN + 2 * DAY)

        there = Project.objects.filter(gone_at=None).values_list("project_id", flat=True)
        assert set(there) == {project.id for project in others}


@pytest.mark.parametrize("has_more", ["text", "number", "absent"])
def test_p5_more_pages_are_read_however_they_are_announced(has_more: str, db: None) -> None:
    with polled_portal(days=DAYS, page_size=3, dress=Dress(has_more=has_more)) as portal:
        assert read_bill(portal).state == SlotState.COMPLETE
        assert stored_bill() == true_bill(portal)


@pytest.mark.parametrize("more", [False, "false", 0, None])
def test_p5_rows_that_are_left_are_read_although_no_more_are_promised(more: Any, portal: Portal) -> None:
    answer_page(portal, 1, bill_page(bill_line(project="p1"), bill_line(project="p2"), total=3, more=more))
    answer_page(portal, 2, bill_page(bill_line(project="p3"), total=3, number=2, more=more))

    assert (read_bill(portal).state, len(stored_bill())) == (SlotState.COMPLETE, 3)


def test_p5_a_bill_that_promises_more_for_ever_comes_to_an_end(portal: Portal) -> None:
    answer_page(portal, 1, bill_page(bill_line(), total=9, more=True))
    for number in range(2, 30):
        answer_page(portal, number, bill_page(total=9, number=number, more=True))

    found = read_bill(portal)

    assert (found.state, found.last_error) == (SlotState.PARTIAL, "1 lines came, and 9 were announced")
    assert len(asked(portal)) == 11
    assert stored_bill() == set()


@pytest.mark.parametrize("total", [-1, "many", [], 2**70, 1.5])
def test_p6_a_bill_whose_total_is_none_is_tried_again_and_named_after_a_day(total: Any, portal: Portal) -> None:
    read_bill(portal)
    before = stored_bill()
    answer_page(portal, 1, bill_page(bill_line(), total=total))

    found = read_bill(portal, at=THEN + HOUR)
    assert (found.state, found.last_error) == (SlotState.PARTIAL, "page 1 does not say how many lines there are")
    found = read_bill(portal, at=THEN + 26 * HOUR)

    assert (found.state, found.next_attempt_at) == (SlotState.FAILED, THEN + 50 * HOUR)
    assert found in queries.missing(THEN + 26 * HOUR, streams=[Stream.DAILY_BILLS], days=None)
    assert stored_bill() == before


def test_p6_a_total_that_changes_between_pages_is_tried_again(portal: Portal) -> None:
    answer_page(portal, 2, bill_page(bill_line(), total=99, number=2), times=1)

    assert read_bill(portal).state == SlotState.PARTIAL
    assert (stored_bill(), slot().next_attempt_at > THEN) == (set(), True)
    assert read_bill(portal, at=THEN + HOUR).state == SlotState.COMPLETE
    assert (stored_bill(), slot().failing_since, slot().last_error) == (true_bill(portal), None, "")


@pytest.mark.parametrize("means", ["count", "zero"])
def test_p7_nothing_is_decided_by_the_page_size(means: str, db: None) -> None:
    with polled_portal(days=DAYS, page_size=3, dress=Dress(page_size_means=means)) as portal:
        assert read_bill(portal).state == SlotState.COMPLETE
        assert stored_bill() == true_bill(portal)


@pytest.mark.parametrize("lines", [(), (bill_line(project="short"),)])
def test_p7_a_page_that_is_short_of_lines_makes_the_day_partial(lines: tuple[str, ...], portal: Portal) -> None:
    answer_page(portal, 2, bill_page(*lines, total=lines_of(portal.sandbox), number=2, more=True), times=1)

    assert read_bill(portal).state == SlotState.PARTIAL
    assert stored_bill() == set()


def test_p7_an_empty_page_in_the_middle_is_passed(portal: Portal) -> None:
    answer_page(portal, 1, bill_page(bill_line(project="p1"), total=2, more=True))
    answer_page(portal, 2, bill_page(total=2, number=2, more=True))
    answer_page(portal, 3, bill_page(bill_line(project="p2"), total=2, number=3))

    assert (read_bill(portal).state, len(stored_bill())) == (SlotState.COMPLETE, 2)


@pytest.mark.parametrize(("number", "shown"), [(3, 2), (2, 3)])
def test_p8_a_page_that_is_shown_under_two_numbers_is_not_believed(number: int, shown: int, portal: Portal) -> None:
    portal.sandbox.bills.capacity = lines_of(portal.sandbox) // 3
    page = portal.sandbox.bills.page(BILL, shown)
    lines = [bill_line(line.company_id, line.project_id, str(line.amount), line.currency) for line in page.lines]
    answer_page(portal, number, bill_page(*lines, total=page.total, number=number, more=True), times=1)

    assert read_bill(portal).state == SlotState.PARTIAL
    assert stored_bill() == set()


def test_p8_pages_that_come_under_another_number_are_not_believed(portal: Portal) -> None:
    answer_page(portal, 2, bill_page(bill_line(), total=lines_of(portal.sandbox), number=3, more=True), times=1)

    found = read_bill(portal)

    assert (found.state, found.last_error) == (SlotState.PARTIAL, "page 2 was answered as page 3")
    assert stored_bill() == set()


def failing_page(portal: Portal, *, times: int) -> None:
    query = {"period": f"{BILL:%Y%m%d}", "pageNumber": "2"}
    portal.sandbox.faults.order(Fault(action="status", status=500, times=times, match=Match(query=query)))


def test_p9_a_page_that_fails_three_times_is_still_read(portal: Portal) -> None:
    failing_page(portal, times=3)

    assert read_bill(portal).state == SlotState.COMPLETE
    assert stored_bill() == true_bill(portal)


def test_p9_a_page_that_always_fails_leaves_every_other_day_alone(portal: Portal) -> None:
    failing_page(portal, times=0)

    sweep(portal, Stream.DAILY_BILLS)

    states = {day: slot(day).state for day in (BILL, BILL - DAY, BILL - 2 * DAY, BILL - 3 * DAY)}
    assert states.pop(BILL) == SlotState.PARTIAL
    assert set(states.values()) <= {SlotState.COMPLETE, SlotState.FROZEN}
    assert all(stored_bill(day) == true_bill(portal, day) for day in states)
    assert not DailyBillLine.objects.filter(period=BILL).exists()
    assert read_bill(portal, at=THEN + 25 * HOUR).state == SlotState.FAILED


def test_p9_a_reading_that_failed_tells_the_request_that_did(portal: Portal) -> None:
    failing_page(portal, times=0)

    read_bill(portal)

    run = PollRun.objects.get()
    last = portal.sandbox.truth.entries()[-1]
    assert (run.outcome, run.request_id) == (RunOutcome.FAILED, last.request_id)
    assert last.request_id in run.error
