"""Who did what is written down completely, and nobody alters it."""

import re
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client

from accounts.models import AuditEntry, AuditEntryIsFinalError, Person
from accounts.services import change_person, store_audit_entry
from tests.accounts.test_passwords import NEW_PASSWORD, change_password, reset_link, use_link
from tests.accounts.test_people_pages import ANN, posted, queries_of
from tests.accounts.test_sign_in import sign_in

Told = list[tuple[str, str, object]]


def told(*actions: str) -> Told:
    """Action, who and detail of the entries about these actions, oldest first."""
    entries = AuditEntry.objects.filter(action__in=actions).order_by("id")
    return [(entry.action, entry.email, entry.detail) for entry in entries]


@pytest.fixture
def entry(db: None) -> AuditEntry:
    return store_audit_entry(action="create_company", by=None, detail={"name": "Ünïcode"})


@pytest.mark.parametrize(
    "attempt",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: AuditEntry(pk=entry.pk, action="x").delete(),
        lambda entry: AuditEntry.objects.update(action="x"),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
        lambda entry: AuditEntry.objects.bulk_update([entry], ["action"]),
        lambda entry: AuditEntry.objects.update_or_create(pk=entry.pk, defaults={"action": "x"}),
    ],
)
def test_S60_the_model_neither_changes_nor_deletes_an_entry(
    attempt: Callable[[AuditEntry], object], entry: AuditEntry
) -> None:
    with pytest.raises(AuditEntryIsFinalError):
        attempt(entry)
    assert told("create_company") == [("create_company", "", {"name": "Ünïcode"})]


def test_S60_an_entry_cannot_be_written_over_by_one_with_its_number(entry: AuditEntry) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry(pk=entry.pk, action="x").save()
    assert told("create_company") == [("create_company", "", {"name": "Ünïcode"})]


@pytest.mark.parametrize("statement", ["UPDATE accounts_auditentry SET ip = NULL", "DELETE FROM accounts_auditentry"])
def test_S60_postgresql_itself_refuses_to_change_or_delete_an_entry(statement: str, entry: AuditEntry) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no such trigger")
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        connection.cursor().execute(statement)
    assert told("create_company") == [("create_company", "", {"name": "Ünïcode"})]


def test_a_person_with_entries_cannot_be_deleted(person: Callable[..., Person]) -> None:
    ann = person()
    store_audit_entry(action="sign_in", by=ann)
    with pytest.raises(ProtectedError):
        ann.delete()


def test_S59_signing_in_and_out_is_written_down_with_the_address(person: Callable[..., Person]) -> None:
    client, ann = Client(REMOTE_ADDR="203.0.113.9"), person()
    sign_in(client, ann.email)
    client.post("/accounts/logout/")
    entries = AuditEntry.objects.order_by("id").values_list("action", "person", "email", "ip")
    assert list(entries) == [
        ("sign_in", ann.pk, ann.email, "203.0.113.9"),
        ("sign_out", ann.pk, ann.email, "203.0.113.9"),
    ]


def test_S59_a_failed_sign_in_is_written_down_without_the_password(person: Callable[..., Person]) -> None:
    sign_in(Client(), person(email="ann@example.com").email, "a secret slip")
    assert told("fail_sign_in") == [("fail_sign_in", "ann@example.com", {})]


def test_S59_a_refusal_is_written_down(signed_in: Callable[..., Client]) -> None:
    signed_in("viewer", email="ann@example.com").post("/settings/people/create/", ANN)
    expected = {"method": "POST", "path": "/settings/people/create/"}
    assert told("refuse") == [("refuse", "ann@example.com", expected)]


def test_S59_an_added_person_is_written_down_without_the_password(signed_in: Callable[..., Client]) -> None:
    signed_in("admin", email="boss@example.com").post("/settings/people/create/", ANN)
    detail = {"email": "ann@example.com", "role": "finance", "sees_amounts": False}
    assert told("create_person") == [("create_person", "boss@example.com", detail)]


def test_S59_a_changed_role_is_written_down_with_old_and_new(
    signed_in: Callable[..., Client], person: Callable[..., Person]
) -> None:
    ann, admin = person("viewer"), signed_in("admin", email="boss@example.com")
    admin.post(f"/settings/people/{ann.pk}/", posted(ann, role="approver", sees_amounts="on"))
    entry = AuditEntry.objects.get(action="change_person")
    assert entry.detail == {"role": ["viewer", "approver"], "sees_amounts": [False, True]}
    assert (entry.email, entry.object_type, entry.object_id) == ("boss@example.com", "accounts.person", str(ann.pk))


