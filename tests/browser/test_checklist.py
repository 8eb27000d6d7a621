"""A checklist in a browser: kept while it is filled in, left in the middle, and seen to its end."""

from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Person
from companies.models import ChecklistStep, Preset
from companies.services import checklists
from tests.browser.checklists import PROJECTS
from tests.browser.season import store_season
from tests.companies.conftest import agora, dispatched
from tests.sandbox_server import RunningSandbox

__all__ = ["agora"]
Sign = Callable[..., Person]
BEGIN = "/onboarding/checklists/begin/"
CHANGE_TWO_FIELDS_AND_FOCUS_THE_START = """() => {
  for (const [name, value] of [["first_name", "Ann"], ["last_name", "Doe"]]) {
    const field = document.querySelector(`[name=${name}]`);
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  document.querySelector("[formaction$='/start/']").focus();
}"""


def store_preset(by: Person) -> None:
    """What schools in China have in common."""
    company = {"country": "CN", "area": "CN", "industry": "3", "first_name": "Ann", "last_name": "Doe"}
    Preset.objects.create(
        name="Education CN", company=company, projects=PROJECTS[:1], changed_by=by, changed_at=timezone.now()
    )


def saved(page: Page) -> None:
    """Wait until the page says that it was kept."""
    expect(page.locator("#saved")).to_contain_text("Saved at")


def test_a_checklist_is_filled_in_left_in_the_middle_and_seen_to_its_end(
    page: Page, sign_in: Sign, agora: RunningSandbox, axe: Callable[[Page], list[str]]
) -> None:
    store_preset(sign_in("operator"))
    page.goto(BEGIN)
    page.get_by_label("Preset").select_option(label="Education CN")
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Company name").fill("Acme Learning")
    expect(page.get_by_text("Will be created as “Acme Learning live”.")).to_be_visible()
    saved(page)
    window = page.context.new_page()
    address = page.url
    page.goto("about:blank")
    window.goto("/onboarding/checklists/")
    window.get_by_role("link", name="Acme Learning").click()
    window.wait_for_url(address)
    window.get_by_label("E-mail address").fill("no address")
    window.get_by_label("E-mail address").press("Tab")
    expect(window.get_by_text("This is no e-mail address")).to_be_visible()
    assert axe(window) == []
    window.get_by_label("E-mail address").fill("ann@acme.example")
    window.get_by_role("button", name="Check and start").click()
    expect(window.get_by_text("0 of 4 done")).to_be_visible()
    for _round in range(4):
        checklists.advance(now=timezone.now())
        dispatched()
    checklists.advance(now=timezone.now())
    expect(window.get_by_text("4 of 4 done")).to_be_visible()
    expect(window.get_by_text("Finished on")).to_be_visible()
    assert axe(window) == []
    window.close()


def test_two_windows_lose_nothing_of_each_other(page: Page, sign_in: Sign) -> None:
    store_preset(sign_in("operator"))
    page.goto(BEGIN)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/onboarding/checklists/*/")
    other = page.context.new_page()
    other.goto(page.url)
    page.get_by_label("First name").fill("Zoë")
    page.get_by_label("First name").press("Tab")
    saved(page)
    other.get_by_label("Last name").fill("Doe")
    other.get_by_label("Last name").press("Tab")
    saved(other)
    other.close()
    assert ChecklistStep.objects.get().typed == {"first_name": "Zoë", "last_name": "Doe"}


def test_what_saves_by_itself_never_presses_the_button_that_has_the_focus(page: Page, sign_in: Sign) -> None:
    sign_in("operator")
    page.goto(BEGIN)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/onboarding/checklists/*/")
    address, asked = page.url, list[str]()
    page.on("request", lambda request: request.method == "POST" and asked.append(request.url.removeprefix(address)))
    with page.expect_response("**/save/"), page.expect_response("**/save/"):
        page.evaluate(CHANGE_TWO_FIELDS_AND_FOCUS_THE_START)
    saved(page)
    page.wait_for_load_state("networkidle")
    assert asked == ["save/", "save/"]
    assert ChecklistStep.objects.get().typed == {"first_name": "Ann", "last_name": "Doe"}


def test_a_draft_reads_well_bright_and_dark_on_desk_and_phone(
    page: Page, sign_in: Sign, axe: Callable[[Page], list[str]]
) -> None:
    season = store_season(sign_in("admin"))
    found: list[str] = []
    for size in ({"width": 1280, "height": 900}, {"width": 375, "height": 800}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(f"/onboarding/checklists/{season.checklists.draft.pk}/")
        found += axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert found == []
