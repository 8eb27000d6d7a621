"""Charts in a browser: what is drawn, what is said when nothing can be, and what a hand can do with them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Complaints
from tests.browser.frontend.conftest import Site

DAYS = [f"2026-09-{day:02}" for day in range(1, 22)]
SETTLED = ["settled"] * len(DAYS)
LATEST_OPEN = [*SETTLED[:-2], "provisional", "provisional"]
PAGE = """
{% extends "base.html" %}
{% block title %}Charts{% endblock %}
{% block content %}
{% include "parts/chart.html" with title="Minutes" url=url type=type unit="minutes" stacked=stacked csv_url="/x" only %}
{% endblock %}
"""
INK = """canvas => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.some((value, index) => index % 4 === 3 && value > 0);
}"""
INKED = """canvas => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.filter((value, index) => index % 4 === 3 && value > 0).length;
}"""
PICTURE = "canvas => canvas.toDataURL()"
MOST = """canvas => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const seen = {};
    for (let at = 0; at < pixels.length; at += 4) {
        const colour = pixels.slice(at, at + 3).join();
        if (pixels[at + 3] === 255) seen[colour] = (seen[colour] ?? 0) + 1;
    }
    return Object.entries(seen).sort((one, two) => two[1] - one[1])[0][0];
}"""

Opened = Callable[..., Page]


def figures(count: int = 1, **options: object) -> dict[str, object]:
    """An answer with `count` series over DAYS."""
    series = [
        {"label": f"Series {number}", "data": [number * 100 + day for day in range(len(DAYS))], "states": SETTLED}
        | options
        for number in range(count)
    ]
    return {"labels": DAYS, "datasets": series}


@pytest.fixture
def chart(site: Site, open_page: Opened) -> Opened:
    """Open a page with one chart that answers `answer`."""

    def show(answer: object, status: int = 200, kind: str = "line", stacked: bool = False, **options: object) -> Page:
        site.add_figures("/figures/", answer, status)
        address = site.add_page("/charts/", PAGE, url="/figures/", type=kind, stacked=stacked)
        return open_page(address, **options)

    return show


@pytest.mark.parametrize("kind", ["line", "bar"])
@pytest.mark.parametrize("stacked", [False, True])
def test_lines_and_bars_are_drawn(chart: Opened, kind: str, stacked: bool) -> None:
    page = chart(figures(3, states=LATEST_OPEN), kind=kind, stacked=stacked)
    assert page.locator("canvas").evaluate(INK) is True


def test_labels_that_are_no_days_are_drawn_too(chart: Opened) -> None:
    page = chart({"labels": ["Anna", "Bo"], "datasets": [{"label": "Minutes", "data": [1, 2]}]}, kind="bar")
    assert page.locator("canvas").evaluate(INK) is True


@pytest.mark.parametrize("kind", ["line", "bar"])
def test_provisional_days_are_drawn_differently_and_explained(chart: Opened, kind: str) -> None:
    settled = chart(figures(), kind=kind)
    expect(settled.locator("[data-chart-note-provisional]")).to_be_hidden()
    drawn = settled.locator("canvas").evaluate(PICTURE)
    latest_open = chart(figures(states=LATEST_OPEN), kind=kind)
    expect(latest_open.locator("[data-chart-note-provisional]")).to_be_visible()
    assert latest_open.locator("canvas").evaluate(PICTURE) != drawn


def test_a_gap_is_not_a_zero(chart: Opened) -> None:
    zero = chart(figures(data=[5] * 10 + [0] + [5] * 10))
    expect(zero.locator("[data-chart-note-missing]")).to_be_hidden()
    drawn = zero.locator("canvas").evaluate(PICTURE)
    gap = chart(figures(data=[5] * 10 + [None] + [5] * 10))
    expect(gap.locator("[data-chart-note-missing]")).to_be_visible()
    assert gap.locator("canvas").evaluate(PICTURE) != drawn


def test_one_value_between_two_gaps_is_seen(chart: Opened) -> None:
    page = chart(figures(data=[None] * 10 + [7] + [None] * 10))
    alone = page.locator("canvas").evaluate(MOST)
    page = chart(figures(data=[None] * 10 + [7] * 11))
    assert alone == page.locator("canvas").evaluate(MOST)


TWIN = """
{% extends "base.html" %}
{% block content %}
{% include "parts/chart.html" with title="Minutes" url="/figures/" type="bar" table="twin" into="Press it." only %}
<div id="twin"><a href="/pressed/?since=2026-09-01&until=2026-09-01" data-period="2026-09-01">1 September</a>
<a href="/pressed/?group=project&until=2026-09-21" data-inside="audio">Audio</a></div>
{% endblock %}
"""


@pytest.mark.parametrize("touch", [False, True])
def test_a_press_follows_both_links_of_the_table_and_a_first_tap_shows_figures(
    touch: bool, site: Site, open_page: Opened
) -> None:
    site.add_figures("/figures/", {"labels": ["2026-09-01"], "datasets": [{"label": "x", "key": "audio", "data": [9]}]})
    site.add_page("/pressed/", "{% extends 'base.html' %}")
    page = open_page(site.add_page("/charts/", TWIN), has_touch=touch, is_mobile=touch)
    box = page.locator("canvas").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2 + 20, box["y"] + box["height"] / 2
    if touch:
        page.touchscreen.tap(*middle)
        expect(page.locator(".chart-tip")).to_be_visible()
        assert page.url.endswith("/charts/")
        page.wait_for_timeout(400)
        page.touchscreen.tap(*middle)
    else:
        page.mouse.click(*middle)
    page.wait_for_url("**/pressed/?**")
    assert page.url.partition("?")[2] == "group=project&until=2026-09-01&since=2026-09-01"


def test_what_a_single_day_is_compared_with_is_seen(chart: Opened) -> None:
    now = {"label": "Now", "data": [10], "changes": [2]}
    alone = chart({"labels": ["2026-09-01"], "datasets": [now]}, kind="bar").locator("canvas").evaluate(INKED)
    ghost = {"label": "Before", "data": [8], "ghost": True}
    both = chart({"labels": ["2026-09-01"], "datasets": [now, ghost]}, kind="bar").locator("canvas").evaluate(INKED)
    assert both - alone > 300


def test_nothing_known_is_said_in_words(chart: Opened) -> None:
    page = chart(figures(data=[None] * len(DAYS)))
    expect(page.locator("[data-chart-empty]")).to_be_visible()
    expect(page.locator("canvas")).to_be_hidden()


def test_a_failed_request_says_so_and_can_be_tried_again(chart: Opened, site: Site, complaints: Complaints) -> None:
    page = chart({}, status=503)
    complaints.expect("503")
    expect(page.locator("[data-chart-failed]")).to_be_visible()
    site.add_figures("/figures/", figures())
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-chart-failed]")).to_be_hidden()
    expect(page.locator("canvas")).to_be_visible()


def test_an_answer_that_is_no_chart_counts_as_failed(chart: Opened) -> None:
    expect(chart({"detail": "sign in"}).locator("[data-chart-failed]")).to_be_visible()


def pressed(page: Page) -> list[str | None]:
    """Which series the legend says are shown."""
    return [key.get_attribute("aria-pressed") for key in page.locator(".chart-key").all()]


def test_a_press_on_the_legend_shows_only_that_series_and_a_second_one_all(chart: Opened) -> None:
    page = chart(figures(3))
    page.get_by_role("button", name="Series 1").click()
    assert pressed(page) == ["false", "true", "false"]
    page.get_by_role("button", name="Series 1").click()
    assert pressed(page) == ["true", "true", "true"]


def test_ctrl_and_a_press_on_the_legend_hides_that_series_only(chart: Opened) -> None:
    page = chart(figures(3))
    page.get_by_role("button", name="Series 1").click(modifiers=["Control"])
    assert pressed(page) == ["true", "false", "true"]


def test_the_legend_is_reached_by_keyboard(chart: Opened) -> None:
    page = chart(figures(3))
    page.get_by_role("button", name="Series 2").focus()
    page.keyboard.press("Enter")
    assert pressed(page) == ["false", "false", "true"]


def test_one_series_needs_no_legend(chart: Opened) -> None:
    expect(chart(figures()).locator("[data-chart-legend]")).to_be_hidden()


def test_a_chart_follows_the_theme_of_the_device(chart: Opened) -> None:
    page = chart(figures(), kind="bar", color_scheme="light")
    light = page.locator("canvas").evaluate(PICTURE)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(100)
    assert page.locator("canvas").evaluate(PICTURE) != light


def test_a_chart_is_saved_as_a_picture_named_after_it(chart: Opened) -> None:
    page = chart(figures())
    page.get_by_label("Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Picture (PNG)").click()
    assert download.value.suggested_filename == "minutes.png"


def test_what_could_not_be_drawn_cannot_be_saved(chart: Opened, complaints: Complaints) -> None:
    page = chart({}, status=503)
    complaints.expect("503")
    page.get_by_label("Export").click()
    expect(page.get_by_role("link", name="CSV")).to_be_visible()
    expect(page.locator("[data-chart-png]")).to_be_hidden()


def test_the_tooltip_and_a_year_of_ten_series_leave_the_console_empty(chart: Opened) -> None:
    year = [f"{2025 + (month > 2)}-{(month + 9) % 12 + 1:02}-{day:02}" for month in range(12) for day in range(1, 29)]
    answer = {"labels": year, "datasets": [{"label": str(n), "data": [n] * len(year)} for n in range(10)]}
    page = chart(answer)
    page.locator("canvas").hover()
    assert page.locator("canvas").evaluate(INK) is True
