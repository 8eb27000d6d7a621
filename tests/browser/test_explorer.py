"""The explorer in a browser: split, look into a series by a click, choose in the legend, go back."""

import datetime as dt
import re
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


def press_chart(page: Page, *, above: bool = False, named: str = "") -> str:
    """Press the lowest part of the last bar that there is, or above all bars; the first of its days."""
    canvas = page.locator(f"canvas[aria-label*='{named}']" if named else "canvas").first
    expect(canvas).to_have_attribute("data-chart-started", "yes")
    expect(canvas).not_to_have_attribute("aria-busy", "true")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    for left in range(int(box["width"]) - 10, 0, -10):
        page.mouse.move(box["x"] + left, box["y"] + (16 if above else box["height"] - 60))
        known = "no data" not in " ".join(page.locator(".chart-tip").all_inner_texts())
        if known and "chart-clickable" in (canvas.get_attribute("class") or ""):
            break
    said = re.search(r"\d+ \w{3} \d{4}", page.locator(".chart-tip:visible p").first.inner_text())
    assert said is not None
    page.mouse.down()
    page.mouse.up()
    return f"{dt.datetime.strptime(said[0], '%d %b %Y').date()}"  # noqa: DTZ007


def test_a_press_on_a_bar_keeps_its_day_and_back_returns(explorer: Page) -> None:
    split(explorer, "Company")
    pressed = press_chart(explorer)
    explorer.wait_for_url("**company=*")
    ready(explorer)
    found = asked(explorer)
    assert (found["since"], found["until"], found["group"]) == (pressed, pressed, "project")
    expect(explorer.locator(".dates")).to_contain_text(f"{int(pressed[8:])} ")
    expect(explorer.locator("a[data-period]")).to_have_count(0)
    explorer.go_back()
    ready(explorer)
    assert asked(explorer) == {"group": "company"}


@pytest.mark.parametrize("above", [False, True])
def test_a_press_on_a_chart_of_metrics_shows_its_day_by_company(above: bool, explorer: Page) -> None:
    expect(explorer.get_by_text("A press on the chart shows that day by company;")).to_be_visible()
    pressed = press_chart(explorer, above=above)
    explorer.wait_for_url("**group=company*")
    assert asked(explorer) == {"group": "company", "since": pressed, "until": pressed}


def test_a_press_above_a_bar_shows_its_day_and_no_company_alone(explorer: Page) -> None:
    split(explorer, "Company")
    pressed = press_chart(explorer, above=True)
    explorer.wait_for_url("**since=*")
    assert asked(explorer) == {"group": "company", "since": pressed, "until": pressed}


def test_a_press_on_a_week_shows_its_days(explorer: Page) -> None:
    explorer.goto("/usage/?interval=weekly&group=company")
    ready(explorer)
    links = {
        link.get_attribute("data-period"): link.get_attribute("href") or ""
        for link in explorer.locator("a[data-period]").all()
    }
    week = parse_qs(urlsplit(links[press_chart(explorer)]).query)
    explorer.wait_for_url("**company=*")
    found = asked(explorer)
    assert ([found["since"]], [found["until"]], "interval" in found) == (week["since"], week["until"], False)


def test_the_tooltip_compares_each_series_and_the_sum(explorer: Page) -> None:
    explorer.goto("/usage/?group=company&period=7d&compare=previous")
    ready(explorer)
    explorer.locator("canvas").hover()
    tip = explorer.locator(".chart-tip")
    heads = tip.locator("thead td")
    expect(heads).to_have_text(["", "", "before", "change"])
    lines = tip.locator("tbody tr, tfoot tr")
    texts = [[cell.inner_text() for cell in line.locator("th, td").all()] for line in lines.all()]
    assert len(texts) == 6
    assert [texts[-1][0], all("%" in text[3] for text in texts)] == ["In all", True]
    numbers = [[int(cell.replace(",", "")) for cell in text[1:3]] for text in texts]
    assert numbers[-1] == [sum(column) for column in zip(*numbers[:-1], strict=True)]
    explorer.locator(".chart-key").first.click(modifiers=["Control"])
    explorer.locator("canvas").hover()
    expect(tip.locator("tfoot th")).to_have_text("Shown together")
    shown = [int(text.replace(",", "")) for text in tip.locator("tbody td:nth-child(2)").all_inner_texts()]
    expect(tip.locator("tfoot td").first).to_have_text(f"{sum(shown):,}")


