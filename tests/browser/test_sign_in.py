"""The sign-in page as a person sees it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import Person
from tests.conftest import PASSWORD


def test_a_person_signs_in_with_address_and_password(page: Page, person: Callable[..., Person]) -> None:
    somebody = person("viewer")
    page.goto("/settings/")
    page.fill("[name=login]", somebody.email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/settings/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")


def test_a_wrong_password_is_told_in_words(page: Page, person: Callable[..., Person]) -> None:
    somebody = person("viewer")
    page.goto("/accounts/login/")
    page.fill("[name=login]", somebody.email)
    page.fill("[name=password]", "something else")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("The email address and/or password you specified are not correct.")).to_be_visible()


def test_axe_finds_nothing_serious_on_the_sign_in_page(page: Page, axe: Callable[[Page], list[str]]) -> None:
    page.goto("/accounts/login/")
    assert axe(page) == []


def test_axe_finds_nothing_serious_in_the_dark_and_on_a_phone(page: Page, axe: Callable[[Page], list[str]]) -> None:
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto("/accounts/login/")
    assert axe(page) == []


def test_settings_open_for_whoever_is_signed_in(
    page: Page, sign_in: Callable[..., Person], axe: Callable[[Page], list[str]]
) -> None:
    sign_in("viewer")
    page.goto("/settings/")
    assert axe(page) == []
