"""The explorer in a browser: split, look into a series by a click, choose in the legend, go back."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Person
from tests.browser.season import store_season

Sign = Callable[..., Person]


@pytest.fixture
def explorer(page: Page, sign_in: Sign) -> Page:
    """The usage page."""
    store_season(sign_in("admin"))
    page.goto("/usage/")
    ready(page)
    return page


def ready(page: Page) -> None:
    """The chart of the page is drawn."""
    page.wait_for_selector("canvas[data-chart-started]:not([aria-busy])")


def asked(page: Page) -> dict[str, str]:
    return {name: found[0] for name, found in parse_qs(urlsplit(page.url).query).items()}


def split(page: Page, by: str) -> None:
    page.locator("summary", has_text="Split by").click()
    page.get_by_role("link", name=by, exact=True).click()
    page.wait_for_url(f"**group={by.lower()}*")
    ready(page)


def test_a_click_on_a_series_looks_into_it_and_back_three_times_returns(explorer: Page) -> None:
    split(explorer, "Company")
    box = explorer.locator("canvas").bounding_box()
    assert box is not None
    explorer.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] - 60)
    explorer.wait_for_url("**company=*")
    ready(explorer)
    assert asked(explorer)["group"] == "project"
    explorer.go_back()
    ready(explorer)
    explorer.get_by_role("link", name="Lighthouse Tutors", exact=True).click()
    explorer.wait_for_url("**company=10001*")
    ready(explorer)
    explorer.locator("thead a.figures-inside").first.click()
    explorer.wait_for_url("**project=*")
    ready(explorer)
    assert asked(explorer)["group"] == "metric"
    for _ in range(3):
        explorer.go_back()
    ready(explorer)
    assert asked(explorer) == {}


def test_a_key_of_the_legend_shows_only_its_series_and_another_all_again(explorer: Page) -> None:
    split(explorer, "Company")
    legend = explorer.locator("[data-chart-legend]")
    pressed = legend.locator('button[aria-pressed="true"]')
    everybody = pressed.count()
    legend.locator("button").nth(1).click()
    expect(pressed).to_have_count(1)
    legend.locator("button").nth(2).click(modifiers=["Control"])
    expect(pressed).to_have_count(2)
    explorer.get_by_role("button", name="Show all").click()
    expect(pressed).to_have_count(everybody)


def test_what_a_metric_is_can_be_read_by_keyboard(explorer: Page) -> None:
    explorer.get_by_role("button", name="What is HD video?").focus()
    explorer.keyboard.press("Enter")
    expect(explorer.get_by_text("HD is video above 640×360 and up to 1280×720.").first).to_be_visible()
    explorer.keyboard.press("Escape")
    expect(explorer.locator(".help-card:popover-open")).to_have_count(0)


def test_filters_are_chips_that_can_be_taken_away(explorer: Page) -> None:
    explorer.get_by_label("Area").select_option("CN")
    explorer.get_by_role("button", name="Apply").click()
    chip = explorer.locator(".chip", has_text="China")
    expect(chip).to_have_count(1)
    chip.click()
    expect(chip).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "query",
    ["?group=company&compare=previous&provisional=1", "?company=10001&group=project&draw=lines&compare=weekdays"],
)
def test_S11_it_reads_well_on_desk_and_phone(
    query: str, theme: str, explorer: Page, axe: Callable[[Page], list[str]]
) -> None:
    explorer.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    for width in (1280, 375):
        explorer.set_viewport_size({"width": width, "height": 900})
        explorer.goto(f"/usage/{query}")
        ready(explorer)
        assert axe(explorer) == []
        assert explorer.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_after_back_no_filter_shows_that_is_not_applied(explorer: Page) -> None:
    explorer.get_by_label("Area").select_option("CN")
    explorer.get_by_label("Include provisional days").check()
    explorer.get_by_role("button", name="Apply").click()
    explorer.wait_for_url("**area=CN*")
    ready(explorer)
    explorer.go_back()
    ready(explorer)
    assert asked(explorer) == {}
    expect(explorer.get_by_label("Area")).to_have_value("")
    expect(explorer.get_by_label("Include provisional days")).not_to_be_checked()


def test_a_comparison_of_cut_weeks_reads_well(explorer: Page, axe: Callable[[Page], list[str]]) -> None:
    for width in (1280, 375):
        explorer.set_viewport_size({"width": width, "height": 900})
        explorer.goto("/usage/?period=30d&interval=weekly&compare=previous")
        ready(explorer)
        expect(explorer.get_by_text("part of a week", exact=True).first).to_be_visible()
        assert axe(explorer) == []
