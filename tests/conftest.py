"""Fixtures that tests of every room use: people by role and browsers that are signed in."""

import time
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from django.test import Client

from accounts.models import Person
from polling.turns import hold
from tests.scheduling import ByModule

PASSWORD = "a long and quiet river"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByModule:
    """Deal tests out in our own way when several processes run them."""
    return ByModule(config, log)


@pytest.fixture(autouse=True)
def no_quiet_afterwards() -> Iterator[None]:
    """What a server asked for in one test is nothing to those that follow."""
    yield
    hold(0, seconds=0)


@pytest.fixture
def person(db: None) -> Callable[..., Person]:
    """Make people: `person("operator", sees_amounts=True)`; the password of each is PASSWORD."""
    numbers = count(1)

    def make(role: str = "viewer", **fields: object) -> Person:
        fields.setdefault("email", f"{role}{next(numbers)}@example.com")
        return Person.objects.create_user(password=PASSWORD, role=role, **fields)

    return make


@pytest.fixture
def signed_in(person: Callable[..., Person]) -> Callable[..., Client]:
    """Make browsers in which a new person is signed in: `signed_in("admin").get("/")`.

    The session counts as seen just now, so that the pages under test do not write it.
    """

    def make(role: str = "viewer", **fields: object) -> Client:
        client = Client()
        client.force_login(person(role, **fields))
        session = client.session
        session.update({"began_at": int(time.time()), "seen_at": int(time.time())})
        session.save()
        return client

    return make
