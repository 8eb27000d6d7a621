"""Steps over many companies: of those ticked or all that match, said in words, undone by one press."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Person
from companies.models import CareChange, Company
from tests.desk.listing import names, read, tag
from tests.desk.reading import words
from tests.usage.known import company

pytestmark = pytest.mark.usefixtures("noon")

SignedIn = Callable[..., Client]


def change(browser: Client, **fields: object) -> str:
    """Change many companies and read what the list says then."""
    return browser.post("/company-list/change/", {"which": "ticked", **fields}, follow=True).content.decode()


def tagged(name: str) -> list[str]:
    return list(Company.objects.filter(tags__name=name).order_by("company_id").values_list("company_id", flat=True))


def test_ticked_companies_get_a_tag_and_it_is_said_how_many(signed_in: SignedIn) -> None:
    acme, bolt, _cork = tag(company("1"), "pilot"), company("2"), company("3")
    page = change(signed_in("operator"), step="add-tag", tag="Pilot", company=[acme.pk, bolt.pk])
    assert (tagged("pilot"), "Tagged 1 company “pilot”. 1 was so already. Undo" in words(page)) == (["1", "2"], True)


def test_all_that_match_are_found_by_the_filter_beyond_the_page(signed_in: SignedIn) -> None:
    for number in range(30):
        company(f"{number}", status="1" if number < 27 else "0")
    asked = {"step": "add-tag", "tag": "pilot", "which": "all", "query": "status=1", "matching": 27}
    page = change(signed_in("operator"), **asked)
    assert (len(tagged("pilot")), "Tagged 27 companies “pilot”." in words(page), len(names(page))) == (27, True, 25)


def test_nothing_changes_when_others_match_than_were_counted(signed_in: SignedIn) -> None:
    company("1"), company("2")
    page = change(signed_in("operator"), step="add-tag", tag="pilot", which="all", query="", matching=1)
    said = "2 companies match by now. Nothing was changed: look at the list again."
    assert (tagged("pilot"), said in words(page)) == ([], True)


def test_a_tag_is_taken_off_and_comes_back_when_that_is_undone(signed_in: SignedIn) -> None:
    one = tag(company("1"), "pilot")
    browser = signed_in("operator")
    change(browser, step="remove-tag", tag="pilot", company=[one.pk])
    taken_off = tagged("pilot")
    page = browser.post(f"/company-list/changes/{CareChange.objects.get().pk}/undo/", follow=True).content.decode()
    assert (taken_off, tagged("pilot"), "Undone: 1 company is as before." in page) == ([], ["1"], True)


def test_undoing_leads_back_to_the_list_as_it_was(signed_in: SignedIn) -> None:
    one = company("1", status="1")
    browser = signed_in("operator")
    page = change(browser, step="add-tag", tag="pilot", company=[one.pk], query="status=1")
    (address,) = re.findall(r'form="undo" formaction="([^"]*)"', page)
    (where,) = re.findall(r'<form id="undo".*?name="next" value="([^"]*)"', page, flags=re.S)
    answer = browser.post(address, {"next": where})
    assert (answer.headers["Location"], tagged("pilot")) == ("/companies/?status=1", [])


def test_undoing_twice_says_that_it_was_undone(signed_in: SignedIn) -> None:
    one = company("1")
    browser = signed_in("operator")
    change(browser, step="add-tag", tag="pilot", company=[one.pk])
    address = f"/company-list/changes/{CareChange.objects.get().pk}/undo/"
    browser.post(address)
    assert "This was undone already." in browser.post(address, follow=True).content.decode()


def test_nobody_undoes_what_another_person_did(signed_in: SignedIn) -> None:
    one = company("1")
    change(signed_in("operator"), step="add-tag", tag="pilot", company=[one.pk])
    answer = signed_in("admin").post(f"/company-list/changes/{CareChange.objects.get().pk}/undo/")
    assert (answer.status_code, tagged("pilot")) == (404, ["1"])


def test_an_owner_is_set_and_taken_away(signed_in: SignedIn, person: Callable[..., Person]) -> None:
    one, ann = company("1"), person("operator", name="Ann")
    browser = signed_in("operator")
    pages = [change(browser, step="set-owner", owner=owner, company=[one.pk]) for owner in (ann.pk, ann.pk, "")]
    said = ["Ann looks after 1 company more.", "that is so already.", "1 company has no owner now."]
    assert [text in words(page) for text, page in zip(said, pages, strict=True)] == [True, True, True]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"step": "add-tag", "tag": "pilot"}, "Tick companies first, or choose all that match."),
        ({"step": "add-tag", "tag": " ", "company": "1"}, "Tag: This cannot stay empty."),
        ({"step": "add-tag", "tag": "a,b", "company": "1"}, "A tag holds no comma."),
        ({"step": "remove-tag", "tag": "unheard of", "company": "1"}, "Tag: No company has this tag."),
        ({"step": "set-owner", "owner": "999999", "company": "1"}, "Select a valid choice."),
        ({"step": "explode", "company": "1"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_done_is_said_in_words(fields: dict[str, str], said: str, signed_in: SignedIn) -> None:
    company("1", "Acme")
    page = change(signed_in("operator"), **fields)
    assert (said in words(page), CareChange.objects.count()) == (True, 0)


def test_viewers_see_neither_boxes_nor_buttons(signed_in: SignedIn) -> None:
    company("1", "Acme")
    found = [[text in read(signed_in(role)) for text in ("data-select", 'id="change-many"', "Save view")]
             for role in ("viewer", "operator")]  # fmt: skip
    assert found == [[False] * 3, [True] * 3]
