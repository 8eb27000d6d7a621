"""What the Polling pages say: how long something takes, when it is read next, how a slot stands."""

import datetime as dt
import itertools
from collections.abc import Callable

import pytest
from django.db.models import Q

from polling.labels import (
    FAILING,
    GAPS,
    LOOKS,
    MEANINGS,
    SIGNS,
    TONES,
    Look,
    again_words,
    cost_words,
    duration_words,
    scope_words,
)
from polling.models import Backfill, BackfillState, Connection, PollSlot, SlotState, Stream, Waiting
from polling.pages.backfills import days_words, progress_words, waits_words, what_words
from polling.pages.calendar import asked_month, steps
from polling.pages.gaps import gap_lines
from polling.pages.health import connection_facts, skew_fact
from polling.pages.standing import look_of, standing_of
from polling.queries import is_failing, is_missing, missing_slots, progress

NOW = dt.datetime(2026, 9, 23, 12, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (44, "less than a minute"),
        (60, "about 1 minute"),
        (250, "about 4 minutes"),
        (5400, "about 2 hours"),
        (3600 * 47, "about 47 hours"),
        (86400 * 8, "about 8 days"),
    ],
)
def test_how_long_something_takes_is_said_in_its_largest_unit(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words


def test_what_an_order_takes_is_said_in_calls_and_time() -> None:
    assert cost_words(1212, 242) == "1,212 calls, about 4 minutes"


@pytest.mark.parametrize(
    ("stream", "scope", "words"),
    [
        ("usage", "default/duration/daily", "Usage: Video & Audio"),
        ("usage", "rtm/counter/monthly", "Usage: RTM, by month"),
        ("usage", "new/thing/daily", "Usage: new/thing"),
        ("projects", "10001", "Projects of 10001"),
        ("daily-bills", "", "Daily bills"),
        ("later", "", "later"),
    ],
)
def test_what_is_polled_is_said_in_words(stream: str, scope: str, words: str) -> None:
    assert scope_words(stream, scope) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (None, "never: it is final"),
        (NOW - HOUR, "within minutes"),
        (NOW + HOUR, "13:00 UTC"),
        (NOW + DAY, "24 Sep, 12:00 UTC"),
    ],
)
def test_when_something_is_read_next_is_said_in_words(at: dt.datetime | None, words: str) -> None:
    assert again_words(at, NOW) == words


def test_every_look_has_a_sign_and_words_of_its_own() -> None:
    for told in (SIGNS, LOOKS, MEANINGS):
        assert len({str(words) for words in told.values()}) == len(Look)
    assert TONES.keys() == set(Look)


def slots() -> list[PollSlot]:
    """A slot in every state: known before or never, due or not yet, with and without an error; no usage is empty.

    Bills are known of everybody at once or not at all.
    """
    due = (NOW - 9 * DAY, NOW - 7 * DAY, NOW - HOUR, NOW + HOUR)
    streams = ((Stream.USAGE, None), (Stream.USAGE, NOW - DAY), (Stream.DAILY_BILLS, None))
    every = itertools.product(SlotState, (None, NOW - DAY), due, ("", "HTTP 500"), streams)
    return [
        PollSlot(
            stream=stream, scope=f"{number}", state=state, due_at=due,
            first_complete_at=known, last_complete_at=known, last_error=error, active_complete_at=active,
        )
        for number, (state, known, due, error, (stream, active)) in enumerate(every)
        if (state, stream) != (SlotState.EMPTY, Stream.USAGE)
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("looks", "counted"), [(GAPS, is_missing), (FAILING, is_failing)])
def test_what_looks_like_a_gap_is_what_is_counted_as_one(
    looks: frozenset[Look], counted: Callable[[dt.datetime], Q]
) -> None:
    PollSlot.objects.bulk_create(slots())
    found = set(PollSlot.objects.filter(counted(NOW)).values_list("pk", flat=True))
    assert {slot.pk for slot in PollSlot.objects.all() if look_of(slot, NOW) in looks} == found


@pytest.mark.django_db
def test_the_same_slots_are_red_in_the_calendar_in_the_list_of_gaps_and_in_the_line_of_freshness() -> None:
    PollSlot.objects.bulk_create(slots())
    in_calendar = {slot.pk for slot in PollSlot.objects.all() if standing_of(slot, NOW).tone == "red"}
    gaps = gap_lines(missing_slots(NOW, streams=Stream.values, days=None), NOW)
    in_list = {line.slot.pk for line in gaps if line.standing.tone == "red"}
    assert in_calendar == in_list
    assert (len(in_list), len(gaps) - len(in_list)) == (progress(NOW).failing, progress(NOW).waiting)


