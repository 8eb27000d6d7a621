"""Views of the list of companies: the team saves them, opens them by a link, renames and removes them."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import AuditEntry
from companies.models import SavedView
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
