"""A session ends after half an hour without a request and after twelve hours in any case."""

from collections.abc import Callable

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from tests.accounts.test_sign_in import is_signed_in, sign_in

NOON = "2026-01-01 12:00Z"


def test_S15_a_session_lives_through_29_idle_minutes(person: Callable[..., Person]) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = Client()
        sign_in(client, person().email)
        is_signed_in(client)
        clock.shift(29 * 60)
        assert is_signed_in(client)


def test_S15_a_session_ends_after_30_idle_minutes(person: Callable[..., Person]) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = Client()
        sign_in(client, person().email)
        is_signed_in(client)
        clock.shift(30 * 60)
        assert not is_signed_in(client)


def test_S15_a_session_that_is_used_all_the_time_ends_after_twelve_hours(
    person: Callable[..., Person],
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = Client()
        sign_in(client, person().email)
        hours = 0.0
        while is_signed_in(client):
            clock.shift(20 * 60)
            hours += 1 / 3
    assert round(hours, 2) == 12


def test_S15_the_idle_time_counts_from_the_sign_in_when_no_page_follows(
    person: Callable[..., Person],
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = Client()
        sign_in(client, person().email)
        clock.shift(31 * 60)
        assert not is_signed_in(client)


def test_a_session_is_written_at_most_once_a_minute(person: Callable[..., Person]) -> None:
    client = Client()
    sign_in(client, person().email)
    is_signed_in(client)
    with CaptureQueriesContext(connection) as asked:
        is_signed_in(client)
    assert [query["sql"] for query in asked if not query["sql"].startswith("SELECT")] == []


@pytest.mark.parametrize(
    "key", ['"\\000aaaaaaaaaaaaaaaaaaaaaaaaaaa"', "aaaaaaaaaaaaaaaa-aaaaaaaaaaaaaaa", "éééééééééééé"]
)
def test_a_session_that_nobody_began_counts_as_none(key: str, db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = Client().get("/accounts/login/", headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}"})
    asked = [query["sql"] for query in queries if "django_session" in query["sql"]]
    assert (answer.status_code, asked) == (200, [])
