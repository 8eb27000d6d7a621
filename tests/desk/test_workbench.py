"""The list of companies as a workbench: what narrows it down, which columns it shows, totals of all that match."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Person
from companies.models import Company, Tag
from companies.services import care
from tests.billing.known import bill_known, line
from tests.desk.listing import LIST, names, read, tag
from tests.desk.reading import number_of_queries, table, tables
from tests.usage.known import at, company, covered, gap, project, rtc, used

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]
SignedIn = Callable[..., Client]


def totals(browser: Client, address: str = LIST) -> dict[str, str]:
    """The line below the list, by the headings."""
    (found,) = tables(read(browser, address))
    return dict(zip(found[0], found[-1], strict=True))


def chips(page: str) -> list[str]:
    return re.findall(r'aria-label="Remove the filter ([^"]*)"', page)


def test_it_is_narrowed_down_by_tag_in_any_case(signed_in: SignedIn) -> None:
    tag(company("1", "Acme"), "Pilot")
    tag(company("2", "Bolt"), "other")
    browser = signed_in("viewer")
    assert [names(read(browser, f"{LIST}?tag={asked}")) for asked in ("Pilot", "pilot", "nothing")] == [
        ["Acme"],
        ["Acme"],
        [],
    ]


@pytest.mark.parametrize(
    ("query", "usage"),
    [
        ("?tag=Pilot", ["/usage/?tag=Pilot"]),
        ("?tag=pilot&area=CN", ["/usage/?area=CN&amp;tag=pilot"]),
        ("?tag=pilot&tag=vip", []),
        ("?tag=pilot&status=0", []),
        ("?q=acme", []),
        ("", []),
    ],
)
def test_a_list_that_usage_can_show_too_leads_there(query: str, usage: list[str], signed_in: SignedIn) -> None:
    tag(company("1", "Acme", area="CN"), "Pilot", "vip")
    page = read(signed_in("viewer"), f"{LIST}{query}")
    assert re.findall(r'href="(/usage/\?[^"]*)">Usage of these', page) == usage


@pytest.mark.parametrize(("role", "offered"), [("operator", 1), ("viewer", 0)])
def test_the_menu_of_tags_leads_to_all_tags(role: str, offered: int, signed_in: SignedIn) -> None:
    page = read(signed_in(role))
    assert page.count('<a class="menu-item" href="/company-list/tags/">') == offered


def test_it_is_narrowed_down_by_owner_and_to_those_of_nobody(
    signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    ann = person("operator", email="ann@reseller.example")
    care.set_owner(company=company("1", "Acme"), owner=ann, by=ann)
    company("2", "Bolt")
    browser = signed_in("viewer")
    asked = (f"{ann.pk}", "none", f"{ann.pk}&owner=none", "999999", "x")
    assert [names(read(browser, f"{LIST}?owner={one}")) for one in asked] == [
        ["Acme"],
        ["Bolt"],
        ["Acme", "Bolt"],
        [],
        [],
    ]


def test_each_thing_it_is_narrowed_down_by_is_a_chip(signed_in: SignedIn) -> None:
    tag(company("1", "Acme", status="1", area="CN", country="DE", industry="3"), "pilot")
    page = read(signed_in("viewer"), f"{LIST}?q=a&status=1&area=CN&country=DE&industry=3&tag=pilot")
    assert chips(page) == [
        "Search: a",
        "Status: Insufficient balance",
        "Area: China",
        "Country: Germany",
        "Industry: Education",
        "Tag: pilot",
    ]


def test_a_tag_that_was_removed_is_said_to_be_none(signed_in: SignedIn) -> None:
    tag(company("1", "Acme"), "Pilot")
    pilot = Tag.objects.get()
    browser = signed_in("viewer")
    Company.objects.get().tags.clear()
    unused = chips(read(browser, f"{LIST}?tag=pilot"))
    pilot.delete()
    assert (unused, chips(read(browser, f"{LIST}?tag=pilot"))) == (
        ["Tag: Pilot"],
        ["Tag: pilot (there is no such tag)"],
    )


def test_a_chip_leads_to_the_list_without_it_from_its_first_page(signed_in: SignedIn) -> None:
    company("1", "Acme", status="1", area="CN")
    page = read(signed_in("viewer"), f"{LIST}?status=1&area=CN&sort=-name&page=1")
    assert re.findall(r'class="chip"\s+href="([^"]*)"', page) == [
        "/companies/?area=CN&amp;sort=-name",
        "/companies/?status=1&amp;sort=-name",
    ]


def test_columns_of_the_address_are_shown_in_the_order_of_the_table(signed_in: SignedIn) -> None:
    company("1", "Acme", industry="3")
    page = read(signed_in("viewer"), f"{LIST}?columns=industry,company_id&columns=owner&columns=nonsense")
    assert tables(page)[0][:2] == [["Company", "Company ID", "Industry", "Owner"], ["Acme", "1", "Education", "—"]]


def test_chosen_columns_and_density_are_kept_for_whoever_chose_them(signed_in: SignedIn) -> None:
    company("1", "Acme")
    ann, ben = signed_in("viewer"), signed_in("viewer")
    kept = {"columns": ["owner", "status"], "density": "comfortable", "query": "q=acme&columns=area&page=3"}
    answer = ann.post("/company-list/columns/", kept)
    page = read(ann)
    assert (answer.headers["Location"], tables(page)[0][0], "is-comfortable" in page) == (
        "/companies/?q=acme",
        ["Company", "Status", "Owner"],
        True,
    )
    assert tables(read(ben))[0][0][:3] == ["Company", "Company ID", "Status"]


def test_nobody_may_choose_what_there_is_not(signed_in: SignedIn) -> None:
    browser = signed_in("viewer")
    company("1", "Acme")
    before = tables(read(browser))
    browser.post("/company-list/columns/", {"columns": ["password"], "density": "huge"})
    assert tables(read(browser)) == before


def test_amounts_are_a_column_only_for_whoever_may_see_them(signed_in: SignedIn) -> None:
    company("1", "Acme")
    bill_known("2026-09-01")
    line("2026-09-01", "1", "p1", "1")
    address = f"{LIST}?columns=amounts"
    shown = [tables(read(signed_in(role), address))[0][0] for role in ("operator", "finance")]
    offered = ['value="amounts"' in read(signed_in(role)) for role in ("operator", "finance")]
    assert (shown, offered) == ([["Company"], ["Company", "USD, Sep"]], [False, True])


def test_tags_lead_to_all_companies_that_have_them(signed_in: SignedIn) -> None:
    tag(company("1", "Acme"), "big & bold/x")
    page = read(signed_in("viewer"))
    assert 'href="/companies/?tag=big%20%26%20bold%2Fx"' in page


def test_minutes_have_a_line_of_their_days_with_gaps_where_nothing_is_known(signed_in: SignedIn) -> None:
    company("1", "Acme")
    covered("2026-07-01", "2026-09-23", company_id="1")
    gap("2026-09-10", "2026-09-12", company_id="1")
    used("2026-09-09", company_id="1", figures=rtc(audio=7))
    page = read(signed_in("viewer"))
    assert [len(piece.split()) for piece in re.findall(r'<polyline points="([^"]*)"', page)] == [18, 9]


def test_a_sort_by_a_column_that_is_not_shown_is_by_name(signed_in: SignedIn) -> None:
    company("2", "Acme", status="0")
    company("1", "Bolt", status="3")
    assert names(read(signed_in("viewer"), f"{LIST}?columns=area&sort=-status")) == ["Acme", "Bolt"]


def test_totals_hold_all_that_match_and_no_other(known_company: Known, signed_in: SignedIn) -> None:
    for number in range(30):
        known_company(f"{number}", f"Company {number}", status="1")
        used("2026-09-20", company_id=f"{number}", figures=rtc(audio=10, sd=1))
    known_company("99", "Other", status="2")
    used("2026-09-20", company_id="99", figures=rtc(audio=5000))
    browser = signed_in("viewer")
    found = [totals(browser, f"{LIST}{query}")["Minutes, 30 days"] for query in ("?status=1", "?status=2", "")]
    assert found == ["330", "5,000", "5,330"]


def test_totals_of_everybody_leave_out_who_is_gone_and_days_that_became_unknown(
    known_company: Known, signed_in: SignedIn
) -> None:
    for number in ("1", "2", "3"):
        known_company(number)
        used("2026-09-20", company_id=number, figures=rtc(audio=int(number) * 100))
        used("2026-09-10", company_id=number, figures=rtc(audio=1))
    gap("2026-09-10", "2026-09-10", company_id="2")
    Company.objects.filter(company_id="3").update(gone_at=at("2026-09-22 00:00"))
    page = read(signed_in("viewer"))
    (found,) = tables(page)
    assert (found[-1][:1], found[-1][6], "1 of 2 companies are known on every day" in page) == (
        ["2 companies"],
        "301*",
        True,
    )


def test_minutes_of_all_are_what_the_rows_add_up_to(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1", "Acme", status="1")
    used("2026-09-20", company_id="1", figures=rtc(audio=10), extra={"sdAll": "0.5"})
    used("2026-09-01", company_id="1", figures=rtc(audio=3))
    browser = signed_in("viewer")
    rows = [table(read(browser, address), "Company ID")[0][6] for address in (LIST, f"{LIST}?status=1")]
    below = [totals(browser, address)["Minutes, 30 days"] for address in (LIST, f"{LIST}?status=1")]
    assert below == rows


@pytest.mark.parametrize("query", ["", "?country=DE"])
def test_days_that_lack_a_part_are_counted_each_and_their_company_once(
    known_company: Known, signed_in: SignedIn, query: str
) -> None:
    for number in ("1", "2"):
        known_company(number, country="DE")
        used("2026-09-09", company_id=number, figures=rtc(audio=100))
    for day, part in (("2026-09-10", "sd_all"), ("2026-09-11", "hd_all"), ("2026-09-12", "hd_all")):
        used(day, company_id="2", figures={name: 1 for name in rtc() if name != part})
    page = read(signed_in("viewer"), f"{LIST}{query}")
    assert ("27 of 30 days" in page, "1 of 2 companies are known on every day" in page) == (True, True)


def test_a_total_of_nothing_known_is_no_zero(signed_in: SignedIn) -> None:
    company("1", "Acme")
    assert totals(signed_in("viewer"))["Minutes, 30 days"] == "No data"


def test_amounts_are_added_up_in_each_currency_by_itself(known_company: Known, signed_in: SignedIn) -> None:
    for number in range(1, 22):
        bill_known(f"2026-09-{number:02d}")
    for number in range(30):
        company(f"{number}", f"Company {number}", status="1" if number else "2")
        line("2026-09-02", f"{number}", "p1", "0.10")
        line("2026-09-02", f"{number}", "p2", "1", currency="CNY")
    line("2026-09-02", "unlisted", "p1", "1000")
    found = totals(signed_in("finance"), f"{LIST}?status=1")
    assert (found["USD, Sep"], found["CNY, Sep"]) == ("2.90", "29.00")


def test_it_asks_as_often_whatever_there_is(
    known_company: Known, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    ann = person("operator")
    bill_known("2026-09-01")

    def make(number: int) -> None:
        one = tag(known_company(f"{number}", status="1"), f"tag {number}", "all")
        care.set_owner(company=one, owner=person("operator"), by=ann)
        used("2026-09-20", company_id=f"{number}", figures=rtc(audio=1))
        line("2026-09-01", f"{number}", "p1", "1")
        project(one, f"p{number}")

    make(1)
    browser = signed_in("admin")
    address = f"{LIST}?status=1&tag=all&columns=tags,owner,minutes,amounts,last_usage"
    for_one = number_of_queries(browser, address)
    for number in range(2, 31):
        make(number)
    assert number_of_queries(browser, address) == for_one
