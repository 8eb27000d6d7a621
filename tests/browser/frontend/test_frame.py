"""The frame of every page in a browser: navigation, menus, themes, small screens, forms, accessibility."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.frontend.conftest import Site

Opened = Callable[..., Page]

PARTS = """
{% extends "base.html" %}
{% block title %}Parts{% endblock %}
{% block title_badges %}{% include "parts/status_badge.html" with kind="company" status="1" only %}{% endblock %}
{% block actions %}{% include "parts/date_control.html" %}{% endblock %}
{% block content %}
{% for kind in kinds %}{% include "parts/empty.html" with kind=kind clear_url="/" only %}{% endfor %}
{% for state in operations %}{% include "parts/operation_state.html" with state=state only %}{% endfor %}
{% for state in figures %}{% include "parts/state_badge.html" with state=state only %}{% endfor %}
<div class="tiles">
{% include "parts/tile.html" with label="Minutes" value="1,204" unit="minutes" note="+5 %" tone="up" only %}
{% include "parts/tile.html" with label="Peak" value=None href="/usage/" only %}
</div>
{% include "parts/chart.html" with title="Minutes" url="/figures/" unit="minutes" csv_url="/x.csv" only %}
{% include "parts/table_wrap.html" with caption="Minutes" columns=columns rows=rows foot=foot only %}
{% endblock %}
"""
CONTEXT = {
    "kinds": ["nothing", "filtered", "waiting", "failed"],
    "operations": [
        "queued",
        "preparing",
        "review",
        "sending",
        "done",
        "refused",
        "retry-wait",
        "blocked",
        "uncertain",
        "cancelled",
    ],
    "figures": ["provisional", "settled", "corrected", "missing"],
    "columns": ["Day", "Audio", "Video"],
    "rows": [["21 Sep 2026", "12,000", "1"], ["20 Sep 2026", "no data", "3"]],
    "foot": ["Total", "12,000", "4"],
    "dates": {
        "label": "Last 7 days",
        "presets": [("Yesterday", "?period=yesterday", True)],
        "previous": "?a",
        "next": "?b",
    },
}
FORM = """
{% extends "base.html" %}
{% block content %}
{{ areas|json_script:"areas" }}
<form method="post" data-cross-check="areas" action="/held/">
<select name="country"><option value=""></option><option>CN</option><option>DE</option></select>
<select name="area"><option value=""></option><option>CN</option><option>Non-CN</option></select>
<p data-cross-check-hint hidden>These rarely go together.</p>
<button type="submit">Create company</button>
</form>
{% endblock %}
"""


@pytest.fixture
def parts(site: Site, open_page: Opened) -> Opened:
    """Open a page that holds every part once."""

    def show(**options: object) -> Page:
        answer = {"labels": ["2026-09-01", "2026-09-02"], "datasets": [{"label": "a", "data": [1, 2]}] * 2}
        site.add_figures("/figures/", answer)
        return open_page(site.add_page("/usage/", PARTS, **CONTEXT), **options)

    return show


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_every_part_is_accessible_and_fits(
    parts: Opened, axe: Callable[[Page], list[str]], theme: str, width: int
) -> None:
    page = parts(width=width, color_scheme=theme)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_navigation_slides_in_on_a_small_screen_and_leaves_by_escape(parts: Opened) -> None:
    page = parts(width=375)
    link = page.get_by_role("link", name="Companies")
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Navigation").click()
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()


def test_navigation_works_without_javascript_on_a_small_screen(parts: Opened) -> None:
    page = parts(width=375, java_script_enabled=False)
    page.get_by_role("button", name="Navigation").click()
    expect(page.get_by_role("link", name="Companies")).to_be_visible()


def test_folded_navigation_is_remembered(parts: Opened) -> None:
    page = parts()
    page.get_by_role("button", name="Narrow navigation").click()
    assert page.locator("html").get_attribute("data-nav") == "narrow"
    assert [(cookie["name"], cookie["value"]) for cookie in page.context.cookies()] == [("nav", "narrow")]


def test_the_navigation_marks_where_one_is(parts: Opened) -> None:
    assert parts().locator("[aria-current=page]").inner_text().strip() == "Usage"


def test_a_menu_closes_by_escape_and_gives_the_focus_back(parts: Opened) -> None:
    page = parts()
    page.locator(".dates summary").click()
    page.get_by_role("link", name="Yesterday").focus()
    page.keyboard.press("Escape")
    assert page.locator("details[open]").count() == 0
    assert page.evaluate("document.activeElement.parentElement.parentElement.className") == "dates"


def test_a_menu_closes_when_another_place_is_pressed(parts: Opened) -> None:
    page = parts()
    page.locator(".dates summary").click()
    page.locator("h1").click()
    assert page.locator("details[open]").count() == 0


def test_the_first_tab_leads_past_the_navigation(parts: Opened) -> None:
    page = parts()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize(
    ("country", "area", "warned"),
    [("DE", "CN", True), ("DE", "Non-CN", False), ("CN", "Non-CN", True), ("CN", "CN", False)],
)
def test_country_and_area_are_compared_while_they_are_chosen(
    site: Site, open_page: Opened, country: str, area: str, warned: bool
) -> None:
    page = open_page(site.add_page("/form/", FORM, areas={"CN": ["CN"], "*": ["Non-CN"]}))
    page.select_option("[name=country]", country)
    page.select_option("[name=area]", area)
    assert page.get_by_text("These rarely go together.").is_visible() is warned


def test_a_form_can_be_pressed_once(site: Site, open_page: Opened) -> None:
    page = open_page(site.add_page("/form/", FORM, areas={}))
    page.evaluate("addEventListener('submit', () => setTimeout(() => (document.body.dataset.sent = 'yes')))")
    page.route("**/held/", lambda route: route.fulfill(status=204))
    page.get_by_role("button", name="Create company").click()
    expect(page.get_by_role("button", name="Create company")).to_be_disabled()
