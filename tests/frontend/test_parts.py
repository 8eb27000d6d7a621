"""The shared parts of the templates: what they say for each value, and that they stand without any context."""

import re
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import Context, engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.html import strip_tags

CONTROLS = re.compile(r"<(?:svg|caption).*?</(?:svg|caption)>", re.DOTALL)


def words(html: str) -> str:
    """What a person reads of it, on one line."""
    return " ".join(strip_tags(CONTROLS.sub("", html)).split())


def part(name: str, **context: object) -> str:
    """The words of one part."""
    return words(render_to_string(f"parts/{name}.html", context))


def addresses(html: str) -> list[str]:
    """Where its links lead."""
    return re.findall(r'href="([^"]*)"', html)


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_an_error_page_needs_no_context(name: str) -> None:
    html = render_to_string(f"{name}.html")
    assert html.count("<h1>") == 1
    assert "<script" not in html


def test_the_base_page_needs_no_context() -> None:
    assert "Reseller Portal" in words(render_to_string("base.html"))


def test_a_title_is_written_once_and_shown_in_the_page_and_in_the_tab() -> None:
    source = '{% extends "base.html" %}{% block title %}{{ name }}{% endblock %}'
    html = engines["django"].from_string(source).render({"name": "<b>Anna & Bo</b>"})
    assert re.findall(r"<title>(.*?)</title>", html) == ["&lt;b&gt;Anna &amp; Bo&lt;/b&gt; · Reseller Portal"]
    assert re.findall(r'<h1 class="page-title">(.*?)</h1>', html, re.DOTALL) == ["&lt;b&gt;Anna &amp; Bo&lt;/b&gt;"]


@pytest.mark.parametrize(
    ("access", "shown"),
    [
        (
            {"create": True, "see_amounts": True},
            ["/", "/", "/companies/", "/usage/", "/movers/", "/bills/", "/onboarding/", "/polling/", "/settings/"],
        ),
        (
            {"create": True, "see_amounts": False},
            ["/", "/", "/companies/", "/usage/", "/movers/", "/onboarding/", "/polling/", "/settings/"],
        ),
        (
            {"create": False, "see_amounts": False},
            ["/", "/", "/companies/", "/usage/", "/movers/", "/polling/", "/settings/"],
        ),
    ],
)
def test_the_navigation_shows_only_what_a_person_may_open(access: dict[str, bool], shown: list[str]) -> None:
    assert addresses(render_to_string("parts/sidebar.html", {"access": access})) == shown


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", [("/", "page")]),
        ("/companies/", [("/companies/", "page")]),
        ("/companies/7/projects/u_1/", [("/companies/", "true")]),
        ("/elsewhere/", []),
    ],
)
def test_the_navigation_marks_where_one_is(path: str, current: list[tuple[str, str]]) -> None:
    html = render_to_string("parts/sidebar.html", {"request": RequestFactory().get(path)})
    assert re.findall(r'href="([^"]*)"\s+title="[^"]*"\s+aria-current="([^"]*)"', html) == current


@pytest.mark.parametrize(
    ("connection", "said"),
    [
        ({"is_demo": True, "host": "127.0.0.1:9000"}, "Demo data from the built-in sandbox"),
        ({"is_demo": False, "host": "api.agora.io"}, "Connected to api.agora.io"),
    ],
)
def test_the_banner_says_which_server_it_is(connection: dict[str, object], said: str) -> None:
    assert part("connection", connection=connection) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [("1,204", "Minutes 1,204 min"), ("0", "Minutes 0 min"), (None, "Minutes No data"), ("", "Minutes No data")],
)
def test_a_tile_never_shows_a_zero_for_what_is_not_known(value: str | None, said: str) -> None:
    assert part("tile", label="Minutes", value=value, unit="min") == said


def test_a_tile_keeps_currencies_apart() -> None:
    lines = [{"value": "10.50", "unit": "USD", "note": "+5 %"}, {"value": None, "unit": "CNY"}]
    assert part("tile", label="Spend", lines=lines) == "Spend 10.50 USD +5 % No data"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("provisional", "provisional"),
        ("settled", "settled"),
        ("corrected", "corrected"),
        ("missing", "no data"),
        ("odd", "odd"),
    ],
)
def test_a_figure_says_how_final_it_is(state: str, said: str) -> None:
    assert part("state_badge", state=state) == said


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("company", "0", "Normal"),
        ("company", "1", "Insufficient balance"),
        ("company", "2", "Automatically suspended"),
        ("company", "3", "Manually suspended"),
        ("company", "9", "Unknown (9)"),
        ("company", "", "No data"),
        ("project", "-1", "Deleted"),
        ("project", "0", "Disabled"),
        ("project", "1", "Enabled"),
        ("project", "7", "Unknown (7)"),
        ("uap", "0", "Disabled"),
        ("uap", "1", "Enabled"),
    ],
)
def test_a_status_is_in_words_and_an_unknown_one_never_counts_as_normal(kind: str, status: str, said: str) -> None:
    assert part("status_badge", kind=kind, status=status) == said


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ({"kind": "nothing", "words": "Create one."}, "Nothing here yet Create one."),
        (
            {"kind": "filtered", "clear_url": "/companies/"},
            "Nothing matches these filters There is more; it is only filtered away. Clear filters",
        ),
        ({"kind": "waiting", "title": "Not asked yet", "words": "Soon."}, "Not asked yet Soon."),
        (
            {"kind": "failed", "words": "Agora is busy.", "request_id": "1f0e", "retry_url": "/usage/"},
            "This could not be fetched Agora is busy. Request ID 1f0e Try again",
        ),
    ],
)
def test_an_empty_place_says_which_of_four_it_is(context: dict[str, Any], said: str) -> None:
    assert part("empty", **context) == said


def test_the_pages_of_a_list_keep_its_filters() -> None:
    context = Context({"page": Paginator(list(range(95)), 20).page(3)})
    context.request = RequestFactory().get("/", {"q": "a", "page": 3})
    html = engines["django"].engine.get_template("parts/pagination.html").render(context)
    assert words(html) == "41–60 of 95 3 of 5"
    assert addresses(html) == ["?q=a&amp;page=2", "?q=a&amp;page=4"]


def test_the_dates_keep_the_other_parameters_and_drop_the_page() -> None:
    request = RequestFactory().get("/usage/", {"tab": "rtm", "period": "last-7-days", "page": 2})
    dates = {"label": "Last 7 days", "presets": [("Yesterday", "?period=yesterday", False)]}
    html = render_to_string("parts/date_control.html", {"dates": dates, "request": request})
    assert re.findall(r'type="hidden"\s+name="([^"]*)"\s+value="([^"]*)"', html) == [("tab", "rtm")]


def test_freshness_has_a_tone_beside_its_words() -> None:
    html = render_to_string(
        "parts/freshness.html", {"parts": [{"text": "2 gaps", "tone": "red"}, {"text": "Bills to 19 Sep"}]}
    )
    assert re.findall(r'class="tone ([^"]*)"', html) == ["tone-red"]
    assert words(html) == "2 gaps Bills to 19 Sep"


def test_what_a_person_typed_is_never_markup() -> None:
    html = render_to_string("parts/chart.html", {"title": '"><script>', "url": "/figures/?q=%22", "unit": "<b>"})
    assert "<script>" not in html
    assert "<b>" not in html
