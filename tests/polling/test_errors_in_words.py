"""Errors as people read them, and when a gap is tried again."""

import datetime as dt

import pytest

from polling import queries
from polling.labels import error_words
from polling.models import Connection, PollSlot, Stream, Target
from polling.pages.health import last_error_fact
from polling.services import slots

NOW = dt.datetime(2026, 9, 23, 12, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
TODAY = NOW.date()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("Agora answered 500 · <html><h1>500 Problem</h1></html> · request 16e91541", "Agora answered 500"),
        ("Agora answered 400 · no such day · request 16e91541", "Agora answered 400 · no such day"),
        ("hold", "Calls to Agora were paused, so nothing was asked."),
        ("<html>", "<html>"),
        ("", ""),
    ],
)
def test_an_error_is_told_without_markup_and_without_the_id_beside_it(error: str, words: str) -> None:
    assert error_words(error) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("OutcomeUnknown", "1\xa0hour ago: Agora gave no usable answer. Request ID r"),
        ("Path", "1\xa0hour ago: Path Request ID r"),
    ],
)
def test_the_last_error_of_a_call_is_told_in_words(name: str, words: str) -> None:
    known = Connection(last_error=name, last_error_at=NOW - HOUR, last_error_request_id="r")
    assert last_error_fact(known, NOW).words == words


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "kept"), [("Agora answered 500", "Agora answered 500"), ("", "hold")])
def test_a_pause_does_not_hide_what_was_wrong_before(before: str, kept: str) -> None:
    PollSlot.objects.create(stream=Stream.DAILY_BILLS, period=TODAY, due_at=NOW, last_error=before)
    lease = slots.take_lease(stream=Stream.DAILY_BILLS, scope="", since=TODAY, until=TODAY, now=NOW)
    assert lease is not None
    slots.fail(lease, error="hold", now=NOW)
    assert PollSlot.objects.get().last_error == kept


@pytest.mark.django_db
def test_a_gap_is_tried_again_when_the_first_of_its_targets_is() -> None:
    days = [TODAY - DAY, TODAY - 2 * DAY]
    usage, other = (
        PollSlot.objects.create(
            stream=Stream.USAGE, scope="rtm/counter/daily", period=day, due_at=NOW, next_attempt_at=NOW + DAY
        )
        for day in days
    )
    bill = PollSlot.objects.create(stream=Stream.DAILY_BILLS, period=days[0], due_at=NOW, next_attempt_at=NOW + DAY)
    for company, hours in (("1", 3), ("2", 2)):
        Target.objects.create(
            company_id=company, business="rtm", model="counter", interval="daily", since=days[0], until=days[0],
            opened_at=NOW, next_attempt_at=NOW + hours * HOUR,
        )  # fmt: skip
    tries = queries.next_tries([usage, other, bill])
    assert tries == {usage.pk: NOW + 2 * HOUR, other.pk: NOW + DAY, bill.pk: NOW + DAY}
