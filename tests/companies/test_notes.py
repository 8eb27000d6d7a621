"""Notes: added, changed and removed by whoever wrote them, taken back, and kept from everybody else's hands."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from accounts.models import AuditEntry, Person
from companies.models import Note, Project
from companies.models.changes import LONGEST_NOTE
from tests.desk.reading import words
from tests.usage.known import at, company, project

NOON = at("2026-09-23 12:00")
ADD = "/companies/10001/notes/add/"

SignedIn = Callable[..., Client]


@pytest.fixture
def classroom(db: None) -> Project:
    """A project whose ID needs quoting."""
    return project(company("10001", "Acme"), "-u 1", "Classroom")


def note(of: Project, author: Person, text: str = "Call them.", **fields: object) -> Note:
    return Note.objects.create(company=of.company, author=author, text=text, **{"created_at": NOON} | fields)


def person_in(browser: Client) -> Person:
    return Person.objects.get(pk=browser.session["_auth_user_id"])


def test_a_note_about_a_company_is_added(classroom: Project, signed_in: SignedIn) -> None:
    with time_machine.travel(NOON, tick=False):
        browser = signed_in("operator")
        author = person_in(browser)
        answer = browser.post(ADD, {"text": " Call <them>.\r\nSoon. "})
    (stored,) = Note.objects.values_list("company__company_id", "project", "author", "text", "created_at")
    assert (answer.status_code, answer["Location"]) == (302, "/companies/10001/#notes")
    assert stored == ("10001", None, author.pk, "Call <them>.\nSoon.", NOON)


def test_a_note_about_a_project_comes_back_to_it(classroom: Project, signed_in: SignedIn) -> None:
    answer = signed_in("operator").post(ADD, {"text": "Live.", "project": "-u 1"})
    assert answer["Location"] == "/companies/10001/projects/-u%201/#notes"
    assert Note.objects.get().project == classroom


def test_a_form_that_is_sent_twice_makes_one_note(classroom: Project, signed_in: SignedIn) -> None:
    browser = signed_in("operator")
    for _time in range(2):
        browser.post(ADD, {"text": "Call them."})
    assert Note.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write something first."),
        (" \u200b\n ", "Write something first."),
        ("a\x07b", "This holds a character that cannot be stored."),
        ("x" * (LONGEST_NOTE + 1), "At most 4000 characters; these are 4001."),
    ],
)
def test_what_is_no_note_is_said_beside_the_field(
    text: str, said: str, classroom: Project, signed_in: SignedIn
) -> None:
    answer = signed_in("operator").post(ADD, {"text": text})
    assert (answer.status_code, said in words(answer.content.decode()), Note.objects.count()) == (200, True, 0)


def test_what_was_typed_stays_when_it_is_wrong(classroom: Project, signed_in: SignedIn) -> None:
    page = signed_in("operator").post(ADD, {"text": "Keep <this> \x07", "project": "-u 1"}).content.decode()
    assert ("Keep &lt;this&gt;" in page, 'name="project" value="-u 1"' in page) == (True, True)


@pytest.mark.parametrize("where", [{"project": "nowhere"}, {"project": "-U 1"}, {"project": "-u 1\0"}])
def test_a_project_that_was_never_listed_there_takes_no_note(
    where: dict[str, str], classroom: Project, signed_in: SignedIn
) -> None:
    assert signed_in("operator").post(ADD, {"text": "Hello", **where}).status_code == 404


def test_the_author_changes_a_note_and_the_audit_log_keeps_the_old_words(
    classroom: Project, signed_in: SignedIn
) -> None:
    browser = signed_in("finance")
    made = note(classroom, person_in(browser))
    browser.post(f"/companies/10001/notes/{made.pk}/", {"text": "Wait."})
    made.refresh_from_db()
    entry = AuditEntry.objects.get(action="note.changed")
    assert (made.text, made.changed_at is not None, entry.detail) == (
        "Wait.",
        True,
        {"company_id": "10001", "old": "Call them."},
    )


def test_the_same_words_again_change_nothing(classroom: Project, signed_in: SignedIn) -> None:
    browser = signed_in("operator")
    made = note(classroom, person_in(browser))
    browser.post(f"/companies/10001/notes/{made.pk}/", {"text": "Call them."})
    made.refresh_from_db()
    assert (made.changed_at, AuditEntry.objects.filter(action="note.changed").count()) == (None, 0)


def test_a_note_is_removed_and_taken_back(classroom: Project, signed_in: SignedIn) -> None:
    browser = signed_in("operator")
    made = note(classroom, person_in(browser), project=classroom)
    removed = browser.post(f"/companies/10001/notes/{made.pk}/remove/", {"of": "company"})
    after_removal = Note.objects.get().removed_at is not None
    restored = browser.post(f"/companies/10001/notes/{made.pk}/restore/")
    assert (removed["Location"], restored["Location"]) == (
        "/companies/10001/#notes",
        "/companies/10001/projects/-u%201/#notes",
    )
    assert (after_removal, Note.objects.get().removed_at) == (True, None)


@pytest.mark.parametrize("action", ["", "remove/", "restore/"])
def test_nobody_but_its_author_touches_a_note(
    action: str, classroom: Project, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    made = note(classroom, person("operator"))
    answer = signed_in("admin").post(f"/companies/10001/notes/{made.pk}/{action}", {"text": "Mine now."})
    made.refresh_from_db()
    assert (answer.status_code, made.text, made.removed_at) == (404, "Call them.", None)


def test_a_note_is_found_below_its_own_company_only(classroom: Project, signed_in: SignedIn) -> None:
    company("20002", "Other")
    browser = signed_in("operator")
    made = note(classroom, person_in(browser))
    assert browser.post(f"/companies/20002/notes/{made.pk}/remove/").status_code == 404


def test_a_note_that_was_removed_is_not_changed(classroom: Project, signed_in: SignedIn) -> None:
    browser = signed_in("operator")
    made = note(classroom, person_in(browser), removed_at=NOON + dt.timedelta(minutes=1))
    assert browser.post(f"/companies/10001/notes/{made.pk}/", {"text": "Wait."}).status_code == 404


def test_a_viewer_writes_no_notes(classroom: Project, signed_in: SignedIn) -> None:
    assert (signed_in("viewer").post(ADD, {"text": "Hello"}).status_code, Note.objects.count()) == (403, 0)


def test_tags_and_owner_are_saved_from_one_form(
    classroom: Project, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    keeper = person("operator", email="keeper@example.com")
    answer = signed_in("finance").post("/companies/10001/care/", {"tags": "pilot, Education", "owner": keeper.pk})
    classroom.company.refresh_from_db()
    assert (answer["Location"], [tag.name for tag in classroom.company.tags.all()], classroom.company.owner) == (
        "/companies/10001/",
        ["Education", "pilot"],
        keeper,
    )


def test_a_wrong_tag_is_said_and_nothing_is_saved(classroom: Project, signed_in: SignedIn) -> None:
    answer = signed_in("operator").post("/companies/10001/care/", {"tags": "x" * 41, "owner": ""})
    said = "At most 40 characters; these are 41." in words(answer.content.decode())
    assert (answer.status_code, said, classroom.company.tags.count()) == (200, True, 0)
