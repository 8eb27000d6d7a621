"""The Polling pages in a browser: the calendar by keyboard, a cost told while somebody chooses, live progress."""

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Person
from polling.models import Backfill, BackfillState, PollSlot, SlotState, Stream
from polling.periods import DAY
from tests.browser.season import store_season
from tests.usage.known import company

Sign = Callable[..., Person]
TODAY = dt.datetime.now(dt.UTC).date()


@pytest.fixture
def calendar(page: Page, sign_in: Sign, settings: object) -> Page:
    """The calendar of a portal that has wanted days for two years, of which none is known."""
    settings.POLL_SINCE = TODAY - 700 * DAY  # type: ignore[attr-defined]
    sign_in("operator")
    page.goto(f"/polling/?month={last_month():%Y-%m}")
    return page


def last_month() -> dt.date:
    """The first day of the last whole month."""
    return (TODAY.replace(day=1) - DAY).replace(day=1)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.title"))


def test_the_calendar_is_one_stop_for_the_tab_key_and_arrows_go_through_it(calendar: Page) -> None:
    first = last_month()
    calendar.locator("table[data-grid] a[tabindex='0']").focus()
    went = [focused(calendar).split(":")[0]]
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "End", "Home"):
        calendar.keyboard.press(key)
        went.append(focused(calendar).split(":")[0])
    last = TODAY.replace(day=1) - DAY
    days = [first, first + DAY, first + DAY, first, last, first]
    assert went == [f"{day:%-d %b %Y}" for day in days]
    assert calendar.locator("table[data-grid] a[tabindex='0']").count() == 1


def test_the_arrows_go_down_to_figures_of_months_and_enter_opens_one(calendar: Page) -> None:
    calendar.locator("table[data-grid] a[tabindex='0']").focus()
    calendar.keyboard.press("End")
    for _row in range(7):
        calendar.keyboard.press("ArrowDown")
    calendar.keyboard.press("Enter")
    heading = calendar.get_by_role("heading", level=1)
    expect(heading).to_contain_text(f"Transcoding and channels, by month, {last_month():%B %Y}")


def test_an_arrow_at_the_edge_stays_where_it_is(calendar: Page) -> None:
    calendar.locator("table[data-grid] a[tabindex='0']").focus()
    before = focused(calendar)
    calendar.keyboard.press("ArrowUp")
    calendar.keyboard.press("ArrowLeft")
    assert focused(calendar) == before


def test_nothing_else_is_ordered_than_the_form_shows(page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    company("10001", "Acme", status="0")
    page.goto(f"/polling/orders/give/?streams=usage&since={TODAY - 8 * DAY}&until={TODAY - 3 * DAY}")
    page.get_by_label("Company ID").press_sequentially("10001")
    page.get_by_role("button", name="Order it").dispatch_event("click")
    expect(page.get_by_text("What is asked for has changed since; nothing was ordered yet.")).to_be_visible()
    page.get_by_role("button", name="Order it").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert Backfill.objects.get().company_id == "10001"


def test_what_an_order_takes_is_told_while_somebody_chooses(page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    company("10001", "Acme", status="0")
    page.goto("/polling/orders/give/")
    cost = page.locator("#cost")
    page.get_by_label("Daily bills").check()
    expect(cost).to_contain_text("once the fields above make sense")
    page.get_by_label("From").fill(f"{TODAY - 8 * DAY}")
    page.get_by_label("To, inclusive").fill(f"{TODAY - 3 * DAY}")
    page.get_by_label("To, inclusive").blur()
    expect(cost).to_contain_text("6 calls, less than a minute")
    with page.expect_request_finished():
        page.get_by_label("To, inclusive").fill(f"{TODAY - 9 * DAY}")
        page.get_by_label("To, inclusive").blur()
        expect(page.locator("#until-error")).to_have_text("This is before the first day.")
    expect(page.locator(".htmx-request")).to_have_count(0)


def test_an_order_tells_how_far_it_is_and_how_it_ended(page: Page, sign_in: Sign) -> None:
    season = store_season(sign_in("operator"))
    page.goto(f"/polling/orders/{season.polled.order.pk}/")
    expect(page.locator("#order")).to_contain_text("80 of 212 calls")
    Backfill.objects.update(calls=150)
    expect(page.locator("#order")).to_contain_text("150 of 212 calls")
    Backfill.objects.update(calls=212, state=BackfillState.FINISHED, ended_at=dt.datetime.now(dt.UTC))
    expect(page.locator("#order")).to_contain_text("not everything could be read")
    expect(page.locator("#order [hx-get]")).to_have_count(0)


def test_somebody_finds_a_gap_and_orders_its_repair_by_clicks_alone(page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    now, hole = dt.datetime.now(dt.UTC), TODAY - 3 * DAY
    for day in (hole - DAY, hole):
        PollSlot.objects.create(
            stream=Stream.DAILY_BILLS, period=day, due_at=now - DAY, first_complete_at=now, last_complete_at=now
        )
    PollSlot.objects.filter(period=hole).update(
        first_complete_at=None, state=SlotState.PARTIAL, last_error="Agora answered 500.", failing_since=now
    )
    page.goto("/")
    page.locator(".sidebar").get_by_role("link", name="Polling").click()
    page.locator("#polling-now").get_by_role("link", name="1 gap").click()
    page.get_by_role("row").filter(has_text="Daily bills").get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("Agora answered 500.")
    page.get_by_role("button", name="Read what is missing").click()
    expect(page.locator("#order")).to_contain_text("Waiting for a free worker.")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#order")).to_contain_text("Cancelled by")
