"""Tags themselves: they are called otherwise, everywhere, and removed once no company has them."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Person
from companies.models import CareChange, Company, SavedView, Tag
from companies.services import care, tags, views
from tests.desk.reading import number_of_queries, table, words
from tests.usage.known import at, company, day
from usage.explorer import question
from usage.queries.series import companies_of

pytestmark = pytest.mark.django_db

SignedIn = Callable[..., Client]
PAGE = "/company-list/tags/"


@pytest.fixture
def ann(person: Callable[..., Person]) -> Person:
    return person("operator", email="ann@reseller.example")


def tagged(company_id: str, ann: Person, *names: str, **fields: object) -> Company:
    one = company(company_id, **fields)
    care.set_tags(company=one, names=names, by=ann)
    return one


def steps(browser: Client) -> list[list[str]]:
    """How many companies have each tag, and what is offered for its removal."""
    return [[row[0], row[1], row[3]] for row in table(browser.get(PAGE).content.decode(), "Tag")]


def test_the_page_says_how_many_companies_have_each_tag(ann: Person, signed_in: SignedIn) -> None:
    tagged("1", ann, "pilot", "Education")
    tagged("2", ann, "pilot")
    tagged("3", ann, "former", gone_at=at("2026-09-01 00:00"))
    Tag.objects.create(name="typo", key="typo")
    assert steps(signed_in("operator")) == [
        ["Education", "1", "in use"],
        ["former", "0", "in use by companies that Agora lists no longer"],
        ["pilot", "2", "in use"],
        ["typo", "0", "Remove: typo Yes, remove “typo”"],
    ]


def test_a_tag_is_called_otherwise_on_companies_and_in_views(ann: Person, signed_in: SignedIn) -> None:
    acme = tagged("1", ann, "pilot", "vip")
    now = timezone.now()
    for name, query in (("Pilots", "tag=PILOT&tag=vip&sort=name"), ("Others", "q=tag%3Dpilot&tag=vip")):
        views.save_view(name=name, query=query, by=ann, now=now)
    page = signed_in("operator").post(f"{PAGE}{Tag.objects.get(key='pilot').pk}/rename/", {"name": "Beta"}, follow=True)
    assert "“pilot” is called “Beta” now, in views too." in words(page.content.decode())
    assert [tag.name for tag in acme.tags.all()] == ["Beta", "vip"]
    assert list(SavedView.objects.values_list("query", flat=True)) == [
        "q=tag%3Dpilot&tag=vip",
        "tag=Beta&tag=vip&sort=name",
    ]
    assert AuditEntry.objects.filter(action="tag.renamed").count() == 1


def test_another_spelling_of_the_same_name_is_no_other_tag(ann: Person, signed_in: SignedIn) -> None:
    tagged("1", ann, "pilot")
    signed_in("operator").post(f"{PAGE}{Tag.objects.get().pk}/rename/", {"name": "Pilot"})
    assert Tag.objects.get().name == "Pilot"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "This cannot stay empty."),
        ("a, b", "A tag holds no comma. Type one tag here."),
        ("x" * 41, "At most 40 characters; these are 41."),
        ("EDUCATION", "Another tag has this name already."),
    ],
)
def test_a_name_that_will_not_do_is_refused_beside_the_field(
    name: str, said: str, ann: Person, signed_in: SignedIn
) -> None:
    tagged("1", ann, "pilot", "Education")
    pilot = Tag.objects.get(key="pilot")
    page = signed_in("operator").post(f"{PAGE}{pilot.pk}/rename/", {"name": name}).content.decode()
    rows = {row[0]: row[2] for row in table(page, "Tag")}
    pilot.refresh_from_db()
    assert (pilot.name, said in rows["pilot"], said in rows["Education"]) == ("pilot", True, False)


def test_a_tag_that_nobody_has_is_removed_and_one_in_use_is_not(ann: Person, signed_in: SignedIn) -> None:
    tagged("1", ann, "pilot")
    typo = Tag.objects.create(name="typo", key="typo")
    browser = signed_in("operator")
    said = [
        words(browser.post(f"{PAGE}{tag.pk}/remove/", follow=True).content.decode())
        for tag in (typo, Tag.objects.get(key="pilot"))
    ]
    assert ["The tag “typo” was removed." in said[0], "“pilot” is in use" in said[1]] == [True, True]
    assert [tag.name for tag in Tag.objects.all()] == ["pilot"]


def test_a_step_whose_tag_was_removed_since_has_nothing_left_to_undo(ann: Person) -> None:
    acme = company("1")
    whole = {"companies": Company.objects.all(), "by": ann, "now": timezone.now()}
    care.add_tag(name="typo", **whole)
    change = care.remove_tag(tag=Tag.objects.get(), **whole)
    Tag.objects.get().delete()
    assert change is not None
    assert care.undo(change=CareChange.objects.get(pk=change.pk), by=ann, now=timezone.now()) == 0
    assert not acme.tags.exists()


def test_a_tag_that_was_removed_meanwhile_does_not_come_back_by_another_name(ann: Person) -> None:
    typo = Tag.objects.create(name="typo", key="typo")
    tags.remove_tag(tag=Tag.objects.get(), by=ann)
    assert (tags.rename_tag(tag=typo, name="type", by=ann), Tag.objects.exists()) == (False, False)


@pytest.mark.parametrize("step", ["rename/", "remove/"])
def test_S3_whoever_may_not_care_changes_no_tag(step: str, signed_in: SignedIn) -> None:
    typo = Tag.objects.create(name="typo", key="typo")
    viewer = signed_in("viewer")
    answers = [viewer.get(PAGE), viewer.post(f"{PAGE}{typo.pk}/{step}", {"name": "x"})]
    assert ([answer.status_code for answer in answers], Tag.objects.get().name) == ([403, 403], "typo")


def test_a_tag_that_is_gone_is_not_found(signed_in: SignedIn) -> None:
    assert signed_in("operator").post(f"{PAGE}77/rename/", {"name": "x"}).status_code == 404


def test_the_number_of_queries_does_not_grow_with_tags_and_companies(ann: Person, signed_in: SignedIn) -> None:
    browser = signed_in("operator")
    tagged("1", ann, "pilot")
    before = number_of_queries(browser, PAGE)
    for number in range(2, 20):
        tagged(f"{number}", ann, "pilot", f"tag {number}")
    assert number_of_queries(browser, PAGE) == before


@pytest.mark.parametrize("name", ["Gold™", "25 ℃", "№ 1", "Ｈigh", "ﬁrst  İ", "Größe"])
def test_a_tag_of_any_signs_finds_its_companies_by_name_and_by_key(name: str, ann: Person, signed_in: SignedIn) -> None:
    tagged("1", ann, name)
    tag, browser = Tag.objects.get(), signed_in("viewer")
    listed = [browser.get("/companies/", {"tag": asked}).context["table"].data for asked in (tag.name, tag.key)]
    asked = question(QueryDict(urlencode({"tag": tag.key})), today=day("2026-09-22"))
    assert ([len(found) for found in listed], companies_of(asked.selection).count()) == ([1, 1], 1)
