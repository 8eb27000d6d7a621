"""Which passwords are taken, how they are kept, and what changing one does."""

import re
from collections.abc import Callable

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import Settings

from accounts.models import Person
from accounts.passwords import new_password
from reseller_portal.settings import PASSWORD_HASHERS
from tests.accounts.test_sign_in import is_signed_in, sign_in
from tests.conftest import PASSWORD

NEW_PASSWORD = "another quiet river 7"


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("elevenchars", ["password_too_short"]),
        ("twelve chars", []),
        ("all small letters and no digit", []),
        ("пароль длинный", []),
        ("x" * 127 + "y", []),
        ("x" * 128 + "y", ["password_too_long"]),
        ("basketball12", []),
        ("qwertyuiop123", ["password_too_common"]),
        ("1q2w3e4r5t6y7u8i9o0p", ["password_too_common"]),
        ("ann.lee@shop.example", ["password_too_similar"]),
        ("annabelle lee", ["password_too_similar"]),
        ("my agora secret", ["password_has_portal_word"]),
        ("the RESELLER speaks", ["password_has_portal_word"]),
    ],
)
def test_S19_S20_a_password_is_refused_for_exactly_these_reasons(password: str, codes: list[str]) -> None:
    found: list[str | None] = []
    try:
        validate_password(password, Person(email="ann.lee@shop.example", name="Annabelle Lee"))
    except ValidationError as refusal:
        found = [error.code for error in refusal.error_list]
    assert found == codes


def test_a_random_password_passes_every_check_and_is_never_the_same() -> None:
    passwords = {new_password() for _attempt in range(100)}
    assert [validate_password(password) for password in passwords] == [None] * 100


def test_S21_passwords_are_hashed_by_argon2id(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    assert make_password(PASSWORD).startswith("argon2$argon2id$")


def test_S21_an_older_hash_is_replaced_when_its_owner_signs_in(
    settings: Settings, person: Callable[..., Person]
) -> None:
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    ann = person()
    Person.objects.update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    sign_in(Client(), ann.email)
    ann.refresh_from_db()
    assert ann.password.startswith("argon2$argon2id$")


def change_password(client: Client, old: str, new: str) -> int:
    fields = {"oldpassword": old, "password1": new, "password2": new}
    return client.post("/accounts/password/change/", fields).status_code


def test_a_person_changes_their_password(signed_in: Callable[..., Client]) -> None:
    client = signed_in(email="ann@example.com")
    change_password(client, PASSWORD, NEW_PASSWORD)
    assert sign_in(Client(), "ann@example.com", NEW_PASSWORD) == "/"


def test_changing_a_password_needs_the_old_one(signed_in: Callable[..., Client]) -> None:
    change_password(signed_in(email="ann@example.com"), "wrong", NEW_PASSWORD)
    assert sign_in(Client(), "ann@example.com", NEW_PASSWORD) == ""


def test_S19_a_weak_new_password_is_refused(signed_in: Callable[..., Client]) -> None:
    change_password(signed_in(email="ann@example.com"), PASSWORD, "short")
    assert sign_in(Client(), "ann@example.com", "short") == ""


def test_S17_changing_a_password_ends_every_other_session(person: Callable[..., Person]) -> None:
    ann, here, there = person(), Client(), Client()
    here.force_login(ann)
    there.force_login(ann)
    change_password(here, PASSWORD, NEW_PASSWORD)
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)


def reset_link(email: str) -> str:
    """Ask for a reset and return the path from the mail, empty when no mail was sent."""
    mail.outbox.clear()
    Client().post("/accounts/password/reset/", {"email": email})
    found = [re.search(r"https?://[^/]+(/\S+)", message.body) for message in mail.outbox]
    return found[0].group(1) if found and found[0] else ""


def use_link(link: str, password: str = NEW_PASSWORD) -> None:
    client = Client()
    page = client.get(link, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": password, "password2": password})


def test_a_forgotten_password_is_replaced_by_a_link_from_a_mail(person: Callable[..., Person]) -> None:
    ann = person()
    use_link(reset_link(ann.email))
    assert sign_in(Client(), ann.email, NEW_PASSWORD) == "/"


def test_a_reset_signs_nobody_in_by_itself(person: Callable[..., Person]) -> None:
    client = Client()
    page = client.get(reset_link(person().email), follow=True)
    client.post(page.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert not is_signed_in(client)


def test_S23_a_reset_link_works_once(person: Callable[..., Person]) -> None:
    ann = person()
    link = reset_link(ann.email)
    use_link(link)
    use_link(link, "a third and last river")
    assert sign_in(Client(), ann.email, "a third and last river") == ""


@pytest.mark.parametrize(("minutes", "works"), [(59, True), (61, False)])
def test_S23_a_reset_link_works_for_one_hour(minutes: int, works: bool, person: Callable[..., Person]) -> None:
    ann = person()
    with time_machine.travel("2026-01-01 12:00Z", tick=False) as clock:
        link = reset_link(ann.email)
        clock.shift(minutes * 60)
        use_link(link)
        assert bool(sign_in(Client(), ann.email, NEW_PASSWORD)) == works


def test_S23_an_invented_host_gets_no_mail_sent(person: Callable[..., Person]) -> None:
    answer = Client().post("/accounts/password/reset/", {"email": person().email}, headers={"Host": "evil.example"})
    assert (answer.status_code, mail.outbox) == (400, [])


def test_S26_a_reset_for_an_unknown_person_looks_the_same_and_sends_nothing(db: None) -> None:
    answer = Client().post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert (answer.headers["Location"], mail.outbox) == ("/accounts/password/reset/done/", [])


def test_a_disabled_person_gets_no_reset_link(person: Callable[..., Person]) -> None:
    assert reset_link(person(is_active=False).email) == ""
