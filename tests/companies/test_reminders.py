"""An hour after something began to wait for a decision, people are written to, once."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Person
from companies.models import Operation, OperationState
from companies.services import reminders
from companies.services.moves import move

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def reviewed(submitted: Callable[..., Operation]) -> Operation:
    """An operation that waits for a decision from now on."""
    operation = submitted()
    move(operation, OperationState.REVIEW, now=timezone.now(), reason="found")
    return operation


def test_nobody_is_written_to_within_the_hour(reviewed: Operation) -> None:
    assert reminders.remind(now=reviewed.state_since + HOUR / 2) == 0
    assert mail.outbox == []


def test_after_an_hour_approvers_and_who_asked_for_it_get_one_mail(
    reviewed: Operation, person: Callable[..., Person]
) -> None:
    approver, admin, viewer = person("approver"), person("admin"), person("viewer")
    assert reminders.remind(now=reviewed.state_since + HOUR * 1.1) == 1
    assert reminders.remind(now=reviewed.state_since + HOUR * 1.2) == 0
    (letter,) = mail.outbox
    assert letter.bcc == sorted([approver.email, admin.email, reviewed.created_by.email])
    assert viewer.email not in letter.recipients()
    assert f"/onboarding/{reviewed.pk}/" in letter.body


def test_what_waits_anew_is_written_about_anew(reviewed: Operation) -> None:
    first = reviewed.state_since
    reminders.remind(now=first + HOUR * 1.1)
    reviewed.refresh_from_db()
    move(reviewed, OperationState.QUEUED, now=first + HOUR * 2)
    move(reviewed, OperationState.REVIEW, now=first + HOUR * 3, reason="not-there")
    assert reminders.remind(now=first + HOUR * 4.1) == 1


def test_a_mail_server_that_is_down_is_noted_and_not_asked_again(
    reviewed: Operation, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    assert reminders.remind(now=reviewed.state_since + HOUR * 1.1) == 0
    assert [record.getMessage() for record in caplog.records if record.name == "companies.services.reminders"] == [
        f"No mail about operation {reviewed.pk}: ConnectionRefusedError"
    ]
    reviewed.refresh_from_db()
    assert reviewed.state == OperationState.REVIEW
