"""Views of the list of companies: the team saves them, opens them by a link, renames and removes them."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Person
from companies.models import SavedView
from companies.services import views
from tests.desk.listing import LIST, names, read
from tests.desk.reading import tables, words
from tests.usage.known import company

pytestmark = pytest.mark.usefixtures("noon")

SignedIn = Callable[..., Client]


def test_a_view_opens_for_another_account_with_filters_columns_and_order(signed_in: SignedIn) -> None:
    company("1", "Acme", status="1")
    company("2", "Bolt", status="1")
    company("3", "Cork", status="0")
    query = "status=1&columns=name,status&sort=-name"
    saved = signed_in("operator").post("/company-list/views/save/", {"name": "In trouble", "query": query})
    page = read(signed_in("viewer"), saved.headers["Location"])
    assert (names(page), tables(page)[0][0], "“In trouble” " in words(page)) == (
        ["Bolt", "Acme"],
        ["Company", "Status"],
        False,
    )


def test_the_address_of_a_view_stays_as_short_as_it_was_sent(signed_in: SignedIn) -> None:
    company("1", "Acme")
    answer = signed_in("operator").post(
        "/company-list/views/save/", {"name": "A", "query": "q=ac&columns=name,status"}, follow=True
    )
    view = SavedView.objects.get()
    shown = answer.content.decode()
    assert answer.redirect_chain == [(f"{LIST}?view={view.pk}", 302)]
    assert (names(shown), tables(shown)[0][0]) == (["Acme"], ["Company", "Status"])


def test_a_view_keeps_what_is_shown_to_whoever_saves_it(signed_in: SignedIn) -> None:
    company("1", "Acme")
    browser = signed_in("operator")
    browser.post("/company-list/columns/", {"columns": ["area"], "density": "compact"})
    state = re.findall(r'name="query"\s+value="([^"]*)"', read(browser, f"{LIST}?q=ac&page=1"))[0]
    assert state == "q=ac&amp;columns=name%2Carea"


def test_a_view_keeps_only_what_counts(signed_in: SignedIn) -> None:
    query = "page=7&status=1&view=3&evil=1&q=&sort=name"
    signed_in("operator").post("/company-list/views/save/", {"name": "One", "query": query})
    assert SavedView.objects.get().query == "status=1&sort=name"


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "This cannot stay empty."), ("  ", "This cannot stay empty."), ("x" * 61, "At most 60 characters"),
     ("EDUCATION", "The team has a view of this name already.")],
)  # fmt: skip
def test_a_name_that_will_not_do_is_refused_beside_the_field(name: str, said: str, signed_in: SignedIn) -> None:
    browser = signed_in("operator")
    browser.post("/company-list/views/save/", {"name": "Education", "query": "q=a"})
    page = browser.post("/company-list/views/save/", {"name": name, "query": "q=b"}).content.decode()
    assert (said in words(page), 'value="q=b"' in page, SavedView.objects.count()) == (True, True, 1)


def saved_by(role: str, signed_in: SignedIn) -> tuple[Client, SavedView]:
    browser = signed_in(role)
    browser.post("/company-list/views/save/", {"name": "Education", "query": "q=a"})
    return browser, SavedView.objects.get()


def test_whoever_saved_a_view_renames_and_removes_it(signed_in: SignedIn) -> None:
    browser, view = saved_by("operator", signed_in)
    browser.post(f"/company-list/views/{view.pk}/", {"name": "Schools"})
    view.refresh_from_db()
    browser.post(f"/company-list/views/{view.pk}/remove/")
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert (view.name, SavedView.objects.count(), actions) == (
        "Schools",
        0,
        ["view.saved", "view.renamed", "view.removed"],
    )


@pytest.mark.parametrize(("role", "status"), [("operator", 403), ("viewer", 403), ("admin", 302)])
def test_another_persons_view_is_changed_by_admins_alone(role: str, status: int, signed_in: SignedIn) -> None:
    view = saved_by("operator", signed_in)[1]
    other = signed_in(role)
    offered = f'href="/company-list/views/{view.pk}/"' in read(other)
    answers = [other.post(f"/company-list/views/{view.pk}/{step}", {"name": "Mine"}) for step in ("", "remove/")]
    assert ([answer.status_code for answer in answers], offered) == ([status, status], status == 302)


def test_a_view_that_was_removed_shows_all_companies_and_says_so(signed_in: SignedIn) -> None:
    company("1", "Acme")
    page = read(signed_in("viewer"), f"{LIST}?view=77")
    assert (names(page), "This view was removed" in page) == (["Acme"], True)


def test_the_list_names_the_view_that_is_open_until_it_shows_something_else(signed_in: SignedIn) -> None:
    browser, view = saved_by("operator", signed_in)
    page = read(browser, f"{LIST}?view={view.pk}")
    other = read(browser, f"{LIST}?q=ac&view={view.pk}")
    assert ["View Education" in words(page), "changed since" in page, "Save changes" in page] == [True, False, False]
    assert ["View Education changed since" in words(other), "Save changes to “Education”" in other] == [True, True]


def test_one_that_has_no_columns_of_its_own_is_not_changed_by_those_of_whoever_looks(signed_in: SignedIn) -> None:
    browser, view = saved_by("operator", signed_in)
    browser.post("/company-list/columns/", {"columns": ["area"], "density": "compact"})
    assert "changed since" not in read(browser, f"{LIST}?view={view.pk}")


def test_filters_orders_and_steps_stay_in_the_view(signed_in: SignedIn) -> None:
    acme = company("1", "Acme")
    browser, view = saved_by("operator", signed_in)
    page = read(browser, f"{LIST}?view={view.pk}")
    (query,) = set(re.findall(r'name="query" value="(q=[^"]*view[^"]*)"', page))
    step = {
        "query": query.replace("&amp;", "&"),
        "step": "add-tag",
        "tag": "new",
        "which": "ticked",
        "company": acme.pk,
    }
    answer = browser.post("/company-list/change/", step)
    changed = browser.post("/company-list/change/", step | {"query": f"q=b&view={view.pk}"})
    assert (answer.headers["Location"], changed.headers["Location"]) == (
        f"{LIST}?view={view.pk}",
        f"{LIST}?q=b&view={view.pk}",
    )
    assert f'<input type="hidden" name="view" value="{view.pk}">' in page
    assert f'href="?q=a&amp;view={view.pk}&amp;sort=-name&amp;page=1"' in page


def test_changes_are_saved_to_the_view_and_taken_back(signed_in: SignedIn) -> None:
    view = saved_by("operator", signed_in)[1]
    other = signed_in("operator")
    address = f"/company-list/views/{view.pk}/replace/"
    page = other.post(address, {"query": "status=1&evil=2&view=7"}, follow=True).content.decode()
    view.refresh_from_db()
    saved = view.query
    (before,) = re.findall(rf'formaction="{address}" name="query" value="([^"]*)"', page)
    other.post(address, {"query": before})
    view.refresh_from_db()
    assert (saved, view.query, view.name) == ("status=1", "q=a", "Education")
    assert AuditEntry.objects.filter(action="view.replaced").count() == 2


@pytest.mark.parametrize(("role", "number", "status"), [("viewer", 0, 403), ("operator", 99, 404)])
def test_S3_a_view_that_is_not_there_or_not_allowed_is_not_replaced(
    role: str, number: int, status: int, signed_in: SignedIn
) -> None:
    view = saved_by("operator", signed_in)[1]
    answer = signed_in(role).post(f"/company-list/views/{number or view.pk}/replace/", {"query": "q=b"})
    view.refresh_from_db()
    assert (answer.status_code, view.query) == (status, "q=a")


def test_a_view_is_renamed_and_replaced_at_once_without_either_being_lost(person: Callable[..., Person]) -> None:
    ann = person("operator")
    view = views.save_view(name="All", query="", by=ann, now=timezone.now())
    views.replace_view(view=SavedView.objects.get(), query="q=a", by=ann)
    views.rename_view(view=view, name="Some", by=ann)
    assert list(SavedView.objects.values_list("name", "query")) == [("Some", "q=a")]


def test_a_view_that_was_removed_meanwhile_does_not_come_back(person: Callable[..., Person]) -> None:
    ann = person("operator")
    view = views.save_view(name="All", query="", by=ann, now=timezone.now())
    views.remove_view(view=SavedView.objects.get(), by=ann)
    with pytest.raises(views.ViewGoneError):
        views.replace_view(view=view, query="q=a", by=ann)
    with pytest.raises(views.ViewGoneError):
        views.rename_view(view=view, name="Some", by=ann)
    assert not SavedView.objects.exists()
