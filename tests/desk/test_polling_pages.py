"""The Polling pages: a hole is seen, its reason is told, and it is repaired from the page alone."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.services.poll import read_daily_bill
from companies.models import Company
from desk.backfills.running import run_for_a_while
from polling.models import (
    Backfill,
    BackfillState,
    BackfillStep,
    Coverage,
    PollRun,
    PollSlot,
    SlotState,
    Stream,
    Target,
    TargetState,
)
from polling.pages.gaps import gaps_page
from polling.periods import DAY
from polling.services.reading import Interrupted
from sandbox.faults import Fault
from tests.desk.slots import HOLE, NOW, USAGE, ask, hole, ordered, path_of, slot, text
from tests.polled import TODAY, Portal, polled_portal

SignedIn = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def since(settings: object) -> None:
    settings.POLL_SINCE = TODAY - 60 * DAY  # type: ignore[attr-defined]


def test_a_hole_stands_in_the_calendar_in_words(signed_in: SignedIn) -> None:
    found = hole()
    page = text(signed_in("viewer"), f"/polling/?month={HOLE:%Y-%m}")
    assert f'href="{path_of(found)}"' in page
    assert f"{HOLE:%-d %b %Y}: gap: something is missing" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "complete"),
        ({"state": SlotState.FROZEN, "first_complete_at": NOW}, "final"),
        ({"state": SlotState.RUNNING, "lease_until": NOW + DAY}, "being read now"),
        ({"state": SlotState.EXPECTED}, "still to be read"),
        ({"state": SlotState.EMPTY}, "no data yet"),
        ({"state": SlotState.FAILED, "last_error": "500"}, "gap: failing for over a day"),
    ],
)
def test_every_state_has_words_of_its_own(fields: dict[str, object], words: str, signed_in: SignedIn) -> None:
    slot(**fields)
    assert f"{HOLE:%-d %b %Y}: {words}<" in text(signed_in("viewer"), f"/polling/?month={HOLE:%Y-%m}")


def test_a_day_that_has_no_slot_is_due_by_the_calendar_all_the_same(signed_in: SignedIn) -> None:
    page = text(signed_in("viewer"), f"/polling/?month={HOLE:%Y-%m}")
    assert f"{HOLE:%-d %b %Y}: still to be read" in page


def test_days_before_polling_began_and_months_that_make_no_sense_are_no_gaps(signed_in: SignedIn) -> None:
    client = signed_in("viewer")
    pages = [text(client, f"/polling/?month={month}") for month in ("1999-01", "nonsense", "2999-01", "")]
    months = [page[page.index('id="calendar"') :][:60] for page in pages]
    assert len(set(months)) == 1


def test_the_gaps_are_counted_where_the_months_are_chosen(signed_in: SignedIn) -> None:
    hole()
    assert '<span class="visually-hidden">1 missing</span>' in text(signed_in("viewer"), "/polling/")


def test_a_slots_page_says_why_it_is_a_gap_and_who_can_read_it_again(signed_in: SignedIn) -> None:
    found = hole()
    PollRun.objects.create(
        stream=found.stream, since=HOLE, until=HOLE, started_at=NOW, ended_at=NOW, outcome="partial",
        error="The pages do not fit together.", request_id="0f9d-77", calls=3,
    )  # fmt: skip
    viewer, operator = (text(signed_in(role), path_of(found)) for role in ("viewer", "operator"))
    told = ["The pages do not fit together.", "Request ID 0f9d-77"]
    assert [[words in page for words in told] for page in (viewer, operator)] == [[True, True], [True, True]]
    assert ["Read what is missing" in page for page in (viewer, operator)] == [False, True]


def test_sums_are_for_those_who_may_see_amounts(signed_in: SignedIn) -> None:
    found = slot(sums={"USD": "1234.5"})
    pages = [text(signed_in(role), path_of(found)) for role in ("finance", "operator")]
    assert ["1,234.5" in page for page in pages] == [True, False]


def test_companies_of_which_a_day_is_not_known_are_named(signed_in: SignedIn) -> None:
    found = slot(Stream.USAGE, scope=USAGE, state=SlotState.PARTIAL)
    Company.objects.create(company_id="10001", name="Lighthouse", first_seen_at=NOW, last_seen_at=NOW)
    whose = {"company_id": "10001", "business": "default", "model": "duration", "interval": "daily"}
    Target.objects.create(
        **whose, since=HOLE, until=HOLE, state=TargetState.FAILED, reason="500 from Agora", opened_at=NOW
    )
    page = text(signed_in("viewer"), path_of(found))
    assert ['href="/companies/10001/"' in page, "Lighthouse" in page, "500 from Agora" in page] == [True] * 3


def test_the_list_of_gaps_names_the_company_of_each_gap_or_says_how_many_they_are(signed_in: SignedIn) -> None:
    for day in (HOLE, HOLE - DAY):
        slot(Stream.USAGE, period=day, scope=USAGE, state=SlotState.PARTIAL)
    whose = {"business": "default", "model": "duration", "interval": "daily", "opened_at": NOW}
    for company_id, project_id, since in (("10001", "", HOLE - DAY), ("10001", "u_1", HOLE), ("10002", "", HOLE)):
        Target.objects.create(**whose, company_id=company_id, project_id=project_id, since=since, until=HOLE)
    found = gaps_page({}, NOW)["lines"]
    assert [(line.slot.period, line.company_id, line.whose) for line in found] == [
        (HOLE, "", "2 companies"),
        (HOLE - DAY, "10001", ""),
    ]
    assert '<a href="/companies/10001/">10001</a>' in text(signed_in("viewer"), "/polling/gaps/")


def test_the_list_of_gaps_of_a_company_has_what_is_not_known_of_it_alone(signed_in: SignedIn) -> None:
    monthly, first = "rtm/counter/monthly", HOLE.replace(day=1)
    for day in (HOLE, HOLE - DAY, HOLE - 2 * DAY):
        slot(Stream.USAGE, period=day, scope=USAGE, state=SlotState.PARTIAL)
    slot(Stream.USAGE, period=first, scope=monthly, state=SlotState.PARTIAL, due_at=NOW - DAY)
    hole()
    known = {"known_until": TODAY, "known_at": NOW, "checked_from": TODAY, "checked_at": NOW}
    whose = {"business": "default", "model": "duration", "interval": "daily"}
    target = {"opened_at": NOW, "since": HOLE, "until": HOLE}
    for company_id in ("10001", "10002"):
        Coverage.objects.create(**known, **whose, company_id=company_id, known_from=HOLE - DAY)
        Coverage.objects.create(
            **known, business="rtm", model="counter", interval="monthly", company_id=company_id, known_from=HOLE
        )
    Target.objects.create(**target, **whose, company_id="10001", project_id="u_1")
    Target.objects.create(**target, **whose, company_id="10002", state=TargetState.GONE)

    def gaps_of(company_id: str) -> list[tuple[str, dt.date]]:
        return [(line.slot.scope, line.slot.period) for line in gaps_page({"company": company_id}, NOW)["lines"]]

    assert gaps_of("10001") == [(USAGE, HOLE), (USAGE, HOLE - 2 * DAY)]
    assert gaps_of("10002") == [(USAGE, HOLE - 2 * DAY)]
    assert len(gaps_of("10003")) == 4
    page = text(signed_in("viewer"), "/polling/gaps/?company=10001")
    assert ["Usage of company 10001" in page, '<a href="/polling/gaps/">All gaps</a>' in page] == [True] * 2


def test_an_order_of_which_something_was_not_read_says_so_in_the_list(signed_in: SignedIn) -> None:
    client = signed_in("operator")
    order = ordered(client)
    BackfillStep.objects.create(backfill=order, number=1, stream=Stream.DAILY_BILLS, expected_calls=1, error="HTTP 500")
    Backfill.objects.update(state=BackfillState.FINISHED)
    assert "Finished, not everything was read" in text(client, "/polling/orders/")
    assert "Finished, not everything was read" in text(client, f"/polling/orders/{order.pk}/")


@pytest.mark.parametrize(
    "path",
    [
        "/polling/nothing/2026-01-01/",
        "/polling/daily-bills/yesterday/",
        "/polling/daily-bills/1999-01-01/",
        "/polling/daily-bills/2999-01-01/",
        "/polling/usage/2026-01-01/",
        f"/polling/usage/{TODAY}/?scope=default/duration/hourly",
        f"/polling/companies/{TODAY}/",
        "/polling/projects/list/?scope=nobody",
        "/polling/orders/99/",
    ],
)
def test_what_is_never_polled_has_no_page(path: str, signed_in: SignedIn) -> None:
    assert signed_in("admin").get(path).status_code == 404


def test_reading_a_day_again_twice_is_one_order(signed_in: SignedIn) -> None:
    found = hole()
    client = signed_in("operator")
    answers = [client.post(f"/polling/{found.stream}/{HOLE}/refetch/") for _press in range(2)]
    (order,) = Backfill.objects.all()
    assert [answer.headers["Location"] for answer in answers] == [f"/polling/orders/{order.pk}/"] * 2
    assert (order.streams, order.since, order.until) == (["daily-bills"], HOLE, HOLE)


def test_a_day_that_was_never_expected_cannot_be_ordered(signed_in: SignedIn) -> None:
    assert signed_in("operator").post("/polling/daily-bills/1999-01-01/refetch/").status_code == 404


@pytest.fixture
def portal() -> Iterator[Portal]:
    with polled_portal(days=12, companies=2, projects=1) as running:
        running.poll()
        yield running


def test_somebody_finds_a_hole_learns_why_and_repairs_it(portal: Portal, signed_in: SignedIn) -> None:
    PollSlot.objects.filter(stream=Stream.DAILY_BILLS, period=HOLE).update(
        state=SlotState.FAILED, first_complete_at=None, last_error="HTTP 500", failing_since=NOW
    )
    client = signed_in("operator")
    overview = text(client, "/")
    assert '<a href="/polling/gaps/">1 gap</a>' in overview
    gaps = text(client, "/polling/gaps/")
    assert f'href="/polling/daily-bills/{HOLE}/"' in gaps
    page = text(client, f"/polling/daily-bills/{HOLE}/")
    assert "HTTP 500" in page
    order = client.post(f"/polling/daily-bills/{HOLE}/refetch/", {"only_gaps": "on"}).headers["Location"]
    run_for_a_while(portal.reader())
    ended = text(client, order)
    assert ["Finished" in ended, f'<a href="/polling/daily-bills/{HOLE}/">Show what is known' in ended] == [True, True]
    assert "1 gap</a>" not in text(client, "/")


def test_a_pause_that_agora_asked_for_is_told(portal: Portal, signed_in: SignedIn) -> None:
    portal.sandbox.faults.order(Fault(action="status", status=429, headers={"Retry-After": "90"}, times=1))
    with pytest.raises(Interrupted):
        read_daily_bill(portal.reader(), HOLE)
    assert "No calls until " in text(signed_in("viewer"), "/polling/")


def test_a_day_that_is_known_of_who_uses_it_says_who_follows_and_by_when(signed_in: SignedIn) -> None:
    for number in range(3):
        listed = Company.objects.create(
            company_id=f"{number}", name="Acme", status="0", first_seen_at=NOW, last_seen_at=NOW
        )
    Coverage.objects.create(
        company_id=listed.company_id, business="default", model="duration", interval="daily", known_from=HOLE,
        known_until=TODAY, known_at=NOW, checked_from=HOLE, checked_at=NOW,
    )  # fmt: skip
    day = slot(Stream.USAGE, scope=USAGE, state=SlotState.EXPECTED, active_complete_at=NOW)
    client = signed_in()
    by = HOLE + 8 * DAY
    expected = f"Known of everybody who uses it; 2 companies that do not follow by {by:%-d %b}."
    assert expected in " ".join(text(client, path_of(day)).split())
    assert f"{HOLE:%-d %b %Y}: known of everybody who uses it" in text(client, f"/polling/?month={HOLE:%Y-%m}")
    assert "1 gap" not in text(client, "/polling/")


def test_a_day_that_could_not_be_read_again_says_that_what_was_known_is_kept(signed_in: SignedIn) -> None:
    known = hole(first_complete_at=NOW, last_complete_at=NOW)
    assert "What was known of it before is kept and shown." in text(signed_in(), path_of(known))


def test_what_goes_on_is_told_when_it_changes(signed_in: SignedIn) -> None:
    client = signed_in("operator")
    hole()
    ordered(client)
    page = text(client, "/polling/", **{"HX-Request": "true"})
    mark = page.split("?mark=")[1].split('"')[0]
    first = client.get(f"/polling/?mark={mark}", headers={"HX-Request": "true"}).status_code
    hole(period=HOLE - DAY)
    second = client.get(f"/polling/?mark={mark}", headers={"HX-Request": "true"}).status_code
    assert ("1 gap" in page, first, second) == (True, 204, 200)


def test_a_page_on_which_nothing_goes_on_does_not_ask_for_ever(signed_in: SignedIn) -> None:
    hole()
    assert "hx-trigger" not in text(signed_in("operator"), "/polling/")


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


@pytest.mark.parametrize(
    "path", ["/polling/", "/polling/gaps/", "/polling/orders/", f"/polling/usage/{HOLE}/?scope={USAGE}"]
)
def test_pages_cost_the_same_with_much_and_with_little(path: str, signed_in: SignedIn) -> None:
    client = signed_in("admin")
    slot(Stream.USAGE, scope=USAGE, state=SlotState.PARTIAL)
    whose = {"business": "default", "model": "duration", "interval": "daily", "opened_at": NOW}
    Target.objects.create(company_id="0", since=HOLE, until=HOLE, **whose)
    client.post("/polling/orders/give/", ask())
    few = queries_of(client, path)
    for number in range(1, 30):
        hole(period=HOLE - number * DAY)
        slot(Stream.PROJECTS, period=dt.date(1970, 1, 1), scope=str(number))
        Target.objects.create(company_id=str(number), since=HOLE, until=HOLE, **whose)
        client.post("/polling/orders/give/", ask(since=f"{HOLE - number * DAY}"))
    assert queries_of(client, path) == few
