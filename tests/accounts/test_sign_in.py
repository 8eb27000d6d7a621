"""Signing in and out: by e-mail address and password, and no other way."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.adapter import AccountAdapter
from accounts.models import Person
from tests.conftest import PASSWORD

ELSEWHERE = [
    "https://evil.example/",
    "http://evil.example",
    "HTTPS://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http:\\\\evil.example",
    "http:/\\evil.example",
    "ftp://evil.example/",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "javascript://testserver/%0aalert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "\t//evil.example",
    "\n//evil.example",
    "\r\n//evil.example",
    "\x00//evil.example",
    "\x01https://evil.example",
    " https://evil.example",
    "https://evil.example%2f@testserver",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "https://evil.example#testserver",
    "https://evil.example?testserver",
    "https://evil.example\\@testserver",
    "https://[::1]/",
    "https://[evil",
    "//evil.example:80/",
    "///\t/evil.example",
    "https://testserver:evil@evil.example/",
    "file:///etc/passwd",
]


def sign_in(client: Client, email: str, password: str = PASSWORD, **fields: str) -> str:
    """Sign in through the page and return where it leads, empty when the page is shown again."""
    answer = client.post("/accounts/login/", {"login": email, "password": password, **fields})
    return answer.headers.get("Location", "")


def is_signed_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def test_signing_in_leads_to_the_overview(person: Callable[..., Person]) -> None:
    assert sign_in(Client(), person().email) == "/"


def test_signing_in_leads_back_to_the_page_that_asked_for_it(person: Callable[..., Person]) -> None:
    assert sign_in(Client(), person().email, next="/settings/") == "/settings/"


def test_the_email_address_works_in_any_case(person: Callable[..., Person]) -> None:
    person(email="ann@example.com")
    assert sign_in(Client(), "Ann@Example.COM") == "/"


def test_a_wrong_password_signs_nobody_in(person: Callable[..., Person]) -> None:
    client = Client()
    assert (sign_in(client, person().email, "wrong"), is_signed_in(client)) == ("", False)


def test_a_disabled_person_does_not_get_in(person: Callable[..., Person]) -> None:
    client = Client()
    sign_in(client, person(is_active=False).email)
    assert not is_signed_in(client)


def test_S26_an_unknown_person_gets_the_same_words_as_a_wrong_password(person: Callable[..., Person]) -> None:
    person(email="ann@example.com")
    pages = [
        Client().post("/accounts/login/", {"login": email, "password": "wrong"})
        for email in ("ann@example.com", "bob@example.com")
    ]
    words = [re.sub(r'"[A-Za-z0-9]{64}"', "token", page.content.decode()) for page in pages]
    assert words[0].replace("ann@", "bob@") == words[1]


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"])
def test_S26_the_hasher_runs_once_for_known_and_unknown_people(
    email: str, person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    person(email="ann@example.com")
    runs = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args, **kwargs: runs.append(1) or encode(*args, **kwargs))
    sign_in(Client(), email, "wrong")
    assert len(runs) == 1


def test_S27_nobody_exists_before_somebody_is_made(db: None) -> None:
    assert Person.objects.count() == 0


def test_sign_up_is_closed() -> None:
    assert AccountAdapter().is_open_for_signup(None) is False


def test_sign_up_has_no_page(db: None) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert Client().post("/accounts/signup/", {"email": "a@b.example", "password1": PASSWORD}).status_code == 404


@pytest.mark.parametrize("target", ELSEWHERE)
def test_S39_signing_in_never_leads_to_another_site(target: str, person: Callable[..., Person]) -> None:
    assert sign_in(Client(), person().email, next=target) == "/"


def test_S14_the_session_id_is_new_after_signing_in(person: Callable[..., Person]) -> None:
    client = Client()
    fixed = client.session
    fixed["planted"] = True
    fixed.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = fixed.session_key
    sign_in(client, person().email)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != fixed.session_key
    assert not Session.objects.filter(session_key=fixed.session_key).exists()


def test_S14_a_session_id_has_at_least_128_bits(signed_in: Callable[..., Client]) -> None:
    key = signed_in().session.session_key
    assert (len(key), key.isalnum()) == (32, True)


def test_S16_signing_out_ends_the_session_on_the_server(signed_in: Callable[..., Client]) -> None:
    client = signed_in()
    stolen = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert not is_signed_in(thief)


def test_signing_out_leads_to_the_sign_in_page(signed_in: Callable[..., Client]) -> None:
    assert signed_in().post("/accounts/logout/").headers["Location"] == "/accounts/login/"


def test_opening_the_sign_out_page_signs_nobody_out(signed_in: Callable[..., Client]) -> None:
    client = signed_in()
    client.get("/accounts/logout/")
    assert is_signed_in(client)


def test_S16_a_person_who_is_disabled_is_out_at_once(signed_in: Callable[..., Client]) -> None:
    client = signed_in()
    Person.objects.update(is_active=False)
    assert not is_signed_in(client)
