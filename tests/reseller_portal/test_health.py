"""What supervisors are told, without signing in."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from companies.models import Operation, OperationState
from companies.services.operations import submit
from polling.models import Coverage, PollSlot, Stream
from tests.companies.conftest import company_draft


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


# --- /progress ---------------------------------------------------------------------------------------------

TOKEN = "for supervisors only"


@pytest.fixture
def supervisor(db: None, client: Client, settings: Any) -> Client:
    """Somebody who knows the token."""
    settings.METRICS_TOKEN = TOKEN
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    return client


def due(*, minutes: int) -> None:
    moment = timezone.now() - dt.timedelta(minutes=minutes)
    PollSlot.objects.create(stream=Stream.COMPANIES, due_at=moment, next_attempt_at=moment)


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", TOKEN + "x"])
def test_how_polls_fare_is_told_to_nobody_without_the_token(
    given: str, db: None, client: Client, settings: Any
) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/progress", headers={"Authorization": given}).status_code == 404


def test_where_no_token_is_set_nobody_is_told_how_polls_fare(db: None, client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/progress", headers={"Authorization": "Bearer "}).status_code == 404


def test_where_nothing_waits_there_is_progress(supervisor: Client) -> None:
    answer = supervisor.get("/progress")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "oldest_due_slot": None,
            "oldest_due_slot_seconds": None,
            "oldest_uncertain_seconds": None,
            "stalled": False,
        },
    )


def test_p24_what_is_due_for_an_hour_without_anybody_working_is_told_as_a_standstill(supervisor: Client) -> None:
    due(minutes=60)
    answer = supervisor.get("/progress")
    told = answer.json()
    assert (answer.status_code, told["stalled"], round(told["oldest_due_slot_seconds"], -2)) == (503, True, 3600)


def test_the_create_that_is_unconfirmed_for_the_longest_is_told(
    supervisor: Client, person: Callable[..., Person]
) -> None:
    asked = {"token": uuid.uuid4(), "by": person("operator"), "now": timezone.now()}
    operation = submit(draft=company_draft(), **asked)
    sent_at = timezone.now() - dt.timedelta(seconds=300)
    Operation.objects.filter(pk=operation.pk).update(state=OperationState.UNCERTAIN, sent_at=sent_at)

    assert round(supervisor.get("/progress").json()["oldest_uncertain_seconds"], -1) == 300
