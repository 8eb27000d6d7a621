"""Nothing can be posted to any page from another site."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from accounts.access import PAGE_RIGHTS
from accounts.models import Person
from tests.accounts.test_access import address


def browser(person: Person) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    return client


@pytest.mark.parametrize("name", PAGE_RIGHTS)
def test_S7_a_post_without_a_token_is_refused(name: str, person: Callable[..., Person]) -> None:
    assert browser(person("admin")).post(address(name)).status_code == 403


@pytest.mark.parametrize("name", PAGE_RIGHTS)
def test_S7_a_post_with_somebody_elses_token_is_refused(name: str, person: Callable[..., Person]) -> None:
    client = browser(person("admin"))
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    assert client.post(address(name), {"csrfmiddlewaretoken": "b" * 32}).status_code == 403


@pytest.mark.parametrize("name", PAGE_RIGHTS)
def test_S7_a_post_from_another_origin_is_refused_even_with_the_token(name: str, person: Callable[..., Person]) -> None:
    client = browser(person("admin"))
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    answer = client.post(address(name), {"csrfmiddlewaretoken": "a" * 32}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_S7_a_post_with_the_right_token_is_taken(person: Callable[..., Person]) -> None:
    client = browser(person())
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    answer = client.post("/settings/theme/", {"csrfmiddlewaretoken": "a" * 32, "theme": "dark"})
    assert answer.status_code == 302
