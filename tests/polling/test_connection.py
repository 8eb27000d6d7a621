"""What calls tell about the connection, and which server a database belongs to."""

import datetime as dt
from typing import Any

import pytest

from agora.transport import Exchange
from polling import queries
from polling.gate import LedgerGate
from polling.models import Connection
from polling.services.connection import OtherServer, claim_origin, creates_held, note_answers

SENT = dt.datetime(2026, 9, 21, 12, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


def told(*answers: dict[str, Any]) -> Connection:
    """The connection after these answers."""
    gate = LedgerGate()
    for answer in answers:
        gate.answered(
            Exchange(**{"method": "GET", "path": "/x", "request_id": "r", "sent_at": SENT, "took": 2.0} | answer)
        )
    note_answers(gate)
    return queries.connection()


def test_the_skew_is_the_servers_date_against_the_middle_of_the_request() -> None:
    row = told({"status": 200, "server_date": SENT + dt.timedelta(seconds=61)})

    assert row.skew_seconds == 60.0


def test_one_wrong_date_among_many_does_not_move_the_skew() -> None:
    dates = [SENT + dt.timedelta(seconds=offset) for offset in (1, 1, 4000, 1, 1)]

    assert told(*({"status": 200, "server_date": date} for date in dates)).skew_seconds == 0.0


def test_an_answer_from_a_cache_says_nothing_about_the_clock() -> None:
    assert told({"status": 200, "server_date": SENT, "has_age": True}).skew_seconds is None


@pytest.mark.parametrize(
    ("error", "reason"), [("ClockRefused", "clock"), ("UnknownKey", "key"), ("WrongSecret", "secret")]
)
def test_a_refused_signature_holds_creates_and_says_why(error: str, reason: str) -> None:
    told({"status": 401, "error": error})

    assert creates_held() == reason


@pytest.mark.parametrize("status", [200, 404, 400])
def test_any_answer_behind_the_gateway_lets_creates_go_again(status: int) -> None:
    told({"status": 401, "error": "WrongSecret"}, {"status": status})

    assert creates_held() == ""


@pytest.mark.parametrize("answer", [{"status": 502}, {"status": None, "error": "NotSent"}])
def test_an_answer_that_never_reached_the_gateways_check_does_not(answer: dict[str, Any]) -> None:
    told({"status": 401, "error": "WrongSecret"}, answer)

    assert creates_held() == "secret"


def test_the_first_start_binds_the_database_to_its_server(settings: Any) -> None:
    settings.MIRRORED_ORIGIN = "https://api.example.com"

    claim_origin()

    assert claim_origin().origin == "https://api.example.com"


def test_a_later_start_against_another_server_is_refused(settings: Any) -> None:
    settings.MIRRORED_ORIGIN = "demo"
    claim_origin()
    settings.MIRRORED_ORIGIN = "https://api.example.com"

    with pytest.raises(OtherServer, match=r"mirrors demo.*https://api\.example\.com"):
        claim_origin()


def test_the_first_day_wanted_is_kept_from_the_first_start(settings: Any) -> None:
    settings.POLL_SINCE, settings.POLL_DEFAULT_DAYS = None, 30
    first = claim_origin().poll_since
    settings.POLL_DEFAULT_DAYS = 10

    assert queries.poll_since() == first


def test_a_first_day_in_the_environment_wins(settings: Any) -> None:
    claim_origin()
    settings.POLL_SINCE = dt.date(2026, 1, 1)

    assert queries.poll_since() == dt.date(2026, 1, 1)


def test_failures_that_others_counted_meanwhile_stand_until_a_call_is_answered() -> None:
    Connection.objects.update_or_create(pk=1, defaults={"failures_in_a_row": 7})
    after_a_failure = told({"status": 503}).failures_in_a_row
    assert (after_a_failure, told({"status": 200}).failures_in_a_row) == (7, 0)
