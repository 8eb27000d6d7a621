"""The page of a company in a browser: what happened by kind and back, a note that is written and removed, tags."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from companies.models import Company, Note
from tests.browser.season import store_season

PATH = "/companies/10001/"


@pytest.fixture
def company_page(page: Page, live_server: LiveServer, sign_in: Callable[..., Person]) -> Page:
    """The page of a company to which all kinds of things have happened."""
    store_season(sign_in("operator"))
    page.goto(PATH)
    page.wait_for_selector("canvas[aria-busy]", state="detached")
    return page


def test_the_timeline_is_narrowed_down_in_place_and_Back_undoes_it(company_page: Page) -> None:
    events, kinds = company_page.locator(".timeline > li"), company_page.get_by_role("navigation", name="Kinds")
    everything = events.count()
    company_page.evaluate("document.body.dataset.loaded = 'once'")
    kinds.get_by_role("link", name="Status").click()
    expect(events).to_have_count(1)
    expect(company_page.locator("body")).to_have_attribute("data-loaded", "once")
    assert company_page.url.endswith(f"{PATH}?kind=status")
    company_page.go_back()
    expect(events).to_have_count(everything)


def test_a_note_is_written_removed_and_taken_back_by_keyboard(company_page: Page) -> None:
    notes = company_page.locator(".notes > li")
    before = notes.count()
    company_page.get_by_label("Write a note").fill("Call them\non Monday.")
    company_page.keyboard.press("Tab")
    company_page.keyboard.press("Enter")
    expect(notes).to_have_count(before + 1)
    notes.first.get_by_role("button", name="Remove").press("Enter")
    expect(company_page.get_by_text("was removed")).to_be_visible()
    assert Note.objects.filter(company=Company.objects.get(company_id="10001"), removed_at=None).count() == before
    company_page.get_by_role("button", name="Undo").press("Enter")
    expect(notes).to_have_count(before + 1)
    expect(notes.first).to_contain_text("on Monday.")


def test_tags_and_owner_are_changed_from_the_page(company_page: Page) -> None:
    company_page.get_by_label("About this company").get_by_role("link", name="Tags and owner").click()
    company_page.get_by_label("Tags").fill("pilot, Education")
    company_page.get_by_role("button", name="Save").click()
    expect(company_page.locator(".tags .badge")).to_have_text(["Education", "pilot"])
