"""The timeline of a company and of a project: kinds, words, order, pages, and who sees amounts."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Person
from companies.models import CareChange, Company, MirrorChange, Note, OperationKind, OperationState, Project
from companies.services import care
from tests.billing.known import revision
from tests.desk.reading import events, number_of_queries, words
from tests.desk.test_company_page import operation
from tests.usage.known import at, company, project

pytestmark = pytest.mark.usefixtures("noon")

SignedIn = Callable[..., Client]


@pytest.fixture
def acme(noon: None) -> Company:
    return company("10001", "Acme", status="0")


@pytest.fixture
def classroom(acme: Company) -> Project:
    return project(acme, "-u 1", "Classroom", status="1")


def shown(browser: Client, query: str = "", below: str = "") -> str:
    answer = browser.get(f"/companies/10001/{below}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def changed(whose: Company, field: str, old: str, new: str, seen_at: str = "2026-09-20 14:05", **of: Any) -> None:
    MirrorChange.objects.create(company=whose, field=field, old=old, new=new, seen_at=at(seen_at), **of)


def written(whose: Company, author: Person, text: str, created_at: str = "2026-09-19 10:00", **of: Any) -> Note:
    return Note.objects.create(company=whose, author=author, text=text, created_at=at(created_at), **of)


def test_what_happened_is_told_newest_first_whatever_it_was(
    acme: Company, classroom: Project, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    ann = person("operator", email="ann@example.com")
    operation(ann, state=OperationState.REVIEW, result_remote_id=None)
    written(acme, ann, "Call <them>")
    changed(acme, "status", "0", "1")
    changed(acme, "app_limit", "10", "", "2026-09-18 08:00")
    revision("2026-09-11", "10001", "-u 1", None, "1.005", "2026-09-21 06:00")
    assert events(shown(signed_in("finance"))) == [
        "Bill of 11 Sep 2026 corrected : nothing → 1.005 USD 21 Sep 2026, 06:00 UTC · Classroom",
        "Status : Normal → Insufficient balance 20 Sep 2026, 14:05 UTC, first seen then",
        "Note Call <them> 19 Sep 2026, 10:00 UTC · ann@example.com",
        "Project limit : 10 → not told 18 Sep 2026, 08:00 UTC, first seen then",
        "Project: Classroom Needs a decision 1 Sep 2026, 08:00 UTC · ann@example.com",
    ]


@pytest.mark.parametrize(
    ("field", "old", "new", "said"),
    [
        ("area", "CN", "Non-CN", "Area : China → Outside China"),
        ("country", "DE", "US", "Country : Germany → United States of America"),
        ("industry", "3", "99", "Industry : Education → Unknown (99)"),
        ("name", "Old <b>", "Acme", "Name : Old <b> → Acme"),
        ("member_limit", "5", "6", "Member limit : 5 → 6"),
        ("status", "", "3", "Status : No data → Manually suspended"),
        ("listed", "yes", "no", "No longer listed by Agora"),
        ("listed", "no", "yes", "Listed by Agora again"),
    ],
)
def test_what_changed_is_told_in_words(
    field: str, old: str, new: str, said: str, acme: Company, signed_in: SignedIn
) -> None:
    changed(acme, field, old, new)
    assert events(shown(signed_in("viewer"))) == [f"{said} 20 Sep 2026, 14:05 UTC, first seen then"]


def test_the_status_of_a_project_is_told_in_its_own_words_with_its_name(
    acme: Company, classroom: Project, signed_in: SignedIn
) -> None:
    changed(acme, "status", "1", "0", project=classroom)
    browser = signed_in("viewer")
    told = "Status : Enabled → Disabled 20 Sep 2026, 14:05 UTC, first seen then"
    assert (events(shown(browser)), events(shown(browser, below="projects/-u%201/"))) == (
        [f"{told} · Classroom"],
        [told],
    )


def test_a_project_tells_nothing_of_its_company_and_of_other_projects(
    acme: Company, classroom: Project, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    ann, other = person("operator", email="ann@example.com"), project(acme, "-U 1", "Other")
    changed(acme, "status", "0", "1")
    changed(acme, "status", "0", "1", project=other)
    written(acme, ann, "about the company")
    written(acme, ann, "about the other", project=other)
    revision("2026-09-11", "10001", "-U 1", "1", "2", "2026-09-21 06:00")
    operation(ann, result_remote_id="-U 1")
    operation(
        ann,
        kind=OperationKind.UAP_SERVICE,
        project_id="-u 1",
        payload={"type_id": 7, "region": 2},
        natural_key="2",
        result_remote_id=None,
        form_token="70a0a14b-f38c-4aaf-aa46-04d8fae3e38c",
    )
    found = events(shown(signed_in("finance"), below="projects/-u%201/"))
    assert found == ["UAP service: Cloud recording, Outside China Done 1 Sep 2026, 08:00 UTC · ann@example.com"]


def test_a_company_tells_nothing_of_others(acme: Company, signed_in: SignedIn, person: Callable[..., Person]) -> None:
    other, ann = company("20002", "Other"), person("operator")
    changed(other, "status", "0", "1")
    written(other, ann, "Hello")
    revision("2026-09-11", "20002", "", "1", "2", "2026-09-21 06:00")
    operation(ann, company_id="20002")
    assert "Nothing has happened yet" in words(shown(signed_in("finance")))


def test_corrections_are_amounts_and_seen_by_those_only_who_may_see_amounts(acme: Company, signed_in: SignedIn) -> None:
    revision("2026-09-11", "10001", "", "1", "2", "2026-09-21 06:00")
    pages = [shown(signed_in("operator"), query) for query in ("", "?kind=corrections")]
    assert [(events(page), "Bill corrections" in page) for page in pages] == [([], False)] * 2


@pytest.mark.parametrize(
    ("query", "first_words"),
    [
        ("", ["Status", "Note", "Project"]),
        ("?kind=status", ["Status"]),
        ("?kind=details", ["Project"]),
        ("?kind=notes", ["Note"]),
        ("?kind=zebra&page=x", ["Status", "Note", "Project"]),
    ],
)
def test_it_is_narrowed_down_by_kind(
    query: str, first_words: list[str], acme: Company, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    changed(acme, "status", "0", "1")
    changed(acme, "app_limit", "1", "2", "2026-09-01 08:00")
    written(acme, person("operator"), "Hello")
    assert [event.split(" ")[0] for event in events(shown(signed_in("viewer"), query))] == first_words


def test_a_kind_without_events_offers_all_of_them(acme: Company, signed_in: SignedIn) -> None:
    changed(acme, "status", "0", "1")
    page = shown(signed_in("viewer"), "?kind=notes&product=rtm")
    assert ("Nothing of this kind" in words(page), 'href="?product=rtm"' in page) == (True, True)


def test_it_is_turned_page_by_page(acme: Company, signed_in: SignedIn) -> None:
    for number in range(65):
        changed(acme, "app_limit", f"{number}", f"{number + 1}", f"2026-08-01 00:{number % 60:02d}")
    browser = signed_in("viewer")
    pages = [shown(browser, f"?page={number}") for number in (1, 2, 3)]
    assert [(len(events(page)), "page=1#" in page, "page=3#" in page) for page in pages] == [
        (30, False, False),
        (30, True, True),
        (5, False, False),
    ]
    assert len({event for page in pages for event in events(page)}) == 65


def test_a_note_that_was_removed_is_not_told(acme: Company, signed_in: SignedIn, person: Callable[..., Person]) -> None:
    written(acme, person("operator"), "Gone", removed_at=at("2026-09-20 00:00"))
    assert events(shown(signed_in("viewer"))) == []


def test_own_notes_may_be_changed_and_the_removal_of_one_undone(
    acme: Company, classroom: Project, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    browser = signed_in("operator")
    me = Person.objects.get(email__startswith="operator")
    mine, theirs = written(acme, me, "Mine"), written(acme, person("operator"), "Theirs")
    long_gone = written(acme, me, "Long gone", removed_at=at("2026-09-23 11:00"))
    just_gone = written(acme, me, "Just gone", removed_at=at("2026-09-23 11:59"), project=classroom)
    page = shown(browser)
    offered = [f'notes/{note.pk}/{end}"' in page for note in (mine, theirs) for end in ("", "remove/")]
    undone = [f"notes/{note.pk}/restore/" in page for note in (long_gone, just_gone)]
    assert (offered, undone) == ([True, True, False, False], [False, True])


def test_a_viewer_reads_notes_and_writes_none(
    acme: Company, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    written(acme, person("operator"), "Read me")
    page = shown(signed_in("viewer"))
    assert ("Read me" in page, "notes/add/" in page, "/care/" in page) == (True, False, False)


@pytest.mark.parametrize("below", ["", "projects/-u%201/"])
def test_it_asks_the_database_as_often_for_a_long_history_as_for_a_short_one(
    below: str, acme: Company, classroom: Project, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    ann, browser = person("operator"), signed_in("admin")

    def happen(number: int) -> None:
        moment = f"{at('2026-09-01 00:00') + dt.timedelta(minutes=number):%Y-%m-%d %H:%M}"
        changed(acme, "status", "0", "1", moment, project=classroom)
        changed(acme, "name", "0", "1", moment, project=classroom)
        written(acme, ann, f"{number}", moment, project=classroom)
        revision("2026-09-11", "10001", "-u 1", "1", "2", moment)
        operation(
            ann,
            kind=OperationKind.UAP_SERVICE,
            project_id="-u 1",
            payload={"type_id": 7, "region": 2},
            result_remote_id=None,
            natural_key=f"{number}",
            created_at=at(moment),
            form_token=f"4c18781f-16b2-43c5-9281-2eddfd31{number:04d}",
        )

    happen(0)
    for_one = number_of_queries(browser, f"/companies/10001/{below}")
    for number in range(1, 30):
        happen(number)
    assert number_of_queries(browser, f"/companies/10001/{below}") == for_one


def test_tags_and_owner_are_told_with_whoever_changed_them(
    acme: Company, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    ann, ben = (person("operator", email=f"{name}@example.com") for name in ("ann", "ben"))
    everybody = {"companies": Company.objects.all(), "by": ann}
    care.set_tags(company=acme, names=["pilot", "vip"], by=ann)
    with time_machine.travel(at("2026-09-23 13:00"), tick=False):
        care.set_tags(company=acme, names=["vip", "Education"], by=ben)
    care.set_owners(owner=ben, now=at("2026-09-23 14:00"), **everybody)
    care.add_tag(name="big", now=at("2026-09-23 15:00"), **everybody)
    care.undo(change=CareChange.objects.get(step="set-owner"), by=ann, now=at("2026-09-23 16:00"))
    assert events(shown(signed_in("viewer"), "?kind=care")) == [
        "Owner : ben@example.com → Nobody 23 Sep 2026, 16:00 UTC · ann@example.com",
        "Tags put on: big 23 Sep 2026, 15:00 UTC · ann@example.com",
        "Owner : Nobody → ben@example.com 23 Sep 2026, 14:00 UTC · ann@example.com",
        "Tags put on: Education; taken off: pilot 23 Sep 2026, 13:00 UTC · ben@example.com",
        "Tags put on: pilot, vip 23 Sep 2026, 12:00 UTC · ann@example.com",
    ]


def test_a_project_has_neither_tags_nor_owner_to_tell_of(
    acme: Company, classroom: Project, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    care.set_tags(company=acme, names=["pilot"], by=person("operator"))
    page = shown(signed_in("viewer"), "?kind=care", below="projects/-u%201/")
    assert (events(page), "Tags and owner" in page) == ([], False)


def test_whoever_was_never_normal_has_that_told(signed_in: SignedIn) -> None:
    company("10001", "Acme", status="3")
    browser = signed_in("viewer")
    told = "Manually suspended when it was first listed 1 Jan 2026, 00:00 UTC, first seen then"
    pages = [events(shown(browser, query)) for query in ("", "?kind=status", "?kind=details")]
    assert pages == [[told], [told], []]


def test_what_it_was_at_first_stays_told_after_it_turned(signed_in: SignedIn) -> None:
    changed(company("10001", "Acme", status="0"), "status", "1", "0")
    assert events(shown(signed_in("viewer"))) == [
        "Status : Insufficient balance → Normal 20 Sep 2026, 14:05 UTC, first seen then",
        "Insufficient balance when it was first listed 1 Jan 2026, 00:00 UTC, first seen then",
    ]
