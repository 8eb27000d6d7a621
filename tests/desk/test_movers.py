"""Movers: the last seven settled days against the seven before, for whoever is known on all of them."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from companies.models import Company
from desk.queries.movers import movers
from tests.desk.reading import table, words
from tests.usage.known import company, covered, day, gap, known_in_use, rtc, used

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]
SignedIn = Callable[..., Client]

NOW, BEFORE = "2026-09-15", "2026-09-08"


def moved(company_id: str, before: int, now: int) -> None:
    used(BEFORE, company_id=company_id, figures=rtc(audio=before))
    used(NOW, company_id=company_id, figures=rtc(hd=now))


def test_the_greatest_changes_come_first_up_and_down(known_company: Known, signed_in: SignedIn) -> None:
    for company_id, before, now in [("1", 100, 150), ("2", 1000, 3000), ("3", 80, 20), ("4", 900, 100), ("5", 7, 7)]:
        known_company(company_id, f"Company {company_id}")
        moved(company_id, before, now)
    page = signed_in("viewer").get("/").content.decode()
    assert (table(page, "Up"), table(page, "Down")) == (
        [
            ["Company 2", "1,000", "3,000", "+2,000", "+200.0 %"],
            ["Company 1", "100", "150", "+50", "+50.0 %"],
        ],
        [
            ["Company 4", "900", "100", "−800", "−88.9 %"],
            ["Company 3", "80", "20", "−60", "−75.0 %"],
        ],
    )


def test_whoever_used_nothing_before_is_new(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1", "Acme")
    moved("1", 0, 5)
    page = signed_in("viewer").get("/").content.decode()
    assert table(page, "Up") == [["Acme", "0", "5", "+5", "new"]]


def test_only_settled_days_are_compared(known_company: Known) -> None:
    known_company("1")
    used("2026-09-22", company_id="1", figures=rtc(audio=900))
    used("2026-09-21", company_id="1", figures=rtc(audio=4))
    found = movers()
    assert found is not None
    assert (found.days, found.before, [mover.delta for mover in found.up]) == (
        (day("2026-09-15"), day("2026-09-21")),
        (day("2026-09-08"), day("2026-09-14")),
        [4],
    )


def test_a_company_with_a_gap_in_the_fourteen_days_is_left_out(known_company: Known) -> None:
    known_company("1")
    moved("1", 10, 20)
    company("2")
    covered("2026-07-01", "2026-09-23", settled="2026-09-21", company_id="2")
    gap("2026-09-10", "2026-09-10", company_id="2")
    moved("2", 10, 20)
    found = movers()
    assert found is not None
    assert ([mover.company.company_id for mover in found.up], found.compared, found.left_out) == (["1"], 1, 1)


def test_a_few_companies_that_lag_behind_hold_nobody_up(known_company: Known) -> None:
    for company_id in ("1", "2", "3"):
        known_company(company_id)
    company("4")
    covered("2026-07-01", "2026-09-23", settled="2026-09-01", company_id="4")
    found = movers()
    assert found is not None
    assert (found.days[1], found.compared, found.left_out) == (day("2026-09-21"), 3, 1)


def test_a_part_that_an_answer_did_not_carry_leaves_the_company_out(known_company: Known) -> None:
    known_company("1")
    used(NOW, company_id="1", figures={"audio_all": 5, "sd_all": 1, "hd_all": 1})
    found = movers()
    assert found is not None
    assert (found.compared, found.left_out) == (0, 1)


def test_fractions_are_added_up_exactly(known_company: Known) -> None:
    known_company("1")
    used(BEFORE, company_id="1", figures={"sd_all": 0, "hd_all": 0, "hdp_all": 0}, extra={"audioAll": "0.1"})
    used(NOW, company_id="1", figures={"sd_all": 0, "hd_all": 0, "hdp_all": 0}, extra={"audioAll": "0.3"})
    found = movers()
    assert found is not None
    assert [(mover.delta, mover.change) for mover in found.up] == [(Decimal("0.2"), Decimal(2))]


def test_before_there_are_two_settled_weeks_it_says_what_is_missing(signed_in: SignedIn) -> None:
    company("1", status="0")
    covered("2026-09-20", "2026-09-23", settled="2026-09-21", company_id="1")
    page = words(signed_in("viewer").get("/").content.decode())
    assert "Two settled weeks are needed" in page


def test_before_the_first_poll_there_are_none() -> None:
    assert movers() is None


def idle_company(company_id: str, known_until: str) -> None:
    company(company_id)
    covered("2026-07-01", known_until, settled=known_until, used_until="2026-07-01", company_id=company_id)


def test_idle_companies_that_wait_for_their_turn_hold_nobody_up_and_are_not_left_out(known_company: Known) -> None:
    known_company("1")
    moved("1", 10, 20)
    for company_id in ("2", "3", "4"):
        idle_company(company_id, "2026-09-19")
    for waiting in ("2026-09-20", "2026-09-21"):
        known_in_use(waiting)
    found = movers()
    assert found is not None
    assert (found.days[1], found.compared, found.left_out) == (day("2026-09-21"), 1, 0)


def test_an_idle_company_whose_days_are_not_known_for_another_reason_is_left_out(known_company: Known) -> None:
    known_company("1")
    idle_company("2", "2026-09-19")
    found = movers()
    assert found is not None
    assert (found.compared, found.left_out) == (1, 1)


def test_where_nobody_is_in_use_idle_companies_are_compared(noon: None) -> None:
    idle_company("1", "2026-09-19")
    found = movers()
    assert found is not None
    assert (found.days[1], found.compared, found.left_out) == (day("2026-09-19"), 1, 0)
