"""What the portal tells browsers about cookies, caches, frames and scripts."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Person
from tests.accounts.test_sign_in import sign_in

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
PRINT_COOKIES = """
import json
from reseller_portal import settings as chosen
names = ("SESSION", "CSRF", "LANGUAGE")
print(json.dumps({
    name: [getattr(chosen, f"{name}_COOKIE_{part}") for part in ("NAME", "SECURE", "HTTPONLY")] for name in names
}))
"""


def cookies_with(**environment: str) -> dict[str, list[object]]:
    """Name, Secure and HttpOnly of each cookie in a portal started with this environment."""
    return json.loads(
        subprocess.run(
            [sys.executable, "-c", PRINT_COOKIES],
            env={**os.environ, **environment},
            check=True,
            capture_output=True,
        ).stdout
    )


def test_S9_cookies_are_bound_to_this_host_and_to_https_by_default() -> None:
    assert cookies_with(PORTAL_LOOPBACK="0") == {
        "SESSION": ["__Host-session", True, True],
        "CSRF": ["__Host-csrf", True, True],
        "LANGUAGE": ["__Host-language", True, True],
    }


def test_cookies_on_the_loopback_carry_the_port_so_that_two_portals_run_side_by_side() -> None:
    assert cookies_with(PORTAL_LOOPBACK="1", PORT="8123") == {
        "SESSION": ["session-8123", False, True],
        "CSRF": ["csrf-8123", False, True],
        "LANGUAGE": ["language-8123", False, True],
    }


def test_S9_session_and_csrf_cookies_stay_on_this_site(person: Callable[..., Person], settings: Settings) -> None:
    client = Client()
    client.get("/accounts/login/")
    sign_in(client, person().email)
    cookies = [client.cookies[name] for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)]
    kept = [(cookie["samesite"], cookie["path"], cookie["domain"]) for cookie in cookies]
    assert kept == [("Lax", "/", ""), ("Lax", "/", "")]


def test_S9_messages_travel_in_the_session_and_not_in_a_cookie(settings: Settings) -> None:
    assert settings.MESSAGE_STORAGE == "django.contrib.messages.storage.session.SessionStorage"


@pytest.mark.parametrize("path", ["/accounts/login/", "/settings/", "/accounts/nothing-here/"])
def test_S10_every_answer_over_https_asks_for_https_for_a_year(
    path: str, signed_in: Callable[..., Client], settings: Settings
) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    answer = signed_in().get(path, secure=True)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("path", ["/accounts/login/", "/settings/", "/settings/people/", "/accounts/nothing-here/"])
def test_S11_S12_every_answer_carries_the_strict_headers(path: str, signed_in: Callable[..., Client]) -> None:
    headers = signed_in().get(path).headers
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/settings/", "/settings/people/", "/settings/audit/"])
def test_S56_no_cache_keeps_a_page_of_somebody_who_is_signed_in(path: str, signed_in: Callable[..., Client]) -> None:
    assert signed_in("admin").get(path).headers["Cache-Control"] == "no-store"


def test_S13_no_other_site_is_let_in(signed_in: Callable[..., Client]) -> None:
    answer = signed_in().get("/settings/", headers={"Origin": "https://evil.example"})
    assert [name for name in answer.headers if name.startswith("Access-Control")] == []
