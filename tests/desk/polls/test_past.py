"""Bills that are revised or late, a portal that was off, companies that come and go (P10 to P13)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from billing.figures import Selection
from billing.models import BillRevision, DailyBillLine
from billing.queries import bill_per_day
from companies.models import Company, Project
from polling import queries
from polling.models import PollRun, PollSlot, RunOutcome, SlotState, Stream, Target, TargetState
from polling.periods import BILLS_READ_AGAIN_AFTER, bill_due_at
from sandbox.bills import Line, Revision
from sandbox.faults import Fault, Match
from tests.desk.polls.then import (
    BILL,
    DAY,
    HOUR,
    SINCE,
    THEN,
    answer_page,
    asked,
    bill_page,
    days_known,
    read_bill,
    slot,
    stored_bill,
    stored_usage,
    sweep,
    true_bill,
    true_usage,
)
from tests.polled import TODAY, Portal, polled_portal
from usage.figures import State

pytestmark = pytest.mark.django_db
OLD = TODAY - 40 * DAY
FIRST = bill_due_at(OLD)


def revise(portal: Portal, day: dt.date, **change: Any) -> Line:
    """Change the first line of a day's bill; gives the line as it was."""
    line: Line = portal.sandbox.bills.lines(day)[0]
    portal.sandbox.bills.revise(day, Revision(company_id=line.company_id, project_id=line.project_id, **change))
    return line


@pytest.mark.parametrize(
    ("after", "change"),
    [
        (1, {"delta": Decimal("-12.30")}),
        (2, {"withdraw": True}),
        (6, {"currency": "EUR"}),
        (13, {"delta": Decimal("0.00000001")}),
        (34, {"withdraw": True}),
    ],
)
def test_p10_a_bill_that_is_revised_later_is_read_again_in_time(
    after: int, change: dict[str, Any], portal: Portal
) -> None:
    read_bill(portal, day=OLD, at=FIRST)
    before, seen_at = stored_bill(OLD), FIRST
    for offset in BILLS_READ_AGAIN_AFTER:
        assert slot(OLD).next_attempt_at == FIRST + offset
        if after < offset.days and seen_at == FIRST:
            revise(portal, OLD, **change)
            seen_at = FIRST + offset
        read_bill(portal, day=OLD, at=FIRST + offset)

    assert (stored_bill(OLD), slot(OLD).revision, slot(OLD).state) == (true_bill(portal, OLD), 1, SlotState.FROZEN)
    kept = BillRevision.objects.values_list(
        "company_id", "project_id", "currency", "old_amount", "new_amount", "seen_at"
    )
    was, now = ({key[:3]: key[3] for key in lines} for lines in (before, stored_bill(OLD)))
    changed = {key for key in was | now if was.get(key) != now.get(key)}
    assert set(kept) == {(*key, was.get(key), now.get(key), seen_at) for key in changed}


def test_p10_a_bill_that_is_revised_each_time_has_as_many_revisions(portal: Portal) -> None:
    read_bill(portal, day=OLD, at=FIRST)
    for offset in BILLS_READ_AGAIN_AFTER:
        revise(portal, OLD, delta=Decimal("1.5"))
        read_bill(portal, day=OLD, at=FIRST + offset)

    assert (slot(OLD).revision, BillRevision.objects.count()) == (len(BILLS_READ_AGAIN_AFTER), 6)
    assert stored_bill(OLD) == true_bill(portal, OLD)


def test_p10_a_bill_whose_lines_are_only_split_is_not_revised(portal: Portal) -> None:
    read_bill(portal, day=OLD, at=FIRST)
    revise(portal, OLD, split=True)

    read_bill(portal, day=OLD, at=FIRST + DAY)

    assert (stored_bill(OLD), BillRevision.objects.count()) == (true_bill(portal, OLD), 0)


def billed(day: dt.date = BILL) -> tuple[State, Decimal | None]:
    """How certain a day is, and what pages, charts and exports say it cost in dollars."""
    (bill,) = bill_per_day(Selection(since=day, until=day))
    return bill.state, bill.amount("USD")


