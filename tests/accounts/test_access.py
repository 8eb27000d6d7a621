"""Every page of the portal declares what it needs, and every role gets exactly that."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.access import PAGE_RIGHTS, Access, Door, Right, access_of, has_right
from accounts.models import Person, Role

METHODS = ["get", "head", "post", "put", "patch", "delete", "options"]
NOTHING = Access(**{right.value: False for right in Right})
CREATES = replace(NOTHING, create=True, poll=True, care=True)


def pages(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every named page: its name with namespaces, and its pattern."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from pages(pattern, inner)
        else:
            yield f"{namespace}{pattern.name}", pattern


@cache
def patterns() -> dict[str, URLPattern]:
    """All of them by name."""
    return dict(pages())


def declared_by(pattern: URLPattern) -> Door | Right:
    """What the view itself says it needs."""
    if not getattr(pattern.callback, "login_required", True):
        return Door.OPEN
    return getattr(pattern.callback, "right", Door.SIGNED_IN)


def address(name: str) -> str:
    """The page's address with an invented object in it."""
    pattern = patterns()[name]
    converters = pattern.pattern.converters
    names = set(converters) | set(getattr(pattern.pattern, "regex", None).groupindex)
    values = {key: 1 if "Int" in type(converters.get(key)).__name__ else "x" for key in names}
    return reverse(name, kwargs=values)


def status(answer: HttpResponseBase) -> int:
    """What a page answered; a file is read to its end, which closes it."""
    if answer.streaming:
        list(answer)
    return answer.status_code


def test_S1_every_page_is_declared_with_what_its_view_asks_for() -> None:
    assert {name: declared_by(pattern) for name, pattern in pages()} == PAGE_RIGHTS


@pytest.mark.parametrize("name", PAGE_RIGHTS)
def test_S1_whoever_is_signed_out_is_sent_to_sign_in_from_every_page_that_is_not_open(name: str, db: None) -> None:
    page = address(name)
    answers = [getattr(Client(), method)(page) for method in METHODS]
    sent_away = [answer.headers.get("Location", "").startswith("/accounts/login/?next=") for answer in answers]
    expected = PAGE_RIGHTS[name] is not Door.OPEN
    assert sent_away == [expected] * len(METHODS)


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("name", PAGE_RIGHTS)
def test_S1_S4_every_method_of_every_page_is_refused_exactly_to_roles_without_its_right(
    name: str, role: str, signed_in: Callable[..., Client]
) -> None:
    needed = PAGE_RIGHTS[name]
    refused = isinstance(needed, Right) and not has_right(Person(role=role), needed)
    client, page = signed_in(role), address(name)
    answers = [status(getattr(client, method)(page)) for method in METHODS]
    assert [answer == 403 for answer in answers] == [refused] * len(METHODS)


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        ("viewer", NOTHING),
        ("operator", CREATES),
        ("approver", replace(CREATES, approve=True)),
        ("finance", replace(NOTHING, see_amounts=True, care=True)),
        ("admin", Access(**{right.value: True for right in Right})),
    ],
)
def test_each_role_has_the_rights_of_the_table(role: str, rights: Access) -> None:
    assert access_of(Person(role=role)) == rights


@pytest.mark.parametrize("role", Role.values)
def test_a_person_with_the_right_given_to_them_sees_amounts_in_any_role(role: str) -> None:
    assert access_of(Person(role=role, sees_amounts=True)).see_amounts


def test_a_disabled_person_has_no_rights() -> None:
    assert access_of(Person(role="admin", sees_amounts=True, is_active=False)) == NOTHING


def test_whoever_is_signed_out_has_no_rights() -> None:
    assert access_of(AnonymousUser()) == NOTHING


def test_a_role_that_nobody_knows_has_no_rights() -> None:
    assert access_of(Person(role="root")) == NOTHING


def test_S5_a_role_taken_away_counts_from_the_next_request_on(signed_in: Callable[..., Client]) -> None:
    admin = signed_in("admin")
    before = admin.get("/settings/people/").status_code
    Person.objects.update(role="viewer")
    assert (before, admin.get("/settings/people/").status_code) == (200, 403)
