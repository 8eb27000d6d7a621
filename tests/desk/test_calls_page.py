"""How the connection fares, on the page of polling: calls, refusals, times of answers and pauses, told and drawn."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from agora.transport import Exchange
from polling.gate import LedgerGate
from polling.models import CallMinute, Connection
from polling.pages.calls import took_words
from tests.usage.known import at

NOW = at("2026-09-23 12:00")
HOUR = dt.timedelta(hours=1)

SignedIn = Callable[..., Client]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def counted(settings: object) -> None:
    """A minute of this hour and one of two hours ago, and nothing between or before."""
    settings.AGORA_REQUESTS_PER_SECOND = 5  # type: ignore[attr-defined]
    CallMinute.objects.create(minute=NOW, calls=150, failed=2, within_100=148)
    CallMinute.objects.create(minute=NOW - 2 * HOUR, calls=300, refused=30, within_100=300)


def page(client: Client) -> str:
    return " ".join(client.get("/polling/").content.decode().split())


def test_the_page_tells_how_much_of_the_rate_is_used(signed_in: SignedIn, counted: None) -> None:
    told = page(signed_in())
    assert "150 calls, up to 150 a minute; the limit is 5 a second, 300 a minute" in told
    assert "450 calls in 24 hours; the busiest minute used 100 % of the rate." in told


def test_the_page_tells_of_refusals_failures_and_times(signed_in: SignedIn, counted: None) -> None:
    told = page(signed_in())
    assert '<dd class="tone tone-red"> 30 of 450 calls </dd>' in told
    assert '<dd class="tone tone-amber"> 2 of 450 calls </dd>' in told
    assert "half of them up to 80 ms, 95 % of them up to 100 ms" in told


def test_the_chart_draws_hours_by_how_their_calls_ended(signed_in: SignedIn, counted: None) -> None:
    answer = signed_in().get("/polling/chart/calls/").json()
    assert answer["labels"][-1] == f"{NOW:%H:%M}"
    assert [(line["label"], line["data"][-4:]) for line in answer["datasets"]] == [
        ("Answered", [None, 270, 0, 148]),
        ("Refused for the rate", [None, 30, 0, 0]),
        ("Failed", [None, 0, 0, 2]),
    ]
    assert answer["datasets"][0]["states"][-4:] == ["missing", "settled", "settled", "provisional"]


def test_the_table_twin_says_the_same_the_newest_hour_first(signed_in: SignedIn, counted: None) -> None:
    told = page(signed_in())
    rows = told.split("Hour from, UTC")[1].split("<tbody>")[1].split("</tbody>")[0].split("</tr>")
    cells = [row.replace("</td>", "").split('<td class="number">')[1:5] for row in rows[:3]]
    assert [[cell.strip() for cell in row] for row in cells] == [
        ["150", "0", "2", "150 (50 %)"],
        ["0", "0", "0", "0 (0 %)"],
        ["300", "30", "0", "300 (100 %)"],
    ]
    assert "no data: nothing was counted yet" in rows[3]


def test_before_anything_was_counted_nothing_is_said_to_be_zero(signed_in: SignedIn) -> None:
    client = signed_in()
    assert "in 24 hours; the busiest minute" not in page(client)
    datasets = client.get("/polling/chart/calls/").json()["datasets"]
    assert {value for line in datasets for value in line["data"]} == {None}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "no answers"),
        (0.004, "up to 10 ms"),
        (0.83, "up to 830 ms"),
        (1.26, "up to 1.3 s"),
        (1e999, "more than 13 s"),
    ],
)
def test_times_are_told_as_coarsely_as_they_are_known(seconds: float | None, words: str) -> None:
    assert took_words(seconds) == words


@pytest.mark.parametrize(("failures", "words"), [(0, "Agora asked for it."), (7, "the last 7 calls failed")])
def test_a_pause_says_who_caused_it(failures: int, words: str, signed_in: SignedIn) -> None:
    Connection.objects.create(pk=1, failures_in_a_row=failures)
    asked = {"method": "GET", "path": "/x", "request_id": "r", "sent_at": NOW, "took": 0.1}
    LedgerGate().answered(Exchange(**asked, status=429, retry_after=600))
    assert words in page(signed_in())
