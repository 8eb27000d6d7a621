"""`manage.py poll` as a person runs it: exit codes, sentences, and what a killed one leaves behind."""

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from agora.transport import Transport
from billing.services.poll import expect_daily_bills
from polling.models import Connection, PollSlot
from sandbox.expected import expected_bills
from sandbox.faults import Fault, Match
from tests.polled import TODAY, Portal, polled_portal
from tests.sandbox_server import RunningSandbox, running_sandbox

ROOT = Path(__file__).parents[2]
SINCE = TODAY - dt.timedelta(days=29)


@pytest.fixture
def portal() -> Iterator[Portal]:
    with polled_portal(days=10, companies=1, projects=1) as running:
        yield running


@pytest.mark.django_db
def test_a_poll_that_reads_everything_says_how_much_changed(portal: Portal, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("poll")

    said = capsys.readouterr().out
    assert [line.split()[0] for line in said.splitlines()[:4]] == ["companies", "projects", "usage", "daily-bills"]
    assert said.splitlines()[4].endswith(" rows changed.")


@pytest.mark.django_db
def test_a_poll_that_leaves_a_gap_fails_and_names_it(portal: Portal, capsys: pytest.CaptureFixture[str]) -> None:
    day = TODAY - dt.timedelta(days=4)
    body = '{"totalSize": 3, "pageNumber": 1, "hasMore": false, "elements": []}'
    query = {"period": f"{day:%Y%m%d}"}
    portal.sandbox.faults.order(Fault(action="body", body=body, times=0, match=Match(query=query)))
    expect_daily_bills(day, dt.datetime.now(dt.UTC))
    PollSlot.objects.update(attempts=30)

    with pytest.raises(CommandError, match="1 of the things that should be known"):
        call_command("poll", "--stream", "daily-bills", "--since", str(day), "--until", str(day))

    assert f"daily-bills  {day}: partial" in capsys.readouterr().err


def without_usage(portal: Portal, business: str) -> None:
    """Let Agora carry no day of a business."""
    match = Match(query={"business": business, "interval": "daily"})
    portal.sandbox.faults.order(Fault(action="body", body="[]", times=0, match=match))


@pytest.mark.django_db
def test_days_that_answers_do_not_carry_are_named_while_they_are_recent(
    portal: Portal, capsys: pytest.CaptureFixture[str]
) -> None:
    without_usage(portal, "miniapp")

    with pytest.raises(CommandError, match="7 of the things that should be known"):
        call_command("poll")

    named = capsys.readouterr().err.splitlines()
    why = "partial Agora's answers did not carry it for every company and project."
    assert named == [f"usage miniapp/duration/daily {TODAY - dt.timedelta(days=n)}: {why}" for n in range(1, 8)]


@pytest.mark.django_db
def test_a_day_that_is_not_over_and_that_no_answer_carries_is_not_waited_for(portal: Portal) -> None:
    without_usage(portal, "miniapp")

    call_command("poll", "--stream", "companies")
    call_command("poll", "--stream", "usage", "--since", str(TODAY))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [("2026-02-02", "2026-02-01", "later than"), (str(TODAY + dt.timedelta(days=9)), None, "in the future")],
)
def test_days_that_make_no_sense_are_refused_in_words(portal: Portal, since: str, until: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("poll", "--since", since, *(["--until", until] if until else []))


@pytest.mark.django_db
def test_a_database_that_mirrors_another_server_is_left_alone(portal: Portal) -> None:
    Connection.objects.update(origin="https://api.example.com")

    with pytest.raises(CommandError, match=r"mirrors https://api\.example\.com"):
        call_command("poll")

    assert portal.sandbox.truth.entries() == []


@pytest.mark.django_db
def test_a_key_that_no_gateway_can_have_given_out_is_told(portal: Portal, settings: object) -> None:
    settings.AGORA_KEYS = [("no key", "at all")]  # type: ignore[attr-defined]

    with pytest.raises(CommandError, match="The access key ID must be 1 to 64 letters and digits, nothing else"):
        call_command("poll")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("HMAC signature does not match", "SECRET"),
        ("HMAC signature cannot be verified", "KEY"),
        (
            "HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication",
            "CLOCK",
        ),
    ],
)
def test_check_agora_names_what_is_wrong(portal: Portal, body: str, word: str) -> None:
    portal.sandbox.faults.order(Fault(action="status", status=401, body=f'{{"message":"{body}"}}', times=0))

    with pytest.raises(CommandError, match=f"^{word}: "):
        call_command("check_agora")


@pytest.mark.django_db
def test_check_agora_blames_the_url_when_no_server_answers(
    portal: Portal, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agora.connect.Transport", partial(Transport, sleep=lambda seconds: None))
    settings.AGORA_BASE_URL = "http://127.0.0.1:9"  # type: ignore[attr-defined]

    with pytest.raises(CommandError, match=r"^URL: "):
        call_command("check_agora")


@pytest.mark.django_db
def test_check_agora_is_content_with_a_signed_answer(portal: Portal, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_agora")

    assert capsys.readouterr().out.endswith("accepted the signature of this portal and lists 1 companies.\n")


def manage(running: RunningSandbox, folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start a command of a portal of its own, with a database file in that folder."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AGORA_", "DATABASE_", "CACHE_"))},
        "DJANGO_SETTINGS_MODULE": "reseller_portal.settings",
        "SECRET_KEY": "of a portal that lives for one test only",
        "PORTAL_VAR": str(folder),
        "PORTAL_LOOPBACK": "1",
        "AGORA_BASE_URL": running.base_url,
        "AGORA_ACCESS_KEY_ID": running.key_id,
        "AGORA_ACCESS_KEY_SECRET": running.key_secret,
        "AGORA_REQUESTS_PER_SECOND": "60",
        "POLL_SINCE": str(SINCE),
    }
    command = [sys.executable, "manage.py", *words]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def stored(folder: Path, query: str) -> list[tuple]:
    with sqlite3.connect(folder / "portal.sqlite3") as database:
        return database.execute(query).fetchall()


def test_a_killed_poll_leaves_no_half_day_and_the_next_one_ends_it(tmp_path: Path) -> None:
    with running_sandbox(companies=2, projects=1, epoch=SINCE) as running:
        assert manage(running, tmp_path, "migrate").wait(60) == 0
        poll = manage(running, tmp_path, "poll")
        while sum("daily-bills" in entry.path for entry in running.sandbox.truth.entries()) < 9:
            time.sleep(0.01)
            assert poll.poll() is None
        poll.send_signal(signal.SIGKILL)
        poll.wait(60)

        truth: dict[str, int] = {}
        for row in expected_bills(running.sandbox, SINCE, TODAY):
            truth[str(row["period"])] = truth.get(str(row["period"]), 0) + 1
        days = stored(tmp_path, "SELECT period, COUNT(*) FROM billing_dailybillline GROUP BY period")
        known = stored(tmp_path, "SELECT period FROM polling_pollslot WHERE stream='daily-bills' AND first_complete_at")
        assert dict(days) == {period: truth[period] for (period,) in known}
        assert 0 < len(days) < len(truth)

        database = sqlite3.connect(tmp_path / "portal.sqlite3")
        database.execute("UPDATE polling_pollslot SET lease_until='2020-01-01' WHERE lease_token<>''")
        database.commit()
        database.close()
        assert manage(running, tmp_path, "poll").wait(60) == 0
        assert dict(stored(tmp_path, "SELECT period, COUNT(*) FROM billing_dailybillline GROUP BY period")) == truth
