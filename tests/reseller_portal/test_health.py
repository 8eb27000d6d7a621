"""What supervisors are told, without signing in."""

import datetime as dt
import logging

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from polling.models import Coverage


@pytest.fixture
def figures(db: None) -> None:
    """The first figures that were ever stored."""
    day, now = dt.date(2026, 1, 31), timezone.now()
    Coverage.objects.create(
        company_id="10001",
        business="default",
        model="duration",
        interval="daily",
        known_from=day,
        known_until=day,
        known_at=now,
        checked_from=day,
        checked_at=now,
    )


def told(client: Client, address: str) -> tuple[int, str]:
    answer = client.get(address)
    return answer.status_code, answer.content.decode()


def test_the_process_answers_before_there_are_figures(db: None, client: Client) -> None:
    assert told(client, "/healthz") == (200, "ok\n")


def test_without_figures_the_data_are_not_healthy(db: None, client: Client) -> None:
    assert told(client, "/healthz?data=1") == (503, "no figures yet\n")


def test_with_first_figures_the_data_are_healthy(figures: None, client: Client) -> None:
    assert told(client, "/healthz?data=1") == (200, "ok\n")


def test_a_migrated_database_is_ready(db: None, client: Client) -> None:
    assert told(client, "/readyz") == (200, "ready\n")


def test_a_missing_migration_is_told(db: None, client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'polling'")
    assert told(client, "/readyz") == (503, "migrations missing\n")


def test_a_database_that_does_not_answer_is_told(
    transactional_db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    with monkeypatch.context() as changed:
        changed.setitem(connection.settings_dict, "NAME", "/nowhere/at/all")
        answer = told(client, "/readyz")
    connection.close()
    assert answer == (503, "database unreachable\n")


@pytest.mark.parametrize("address", ["/healthz", "/healthz?data=1", "/readyz"])
def test_an_answer_is_never_kept(db: None, client: Client, address: str) -> None:
    assert "no-store" in client.get(address).headers["Cache-Control"]


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_nothing_is_taken_by_post(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


def test_not_being_ready_is_no_error_in_the_log(db: None, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/healthz?data=1")
    assert caplog.messages == []
