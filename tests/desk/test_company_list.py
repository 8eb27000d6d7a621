"""The list of companies: what it says, how it is searched, filtered, sorted and paged."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.test import Client

from companies.models import Company, Operation, OperationKind, OperationState
from tests.billing.known import bill_known, line
from tests.desk.reading import number_of_queries, table, tables, words
from tests.usage.known import company, covered, gap, project, rtc, used

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]
SignedIn = Callable[..., Client]


def listed(browser: Client, **asked: str | list[str]) -> list[list[str]]:
    """The rows of the list, without the totals below them."""
    page = browser.get(f"/companies/?{urlencode(asked, doseq=True)}").content.decode()
    return table(page, "Company ID")[:-1] if tables(page) else []


def names(browser: Client, **asked: str | list[str]) -> list[str]:
    return [row[0] for row in listed(browser, **asked)]


def test_a_row_says_who_it_is_what_it_may_and_what_it_used(known_company: Known, signed_in: SignedIn) -> None:
    acme = known_company("10001", "Acme", area="Non-CN", country="DE", app_limit=5)
    project(acme, "p1", status="1")
    project(acme, "p2", status="-1")
    used("2026-09-20", company_id="10001", figures=rtc(audio=1000, sd=200, hd=30, hdp=4))
    assert listed(signed_in("viewer")) == [
        ["Acme", "10001", "Normal", "Outside China", "Germany", "1 / 5", "1,234", "20 Sep", ""]
    ]


def test_amounts_of_this_month_stand_in_a_column_for_each_currency(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001", "Acme")
    known_company("10002", "Bolt")
    for number in range(1, 22):
        bill_known(f"2026-09-{number:02d}")
    line("2026-09-01", "10001", "p1", "1.005")
    line("2026-09-21", "10001", "", "-0.5")
    line("2026-09-21", "10002", "p1", "7", currency="CNY")
    page = signed_in("finance").get("/companies/").content.decode()
    assert [row[6:9] for row in tables(page)[0]] == [
        ["Minutes, 30 days", "CNY, Sep", "USD, Sep"],
        ["0", "–", "0.50"],
        ["0", "7.00", "–"],
        ["0", "7.00", "0.50"],
    ]


def test_amounts_are_marked_while_days_of_the_month_are_missing(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001", "Acme")
    bill_known("2026-09-01")
    line("2026-09-01", "10001", "p1", "3")
    page = signed_in("finance").get("/companies/").content.decode()
    assert ("3.00*" in [row[7] for row in tables(page)[0]], "1 of 21 days" in page) == (True, True)


def test_minutes_that_are_not_known_are_no_zero(signed_in: SignedIn) -> None:
    company("10001", "Acme", status="0")
    assert listed(signed_in("viewer"))[0][6:8] == ["No data", "No data"]


def test_minutes_of_some_of_the_days_are_marked_as_such(signed_in: SignedIn) -> None:
    company("10001", "Acme", status="0")
    covered("2026-07-01", "2026-09-23", company_id="10001")
    gap("2026-09-10", "2026-09-12", company_id="10001")
    used("2026-09-09", company_id="10001", figures=rtc(audio=7))
    used("2026-09-11", company_id="10001", figures=rtc(audio=900))
    page = signed_in("viewer").get("/companies/").content.decode()
    assert (table(page, "Company ID")[0][6], "27 of 30 days" in page) == ("7*", True)


def test_a_status_that_the_document_does_not_know_is_never_normal(signed_in: SignedIn) -> None:
    company("10001", "Acme", status="7")
    assert listed(signed_in("viewer"))[0][2] == "Unknown (7)"


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "مدرسة النور", "🎤 Karaoke", "=1+1", "\u202eevil", "𝒳" * 300]
)
def test_S40_any_name_is_shown_as_it_is(name: str, signed_in: SignedIn) -> None:
    company("10001", name)
    assert names(signed_in("viewer")) == [name]


def test_a_company_without_a_name_is_shown_by_its_ID(signed_in: SignedIn) -> None:
    Company.objects.filter(pk=company("10001").pk).update(name="")
    assert names(signed_in("viewer")) == ["10001"]


@pytest.mark.parametrize(
    ("company_id", "href"),
    [
        ("10001", "/companies/10001/"),
        ("-dash", "/companies/-dash/"),
        ("a b?c#d%e", "/companies/a%20b%3Fc%23d%25e/"),
        ("Aa", "/companies/Aa/"),
    ],
)
def test_an_ID_becomes_one_segment_of_an_address(company_id: str, href: str, signed_in: SignedIn) -> None:
    company(company_id, "Acme")
    browser = signed_in("viewer")
    page = browser.get("/companies/").content.decode()
    assert (f'<a href="{href}">' in page, browser.get(href).status_code) == (True, 200)


@pytest.mark.parametrize("company_id", ["a/b", "..", "create"])
def test_an_ID_that_no_path_can_carry_is_listed_without_a_link(company_id: str, signed_in: SignedIn) -> None:
    company(company_id, "Acme")
    page = signed_in("viewer").get("/companies/").content.decode()
    assert (names(signed_in("viewer")), "<bdi>Acme</bdi></a>" in page) == (["Acme"], False)


def test_it_finds_by_a_part_of_the_name_in_any_case(signed_in: SignedIn) -> None:
    company("10001", "Acme Learning")
    company("10002", "Bolt")
    assert names(signed_in("viewer"), q=" LEARN ") == ["Acme Learning"]


def test_it_finds_by_a_part_of_the_ID(signed_in: SignedIn) -> None:
    company("10001", "Acme")
    company("20002", "Bolt")
    assert names(signed_in("viewer"), q="2000") == ["Bolt"]


def test_filters_narrow_the_list_down_together(signed_in: SignedIn) -> None:
    company("1", "Acme", status="2", area="CN", country="CN", industry="3")
    company("2", "Bolt", status="2", area="Non-CN", country="DE", industry="3")
    company("3", "Cork", status="3", area="Non-CN", country="DE", industry="3")
    company("4", "Dome", status="0", area="Non-CN", country="DE", industry="5")
    asked = {"status": ["2", "3"], "area": "Non-CN", "country": "DE", "industry": "3"}
    assert names(signed_in("viewer"), **asked) == ["Bolt", "Cork"]


def test_filters_offer_what_some_company_has_and_what_is_asked_for(signed_in: SignedIn) -> None:
    company("1", "Acme", status="1")
    company("2", "Bolt", status="9")
    page = signed_in("viewer").get("/companies/?status=2").content.decode()
    menu = words(page.split('id="chosen-status"')[1].split("</fieldset>")[0])
    assert [text in menu for text in ("Automatically suspended", "Insufficient balance", "Unknown (9)", "Normal")] == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "query", ["status=%00", "q=%00", "page=0", "page=x", "page=99999999999999999999", "sort=name__x"]
)
def test_S42_an_address_that_makes_no_sense_shows_the_list(query: str, signed_in: SignedIn) -> None:
    company("10001", "Acme")
    answer = signed_in("viewer").get(f"/companies/?{query}")
    assert (answer.status_code, [row[0] for row in table(answer.content.decode(), "Company ID")]) == (
        200,
        ["Acme", "1 company"],
    )


@pytest.mark.parametrize("asked", [{"country": "9" * 5000}, {"country": "²"}, {"q": "x" * 60_000}])
def test_what_no_company_can_have_finds_nothing(asked: dict[str, str], signed_in: SignedIn) -> None:
    company("10001", "Acme", country="DE")
    assert names(signed_in("viewer"), **asked) == []


def test_nothing_found_says_that_it_is_filtered_away(signed_in: SignedIn) -> None:
    company("10001", "Acme")
    page = words(signed_in("viewer").get("/companies/?q=zebra").content.decode())
    assert ("No company matches" in page, "Clear filters" in page) == (True, True)


def test_before_the_first_poll_it_says_that_nothing_was_fetched(signed_in: SignedIn) -> None:
    assert "Companies have not been fetched yet" in words(signed_in("viewer").get("/companies/").content.decode())


@pytest.mark.parametrize(
    ("role", "offered"), [("viewer", False), ("finance", False), ("operator", True), ("admin", True)]
)
def test_only_those_who_may_create_are_offered_a_new_company(role: str, offered: bool, signed_in: SignedIn) -> None:
    page = signed_in(role).get("/companies/").content.decode()
    assert ('href="/companies/create/"' in page) == offered


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["acme", "Bolt", "Cork"]),
        ("-name", ["Cork", "Bolt", "acme"]),
        ("company_id", ["Bolt", "acme", "Cork"]),
        ("-company_id", ["Cork", "acme", "Bolt"]),
        ("status", ["Cork", "Bolt", "acme"]),
        ("-project_count", ["Bolt", "acme", "Cork"]),
        ("minutes", ["acme", "Bolt", "Cork"]),
        ("-minutes", ["Bolt", "acme", "Cork"]),
        ("-last_usage", ["acme", "Bolt", "Cork"]),
        ("amount_USD", ["Bolt", "acme", "Cork"]),
        ("-amount_USD", ["acme", "Bolt", "Cork"]),
    ],
)
def test_it_is_sorted_by_each_column_with_the_unknown_last(
    sort: str, order: list[str], known_company: Known, signed_in: SignedIn
) -> None:
    known_company("100", "acme", status="2")
    project(known_company("99", "Bolt", status="1"), "p1", status="1")
    company("1000", "Cork", status="0")
    used("2026-09-20", company_id="100", figures=rtc(audio=9))
    used("2026-09-19", company_id="99", figures=rtc(audio=10))
    bill_known("2026-09-01")
    line("2026-09-01", "100", "p1", "0.3")
    line("2026-09-01", "99", "p1", "0.2")
    assert names(signed_in("finance"), sort=sort) == order


def test_who_is_known_to_have_used_nothing_has_the_fewest_minutes(known_company: Known, signed_in: SignedIn) -> None:
    known_company("100", "Quiet")
    known_company("99", "Bolt")
    company("1000", "Cork")
    used("2026-09-19", company_id="99", figures=rtc(audio=10))
    assert names(signed_in("viewer"), sort="minutes") == ["Quiet", "Bolt", "Cork"]


def test_a_column_of_figures_begins_with_the_highest(known_company: Known, signed_in: SignedIn) -> None:
    known_company("100", "Quiet")
    page = signed_in("viewer").get("/companies/").content.decode()
    assert ("sort=-minutes" in page, "sort=status" in page) == (True, True)


def test_it_is_paged_and_a_page_keeps_the_filters(signed_in: SignedIn) -> None:
    for number in range(30):
        company(f"{number}", f"Company {number:02d}", status="0")
    browser = signed_in("viewer")
    page = browser.get("/companies/?status=0").content.decode()
    assert ("1–25 of 30" in words(page), "?status=0&amp;page=2" in page) == (True, True)


def test_the_second_page_goes_on_where_the_first_one_ends(signed_in: SignedIn) -> None:
    for number in range(30):
        company(f"{number}", f"Company {number:02d}", status="0")
    assert names(signed_in("viewer"), page="2", sort="status") == [f"Company {number}" for number in range(25, 30)]


def test_it_asks_the_database_as_often_for_30_companies_as_for_one(known_company: Known, signed_in: SignedIn) -> None:
    bill_known("2026-09-01")
    known_company("1")
    line("2026-09-01", "1", "p1", "1")
    browser = signed_in("finance")
    for_one = number_of_queries(browser, "/companies/")
    for number in range(2, 31):
        known_company(f"{number}")
        line("2026-09-01", f"{number}", "p1", "1")
    assert number_of_queries(browser, "/companies/") == for_one


def test_a_company_that_is_gone_is_not_listed(signed_in: SignedIn) -> None:
    gone = company("10001", "Acme")
    Company.objects.filter(pk=gone.pk).update(gone_at=gone.last_seen_at)
    assert names(signed_in("viewer")) == []


def test_it_finds_by_the_e_mail_address_that_was_sent(signed_in: SignedIn, person: Callable[..., object]) -> None:
    made = company("10001", "Acme")
    company("10002", "Bolt")
    Operation.objects.create(
        kind=OperationKind.COMPANY,
        form_token="4c18781f-16b2-43c5-9281-2eddfd313bd8",
        natural_key="ann@acme.example",
        payload={"email": "ann@acme.example"},
        payload_sha256="",
        state=OperationState.DONE,
        result_remote_id="10001",
        created_by=person("operator"),
        created_at=made.first_seen_at,
    )
    assert names(signed_in("viewer"), q="ann@acme") == ["Acme"]