def test_a_cut_week_says_so_in_the_chart(explorer: Page) -> None:
    since = explorer.evaluate("new Date(Date.now() - 9 * 864e5 - new Date().getUTCDay() * 864e5).toISOString()")[:10]
    until = explorer.evaluate("new Date(Date.now() - 2 * 864e5).toISOString()")[:10]
    explorer.goto(f"/usage/?interval=weekly&since={since}&until={until}")
    ready(explorer)
    box = explorer.locator("canvas").bounding_box()
    assert box is not None
    explorer.mouse.move(box["x"] + 110, box["y"] + box["height"] - 70)
    expect(explorer.locator(".chart-tip p")).to_contain_text("of 7 days")
    expect(explorer.get_by_text("Pale: only a part of the week is asked for.")).to_be_visible()


@pytest.mark.parametrize("path", ["/companies/10001/", "/companies/10001/projects/-u_1/"])
def test_a_press_on_the_chart_of_a_company_or_project_opens_the_explorer_for_its_day(path: str, explorer: Page) -> None:
    explorer.goto(path)
    explorer.wait_for_selector("canvas[aria-busy]", state="detached")
    explorer.locator("canvas").first.scroll_into_view_if_needed()
    pressed = press_chart(explorer)
    explorer.wait_for_url("**/usage/?**")
    ready(explorer)
    found = asked(explorer)
    assert (found["company"], found["since"], found["until"]) == ("10001", pressed, pressed)
    assert (found["product"], found.get("project")) == ("video-audio", "-u_1" if "projects" in path else None)


@pytest.mark.parametrize("path", ["/bills/", "/", "/companies/10001/"])
def test_a_press_on_a_chart_of_bills_shows_that_day(path: str, explorer: Page) -> None:
    explorer.goto(path)
    pressed = press_chart(explorer, named="USD")
    explorer.wait_for_url("**since=*")
    company = {"company": "10001"} if "10001" in path else {}
    assert urlsplit(explorer.url).path == "/bills/"
    assert asked(explorer) == {"since": pressed, "until": pressed, **company}


def test_a_click_on_a_series_looks_into_it_and_back_three_times_returns(explorer: Page) -> None:
    split(explorer, "Company")
    press_chart(explorer)
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
        expect(explorer.get_by_text("of 7 days").first).to_be_visible()
        assert axe(explorer) == []


@pytest.mark.parametrize("path", ["/usage/?group=company&compare=previous&area=CN", "/usage/products/?company=10001"])
def test_on_a_phone_filters_are_folded_and_say_what_is_chosen(path: str, explorer: Page) -> None:
    explorer.set_viewport_size({"width": 375, "height": 812})
    explorer.goto(path)
    title = explorer.locator(".card-title").first.bounding_box()
    assert title is not None
    assert title["y"] < 500
    summary = explorer.locator(".choices > summary")
    expect(summary).to_contain_text("China" if "area" in path else "Lighthouse Tutors")
    expect(explorer.get_by_role("button", name="Apply")).to_be_hidden()
    summary.press("Enter")
    expect(explorer.get_by_role("button", name="Apply")).to_be_visible()


def test_on_a_desk_filters_are_always_there(explorer: Page) -> None:
    expect(explorer.get_by_role("button", name="Apply")).to_be_visible()
    expect(explorer.locator(".choices > summary")).to_be_hidden()
