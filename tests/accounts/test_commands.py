"""People are also made on the command line, the first one always."""

import re
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEntry, Person
from tests.accounts.test_sign_in import sign_in

pytestmark = pytest.mark.django_db
GOOD = "a very quiet evening"


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(settings: Settings) -> None:
    settings.PORTAL_ADMIN_EMAIL = settings.PORTAL_ADMIN_PASSWORD = settings.PORTAL_PERSON_PASSWORD = ""


def run(*arguments: str) -> tuple[str, str]:
    """Run a command and return what it printed and what it warned of."""
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def printed_password(out: str) -> str:
    found = re.search(r"shown only now\): (\S+)", out)
    return found.group(1) if found else ""


@pytest.mark.parametrize("role", ["viewer", "operator", "approver", "finance", "admin"])
def test_create_person_makes_somebody_of_that_role(role: str) -> None:
    run("create_person", "--email", "Ann@Example.com", "--role", role, "--name", "Ann")
    ann = Person.objects.get()
    assert (ann.email, ann.role, ann.name, ann.is_active) == ("ann@example.com", role, "Ann", True)


def test_create_person_prints_a_random_password_that_works() -> None:
    out, _err = run("create_person", "--email", "ann@example.com", "--role", "viewer")
    assert sign_in(Client(), "ann@example.com", printed_password(out)) == "/"


def test_create_person_takes_the_password_from_the_environment_and_prints_none(settings: Settings) -> None:
    settings.PORTAL_PERSON_PASSWORD = GOOD
    printed = run("create_person", "--email", "ann@example.com", "--role", "viewer")
    assert printed == ("ann@example.com can sign in as viewer.\n", "")
    assert sign_in(Client(), "ann@example.com", GOOD) == "/"


def test_a_weak_password_from_the_environment_is_taken_with_a_warning(settings: Settings) -> None:
    settings.PORTAL_PERSON_PASSWORD = "secret77"
    _out, err = run("create_person", "--email", "ann@example.com", "--role", "viewer")
    assert err == (
        "This password is weak. This password is too short. It must contain at least 12 characters. Change it soon.\n"
    )
    assert sign_in(Client(), "ann@example.com", "secret77") == "/"


@pytest.mark.parametrize(
    ("email", "role", "sentence"),
    [
        ("no address", "viewer", "Enter a valid email address."),
        ("", "viewer", "This field cannot be blank."),
        ("TAKEN@example.com", "viewer", "Somebody with this e-mail address exists already."),
    ],
)
def test_create_person_says_what_is_wrong_and_makes_nobody(
    email: str, role: str, sentence: str, person: Callable[..., Person]
) -> None:
    person(email="taken@example.com")
    with pytest.raises(CommandError) as refusal:
        run("create_person", "--email", email, "--role", role)
    assert (str(refusal.value), Person.objects.count()) == (sentence, 1)


def test_create_person_refuses_a_role_that_does_not_exist() -> None:
    with pytest.raises(CommandError):
        run("create_person", "--email", "ann@example.com", "--role", "root")
    assert Person.objects.count() == 0


def test_create_admin_makes_the_admin_of_the_environment(settings: Settings) -> None:
    settings.PORTAL_ADMIN_EMAIL, settings.PORTAL_ADMIN_PASSWORD = "boss@example.com", GOOD
    run("create_admin")
    assert Person.objects.get().role == "admin"
    assert sign_in(Client(), "boss@example.com", GOOD) == "/"


def test_create_admin_without_an_environment_makes_one_with_a_random_password() -> None:
    out, _err = run("create_admin")
    assert sign_in(Client(), "admin@localhost", printed_password(out)) == "/"


def test_create_admin_twice_says_that_the_person_exists() -> None:
    run("create_admin")
    with pytest.raises(CommandError, match="exists already"):
        run("create_admin")


def test_S27_create_admin_if_none_is_silent_when_an_admin_can_sign_in(person: Callable[..., Person]) -> None:
    person("admin")
    assert (run("create_admin", "--if-none"), Person.objects.count()) == (("", ""), 1)


def test_create_admin_if_none_makes_one_when_the_only_admin_is_disabled(person: Callable[..., Person]) -> None:
    person("admin", is_active=False)
    run("create_admin", "--if-none")
    assert Person.objects.filter(role="admin", is_active=True).count() == 1


def test_create_admin_if_none_still_makes_the_admin_whom_the_environment_names(
    settings: Settings, person: Callable[..., Person]
) -> None:
    person("admin", email="first@example.com")
    settings.PORTAL_ADMIN_EMAIL, settings.PORTAL_ADMIN_PASSWORD = "boss@example.com", GOOD
    for _start in range(2):
        run("create_admin", "--if-none")
    assert sorted(Person.objects.values_list("email", flat=True)) == ["boss@example.com", "first@example.com"]


def test_S59_a_person_made_on_the_command_line_is_in_the_audit_log() -> None:
    run("create_person", "--email", "ann@example.com", "--role", "viewer")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.person, entry.detail["email"]) == ("create_person", None, "ann@example.com")
