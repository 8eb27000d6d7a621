"""Statuses are watched: since when a company is in trouble, what it was before, and who is used while suspended."""

from collections.abc import Callable

import pytest
from django.test import Client

from companies.models import Company, MirrorChange
from tests.desk.reading import number_of_queries, table, tile, words
from tests.usage.known import at, gap, rtc, used

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]
SignedIn = Callable[..., Client]


def turned(whose: Company, old: str, new: str, seen_at: str) -> MirrorChange:
    return MirrorChange.objects.create(company=whose, field="status", old=old, new=new, seen_at=at(seen_at))


def shown(browser: Client) -> str:
    answer = browser.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def in_trouble(page: str) -> list[list[str]]:
    """Company, since and before of each row."""
    return [[row[0], row[3], row[4]] for row in table(page, "Before")]


def in_use(page: str) -> list[list[str]]:
    """The rows of suspended companies in use: company, since, days, last usage."""
    return [[row[0], row[3], row[4], row[6]] for row in table(page, "Days used since")]


def test_a_company_in_trouble_says_since_when_and_what_it_was_before(known_company: Known, signed_in: SignedIn) -> None:
    poor = known_company("1", "Poor", status="1")
    turned(poor, "0", "3", "2026-05-01 09:00")
    turned(poor, "3", "1", "2026-09-20 14:05")
    assert in_trouble(shown(signed_in("viewer"))) == [["Poor", "20 Sep 2026, 14:05 UTC", "Manually suspended"]]


def test_who_turned_last_comes_first(known_company: Known, signed_in: SignedIn) -> None:
    for number, seen_at in enumerate(("2026-09-01 00:00", "2026-09-03 00:00", "2026-09-02 00:00")):
        turned(known_company(f"{number}", f"C{number}", status="2"), "0", "2", seen_at)
    assert [row[0] for row in in_trouble(shown(signed_in("viewer")))] == ["C1", "C2", "C0"]


def test_where_more_are_in_trouble_than_are_shown_the_list_of_all_is_linked(
    known_company: Known, signed_in: SignedIn
) -> None:
    for number in range(12):
        known_company(f"{number}", status="1" if number % 2 else "3")
    page = shown(signed_in("viewer"))
    assert (len(in_trouble(page)), "All 12" in words(page), "/companies/?status=1&amp;status=3" in page) == (
        10,
        True,
        True,
    )


def test_a_suspended_company_that_is_used_later_is_listed_with_its_known_days(
    known_company: Known, signed_in: SignedIn
) -> None:
    busy = known_company("1", "Busy", status="3")
    turned(busy, "0", "2", "2026-09-10 09:00")
    turned(busy, "2", "3", "2026-09-15 09:00")
    for period in ("2026-09-09", "2026-09-10", "2026-09-11", "2026-09-12", "2026-09-18"):
        used(period, company_id="1", figures=rtc(audio=5))
    used("2026-09-18", company_id="1", pair="rtm/counter", figures={"dau": 3})
    gap("2026-09-12", "2026-09-13", company_id="1")
    assert in_use(shown(signed_in("viewer"))) == [["Busy", "10 Sep 2026, 09:00 UTC", "2", "18 Sep"]]


def test_who_was_normal_in_between_counts_from_the_last_suspension(known_company: Known, signed_in: SignedIn) -> None:
    busy = known_company("1", "Busy", status="2")
    turned(busy, "0", "2", "2026-08-01 09:00")
    turned(busy, "2", "0", "2026-08-05 09:00")
    turned(busy, "0", "2", "2026-09-10 09:00")
    used("2026-09-01", company_id="1", figures=rtc(audio=5))
    assert "Days used since" not in shown(signed_in("viewer"))


@pytest.mark.parametrize(("later", "days", "last"), [([], "0", "18 Sep"), (["2026-09-20"], "1", "20 Sep")])
def test_who_was_in_use_when_first_listed_as_suspended_says_so(
    later: list[str], days: str, last: str, known_company: Known, signed_in: SignedIn
) -> None:
    turned(known_company("1", "Busy", status="2"), "", "2", "2026-09-18 09:00")
    for period in ("2026-09-18", *later):
        used(period, company_id="1", figures=rtc(audio=5))
    page = shown(signed_in("viewer"))
    since = "18 Sep 2026, 09:00 UTC in use when first listed as suspended"
    assert (in_use(page), "Still in use" in page) == ([["Busy", since, days, last]], True)


