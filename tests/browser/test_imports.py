"""A table is pasted, corrected in place and created, in a browser that follows it to the end."""

from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Person
from companies.services.imports import running
from tests.browser.test_every_page import faults
from tests.companies.conftest import agora as agora
from tests.companies.conftest import created, dispatched
from tests.companies.tables import as_pasted, company_row
from tests.sandbox_server import RunningSandbox

Sign = Callable[..., Person]
Axe = Callable[[Page], list[str]]


def paste(page: Page, rows: list[list[str]]) -> None:
    page.goto("/onboarding/imports/load/")
    page.get_by_label("Or paste rows").fill(as_pasted(rows))
    page.get_by_role("button", name="Check the rows").click()
    expect(page.locator("tr#row-2")).to_be_visible()


def send_some() -> None:
    """One round of the dispatcher."""
    running.advance(now=timezone.now())
    dispatched()


def test_pasted_rows_are_corrected_in_place_and_followed_until_they_are_created(
    page: Page, sign_in: Sign, axe: Axe, agora: RunningSandbox
) -> None:
    sign_in("operator")
    paste(page, [company_row(1), company_row(2, email="nobody"), company_row(3, country="Atlantis", last="")])
    found = [*axe(page), *faults(page)]
    head = page.locator("#import-head")
    expect(head).to_contain_text("1 row is ready to be created, 2 rows have problems")
    page.get_by_label("E-mail address, row 3").fill("ann@company2.example")
    page.get_by_label("E-mail address, row 3").press("Enter")
    expect(page.locator("tr#row-3")).to_contain_text("Ready")
    expect(head).to_contain_text("2 rows are ready to be created, 1 row has problems")
    expect(page.get_by_label("Last name, row 4")).to_be_focused()
    page.get_by_role("link", name="Create 2 companies…").click()
    found += axe(page)
    page.get_by_role("button", name="Create 2 companies").click()
    expect(head).to_contain_text("0 of 2 created")
    send_some()
    expect(head).to_contain_text("2 of 2 created")
    expect(page.locator("tr#row-2")).to_contain_text("Done")
    # What stands in a cell that is being corrected is left alone by the news.
    expect(page.get_by_label("Last name, row 4")).to_be_visible()
    send_some()
    expect(head).to_contain_text("Finished")
    assert (found, created(agora)) == ([], ["company", "company"])