def test_S59_saving_a_person_unchanged_writes_nothing_down(
    signed_in: Callable[..., Client], person: Callable[..., Person]
) -> None:
    ann = person("viewer")
    signed_in("admin").post(f"/settings/people/{ann.pk}/", posted(ann))
    assert told("change_person") == []


def test_S59_passwords_that_are_renewed_changed_and_reset_are_written_down(
    signed_in: Callable[..., Client], person: Callable[..., Person]
) -> None:
    ann, browser = person(email="ann@example.com"), Client()
    use_link(reset_link(ann.email), "a third and last river")
    sign_in(browser, ann.email, "a third and last river")
    change_password(browser, "a third and last river", NEW_PASSWORD)
    signed_in("admin", email="boss@example.com").post(f"/settings/people/{ann.pk}/password/")
    assert told("change_password", "renew_password") == [
        ("change_password", "ann@example.com", {}),
        ("change_password", "ann@example.com", {}),
        ("renew_password", "boss@example.com", {}),
    ]


def test_S61_a_change_and_its_entry_are_stored_together_or_not_at_all(
    person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = person("viewer")
    monkeypatch.setattr("accounts.models.AuditEntry.save", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        change_person(person_id=ann.pk, name="", role="admin", sees_amounts=False, is_active=True)
    ann.refresh_from_db()
    assert ann.role == "viewer"


def shown_actions(page: str) -> list[str]:
    return re.findall(r"<td><code>(\w+)</code></td>", page)


def test_the_page_shows_the_newest_entry_first(signed_in: Callable[..., Client]) -> None:
    for action in ("create_company", "create_project"):
        store_audit_entry(action=action, by=None)
    page = signed_in("admin").get("/settings/audit/").content.decode()
    assert shown_actions(page) == ["create_project", "create_company"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?action=sign_in", ["sign_in", "sign_in"]),
        ("?email=ANN", ["sign_in"]),
        ("?email=ann&action=sign_out", []),
        ("?email=nobody", []),
        ("?action=unheard_of", ["sign_out", "sign_in", "sign_in"]),
        ("?email=%00", ["sign_out", "sign_in", "sign_in"]),
        ("?page=99", ["sign_out", "sign_in", "sign_in"]),
        ("?page=x", ["sign_out", "sign_in", "sign_in"]),
    ],
)
def test_the_page_is_filtered_by_address_and_action(
    query: str, expected: list[str], signed_in: Callable[..., Client], person: Callable[..., Person]
) -> None:
    ann, bob = person(email="ann@example.com"), person(email="bob@example.com")
    store_audit_entry(action="sign_in", by=ann)
    store_audit_entry(action="sign_in", by=bob)
    store_audit_entry(action="sign_out", by=bob)
    page = signed_in("admin").get(f"/settings/audit/{query}").content.decode()
    assert shown_actions(page) == expected


def test_the_page_asks_the_database_as_often_for_a_full_page_as_for_one_entry(
    signed_in: Callable[..., Client], person: Callable[..., Person]
) -> None:
    admin = signed_in("admin")
    store_audit_entry(action="sign_in", by=person())
    for_one = queries_of(admin, "/settings/audit/")
    for _number in range(60):
        store_audit_entry(action="sign_in", by=person())
    assert queries_of(admin, "/settings/audit/") == for_one


def test_a_page_holds_50_entries(signed_in: Callable[..., Client]) -> None:
    for _number in range(60):
        store_audit_entry(action="sign_in", by=None)
    page = signed_in("admin").get("/settings/audit/").content.decode()
    assert len(shown_actions(page)) == 50


def test_older_entries_are_on_the_next_page_with_the_same_filter(signed_in: Callable[..., Client]) -> None:
    admin = signed_in("admin")
    for number in range(51):
        store_audit_entry(action="sign_in", by=None, email=f"{number}@example.com")
    page = admin.get("/settings/audit/?action=sign_in").content.decode()
    (older,) = re.findall(r'href="(\?.*?page=2.*?)"', page)
    page = admin.get("/settings/audit/" + older.replace("&amp;", "&")).content.decode()
    assert re.findall(r"(\d+)@example.com</td>", page) == ["0"]


def test_a_refusal_at_an_address_with_nul_is_written_down(person: Callable[..., Person]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person("viewer"))
    answer = browser.post("/accounts/password/reset/key/1-%00/")
    written = AuditEntry.objects.get(action="refuse").detail["path"]
    assert (answer.status_code, written) == (403, "/accounts/password/reset/key/1-%00/")