def test_who_was_listed_as_suspended_and_used_later_counts_the_days_after(
    known_company: Known, signed_in: SignedIn
) -> None:
    turned(known_company("1", "Busy", status="2"), "", "2", "2026-09-18 09:00")
    used("2026-09-20", company_id="1", figures=rtc(audio=5))
    assert in_use(shown(signed_in("viewer"))) == [["Busy", "18 Sep 2026, 09:00 UTC", "1", "20 Sep"]]


def test_what_was_used_on_the_day_it_turned_may_have_been_used_before(
    known_company: Known, signed_in: SignedIn
) -> None:
    turned(known_company("1", "Busy", status="2"), "0", "2", "2026-09-18 09:00")
    used("2026-09-18", company_id="1", figures=rtc(audio=5))
    page = shown(signed_in("viewer"))
    assert ("Days used since" in page, "Still in use" in page) == (False, False)


def test_the_page_of_a_suspended_company_says_that_it_is_still_used(known_company: Known, signed_in: SignedIn) -> None:
    turned(known_company("1", "Busy", status="2"), "0", "2", "2026-09-10 09:00")
    used("2026-09-18", company_id="1", figures=rtc(audio=5))
    assert "It is still in use: last usage 18 Sep UTC." in words(
        signed_in("viewer").get("/companies/1/").content.decode()
    )


@pytest.mark.parametrize("status", ["0", "1", "9"])
def test_only_suspended_companies_are_no_longer_to_be_used(
    status: str, known_company: Known, signed_in: SignedIn
) -> None:
    known_company("1", "Busy", status=status)
    used("2026-09-18", company_id="1", figures=rtc(audio=5))
    assert "Days used since" not in shown(signed_in("viewer"))


def test_usage_on_days_that_became_unknown_again_does_not_count(known_company: Known, signed_in: SignedIn) -> None:
    turned(known_company("1", "Busy", status="2"), "0", "2", "2026-09-10 09:00")
    used("2026-09-18", company_id="1", figures=rtc(audio=5))
    gap("2026-09-18", "2026-09-18", company_id="1")
    assert "Days used since" not in shown(signed_in("viewer"))


def test_a_tile_counts_suspended_companies_in_use_and_leads_to_them(known_company: Known, signed_in: SignedIn) -> None:
    turned(known_company("1", "Busy", status="2"), "0", "2", "2026-09-10 09:00")
    used("2026-09-18", company_id="1", figures=rtc(audio=5))
    page = shown(signed_in("viewer"))
    assert (tile(page, "Suspended, still in use"), 'href="#suspended-in-use"' in page) == (
        "1 used something although they are suspended",
        True,
    )


@pytest.mark.parametrize(
    ("status", "old", "said"),
    [
        ("2", "0", "Automatically suspended, first seen so on 20 Sep 2026, 14:05 UTC; before that: Normal."),
        ("2", "", "Automatically suspended, first seen so on 20 Sep 2026, 14:05 UTC; what it was before is not known."),
        ("1", None, "Insufficient balance, first seen so on 1 Jan 2026, 00:00 UTC; what it was before is not known."),
        ("0", None, ""),
    ],
)
def test_the_page_of_a_company_in_trouble_says_so_at_its_top(
    status: str, old: str | None, said: str, known_company: Known, signed_in: SignedIn
) -> None:
    acme = known_company("1", "Acme", status=status)
    if old is not None:
        turned(acme, old, status, "2026-09-20 14:05")
    page = words(signed_in("viewer").get("/companies/1/").content.decode())
    assert (said in page, "first seen so on" in page) == (True, bool(said))


def test_the_overview_asks_as_often_for_30_suspended_companies_in_use(
    known_company: Known, signed_in: SignedIn
) -> None:
    def busy(number: int) -> None:
        turned(known_company(f"{number}", status="2"), "0", "2", "2026-09-10 09:00")
        used("2026-09-18", company_id=f"{number}", figures=rtc(audio=5))

    busy(1)
    browser = signed_in("finance")
    for_one = number_of_queries(browser, "/")
    for number in range(2, 31):
        busy(number)
    assert number_of_queries(browser, "/") == for_one