def test_p11_a_day_that_is_empty_is_never_worth_zero_and_is_asked_again(portal: Portal) -> None:
    portal.sandbox.bills.set_ready(BILL, False)
    sweep(portal, Stream.DAILY_BILLS)
    assert (slot().state, slot().next_attempt_at, billed()) == (
        SlotState.EMPTY, THEN + 6 * HOUR, (State.MISSING, None),
    )  # fmt: skip

    portal.sandbox.bills.set_ready(BILL, True)
    sweep(portal, Stream.DAILY_BILLS, at=THEN + 7 * HOUR)

    total = sum(line[3] for line in true_bill(portal) if line[2] == "USD")
    assert (slot().state, billed()) == (SlotState.COMPLETE, (State.SETTLED, total))
    assert BillRevision.objects.count() == 0


def test_p11_a_day_that_was_known_and_comes_empty_stays_known(portal: Portal) -> None:
    read_bill(portal)
    known = stored_bill()
    portal.sandbox.bills.set_ready(BILL, False)

    found = read_bill(portal, at=THEN + HOUR)

    assert (found.state, stored_bill(), billed()[0]) == (SlotState.COMPLETE, known, State.SETTLED)


def test_p11_a_day_that_comes_empty_after_a_failure_is_failing_no_more(portal: Portal) -> None:
    answer_page(portal, 1, bill_page(total=3), times=3)
    read_bill(portal)
    portal.sandbox.faults.clear()
    portal.sandbox.bills.set_ready(BILL, False)

    found = read_bill(portal, at=THEN + HOUR)

    assert (found.state, found.failing_since, found.last_error) == (SlotState.EMPTY, None, "")


def test_p11_a_day_that_stays_empty_for_three_days_is_known_to_be_empty(portal: Portal) -> None:
    portal.sandbox.bills.set_ready(BILL, False)
    at = THEN
    while read_bill(portal, at=at).state == SlotState.EMPTY:
        at += 6 * HOUR

    assert THEN + 2 * DAY < at <= bill_due_at(BILL) + 3 * DAY + 6 * HOUR
    assert (slot().state, billed()) == (SlotState.COMPLETE, (State.SETTLED, Decimal()))


def test_p12_a_portal_that_was_off_for_forty_days_reads_every_day_once_and_the_newest_first(db: None) -> None:
    with polled_portal(days=46, companies=1, projects=1, page_size=100) as portal:
        since, then = TODAY - 45 * DAY, dt.datetime.combine(TODAY - 41 * DAY, dt.time(12), dt.UTC)
        sweep(portal, at=then)
        portal.sandbox.truth.clear()
        runs = PollRun.objects.count()

        sweep(portal, at=dt.datetime.combine(TODAY, dt.time(12), dt.UTC))

        expected = {since + n * DAY for n in range(44)}
        assert set(PollSlot.objects.filter(stream=Stream.DAILY_BILLS).values_list("period", flat=True)) == expected
        periods = [query.split("period=")[1][:8] for query in asked(portal)]
        assert periods == sorted(set(periods), reverse=True)
        assert f"{TODAY - 2 * DAY:%Y%m%d}" == periods[0]
        calls = [(entry.path, entry.query) for entry in portal.sandbox.truth.entries()]
        assert len(calls) == len(set(calls))
        assert all(stored_bill(day) == true_bill(portal, day) for day in expected)
        assert stored_usage(since, TODAY - DAY) == true_usage(portal, since, TODAY - DAY)
        assert PollRun.objects.filter(pk__gt=runs).exclude(outcome=RunOutcome.COMPLETE).count() == 0


