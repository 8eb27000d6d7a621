"""Guessing passwords is slow, and it locks nobody else out."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEntry, Person
from tests.conftest import PASSWORD


@pytest.fixture(autouse=True)
def _limits_of_production(settings: Settings) -> None:
    """The tests' settings switch the limits off; the cache's prefix keeps other tests' tries out."""
    settings.ACCOUNT_RATE_LIMITS = {}
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(uuid4())}
    }


def try_password(email: str, password: str, ip: str) -> int:
    answer = Client(REMOTE_ADDR=ip).post("/accounts/login/", {"login": email, "password": password})
    return answer.status_code


def test_S24_of_a_thousand_guesses_from_one_address_at_most_ten_are_checked(
    person: Callable[..., Person],
) -> None:
    ann = person().email
    for _attempt in range(1000):
        try_password(ann, "wrong", "203.0.113.1")
    assert AuditEntry.objects.filter(action="fail_sign_in").count() == 5


def test_S24_the_right_password_is_not_looked_at_after_too_many_guesses(person: Callable[..., Person]) -> None:
    ann = person().email
    for _attempt in range(5):
        try_password(ann, "wrong", "203.0.113.1")
    assert try_password(ann, PASSWORD, "203.0.113.1") == 200


def test_S24_somebody_who_guesses_elsewhere_does_not_lock_the_owner_out(person: Callable[..., Person]) -> None:
    ann = person().email
    for _attempt in range(50):
        try_password(ann, "wrong", "203.0.113.1")
    assert try_password(ann, PASSWORD, "198.51.100.7") == 302


def test_S24_one_address_that_tries_many_accounts_is_slowed_down(db: None) -> None:
    for number in range(30):
        try_password(f"person{number}@example.com", "wrong", "203.0.113.1")
    assert AuditEntry.objects.filter(action="fail_sign_in").count() == 10


def test_S25_an_invented_forwarding_header_does_not_reset_the_count(person: Callable[..., Person]) -> None:
    ann = person().email
    for number in range(20):
        client = Client(REMOTE_ADDR="203.0.113.1", headers={"X-Forwarded-For": f"198.51.100.{number}"})
        client.post("/accounts/login/", {"login": ann, "password": "wrong"})
    assert AuditEntry.objects.filter(action="fail_sign_in").count() == 5
