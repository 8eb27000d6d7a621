"""The list of companies answers while somebody types, and its address says what it shows."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from accounts.models import Person
from tests.usage.known import company

Sign = Callable[..., Person]


def open_list(page: Page) -> None:
    for number, (name, status) in enumerate([("Acme", "0"), ("Bolt", "2"), ("Borealis", "0")], start=1):
        company(f"1000{number}", name, status=status)
    page.goto("/companies/")


def shown(page: Page, *names: str) -> None:
    expect(page.locator("#companies tbody td:first-child")).to_have_text(list(names))


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_it_is_narrowed_down_while_somebody_types(page: Page, sign_in: Sign) -> None:
    sign_in("viewer")
    open_list(page)
    page.get_by_role("searchbox").press_sequentially("bo")
    shown(page, "Bolt", "Borealis")
    assert asked(page) == {"q": ["bo"]}


def test_a_ticked_box_narrows_it_down_and_is_counted(page: Page, sign_in: Sign) -> None:
    sign_in("viewer")
    open_list(page)
    page.locator("summary", has_text="Status").click()
    page.get_by_label("Automatically suspended").check()
    shown(page, "Bolt")
    expect(page.locator("#chosen-status")).to_have_text("1")


def test_filters_are_cleared_by_a_link_that_appears_with_them(page: Page, sign_in: Sign) -> None:
    sign_in("viewer")
    open_list(page)
    page.get_by_role("searchbox").press_sequentially("zebra")
    expect(page.get_by_text("No company matches")).to_be_visible()
    page.locator("#clear-filters a").click()
    shown(page, "Acme", "Bolt", "Borealis")


def test_the_way_back_leads_to_what_was_shown_before(page: Page, sign_in: Sign) -> None:
    sign_in("viewer")
    open_list(page)
    page.get_by_role("searchbox").press_sequentially("bolt")
    shown(page, "Bolt")
    page.go_back()
    shown(page, "Acme", "Bolt", "Borealis")
