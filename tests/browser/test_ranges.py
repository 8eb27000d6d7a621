"""Ranges over the calendar in a browser: chosen by dragging, keys, clicks or taps, they open the order page."""

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import Person
from polling.periods import DAY
from tests.usage.known import company

TODAY = dt.datetime.now(dt.UTC).date()
FIRST = (TODAY.replace(day=1) - DAY).replace(day=1)
LAST = TODAY.replace(day=1) - DAY
BILLS, MINUTES, BY_MONTH = 0, 1, 7


@pytest.fixture
def calendar(page: Page, sign_in: Callable[..., Person], settings: object) -> Page:
    """Last month's calendar, of a portal that has wanted days for two years and knows one company."""
    settings.POLL_SINCE = TODAY - 700 * DAY  # type: ignore[attr-defined]
    sign_in("operator")
    company("10001", "Acme", status="0")
    page.goto(f"/polling/?month={FIRST:%Y-%m}")
    return page


def cell(page: Page, row: int, day: int) -> Locator:
    """A cell, by its row from 0 and its day from 1."""
    return page.locator("table[data-range] tbody tr").nth(row).locator("td").nth(day - 1)


def drag(page: Page, start: Locator, end: Locator) -> None:
    """Press the button on one cell and go to another, without letting go."""
    start.hover()
    page.mouse.down()
    end.hover()


def chosen(page: Page) -> int:
    return page.locator("table[data-range] .chosen").count()


def asked(page: Page) -> str:
    """What the address of the order page asks for."""
    page.wait_for_url("**/polling/orders/give/?**")
    return page.url.partition("?")[2]


def test_days_of_one_stream_are_dragged_over_and_their_cost_is_said(calendar: Page) -> None:
    drag(calendar, cell(calendar, BILLS, 3), cell(calendar, BILLS, 5))
    assert chosen(calendar) == 3
    expect(calendar.get_by_role("status").filter(has_text="Chosen")).to_have_text(
        f"Chosen: Daily bills, {FIRST + 2 * DAY:%-d %b} – {FIRST + 4 * DAY:%-d %b}"
    )
    calendar.mouse.up()
    assert asked(calendar) == f"streams=daily-bills&since={FIRST + 2 * DAY}&until={FIRST + 4 * DAY}"
    expect(calendar.locator("#cost")).to_contain_text("3 calls, less than a minute")


def test_days_of_one_product_are_read_of_that_product_alone(calendar: Page) -> None:
    drag(calendar, cell(calendar, MINUTES, 6), cell(calendar, MINUTES, 4))
    calendar.mouse.up()
    scope = "scope=default%2Fduration%2Fdaily"
    assert asked(calendar) == f"streams=usage&since={FIRST + 3 * DAY}&until={FIRST + 5 * DAY}&{scope}"
    calendar.get_by_role("button", name="Order it").click()
    expect(calendar.get_by_role("heading", level=1)).to_contain_text("Usage: Video & Audio")


def test_several_products_are_shown_as_all_usage_since_they_are_ordered_so(calendar: Page) -> None:
    drag(calendar, cell(calendar, BILLS, 2), cell(calendar, MINUTES + 1, 3))
    rows = calendar.locator("table[data-range] tbody tr").count()
    months = calendar.locator("table[data-range] td[colspan]").count()
    assert chosen(calendar) == 2 * (rows - months) + months
    expect(calendar.locator("[data-range-words]")).to_contain_text("Daily bills, all usage")
    calendar.mouse.up()
    assert asked(calendar) == f"streams=daily-bills&streams=usage&since={FIRST + DAY}&until={FIRST + 2 * DAY}"


def test_a_click_without_dragging_opens_the_day_as_before(calendar: Page) -> None:
    cell(calendar, BILLS, 3).click()
    expect(calendar.get_by_role("heading", level=1)).to_contain_text(f"Daily bills, {FIRST + 2 * DAY:%-d %b %Y}")


def test_escape_while_dragging_chooses_nothing(calendar: Page) -> None:
    drag(calendar, cell(calendar, BILLS, 3), cell(calendar, BILLS, 5))
    calendar.keyboard.press("Escape")
    calendar.mouse.up()
    assert chosen(calendar) == 0
    assert "orders" not in calendar.url


def test_shift_and_the_arrows_choose_and_enter_opens_the_order(calendar: Page) -> None:
    calendar.locator("table[data-grid] a[tabindex='0']").focus()
    calendar.keyboard.press("ArrowRight")
    for _step in range(3):
        calendar.keyboard.press("Shift+ArrowRight")
    calendar.keyboard.press("Shift+ArrowLeft")
    assert chosen(calendar) == 3
    calendar.keyboard.press("Enter")
    assert asked(calendar) == f"streams=daily-bills&since={FIRST + DAY}&until={FIRST + 3 * DAY}"


def test_escape_and_plain_arrows_give_up_what_was_chosen(calendar: Page) -> None:
    calendar.locator("table[data-grid] a[tabindex='0']").focus()
    counts = []
    for key in ("Shift+ArrowRight", "Escape", "Shift+ArrowRight", "ArrowRight"):
        calendar.keyboard.press(key)
        counts.append(chosen(calendar))
    assert counts == [2, 0, 2, 0]


def test_a_month_of_monthly_figures_is_chosen_whole(calendar: Page) -> None:
    cell(calendar, BY_MONTH, 1).click(modifiers=["Shift"])
    calendar.get_by_role("link", name="Say what it takes").click()
    scope = "scope=default%2Ftranscoding%2Fmonthly"
    assert asked(calendar) == f"streams=usage&since={FIRST}&until={LAST}&{scope}"


def test_two_clicks_with_shift_choose_what_lies_between(calendar: Page, axe: Callable[[Page], list[str]]) -> None:
    cell(calendar, BILLS, 2).click(modifiers=["Shift"])
    cell(calendar, BILLS, 9).click(modifiers=["Shift"])
    assert chosen(calendar) == 8
    assert axe(calendar) == []
    calendar.get_by_role("button", name="Cancel").click()
    assert chosen(calendar) == 0


def test_on_a_phone_two_taps_choose_and_a_tap_opens_a_day_otherwise(calendar: Page) -> None:
    calendar.set_viewport_size({"width": 375, "height": 800})
    calendar.get_by_role("button", name="Choose by taps").click()
    cell(calendar, BILLS, 2).click()
    cell(calendar, BILLS, 4).click()
    assert chosen(calendar) == 3
    calendar.get_by_role("button", name="Choose by taps").click()
    calendar.get_by_role("button", name="Cancel").click()
    cell(calendar, BILLS, 4).click()
    expect(calendar.get_by_role("heading", level=1)).to_contain_text("Daily bills")


def test_days_that_have_not_begun_are_left_out(page: Page, calendar: Page) -> None:
    page.goto("/polling/")
    rows = page.locator("table[data-range] tbody tr")
    drag(page, cell(page, BILLS, 1), rows.nth(BILLS).locator("td").last)
    page.mouse.up()
    assert asked(page) == f"streams=daily-bills&since={TODAY.replace(day=1)}&until={TODAY}"


def test_whoever_may_not_order_is_offered_no_range(page: Page, sign_in: Callable[..., Person]) -> None:
    sign_in("viewer")
    page.goto("/polling/")
    assert page.locator("[data-range], [data-range-bar]").count() == 0
