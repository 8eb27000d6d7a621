"""Whoever may not see amounts finds none: not on a page, not in a chart, not by sorting."""

from collections.abc import Callable

import pytest
from django.test import Client

from companies.models import Company
from tests.billing.known import bill_known, line
from tests.usage.known import project

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]
SignedIn = Callable[..., Client]

AMOUNT = "31415.92"
PAGES = ["/", "/companies/", "/companies/10001/", "/companies/10001/projects/u_1/"]
CHARTS = ["/chart/bills/", "/companies/10001/chart/bills/", "/companies/10001/projects/u_1/chart/bills/"]
PERIOD = "?since=2026-09-20&until=2026-09-21"


@pytest.fixture(autouse=True)
def _billed(known_company: Known) -> None:
    project(known_company("10001", "Acme", status="1"), "u_1")
    bill_known("2026-09-20")
    line("2026-09-20", "10001", "u_1", AMOUNT)


def tells(browser: Client, address: str) -> bool:
    """Whether the answer holds the amount or its currency."""
    text = browser.get(address).content.decode()
    return any(word in text for word in ("31,415", "31415", "USD"))


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("role", ["viewer", "operator", "approver"])
def test_S3_a_page_holds_no_amount_for_whoever_may_not_see_it(role: str, address: str, signed_in: SignedIn) -> None:
    told = [tells(signed_in(role, sees_amounts=right), f"{address}{PERIOD}") for right in (False, True)]
    assert told == [False, True]


@pytest.mark.parametrize("address", CHARTS)
def test_S3_a_chart_of_amounts_is_refused_to_whoever_may_not_see_them(address: str, signed_in: SignedIn) -> None:
    statuses = [signed_in(role).get(f"{address}{PERIOD}").status_code for role in ("viewer", "finance")]
    assert statuses == [403, 200]


@pytest.mark.parametrize("address", PAGES)
def test_S3_no_page_points_a_viewer_to_amounts(address: str, signed_in: SignedIn) -> None:
    page = signed_in("viewer").get(f"{address}{PERIOD}").content.decode()
    assert [part for part in ("/bills/", "chart/bills") if part in page] == []


def test_S3_nobody_can_sort_by_amounts_that_they_may_not_see(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10002", "Bolt")
    line("2026-09-20", "10002", "", "99999999")
    viewer = signed_in("viewer")
    pages = [viewer.get(f"/companies/?sort={sort}").content.decode() for sort in ("amount_USD", "-amount_USD")]
    assert pages[0].index("Acme") - pages[0].index("Bolt") == pages[1].index("Acme") - pages[1].index("Bolt")