@pytest.mark.parametrize(
    ("days", "state", "look"),
    [
        (-1, SlotState.EXPECTED, Look.GROWING),
        (0, SlotState.EXPECTED, Look.IN_USE),
        (7, SlotState.EXPECTED, Look.IN_USE),
        (8, SlotState.EXPECTED, Look.WAITING),
        (1, SlotState.PARTIAL, Look.WAITING),
        (1, SlotState.FAILED, Look.FAILED),
    ],
)
def test_what_is_known_of_all_who_use_it_looks_so_for_eight_days(days: int, state: SlotState, look: Look) -> None:
    slot = PollSlot(
        stream=Stream.USAGE, scope="rtm/counter/daily", state=state, due_at=NOW - days * DAY, active_complete_at=NOW
    )
    assert look_of(slot, NOW) == look


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("2026-09-21", "2026-09-21", "21 Sep 2026"),
        ("2026-08-21", "2026-09-21", "21 Aug – 21 Sep 2026"),
        ("2025-12-31", "2026-01-01", "31 Dec 2025 – 1 Jan 2026"),
    ],
)
def test_days_are_said_with_their_year_once(since: str, until: str, words: str) -> None:
    assert days_words(dt.date.fromisoformat(since), dt.date.fromisoformat(until)) == words


def order(**fields: object) -> Backfill:
    days = {"since": NOW.date(), "until": NOW.date()}
    return Backfill(**{"streams": ["usage"], "next_attempt_at": NOW + HOUR, **days, **fields})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"streams": list(Stream.values)}, "Everything"),
        ({"streams": ["daily-bills", "usage"]}, "Usage, Daily bills"),
        ({"scope": "rtm/counter/daily"}, "Usage: RTM"),
        ({"company_id": "10001", "only_gaps": True}, "Usage of company 10001, gaps only"),
    ],
)
def test_what_was_ordered_is_said_in_words(fields: dict[str, object], words: str) -> None:
    assert what_words(order(**fields)) == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"expected_calls": 212}, "212 calls, less than a minute"),
        ({"state": "running", "expected_calls": 1212, "calls": 12}, "12 of 1,212 calls, about 4 minutes left"),
        ({"state": "finished", "calls": 1, "changed": 1}, "1 call made, 1 row changed"),
        ({"state": "cancelled", "calls": 12, "changed": 0}, "12 calls made, 0 rows changed"),
    ],
)
def test_how_far_an_order_is_is_said_in_words(fields: dict[str, object], words: str, settings: object) -> None:
    settings.AGORA_REQUESTS_PER_SECOND = 5  # type: ignore[attr-defined]
    assert progress_words(order(**fields)) == words


def test_what_an_order_waits_for_is_said_for_every_reason() -> None:
    said = {waits_words(order(state=BackfillState.RUNNING, waits_for=why), NOW) for why in Waiting}
    assert (len(said), "Agora asked for a pause; it goes on at 13:00 UTC." in said) == (len(Waiting), True)


@pytest.mark.parametrize(
    ("seconds", "tone"),
    [(None, ""), (0.4, "green"), (-29, "green"), (31, "amber"), (-121, "red")],
)
def test_clocks_that_differ_are_told_by_how_much(seconds: float | None, tone: str) -> None:
    assert skew_fact(seconds).tone == tone


def test_a_refused_signature_is_told_with_its_reason() -> None:
    refused = Connection(refused_reason="secret", refused_since=NOW - HOUR)
    assert connection_facts(refused, NOW)[0].words == "refused since 11:00 UTC: the secret is wrong"


def test_a_pause_is_told_with_its_end() -> None:
    words = [fact.words for fact in connection_facts(Connection(hold_until=NOW + HOUR), NOW)]
    assert words.count("No calls until 13:00 UTC: Agora asked for it.") == 1


SINCE, TODAY = dt.date(2025, 8, 20), NOW.date()


@pytest.mark.parametrize(
    ("text", "month"),
    [("2025-08", "2025-08-01"), ("2025-07", "2026-09-01"), ("2026-10", "2026-09-01"), ("x", "2026-09-01")],
)
def test_a_month_outside_of_what_is_polled_is_this_month(text: str, month: str) -> None:
    assert asked_month(text, SINCE, TODAY) == dt.date.fromisoformat(month)


def test_every_month_since_polling_began_is_reached_by_steps() -> None:
    month, seen = TODAY.replace(day=1), 1
    while query := steps(month, SINCE, TODAY)["previous"]:
        month, seen = asked_month(query.removeprefix("?month="), SINCE, TODAY), seen + 1
    assert (month, seen) == (dt.date(2025, 8, 1), 14)
