"""Light, dark or as the device: a browser keeps its theme, signed in or not."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from tests.accounts.test_sign_in import ELSEWHERE


def shown_theme(client: Client) -> str:
    return client.get("/accounts/login/", follow=True).context["theme"]


def test_without_a_choice_the_theme_is_the_device_s(db: None) -> None:
    assert shown_theme(Client()) == "auto"


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_a_chosen_theme_is_kept(theme: str, signed_in: Callable[..., Client]) -> None:
    client = signed_in()
    client.post("/settings/theme/", {"theme": theme})
    client.post("/accounts/logout/")
    assert shown_theme(client) == theme


@pytest.mark.parametrize("theme", ["", "neon", 'dark" onload="alert(1)'])
def test_a_theme_that_does_not_exist_is_not_kept(theme: str, signed_in: Callable[..., Client]) -> None:
    client = signed_in()
    client.post("/settings/theme/", {"theme": theme})
    assert shown_theme(client) == "auto"


def test_a_cookie_that_somebody_made_up_counts_as_no_choice(settings: Settings, db: None) -> None:
    client = Client()
    client.cookies[settings.THEME_COOKIE_NAME] = "<script>"
    assert shown_theme(client) == "auto"


@pytest.mark.parametrize("secure", [True, False])
def test_the_theme_cookie_is_as_secure_as_the_portal(
    secure: bool, signed_in: Callable[..., Client], settings: Settings
) -> None:
    settings.SECURE = secure
    cookies = signed_in().post("/settings/theme/", {"theme": "dark"}).cookies
    cookie = cookies[settings.THEME_COOKIE_NAME]
    kept = (bool(cookie["secure"]), cookie["httponly"], cookie["samesite"], cookie["path"])
    assert kept == (secure, True, "Lax", "/")


def test_choosing_a_theme_leads_back_to_the_page_it_was_chosen_on(signed_in: Callable[..., Client]) -> None:
    answer = signed_in().post("/settings/theme/", {"theme": "dark", "next": "/usage/?interval=monthly"})
    assert answer.headers["Location"] == "/usage/?interval=monthly"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_S39_choosing_a_theme_never_leads_to_another_site(target: str, signed_in: Callable[..., Client]) -> None:
    answer = signed_in().post("/settings/theme/", {"theme": "dark", "next": target})
    assert answer.headers["Location"] == "/settings/"


@pytest.mark.parametrize("target", ["nowhere", "0", "%", "accounts:people", "audit/"])
def test_choosing_a_theme_leads_to_settings_from_what_is_no_path(target: str, signed_in: Callable[..., Client]) -> None:
    answer = signed_in().post("/settings/theme/", {"theme": "dark", "next": target})
    assert answer.headers["Location"] == "/settings/"
