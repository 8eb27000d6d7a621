"""`manage.py gaps` and `manage.py backfill` as a person or a monitor runs them."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from polling.models import Backfill, PollSlot, SlotState, Stream, Target, TargetState
from sandbox.faults import Fault, Match
from tests.polled import TODAY, Portal, polled_portal

DAY = dt.timedelta(days=1)
HOLE = TODAY - 4 * DAY

Said = pytest.CaptureFixture[str]
pytestmark = pytest.mark.django_db


@pytest.fixture
def portal() -> Iterator[Portal]:
    """Ten days of one company of which everything is known."""
    with polled_portal(days=10, companies=1, projects=1) as running:
        running.poll()
        yield running


def make_hole() -> None:
    slot = PollSlot.objects.filter(stream=Stream.DAILY_BILLS, period=HOLE)
    slot.update(state=SlotState.FAILED, first_complete_at=None, last_error="HTTP 500.", next_attempt_at=None)


def test_without_gaps_it_says_so_and_is_content(portal: Portal, capsys: Said) -> None:
    call_command("gaps")
    assert capsys.readouterr().out == "No gaps: everything that is due is known.\n"


def test_a_gap_is_named_with_its_reason_and_fails_the_command(portal: Portal, capsys: Said) -> None:
    make_hole()
    with pytest.raises(CommandError, match=r"^1 gap\.$"):
        call_command("gaps")
    words = f"daily-bills  {HOLE}: gap: failing for over a day. HTTP 500. Next try: with the next sweep.\n"
    assert capsys.readouterr().out == words


def test_gaps_of_other_streams_are_left_out(portal: Portal) -> None:
    make_hole()
    call_command("gaps", "--stream", "usage", "--stream", "companies")


def test_companies_of_which_something_is_missing_are_named(portal: Portal, capsys: Said) -> None:
    scope = "rtm/counter/daily"
    PollSlot.objects.filter(scope=scope, period=HOLE).update(state=SlotState.PARTIAL)
    whose = {"business": "rtm", "model": "counter", "interval": "daily", "since": HOLE, "until": HOLE}
    for number in range(5):
        opened = dt.datetime.now(dt.UTC)
        Target.objects.create(company_id=f"1000{number}", **whose, state=TargetState.FAILED, opened_at=opened)
    with pytest.raises(CommandError):
        call_command("gaps")
    assert capsys.readouterr().out.endswith("Missing: 10000, 10001, 10002 and 2 more.\n")


def test_what_is_not_published_yet_is_told_and_is_no_gap(portal: Portal, capsys: Said) -> None:
    PollSlot.objects.filter(stream=Stream.DAILY_BILLS, period=HOLE).update(
        state=SlotState.EMPTY, first_complete_at=None, attempts=1
    )
    call_command("gaps")
    assert capsys.readouterr().out.splitlines()[0] == f"daily-bills  {HOLE}: not published yet; this is no gap"


def test_days_on_which_the_portal_was_off_are_gaps(portal: Portal) -> None:
    PollSlot.objects.filter(stream=Stream.DAILY_BILLS).delete()
    with pytest.raises(CommandError, match=r"^8 gaps\.$"):
        call_command("gaps", "--stream", "daily-bills")


def test_a_backfill_says_what_it_takes_and_fills_the_gap(portal: Portal, capsys: Said) -> None:
    make_hole()
    call_command("backfill", "--gaps", "--yes")
    said = capsys.readouterr().out.splitlines()
    assert (said[0], said[-1]) == ("This takes 1 call, less than a minute, at least.", "1 call made, 0 rows changed.")
    call_command("gaps")


def test_a_backfill_reads_the_days_that_were_asked_for(portal: Portal) -> None:
    before = portal.calls("daily-bill")
    call_command("backfill", "--stream", "daily-bills", "--since", f"{HOLE}", "--until", f"{HOLE + DAY}", "--yes")
    (order,) = Backfill.objects.all()
    assert (portal.calls("daily-bill") - before, order.state, order.ordered_by) == (2, "finished", None)


def test_a_backfill_of_one_company_leaves_bills_alone(portal: Portal) -> None:
    before = portal.calls("daily-bill")
    call_command("backfill", "--company", "10001", "--since", f"{HOLE}", "--yes")
    assert portal.calls("daily-bill") == before


def test_without_a_terminal_and_a_yes_nothing_is_read(portal: Portal) -> None:
    before = portal.calls("/")
    with pytest.raises(CommandError, match="Nothing was read"):
        call_command("backfill", "--since", f"{HOLE}")
    assert (portal.calls("/"), Backfill.objects.count()) == (before, 0)


def test_a_backfill_that_could_not_read_everything_fails_and_names_it(portal: Portal, capsys: Said) -> None:
    body = '{"totalSize": 3, "pageNumber": 1, "hasMore": false, "elements": []}'
    match = Match(query={"period": f"{HOLE:%Y%m%d}"})
    portal.sandbox.faults.order(Fault(action="body", body=body, times=0, match=match))
    with pytest.raises(CommandError, match="not everything could be read"):
        call_command("backfill", "--stream", "daily-bills", "--since", f"{HOLE}", "--until", f"{HOLE}", "--yes")
    assert capsys.readouterr().err.startswith(f"daily-bills  {HOLE}..{HOLE}: ")


def test_a_refused_signature_ends_a_backfill(portal: Portal) -> None:
    body = '{"message":"HMAC signature does not match"}'
    portal.sandbox.faults.order(Fault(action="status", status=401, body=body, times=0))
    with pytest.raises(CommandError, match="check_agora"):
        call_command("backfill", "--stream", "companies", "--yes")
    assert Backfill.objects.get().state == "cancelled"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--since", f"{HOLE}", "--until", f"{HOLE - DAY}"], "--until: This is before the first day"),
        (["--since", "soon"], "--since: Enter a valid date"),
        (["--company", "nobody"], "--company: No company with this ID"),
    ],
)
def test_a_backfill_that_makes_no_sense_is_refused_in_words(portal: Portal, words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("backfill", *words, "--yes")
