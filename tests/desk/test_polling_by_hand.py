"""Polling everything from a server: what is stored equals its truth, and what cannot be read stays a gap."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest

from agora.vocabulary import PAIRS, Business, Interval, Model
from billing.models import BillRevision, DailyBillLine
from billing.services.poll import expect_daily_bills, read_daily_bill
from companies.models import Company, Project
from desk.services import Refused
from polling import queries
from polling.models import Coverage, PollSlot, SlotState, Stream, Target, TargetState
from polling.services.reading import Busy
from polling.services.slots import LEASE, LeaseLost, release, take_lease
from sandbox.bills import Revision
from sandbox.expected import expected_bills, expected_usage
from sandbox.faults import Fault, Match
from tests.polled import TODAY, Portal, polled_portal
from usage.exports import usage_sheet
from usage.figures import Selection
from usage.models import UsageFigures

SINCE = TODAY - dt.timedelta(days=39)
SETTLED = TODAY - dt.timedelta(days=1)
NOW = dt.datetime.now(dt.UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def portal() -> Iterator[Portal]:
    with polled_portal() as running:
        yield running


def exported(pair: tuple[Business, Model], interval: Interval, since: dt.date, until: dt.date) -> set[tuple]:
    """What the export says, company and project figures together."""
    rows = set()
    for by_project in (False, True):
        selection = Selection(
            business=pair[0], model=pair[1], interval=interval, since=since, until=until, by_project=by_project
        )
        rows |= {(row[1], row[3], row[0], row[7], row[8]) for row in usage_sheet(selection).rows}
    return rows


def true(
    portal: Portal, pair: tuple[Business, Model], interval: Interval, since: dt.date, until: dt.date
) -> set[tuple]:
    """The same as the server knows it."""
    return {
        (str(row["company"]), row["project"], row["period"], metric, str(value))
        for row in expected_usage(portal.sandbox, pair, interval, since, until)
        for metric, value in row["metrics"].items()
    }


@pytest.mark.parametrize("names", ["believable", "hostile"])
def test_everything_that_was_polled_equals_the_servers_truth(names: str) -> None:
    with polled_portal(names=names) as portal:
        portal.poll()

        for pair in PAIRS:
            assert exported(pair, Interval.DAILY, SINCE, SETTLED) == true(portal, pair, Interval.DAILY, SINCE, SETTLED)
            months = (SINCE, SETTLED.replace(day=1) - dt.timedelta(days=1))
            assert exported(pair, Interval.MONTHLY, *months) == true(portal, pair, Interval.MONTHLY, *months)
        stored = {
            (str(line.period), line.company_id, line.project_id, line.currency, line.amount, line.lines)
            for line in DailyBillLine.objects.all()
        }
        assert stored == {
            (row["period"], str(row["company"]), row["project"], row["currency"], Decimal(row["amount"]), row["lines"])
            for row in expected_bills(portal.sandbox, SINCE, TODAY)
        }
        assert [entry for entry in portal.sandbox.truth.entries() if not entry.signed] == []
        assert queries.missing(NOW, streams=list(Stream.values), days=None) == []


def test_every_listed_company_and_project_is_mirrored(portal: Portal) -> None:
    portal.poll("companies", "projects")

    assert (Company.objects.count(), Project.objects.count()) == (3, 6)


def test_a_second_poll_asks_and_changes_nothing(portal: Portal) -> None:
    portal.poll()
    portal.sandbox.truth.clear()

    assert portal.poll() == 0
    assert portal.sandbox.truth.entries() == []


def test_days_that_are_read_again_change_nothing_but_when_they_were_fetched(portal: Portal) -> None:
    portal.poll()
    figures = list(UsageFigures.objects.exclude(period=TODAY).order_by("pk").values())
    bills = list(DailyBillLine.objects.order_by("pk").values())

    portal.poll(days=(SINCE, SETTLED))

    assert list(UsageFigures.objects.exclude(period=TODAY).order_by("pk").values()) == figures
    assert list(DailyBillLine.objects.order_by("pk").values()) == bills
    assert BillRevision.objects.count() == 0


def test_the_newest_days_are_read_first(portal: Portal) -> None:
    portal.poll()

    ranges = [entry.query for entry in portal.sandbox.truth.entries() if "daily-bills" in entry.path]
    periods = [query.split("period=")[1][:8] for query in ranges]
    assert periods == sorted(periods, reverse=True)


def test_a_revised_bill_is_replaced_and_leaves_a_revision(portal: Portal) -> None:
    portal.poll("companies", "projects", "daily-bills")
    day = TODAY - dt.timedelta(days=5)
    line = DailyBillLine.objects.filter(period=day).exclude(project_id="").order_by("pk").first()
    assert line is not None
    revision = Revision(company_id=int(line.company_id), project_id=line.project_id, delta=Decimal("-12.30"))
    portal.sandbox.bills.revise(day, revision)

    portal.poll("daily-bills", days=(day, day))

    kept = BillRevision.objects.get()
    assert (kept.old_amount, kept.new_amount) == (line.amount, line.amount - Decimal("12.30"))
    assert DailyBillLine.objects.get(pk=line.pk).amount == line.amount - Decimal("12.30")
    assert PollSlot.objects.get(stream=Stream.DAILY_BILLS, period=day).revision == 1


def test_a_withdrawn_line_is_gone_and_leaves_a_revision_without_a_new_amount(portal: Portal) -> None:
    portal.poll("companies", "projects", "daily-bills")
    day = TODAY - dt.timedelta(days=5)
    line = DailyBillLine.objects.filter(period=day).exclude(project_id="").order_by("pk").first()
    assert line is not None
    withdrawal = Revision(company_id=int(line.company_id), project_id=line.project_id, withdraw=True)
    portal.sandbox.bills.revise(day, withdrawal)

    portal.poll("daily-bills", days=(day, day))

    assert not DailyBillLine.objects.filter(pk=line.pk).exists()
    assert (BillRevision.objects.get().old_amount, BillRevision.objects.get().new_amount) == (line.amount, None)


def test_a_bill_line_that_no_list_knows_is_kept(portal: Portal) -> None:
    portal.poll("companies", "projects", "daily-bills")

    known = {(p.company.company_id, p.project_id) for p in Project.objects.select_related("company")}
    unknown = [line for line in DailyBillLine.objects.exclude(project_id="") if line_key(line) not in known]
    truth = [
        row
        for row in expected_bills(portal.sandbox, SINCE, TODAY)
        if row["project"] and (str(row["company"]), row["project"]) not in known
    ]
    assert len(unknown) == len(truth) > 0


def line_key(line: DailyBillLine) -> tuple[str, str]:
    return line.company_id, line.project_id


def test_p11_a_bill_that_is_still_empty_is_told_from_one_that_is_missing(portal: Portal) -> None:
    newest = TODAY - dt.timedelta(days=2)
    portal.sandbox.bills.set_ready(newest, False)

    portal.poll("daily-bills")

    slot = PollSlot.objects.get(stream=Stream.DAILY_BILLS, period=newest)
    assert (slot.state, slot.first_complete_at) == (SlotState.EMPTY, None)
    assert queries.missing(dt.datetime.now(dt.UTC), streams=[Stream.DAILY_BILLS], days=None) == []


def test_p11_an_empty_bill_that_is_filled_later_is_stored(portal: Portal) -> None:
    newest = TODAY - dt.timedelta(days=2)
    portal.sandbox.bills.set_ready(newest, False)
    portal.poll("daily-bills")
    portal.sandbox.bills.set_ready(newest, True)
    PollSlot.objects.filter(stream=Stream.DAILY_BILLS, period=newest).update(next_attempt_at=NOW)

    portal.poll("daily-bills")

    assert PollSlot.objects.get(stream=Stream.DAILY_BILLS, period=newest).state == SlotState.COMPLETE


def test_a_bill_that_is_never_read_again_is_frozen_and_stays_so(portal: Portal) -> None:
    portal.poll("daily-bills")
    oldest = PollSlot.objects.get(stream=Stream.DAILY_BILLS, period=SINCE)
    assert (oldest.state, oldest.next_attempt_at) == (SlotState.FROZEN, None)

    lease = take_lease(stream=Stream.DAILY_BILLS, scope="", since=SINCE, until=SINCE, now=NOW)
    assert lease is not None
    release(lease)
    oldest.refresh_from_db()
    assert oldest.state == SlotState.FROZEN

    portal.poll("daily-bills", days=(SINCE, SINCE))
    oldest.refresh_from_db()
    assert oldest.state == SlotState.FROZEN


def test_an_old_bill_that_is_empty_is_known_to_be_empty(portal: Portal) -> None:
    old = TODAY - dt.timedelta(days=20)
    portal.sandbox.bills.set_ready(old, False)

    portal.poll("daily-bills")

    slot = PollSlot.objects.get(stream=Stream.DAILY_BILLS, period=old)
    assert (slot.state, slot.rows) == (SlotState.COMPLETE, 0)


def test_a_bill_that_cannot_be_read_is_partial_and_leaves_what_was_known(portal: Portal) -> None:
    portal.poll("daily-bills")
    before = list(DailyBillLine.objects.order_by("pk").values())
    day = TODAY - dt.timedelta(days=5)
    portal.sandbox.faults.order(
        Fault(action="body", body='{"totalSize": 3, "elements": []}', match=Match(path_regex="daily-bills"), times=0)
    )

    portal.poll("daily-bills", days=(day, day))

    assert list(DailyBillLine.objects.order_by("pk").values()) == before
    slot = PollSlot.objects.get(stream=Stream.DAILY_BILLS, period=day)
    assert (slot.state, slot.lease_token) == (SlotState.PARTIAL, "")
    assert slot in queries.missing(dt.datetime.now(dt.UTC), streams=[Stream.DAILY_BILLS], days=(day, day))


def test_a_company_without_access_is_closed_and_stops_nothing_else(portal: Portal) -> None:
    portal.poll("companies", "projects")
    closed = Company.objects.order_by("company_id")[0].company_id
    portal.sandbox.faults.order(
        Fault(action="status", status=403, body='{"message":"no permission"}', times=0,
              match=Match(path_regex=f"companies/{closed}/usage"))
    )  # fmt: skip

    portal.poll("usage")

    assert set(Target.objects.values_list("company_id", "project_id", "state")) == {(closed, "", TargetState.NO_ACCESS)}
    assert Coverage.objects.exclude(company_id=closed, project_id="").count() == 8 * 8
    assert queries.missing(dt.datetime.now(dt.UTC), streams=[Stream.USAGE], days=None) == []


def test_a_refused_signature_stops_every_poll_at_once(portal: Portal) -> None:
    portal.poll("companies", "projects")
    portal.sandbox.truth.clear()
    portal.sandbox.faults.order(
        Fault(action="status", status=401, body='{"message":"HMAC signature does not match"}', times=0)
    )

    with pytest.raises(Refused):
        portal.poll("daily-bills")

    assert len(portal.sandbox.truth.entries()) == 1
    assert queries.connection().refused_reason == "secret"


def test_a_signature_that_is_accepted_again_clears_the_refusal(portal: Portal) -> None:
    portal.sandbox.faults.order(Fault(action="status", status=401, body='{"message":"HMAC signature does not match"}'))
    with pytest.raises(Refused):
        portal.poll("companies")

    portal.poll("companies", days=(TODAY, TODAY))

    assert queries.connection().refused_reason == ""


def test_a_new_project_is_read_back_to_the_first_day_wanted(portal: Portal) -> None:
    portal.poll()
    hidden = Project.objects.order_by("pk")[0]
    Coverage.objects.filter(company_id=hidden.company.company_id, project_id=hidden.project_id).delete()
    portal.sandbox.truth.clear()

    portal.poll("usage")

    asked = {entry.path for entry in portal.sandbox.truth.entries()}
    assert len(asked) == 1
    row = Coverage.objects.get(
        company_id=hidden.company.company_id, project_id=hidden.project_id, business="miniapp", interval="daily"
    )
    assert (row.known_from, row.known_until) == (SINCE, TODAY)


def test_a_settled_figure_that_changes_is_corrected_and_a_provisional_one_is_not(portal: Portal) -> None:
    portal.poll("companies", "projects", "usage")
    project = next(p for p in portal.sandbox.world.projects(int(Company.objects.first().company_id)))
    pair = (Business.DEFAULT, Model.DURATION)
    for day in (TODAY - dt.timedelta(days=9), TODAY):
        portal.sandbox.usage.correct(project, pair, day, "audioAll", 7)

    portal.poll("usage", days=(TODAY - dt.timedelta(days=9), TODAY))

    rows = UsageFigures.objects.filter(
        series__project_id=project.id, series__business="default", series__model="duration", series__interval="daily"
    )
    assert list(rows.filter(corrected__isnull=False).values_list("period", "corrected")) == [
        (TODAY - dt.timedelta(days=9), ["audioAll"])
    ]


def test_a_reading_whose_lease_was_taken_over_stores_nothing(portal: Portal) -> None:
    day = TODAY - dt.timedelta(days=3)
    expect_daily_bills(day, NOW)

    def clock_that_lets_somebody_take_over() -> dt.datetime:
        PollSlot.objects.exclude(lease_token="").update(lease_token="somebody else")
        return NOW

    with pytest.raises(LeaseLost):
        read_daily_bill(portal.reader(clock=clock_that_lets_somebody_take_over), day)

    assert DailyBillLine.objects.count() == 0
    assert PollSlot.objects.get(period=day).lease_token == "somebody else"


def test_what_somebody_else_reads_is_left_to_them(portal: Portal) -> None:
    now, day = dt.datetime.now(dt.UTC), TODAY - dt.timedelta(days=3)
    expect_daily_bills(day, now)
    take_lease(stream=Stream.DAILY_BILLS, scope="", since=day, until=day, now=now)

    with pytest.raises(Busy):
        read_daily_bill(portal.reader(), day)


def test_what_a_killed_poll_held_is_free_again_after_its_lease(portal: Portal) -> None:
    day = TODAY - dt.timedelta(days=3)
    expect_daily_bills(day, NOW)
    take_lease(stream=Stream.DAILY_BILLS, scope="", since=day, until=day, now=NOW - LEASE - dt.timedelta(seconds=1))

    read_daily_bill(portal.reader(), day)

    assert PollSlot.objects.get(period=day).state == SlotState.COMPLETE


def test_an_account_without_companies_misses_nothing() -> None:
    with polled_portal(companies=0) as portal:
        portal.poll("companies", "projects", "usage")

        assert queries.missing(dt.datetime.now(dt.UTC), streams=[Stream.COMPANIES, Stream.USAGE], days=None) == []
