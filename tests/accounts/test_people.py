"""A person is known by one e-mail address, whatever its case."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError

from accounts.models import Person


def test_an_email_address_is_stored_in_small_letters(db: None) -> None:
    assert Person.objects.create_user("  Ann@Example.COM ").email == "ann@example.com"


def test_two_people_cannot_share_an_email_address_in_another_case(db: None) -> None:
    Person.objects.create_user("ann@example.com")
    with pytest.raises(IntegrityError):
        Person.objects.bulk_create([Person(email="ANN@example.com")])


def test_a_person_is_found_by_an_email_address_in_any_case(person: Callable[..., Person]) -> None:
    ann = person(email="ann@example.com")
    assert Person.objects.get_by_natural_key("Ann@EXAMPLE.com") == ann


def test_a_person_without_a_password_has_none_that_works(db: None) -> None:
    assert not Person.objects.create_user("ann@example.com").has_usable_password()
