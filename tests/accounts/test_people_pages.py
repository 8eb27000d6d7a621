"""Admins add people, change what they may do, and shut them out; nobody else does."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from tests.accounts.test_sign_in import is_signed_in, sign_in

ANN = {"email": "Ann@Example.com", "name": "Ann", "role": "finance"}


def posted(person: Person, **changes: str) -> dict[str, str]:
    """The form of a person as a browser would send it, with some fields changed; '' unticks a box."""
    fields = {"name": person.name, "role": person.role, "is_active": "on" if person.is_active else ""}
    return {name: value for name, value in {**fields, **changes}.items() if value}


def queries_of(client: Client, path: str) -> int:
    """How often a page asks the database."""
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return len(asked)


def shown_password(page: str) -> str:
    found = re.search(r"<code>([A-Za-z0-9]{20})</code>", page)
    return found.group(1) if found else ""


def test_the_list_shows_everybody(signed_in: Callable[..., Client], person: Callable[..., Person]) -> None:
    person("finance", email="fin@example.com")
    person("viewer", email="gone@example.com", is_active=False)
    page = signed_in("admin", email="boss@example.com").get("/settings/people/").content.decode()
    assert re.findall(r'<a href="/settings/people/\d+/">(.*?)</a>', page) == [
        "boss@example.com",
        "fin@example.com",
        "gone@example.com",
    ]


def test_the_list_asks_the_database_as_often_for_31_people_as_for_one(
    signed_in: Callable[..., Client], person: Callable[..., Person]
) -> None:
    admin = signed_in("admin")
    for_one = queries_of(admin, "/settings/people/")
    for _number in range(30):
        person()
    assert queries_of(admin, "/settings/people/") == for_one


def test_an_added_person_signs_in_with_the_password_that_was_shown(signed_in: Callable[..., Client]) -> None:
    page = signed_in("admin").post("/settings/people/create/", ANN).content.decode()
    assert sign_in(Client(), "ann@example.com", shown_password(page)) == "/"


def test_an_added_person_has_the_chosen_name_role_and_right(signed_in: Callable[..., Client]) -> None:
    signed_in("admin").post("/settings/people/create/", {**ANN, "role": "operator", "sees_amounts": "on"})
    ann = Person.objects.get(email="ann@example.com")
    assert (ann.name, ann.role, ann.sees_amounts, ann.is_active) == ("Ann", "operator", True, True)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "BOSS@example.com"}, "email"),
        ({"email": "a\x00b@example.com"}, "email"),
        ({"role": "root"}, "role"),
        ({"name": "x" * 151}, "name"),
    ],
)
def test_a_person_with_a_wrong_field_is_not_added_and_the_error_stands_beside_it(
    wrong: dict[str, str], field: str, signed_in: Callable[..., Client]
) -> None:
    answer = signed_in("admin", email="boss@example.com").post("/settings/people/create/", {**ANN, **wrong})
    assert (list(answer.context["form"].errors), Person.objects.count()) == ([field], 1)


def test_S48_fields_that_the_form_does_not_have_change_nothing(signed_in: Callable[..., Client]) -> None:
    extra = {"password": "x", "is_active": "", "last_login": "2026-01-01", "id": "999"}
    signed_in("admin").post("/settings/people/create/", {**ANN, **extra})
    ann = Person.objects.get(email="ann@example.com")
    assert (ann.is_active, ann.last_login, ann.pk == 999) == (True, None, False)


def test_a_changed_role_is_stored(signed_in: Callable[..., Client], person: Callable[..., Person]) -> None:
    ann = person("viewer")
    signed_in("admin").post(f"/settings/people/{ann.pk}/", posted(ann, role="approver"))
    ann.refresh_from_db()
    assert ann.role == "approver"


def test_the_right_to_see_amounts_is_given_and_taken(
    signed_in: Callable[..., Client], person: Callable[..., Person]
) -> None:
    ann, admin, seen = person("viewer"), signed_in("admin"), []
    for box in ("on", ""):
        admin.post(f"/settings/people/{ann.pk}/", posted(ann, sees_amounts=box))
        ann.refresh_from_db()
        seen.append(ann.sees_amounts)
    assert seen == [True, False]


def test_a_disabled_person_is_out_and_comes_back_when_enabled(
    signed_in: Callable[..., Client], person: Callable[..., Person]
) -> None:
    ann, admin, browser = person("viewer"), signed_in("admin"), Client()
    browser.force_login(ann)
    admin.post(f"/settings/people/{ann.pk}/", posted(ann, is_active=""))
    out = is_signed_in(browser)
    admin.post(f"/settings/people/{ann.pk}/", posted(ann, is_active="on"))
    assert (out, sign_in(Client(), ann.email)) == (False, "/")


@pytest.mark.parametrize("change", [{"role": "viewer"}, {"is_active": ""}])
def test_the_last_admin_can_neither_be_demoted_nor_disabled(
    change: dict[str, str], signed_in: Callable[..., Client], person: Callable[..., Person]
) -> None:
    person("admin", is_active=False)
    admin = signed_in("admin", email="boss@example.com")
    boss = Person.objects.get(email="boss@example.com")
    answer = admin.post(f"/settings/people/{boss.pk}/", posted(boss, **change))
    boss.refresh_from_db()
    assert answer.context["form"].non_field_errors() == ["Somebody has to stay admin: make another person admin first."]
    assert (boss.role, boss.is_active) == ("admin", True)


def test_one_of_two_admins_can_be_demoted(signed_in: Callable[..., Client], person: Callable[..., Person]) -> None:
    other = person("admin")
    signed_in("admin").post(f"/settings/people/{other.pk}/", posted(other, role="viewer"))
    other.refresh_from_db()
    assert other.role == "viewer"


def test_a_renewed_password_works_and_the_old_one_does_not(
    signed_in: Callable[..., Client], person: Callable[..., Person]
) -> None:
    ann = person()
    page = signed_in("admin").post(f"/settings/people/{ann.pk}/password/").content.decode()
    tried = (sign_in(Client(), ann.email), sign_in(Client(), ann.email, shown_password(page)))
    assert tried == ("", "/")


def test_a_renewed_password_ends_the_sessions_of_its_owner(
    signed_in: Callable[..., Client], person: Callable[..., Person]
) -> None:
    ann, browser = person(), Client()
    browser.force_login(ann)
    signed_in("admin").post(f"/settings/people/{ann.pk}/password/")
    assert not is_signed_in(browser)


@pytest.mark.parametrize("person_id", ["0", "999999", "99999999999999999999"])
@pytest.mark.parametrize("path", ["/settings/people/{}/", "/settings/people/{}/password/"])
def test_a_person_who_does_not_exist_is_not_found(path: str, person_id: str, signed_in: Callable[..., Client]) -> None:
    assert signed_in("admin").post(path.format(person_id)).status_code == 404


def test_S40_a_name_with_html_is_shown_as_text(signed_in: Callable[..., Client], person: Callable[..., Person]) -> None:
    person(name="<script>alert(1)</script>")
    page = signed_in("admin").get("/settings/people/").content.decode()
    assert "<td>&lt;script&gt;alert(1)&lt;/script&gt;</td>" in page


@pytest.mark.parametrize(("role", "links"), [("viewer", []), ("admin", ["/settings/people/", "/settings/audit/"])])
def test_the_settings_page_leads_admins_to_people_and_audit_log(
    role: str, links: list[str], signed_in: Callable[..., Client]
) -> None:
    page = signed_in(role).get("/settings/").content.decode()
    assert re.findall(r'href="(/settings/.+?)"', page) == links
