"""No form of these pages can be posted from another site."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Person

POSTS = [
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/password/reset/",
    "/settings/theme/",
    "/settings/people/create/",
    "/settings/people/1/",
    "/settings/people/1/password/",
]


def browser(person: Person) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    return client


@pytest.mark.parametrize("path", POSTS)
def test_S7_a_post_without_a_token_is_refused(path: str, person: Callable[..., Person]) -> None:
    assert browser(person("admin")).post(path).status_code == 403


@pytest.mark.parametrize("path", POSTS)
def test_S7_a_post_with_somebody_elses_token_is_refused(path: str, person: Callable[..., Person]) -> None:
    client = browser(person("admin"))
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    assert client.post(path, {"csrfmiddlewaretoken": "b" * 32}).status_code == 403


@pytest.mark.parametrize("path", POSTS)
def test_S7_a_post_from_another_origin_is_refused_even_with_the_token(path: str, person: Callable[..., Person]) -> None:
    client = browser(person("admin"))
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    answer = client.post(path, {"csrfmiddlewaretoken": "a" * 32}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_S7_a_post_with_the_right_token_is_taken(person: Callable[..., Person]) -> None:
    client = browser(person())
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    answer = client.post("/settings/theme/", {"csrfmiddlewaretoken": "a" * 32, "theme": "dark"})
    assert answer.status_code == 302
