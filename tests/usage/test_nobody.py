"""Pages that are narrowed down to companies that do not exist: they say so instead of lacking figures."""

from typing import Any

import pytest
from django.test import Client

from tests.usage.known import company, covered

pytestmark = pytest.mark.usefixtures("noon")
BOTH = pytest.mark.parametrize("page", ["/usage/", "/usage/products/"])


@pytest.fixture
def browser(signed_in: Any) -> Client:
    """A viewer, with a company in China and one in Peru outside of it."""
    company("101", area="CN", country="CN")
    company("102", area="Non-CN", country="PE")
    covered("2026-01-01", "2026-09-22", company_id="101")
    client: Client = signed_in("viewer")
    return client


@BOTH
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("tag=x", "No company has the tag “x”."),
        ("area=XX", "No company is in the area “XX”."),
        ("country=IS", "No company is in the country “IS”."),
    ],
)
def test_a_kind_that_no_company_is_of_is_named_and_can_be_cleared(
    page: str, query: str, words: str, browser: Client
) -> None:
    answer = browser.get(f"{page}?period=30d&{query}")
    shown = answer.content.decode()
    assert answer.context["nobody"] == (words, "?period=30d")
    assert [words in shown, "no data" in shown, "<canvas" in shown] == [True, False, False]


@BOTH
def test_kinds_that_no_company_is_of_at_once_are_named_together(page: str, browser: Client) -> None:
    nobody = browser.get(f"{page}?period=30d&area=CN&country=PE").context["nobody"]
    assert nobody == ("No company is all of this: Area: China, Country: Peru.", "?period=30d")


@BOTH
def test_where_there_are_companies_figures_are_shown(page: str, browser: Client) -> None:
    assert browser.get(f"{page}?period=30d&area=CN&country=CN").context["nobody"] is None
