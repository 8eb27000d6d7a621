"""Movers of some kind of companies, and against last year where figures reach back that far."""

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Person
from agora.vocabulary import PAIRS
from companies.models import Company
from polling.models import Coverage
from tests.desk.listing import tag
from tests.desk.reading import number_of_queries, squeezed, tables, words
from tests.desk.test_movers import moved
from tests.usage.known import covered, day, rtc, used

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]
SignedIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def _three_moved(known_company: Known, person: Callable[..., Person]) -> None:
    owner = person("operator", name="Ben")
    for number, name in enumerate(("Acme", "Bolt", "Crow"), start=1):
        made = known_company(f"{number}", name, country="DE" if number > 1 else "AT", area="Non-CN")
        moved(made.company_id, 1000, 1000 + 500 * number)
        if number < 3:
            tag(made, "Pilot")
    Company.objects.filter(name="Bolt").update(owner=owner)


def shown(browser: Client, query: str) -> str:
    return browser.get(f"/movers/{query}").content.decode()


def names(page: str) -> list[str]:
    return [row[0] for found in tables(page) for row in found[1:]]


def owned_by(name: str) -> str:
    return f"?owner={Person.objects.get(name=name).pk}"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Crow", "Bolt", "Acme"]),
        ("?tag=pilot", ["Bolt", "Acme"]),
        ("?tag=Pilot&country=DE", ["Bolt"]),
        ("?area=Non-CN&country=AT", ["Acme"]),
        ("?owner=none", ["Crow", "Acme"]),
        ("?owner=nonsense%00", []),
    ],
)
def test_page_and_download_hold_the_kind_of_companies_that_the_address_names(
    query: str, expected: list[str], signed_in: SignedIn
) -> None:
    browser = signed_in("viewer")
    page = browser.get(f"/movers/{query}")
    sheet = b"".join(browser.get(page.context["csv_url"])).decode("utf-8-sig")
    assert names(page.content.decode()) == expected
    assert [row["company_name"] for row in csv.DictReader(io.StringIO(sheet))] == expected


def test_somebody_finds_what_their_own_companies_did(signed_in: SignedIn) -> None:
    assert names(shown(signed_in("viewer"), owned_by("Ben"))) == ["Bolt"]


def test_each_filter_is_a_chip_that_takes_itself_away(signed_in: SignedIn) -> None:
    context = signed_in("viewer").get("/movers/?tag=pilot&country=DE&floor=1&page=2").context
    assert [(f"{chip.label}", f"{chip.words}", chip.query) for chip in context["chips"]] == [
        ("Tag", "Pilot", "?country=DE&floor=1"),
        ("Country", "Germany", "?tag=pilot&floor=1"),
    ]


def test_a_kind_without_companies_says_that_it_is_filtered_away(signed_in: SignedIn) -> None:
    page = shown(signed_in("viewer"), "?tag=nobody&floor=1")
    assert "Nobody of this kind can be compared" in words(page)
    assert 'href="?floor=1"' in page


def test_the_number_of_queries_does_not_grow_with_those_who_have_a_tag(
    known_company: Known, signed_in: SignedIn
) -> None:
    browser = signed_in("viewer")
    before = number_of_queries(browser, "/movers/?tag=pilot")
    for number in range(10, 30):
        tag(known_company(f"{number}"), "Pilot")
        moved(f"{number}", 1000, 2000 + number)
    assert number_of_queries(browser, "/movers/?tag=pilot") == before


def test_last_year_is_offered_as_soon_as_figures_reach_back_to_it(signed_in: SignedIn) -> None:
    browser = signed_in("viewer")
    offered = [[f"{one.label}" for one in browser.get("/movers/").context["dates"].against]]
    Coverage.objects.filter(company_id="1").delete()
    for business, model in PAIRS:
        covered("2025-09-01", "2026-09-23", settled="2026-09-21", company_id="1", pair=f"{business}/{model}")
    offered.append([f"{one.label}" for one in browser.get("/movers/").context["dates"].against])
    assert offered == [
        ["Same weekdays", "Period before", "Last month"],
        ["Same weekdays", "Period before", "Last month", "Last year"],
    ]


def test_a_week_stands_against_the_same_days_of_last_year(signed_in: SignedIn) -> None:
    Coverage.objects.filter(company_id="1").update(known_from=day("2025-09-01"))
    used("2025-09-15", company_id="1", figures=rtc(audio=1000))
    used("2026-03-01", company_id="1", figures=rtc(audio=7777))
    page = shown(signed_in("viewer"), "?compare=year")
    assert "15 – 21 Sep against 15 – 21 Sep 2025 UTC" in squeezed(words(page))
    assert [row[:5] for row in tables(page)[0][1:]] == [["Acme", "1,000", "1,500", "+500", "+50.0 %"]]


def test_last_year_is_not_compared_with_where_nothing_is_known_of_it(signed_in: SignedIn) -> None:
    assert "15 – 21 Sep against 8 – 14 Sep" in words(shown(signed_in("viewer"), "?compare=year"))
