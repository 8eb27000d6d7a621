"""Who moved most, and which project and product caused it: from the overview in two clicks at most."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from polling.models import Target
from tests.browser.season import store_season
from tests.browser.test_every_page import DESK, PHONE, faults

SignIn = Callable[..., Person]
AxeRun = Callable[[Page], list[str]]


@pytest.fixture
def overview(page: Page, sign_in: SignIn) -> Page:
    """The overview after five weeks of which nothing is missing."""
    store_season(sign_in("viewer"))
    Target.objects.all().delete()
    page.goto("/")
    return page


def test_one_click_on_a_cause_shows_just_that_in_the_explorer(overview: Page) -> None:
    line = overview.get_by_role("region", name="Up").get_by_role("row").filter(has_text="Lighthouse Tutors")
    told = line.inner_text()
    line.get_by_role("link", name="Classroom 1").click()
    overview.wait_for_url("**/usage/?**")
    asked = parse_qs(urlsplit(overview.url).query)
    assert "Classroom 1 +70,560 (100.0 %) Video & Audio alone: +25,480" in told
    assert (asked["company"], asked["project"], asked["compare"]) == (["10001"], ["-u_1"], ["weekdays"])
    assert overview.locator("h1").inner_text() == "Usage"
    assert overview.get_by_text("Classroom 1 (Lighthouse Tutors)").count() > 0


def test_two_clicks_lead_to_all_movers_and_from_there_to_the_cause(overview: Page) -> None:
    overview.get_by_role("link", name="All movers").click()
    overview.wait_for_url("**/movers/")
    up = overview.get_by_role("region", name="Up")
    assert up.get_by_role("row").count() == 6
    up.get_by_role("link", name="Classroom 1").click()
    overview.wait_for_url("**/usage/?**project=-u_1**")


def test_the_state_of_the_page_is_its_address(overview: Page) -> None:
    overview.goto("/movers/")
    overview.get_by_role("link", name="Video & Audio").first.click()
    overview.get_by_label("Only changes from").fill("2000")
    overview.get_by_role("button", name="Apply").click()
    overview.wait_for_url("**floor=2000**")
    overview.get_by_role("link", name="Last month").first.click()
    overview.wait_for_url("**compare=month**")
    asked = parse_qs(urlsplit(overview.url).query)
    assert asked == {"product": ["video-audio"], "floor": ["2000"], "compare": ["month"]}
    for _ in range(3):
        overview.go_back()
    assert urlsplit(overview.url).query == ""


@pytest.mark.parametrize("address", ["/", "/movers/?floor=1", "/movers/?product=rtm&period=28d&floor=0"])
def test_movers_look_and_read_well_bright_and_dark_on_desk_and_phone(
    address: str, overview: Page, live_server: LiveServer, axe: AxeRun
) -> None:
    found = []
    for theme, size in (("light", DESK), ("dark", PHONE)):
        overview.context.add_cookies([{"name": settings.THEME_COOKIE_NAME, "value": theme, "url": live_server.url}])
        overview.set_viewport_size(size)
        overview.goto(address)
        overview.wait_for_selector("canvas[aria-busy]", state="detached")
        found += [*axe(overview), *faults(overview)]
    assert found == []


@pytest.mark.parametrize("address", ["/", "/movers/?floor=1&tag=education"])
def test_on_a_phone_change_and_cause_stand_below_each_company(address: str, overview: Page) -> None:
    overview.set_viewport_size(PHONE)
    overview.goto(address)
    table = overview.get_by_role("region", name="Up")
    row = table.get_by_role("row").filter(has_text="Lighthouse Tutors")
    name, change, cause = (
        row.locator(cell).bounding_box() for cell in ("th", "td[data-label='Change']", "td:has-text('Classroom 1')")
    )
    tops = [box["y"] if box else 0 for box in (name, change, cause)]
    assert tops == sorted(set(tops))
    assert table.locator("table").evaluate("table => table.parentElement.scrollWidth - table.offsetWidth") == 0


@pytest.mark.parametrize("width", [1024, 1280, 1366])
def test_both_tables_of_the_overview_have_room_beside_each_other(width: int, overview: Page) -> None:
    overview.set_viewport_size({"width": width, "height": 800})
    for cell in overview.locator(".side-by-side td.number:nth-child(2)").all():
        cell.evaluate("cell => cell.textContent = '+1,120,281'")
    for words in overview.locator(".side-by-side .mover-part .text-nowrap").all():
        words.evaluate("words => words.textContent = '+1,120,281 (100.0 %)'")
    hidden = overview.locator(".side-by-side .table-wrap").evaluate_all(
        "wraps => wraps.map(wrap => wrap.scrollWidth - wrap.clientWidth)"
    )
    assert hidden == [0, 0]
