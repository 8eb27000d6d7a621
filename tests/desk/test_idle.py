"""Sums of somebody who used nothing for weeks and is asked in turns: no alarm, and no zero either."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from companies.models import Company
from desk.backfills.planning import planned
from polling.models import Stream
from polling.services.backfills import Wanted
from tests.desk.reading import table, tile
from tests.usage.known import company, covered, day, known_in_use, rtc, used

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]
SignedIn = Callable[..., Client]


def idle_company(company_id: str) -> None:
    """Known to the 19th, as everybody else is to today."""
    company(company_id, "Quiet", status="0")
    covered("2026-07-01", "2026-09-19", used_until="2026-07-01", company_id=company_id)
    for waiting in ("2026-09-20", "2026-09-21", "2026-09-22", "2026-09-23"):
        known_in_use(waiting)


def test_a_month_that_waits_for_idle_companies_alone_is_compared(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1")
    idle_company("2")
    used("2026-09-21", company_id="1", figures=rtc(audio=1200))
    used("2026-08-21", company_id="1", figures=rtc(audio=1000))
    page = signed_in("viewer").get("/").content.decode()
    assert tile(page, "Video & Audio, 1 – 21 Sep") == "1,200 minutes +20.0 % against 1 – 21 Aug"


@pytest.mark.parametrize("address", ["/companies/", "/companies/2/"])
def test_days_of_an_idle_company_that_wait_are_marked_without_alarm(address: str, signed_in: SignedIn) -> None:
    idle_company("2")
    page = signed_in("viewer").get(address).content.decode()
    assert ('<abbr class="text-secondary"' in page, '<abbr class="is-missing"' in page) == (True, False)


def test_the_mark_says_why_days_are_not_in_the_sum(signed_in: SignedIn) -> None:
    idle_company("2")
    page = signed_in("viewer").get("/companies/2/").content.decode()
    assert table(page, "1 – 21 Sep") == [["Video & Audio minutes", "0*", "0", "–"]]
    assert page.count("19 of 21 days; unused for weeks, so the last days come in their turn") == 1


def test_an_order_reads_the_polled_pairs_alone(known_company: Known, settings: Any) -> None:
    settings.POLL_PAIRS = ["default/duration"]
    known_company("1")
    wish = Wanted(streams=(Stream.USAGE.value,), since=day("2026-09-01"), until=day("2026-09-02"))
    assert [step.scope for step in planned(wish, timezone.now())] == ["default/duration/daily"]


def test_the_calendar_and_the_form_of_orders_show_the_polled_pairs_alone(signed_in: SignedIn, settings: Any) -> None:
    settings.POLL_PAIRS = ["default/duration"]
    browser = signed_in("operator")
    rows = browser.get("/polling/").context["rows"]
    choices = browser.get("/polling/orders/give/").context["form"].fields["scope"].choices
    assert [row.scope for row in rows] == ["", "default/duration/daily"]
    assert [value for value, _words in choices] == ["", "default/duration/daily"]


def test_a_pair_that_is_polled_no_more_keeps_its_days_in_the_calendar(signed_in: SignedIn, settings: Any) -> None:
    settings.POLL_PAIRS = ["default/duration"]
    known_in_use("2026-09-20", scope="rtm/counter/daily")
    rows = {row.scope: row for row in signed_in("viewer").get("/polling/").context["rows"]}
    assert [cell.words for cell in rows["rtm/counter/daily"].cells if cell.standing] == [
        "20 Sep 2026: known of everybody who uses it"
    ]
