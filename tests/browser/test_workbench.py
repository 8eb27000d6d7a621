"""The list of companies in a browser: rows are ticked and counted, steps are undone, views are opened by link."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import Person
from companies.models import Company, SavedView
from tests.browser.season import store_season
from tests.usage.known import company

Sign = Callable[..., Person]
Axe = Callable[[Page], list[str]]


def open_list(page: Page, query: str = "") -> None:
    if not Company.objects.exists():
        for number in range(30):
            company(f"{10000 + number}", f"Company {number:02d}", status="1" if number % 2 else "0", country="DE")
    page.goto(f"/companies/{query}")


def tagged(name: str) -> int:
    return Company.objects.filter(tags__name=name).count()


def test_ticked_rows_are_counted_and_changed_and_come_back(page: Page, sign_in: Sign, axe: Axe) -> None:
    sign_in("operator")
    open_list(page)
    boxes = page.locator("input[data-select]")
    boxes.nth(1).check()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-ticked-count]")).to_have_text("(4)")
    page.get_by_placeholder("Tag", exact=True).fill("pilot")
    found = axe(page)
    page.get_by_role("button", name="Add tag").click()
    expect(page.get_by_text("Tagged 4 companies “pilot”.")).to_be_visible()
    found += axe(page)
    before = tagged("pilot")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: 4 companies are as before.")).to_be_visible()
    assert (found, before, tagged("pilot")) == ([], 4, 0)


def test_all_that_match_are_changed_after_somebody_typed(page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    open_list(page, "?status=0")
    page.get_by_role("searchbox").press_sequentially("company")
    expect(page).to_have_url(re.compile("q=company"))
    page.get_by_label("All 15 that match").check()
    expect(page.get_by_role("button", name="Add tag")).to_have_text("Add tag (15)")
    page.get_by_placeholder("Tag", exact=True).fill("even")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tagged 15 companies “even”.")).to_be_visible()
    assert (tagged("even"), parse_qs(urlsplit(page.url).query)) == (15, {"q": ["company"], "status": ["0"]})


@pytest.mark.parametrize("size", [{"width": 1366, "height": 768}, {"width": 375, "height": 667}])
def test_what_came_of_a_step_is_in_sight_of_the_row_it_was_taken_at(
    size: Any, page: Page, sign_in: Sign, axe: Axe
) -> None:
    sign_in("operator")
    page.set_viewport_size(size)
    open_list(page)
    page.locator("input[data-select]").last.scroll_into_view_if_needed()
    page.locator("input[data-select]").last.check()
    page.get_by_placeholder("Tag", exact=True).fill("pilot")
    page.get_by_role("button", name="Add tag").click()
    expect(page.get_by_text("Tagged 1 company “pilot”.")).to_be_in_viewport(ratio=1)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    found = axe(page)
    page.get_by_role("button", name="Undo").click(timeout=2000)
    expect(page.get_by_text("Undone: 1 company is as before.")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Close this message").click()
    expect(page.locator(".notice")).to_have_count(0)
    assert found == []
    assert page.evaluate("document.activeElement.id") == "content"


def test_what_is_wrong_with_a_tag_is_said_at_its_field(page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    open_list(page)
    page.locator("input[data-select]").last.check()
    page.get_by_role("button", name="Add tag").click()
    field = page.get_by_placeholder("Tag", exact=True)
    expect(field).to_have_accessible_description("Tag: This cannot stay empty.")
    expect(page.locator("#change-tag-error")).to_be_in_viewport(ratio=1)
    assert field.get_attribute("aria-invalid") == "true"


def test_a_page_is_ticked_by_one_button(page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    open_list(page)
    page.get_by_role("button", name="Tick this page").click()
    expect(page.locator("[data-ticked-count]")).to_have_text("(25)")
    page.get_by_role("button", name="Tick this page").click()
    expect(page.locator("[data-ticked-count]")).to_have_text("")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.tagName"))


def test_the_keys_that_put_rows_in_order_stay_where_they_are(page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    open_list(page)
    boxes = page.locator("input[data-select]")
    boxes.nth(2).check()
    page.locator("#sort-name").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#companies tbody td:first-child").first).to_have_text("Company 29")
    expect(page).to_have_url(re.compile("sort=-name"))
    page.keyboard.press("Enter")
    expect(page.locator("#companies tbody td:first-child").first).to_have_text("Company 00")
    assert focused(page) == "sort-name"
    page.get_by_role("searchbox").press_sequentially("company")
    expect(page).to_have_url(re.compile("sort=name&q=company"))


def test_ticks_stay_on_rows_that_are_shown_in_another_order(page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    open_list(page, "?q=Company+0")
    page.get_by_label("Select Company 03").check()
    page.locator("#sort-name").click()
    expect(page.locator("#companies tbody td:first-child").first).to_have_text("Company 09")
    expect(page.get_by_label("Select Company 03")).to_be_checked()
    expect(page.locator("[data-ticked-count]")).to_have_text("(1)")


def test_the_keys_that_change_ticked_rows_stay_on_the_step(page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    open_list(page)
    for number in (0, 1):
        page.locator("input[data-select]").nth(number).focus()
        page.keyboard.press("Space")
    page.locator("#change-tag").focus()
    page.keyboard.type("pilot")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tagged 2 companies “pilot”.")).to_be_visible()
    assert focused(page) == "change-tag"
    page.locator("#change-owner").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("looks after 2 companies more.")).to_be_visible()
    assert focused(page) == "set-owner"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: 2 companies are as before.")).to_be_visible()


@pytest.mark.parametrize("size", [{"width": 1366, "height": 768}, {"width": 375, "height": 667}])
def test_what_changes_ticked_rows_is_within_reach_of_each_row(size: Any, page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    page.set_viewport_size(size)
    open_list(page)
    page.locator("input[data-select]").first.check()
    expect(page.get_by_role("button", name="Add tag")).to_be_in_viewport(ratio=1)
    page.locator("input[data-select]").last.scroll_into_view_if_needed()
    page.locator("input[data-select]").last.check()
    expect(page.get_by_role("button", name="Set owner")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("size", [{"width": 1366, "height": 768}, {"width": 375, "height": 667}])
def test_the_keys_lead_to_no_row_behind_what_changes_it(size: Any, page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    page.set_viewport_size(size)
    page.emulate_media(reduced_motion="reduce")
    open_list(page)
    page.locator("input[data-select]").first.check()
    covered = []
    for _ in range(48):
        page.keyboard.press("Tab")
        row, bar = page.locator(":focus").bounding_box(), page.locator("#change-many").bounding_box()
        covered += [row] if row and bar and row["y"] + row["height"] > bar["y"] else []
    assert covered == []


def test_the_keys_lead_to_nothing_behind_the_bar_at_the_top(page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(reduced_motion="reduce")
    open_list(page)
    page.locator("input[data-select]").nth(8).focus()
    page.evaluate("scrollTo(0, document.querySelector('#companies thead').getBoundingClientRect().top + scrollY - 10)")
    covered = []
    while focused(page) != "sort-name":
        page.keyboard.press("Shift+Tab")
        place, bar = page.locator(":focus").bounding_box(), page.locator(".topbar").bounding_box()
        covered += [place] if place and bar and place["y"] < bar["y"] + bar["height"] else []
    assert covered == []


def test_a_table_that_scrolls_shows_that_the_keys_are_on_it(page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    open_list(page)
    page.locator("#sort-name").focus()
    page.keyboard.press("Shift+Tab")
    wrap = page.locator("#companies .table-wrap")
    expect(wrap).to_be_focused()
    ring = wrap.evaluate("wrap => [getComputedStyle(wrap).outlineStyle, getComputedStyle(wrap).outlineOffset]")
    assert ring == ["solid", "0px"]


def test_the_navigation_stays_beside_a_long_list(page: Page, sign_in: Sign) -> None:
    sign_in("viewer")
    page.emulate_media(reduced_motion="reduce")
    open_list(page)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert page.locator(".sidebar").evaluate("bar => bar.getBoundingClientRect().top") == 0


def test_every_usual_column_has_room_on_a_small_desk(page: Page, sign_in: Sign) -> None:
    store_season(sign_in("admin"))
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto("/companies/")
    hidden = page.locator("#companies .table-wrap").evaluate("wrap => wrap.scrollWidth - wrap.clientWidth")
    assert hidden == 0


def test_a_view_is_saved_by_one_account_and_opened_by_another(page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    open_list(page, "?status=1&sort=-name")
    page.locator("summary", has_text="Views").click()
    page.get_by_label("Save what is shown for the team").fill("In trouble")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_text("“In trouble” is a view of the whole team now.")).to_be_visible()
    sign_in("viewer")
    page.goto(f"/companies/?view={SavedView.objects.get().pk}")
    expect(page.locator("#companies tbody td:first-child").first).to_have_text("Company 29")
    expect(page.locator(".chip")).to_have_text(["Status Insufficient balance"])


def test_a_view_says_that_the_list_has_changed_since_and_takes_the_changes_in(
    page: Page, sign_in: Sign, axe: Axe
) -> None:
    sign_in("operator")
    open_list(page, "?status=1")
    page.locator("summary", has_text="Views").click()
    page.get_by_label("Save what is shown for the team").fill("In trouble")
    page.get_by_role("button", name="Save view").click()
    expect(page.locator(".view-open")).to_have_text(re.compile(r"View\s+In trouble\s*$"))
    expect(page).to_have_url(re.compile(rf"/companies/\?view={SavedView.objects.get().pk}$"))
    page.get_by_role("searchbox").press_sequentially("0")
    expect(page.locator(".view-open")).to_contain_text("changed since it was saved")
    expect(page.locator(".messages")).to_have_text(re.compile(r"^\s*$"))
    page.locator("summary", has_text="Views").click()
    found = axe(page)
    page.get_by_role("button", name="Save changes to “In trouble”").click()
    expect(page.locator(".view-open")).not_to_contain_text("changed since")
    saved = SavedView.objects.get().query
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("searchbox")).to_have_value("")
    assert (found, parse_qs(saved)["q"], "q" in parse_qs(SavedView.objects.get().query)) == ([], ["0"], False)


def test_what_can_be_undone_stays_within_reach_while_the_list_changes(page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    open_list(page)
    page.locator("input[data-select]").first.check()
    page.get_by_placeholder("Tag", exact=True).fill("pilot")
    page.get_by_role("button", name="Add tag").click()
    expect(page.get_by_text("Tagged 1 company “pilot”.")).to_be_visible()
    page.get_by_role("searchbox").press_sequentially("company 2")
    expect(page.locator("#companies tbody td:first-child").first).to_have_text("Company 20")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: 1 company is as before.")).to_be_visible()


def test_what_is_asked_while_an_answer_is_on_its_way_is_asked_after_it(page: Page, sign_in: Sign) -> None:
    sign_in("viewer")
    open_list(page)
    page.locator("summary", has_text="Status").click()

    def later(route: Route) -> None:
        page.wait_for_timeout(600)
        route.continue_()

    page.route("**/companies/?*", later)
    with page.expect_request("**/companies/?*status=1*"):
        page.get_by_label("Insufficient balance").check()
    page.get_by_role("searchbox").fill("company 1")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.locator("#companies tbody td:first-child").first).to_have_text("Company 11")


def test_the_way_back_after_three_filters_leads_through_each(page: Page, sign_in: Sign) -> None:
    sign_in("viewer")
    open_list(page)
    for menu, label in (("Status", "Normal"), ("Country", "Germany")):
        page.locator("summary", has_text=menu).click()
        page.get_by_label(label).check()
        expect(page.locator(".chip", has_text=label)).to_be_visible()
        page.locator("summary", has_text=menu).click()
    page.get_by_role("searchbox").press_sequentially("company 0")
    expect(page.locator(".chip")).to_have_count(3)
    page.go_back()
    expect(page.locator(".chip")).to_have_count(2)
    page.go_back()
    expect(page.locator(".chip")).to_have_count(1)


def test_it_works_without_a_script(page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    page.route("**/dist/portal.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    open_list(page, "?status=0")
    page.locator("input[name=which][value=all]").check()
    page.locator("#change-owner").select_option(index=1)
    page.get_by_role("button", name="Set owner").click()
    expect(page.get_by_text("looks after 15 companies more.")).to_be_visible()
