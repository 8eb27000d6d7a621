"""What the log says of pages that are not for somebody's role."""

import logging
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Person


def test_a_refusal_is_one_line_with_path_and_person(
    person: Callable[..., Person], caplog: pytest.LogCaptureFixture
) -> None:
    viewer, browser = person("viewer"), Client()
    browser.force_login(viewer)
    assert browser.get("/companies/create/").status_code == 403
    (record,) = [one for one in caplog.records if one.name == "django.request"]
    said = f"Forbidden (Permission denied): /companies/create/, person {viewer.pk}"
    assert (record.getMessage(), record.levelno, record.exc_info, record.exc_text) == (
        said,
        logging.WARNING,
        None,
        None,
    )


def test_a_refusal_of_a_path_with_a_line_break_is_one_line(
    person: Callable[..., Person], caplog: pytest.LogCaptureFixture
) -> None:
    browser = Client()
    browser.force_login(person("viewer"))
    browser.get("/companies/a%0Ab/care/")
    assert [one.getMessage().count("\n") for one in caplog.records if one.name == "django.request"] == [0]


def test_a_missing_token_is_logged_as_django_logs_it(
    person: Callable[..., Person], caplog: pytest.LogCaptureFixture
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person("viewer"))
    browser.post("/settings/theme/")
    said = [one.getMessage() for one in caplog.records if one.name == "django.security.csrf"]
    assert said == ["Forbidden (CSRF cookie not set.): /settings/theme/"]


def test_an_error_keeps_its_traceback(person: Callable[..., Person], caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: %s", "/")
    (record,) = caplog.records
    assert (record.getMessage(), bool(record.exc_info)) == ("Internal Server Error: /", True)