def test_p12_every_day_of_the_absence_is_visibly_missing_until_it_is_read(portal: Portal) -> None:
    sweep(portal, Stream.DAILY_BILLS)
    back = THEN + 10 * DAY
    portal.sandbox.faults.order(Fault(action="status", status=503, times=0))

    sweep(portal, Stream.DAILY_BILLS, at=back)

    gaps = queries.missing(back, streams=[Stream.DAILY_BILLS], days=None)
    assert {gap.period for gap in gaps} >= {BILL + n * DAY for n in range(1, 11)}
    assert [gap.period for gap in gaps] == sorted({gap.period for gap in gaps}, reverse=True)


def test_p13_a_company_that_appears_during_a_day_is_read_back_to_the_first_day_wanted(portal: Portal) -> None:
    sweep(portal)
    (new,) = portal.sandbox.world.add_companies(1)
    later = THEN + 2 * HOUR

    sweep(portal, at=later)

    owners = {"", *(project.id for project in portal.sandbox.world.projects(new.id))}
    assert {known[1:] for known in days_known() if known[0] == str(new.id)} == {
        (owner, SINCE, later.date()) for owner in owners
    }
    assert stored_usage(SINCE, BILL) == true_usage(portal, SINCE, BILL)


def test_p13_days_of_a_new_company_that_cannot_be_read_are_gaps(portal: Portal) -> None:
    sweep(portal)
    (new,) = portal.sandbox.world.add_companies(1)
    match = Match(path_regex=f"companies/{new.id}/usage")
    portal.sandbox.faults.order(Fault(action="status", status=400, body="{}", times=0, match=match))

    sweep(portal, at=THEN + 2 * HOUR)

    assert set(Target.objects.values_list("company_id", "project_id", "state")) == {
        (str(new.id), "", TargetState.FAILED)
    }
    day = queries.slot(Stream.USAGE, "default/duration/daily", SINCE)
    assert day in queries.missing(THEN + 2 * HOUR, streams=[Stream.USAGE], days=None)


def test_p13_a_company_that_is_absent_from_one_scan_only_is_not_gone(portal: Portal) -> None:
    sweep(portal, Stream.COMPANIES)
    portal.sandbox.faults.order(Fault(action="body", body='{"rows": [], "count": 0}'))

    sweep(portal, Stream.COMPANIES, at=THEN + 2 * HOUR)

    assert Company.objects.filter(gone_at=None).count() == 2


def test_p13_a_company_that_two_scans_do_not_show_is_gone_and_comes_back(portal: Portal) -> None:
    sweep(portal)
    gone = portal.sandbox.world.companies()[0].id
    portal.sandbox.world.hide(gone, 900)
    portal.sandbox.truth.clear()
    sweep(portal, at=THEN + DAY)
    assert list(Company.objects.exclude(gone_at=None).values_list("company_id", flat=True)) == [str(gone)]
    assert not any(f"companies/{gone}/" in entry.path for entry in portal.sandbox.truth.entries())
    assert DailyBillLine.objects.filter(company_id=str(gone)).exists()

    portal.sandbox.world.hide(gone, 0)
    sweep(portal, at=THEN + 3 * DAY)

    until = THEN.date() + 3 * DAY
    assert not Company.objects.exclude(gone_at=None).exists()
    assert {known[2:] for known in days_known() if known[0] == str(gone)} == {(SINCE, until)}
    assert stored_usage(SINCE, until - DAY) == true_usage(portal, SINCE, until - DAY)


def test_p13_a_project_that_was_deleted_is_asked_for_all_the_same(portal: Portal) -> None:
    company = portal.sandbox.world.companies()[0]
    deleted = portal.sandbox.world.projects(company.id)[0]
    rows = f'{{"rows": [{{"id": "{deleted.id}", "name": "Old", "status": -1}}], "count": 1}}'
    match = Match(path_regex=f"companies/{company.id}/projects$")
    portal.sandbox.faults.order(Fault(action="body", body=rows, times=0, match=match))

    sweep(portal)

    assert Project.objects.get(project_id=deleted.id).status == "-1"
    assert (str(company.id), deleted.id, SINCE, THEN.date()) in days_known()
