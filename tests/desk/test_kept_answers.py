"""Answers that are kept as they came: which ones, without what is secret, listed and downloaded, and thrown away."""

import datetime as dt
import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agora.transport import RawAnswer
from billing.services.poll import expect_daily_bills, read_daily_bill
from companies.services.refresh import poll_due_companies
from polling.models import KeptAnswer, PollRun, Stream
from polling.queries import body_of, file_of
from polling.services import raw
from polling.services.raw import Keeper, prune_answers
from polling.services.reading import Interrupted
from polling.tasks import throw_away_answers
from reseller_portal.celery import app
from sandbox.faults import Fault
from tests.polled import TODAY, Portal, polled_portal

DAY = TODAY - dt.timedelta(days=3)
PAGES = "/v1/resellers/companies/daily-bills?period=20260901&pageNumber="
USAGE = (
    "/v1/resellers/companies/10001/usage?model=duration&business=default"
    "&fromTs=1788220800&endTs=1788825599&interval=daily"
)

SignedIn = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where the answers of one test are kept."""
    settings.RAW_ANSWERS = tmp_path / "raw"
    return tmp_path / "raw"


@pytest.fixture
def portal(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    """A portal whose bills come in pages of three lines."""
    monkeypatch.setattr("agora.transport.calls.PAUSES", ())
    with polled_portal(days=10, companies=2, page_size=3) as running:
        yield running


def answer(path: str = f"{PAGES}1", status: int = 200, body: bytes = b"{}") -> RawAnswer:
    return RawAnswer(path=path, status=status, request_id="11111111-2222-3333-4444-555555555555", body=body)


def kept(*answers: RawAnswer) -> list[KeptAnswer]:
    """What the table lists after these answers of one run."""
    keeper = Keeper()
    for one in answers:
        keeper.keep(one)
    keeper.note()
    return list(KeptAnswer.objects.order_by("pk"))


def read_bill(portal: Portal) -> list[KeptAnswer]:
    expect_daily_bills(DAY, timezone.now())
    with suppress(Interrupted):
        read_daily_bill(portal.reader(), DAY)
    return list(KeptAnswer.objects.order_by("pk"))


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_every_page_of_a_bill_is_kept_as_it_came(portal: Portal) -> None:
    answers = read_bill(portal)
    assert [(one.stream, one.since, one.until, one.status) for one in answers] == [
        (Stream.DAILY_BILLS, DAY, DAY, 200)
    ] * len(answers)
    assert [one.page for one in answers] == list(range(1, PollRun.objects.get().calls + 1))
    bodies = [body_of(one) or b"" for one in answers]
    assert all(body.startswith(b"{") and b'"elements"' in body for body in bodies)
    assert [len(body) for body in bodies] == [one.bytes for one in answers]


def test_pages_that_are_read_line_by_line_are_kept_as_well(portal: Portal) -> None:
    portal.sandbox.faults.order(Fault(action="body", body='{"totalSize": 1, "elements": [5]}', times=1))
    assert [body_of(one) for one in read_bill(portal)] == [b'{"totalSize": 1, "elements": [5]}']


@pytest.mark.parametrize(("status", "body"), [(404, '{"message": "no bill"}'), (200, "<html>"), (200, '{"a": 1}')])
def test_an_answer_that_ends_a_reading_is_kept(status: int, body: str, portal: Portal) -> None:
    portal.sandbox.faults.order(Fault(action="body", status=status, body=body, times=0))
    found = read_bill(portal)
    assert [(one.status, body_of(one)) for one in found] == [(status, body.encode())]
    assert found[0].request_id != ""


def test_an_answer_of_another_stream_is_kept_only_when_it_is_odd(portal: Portal) -> None:
    reader = portal.reader()
    poll_due_companies(reader)
    reader.note()
    assert KeptAnswer.objects.count() == 0
    odd = '{"rows": [{"name": "no ID"}], "count": 1}'
    portal.sandbox.faults.order(Fault(action="body", body=odd, times=0))
    reader.client.list_companies()
    reader.note()
    assert [(one.stream, one.scope, one.page, body_of(one)) for one in KeptAnswer.objects.all()] == [
        (Stream.COMPANIES, "", 1, odd.encode())
    ]


@pytest.mark.parametrize(
    ("path", "about"),
    [
        (f"{PAGES}2", ("daily-bills", "", "2026-09-01", "2026-09-01", 2)),
        (f"{PAGES}3".replace("pageNumber", "pageNumer"), ("daily-bills", "", "2026-09-01", "2026-09-01", 3)),
        (USAGE, ("usage", "default/duration/daily", "2026-09-01", "2026-09-07", None)),
        (
            USAGE.replace("10001/", "10001/projects/usage/"),
            ("usage", "default/duration/daily", "2026-09-01", "2026-09-07", None),
        ),
        ("/v1/resellers/companies?limit=100&offset=200", ("companies", "", "1970-01-01", "1970-01-01", 3)),
        (
            "/v1/resellers/companies/a%2Fb/projects?limit=100&offset=0",
            ("projects", "a/b", "1970-01-01", "1970-01-01", 1),
        ),
    ],
)
def test_an_answer_is_listed_under_what_was_asked_for(path: str, about: tuple[Any, ...]) -> None:
    (one,) = kept(answer(path))
    assert (one.stream, one.scope, str(one.since), str(one.until), one.page) == about


def test_equal_answers_share_a_file_that_only_its_owner_may_read(folder: Path) -> None:
    first, second = kept(answer(f"{PAGES}1"), answer(f"{PAGES}2"))
    (path,) = files(folder)
    assert (path, gzip.decompress(path.read_bytes())) == (file_of(first.sha256), b"{}")
    assert (first.sha256, oct(path.stat().st_mode)[-3:]) == (second.sha256, "600")


def test_a_server_that_fails_for_long_fills_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw, "MOST_OF_A_RUN", 3)
    storm = [answer(USAGE, 500, str(number).encode()) for number in range(9)]
    assert len(kept(*storm, answer())) == 4


def test_p25_a_disk_that_fails_never_fails_a_poll(portal: Portal, folder: Path) -> None:
    folder.write_text("in the way")
    assert read_bill(portal) == []
    assert PollRun.objects.get().outcome == "complete"


def test_answers_are_thrown_away_after_their_days(folder: Path) -> None:
    old, new = kept(answer(body=b"old"), answer(body=b"new"))
    long_ago = timezone.now() - dt.timedelta(days=91)
    KeptAnswer.objects.filter(pk=old.pk).update(kept_at=long_ago)
    os.utime(file_of(old.sha256), (long_ago.timestamp(), long_ago.timestamp()))
    throw_away_answers()
    assert (list(KeptAnswer.objects.all()), files(folder)) == ([new], [file_of(new.sha256)])


def test_a_file_is_kept_for_as_long_as_an_equal_answer_comes(folder: Path) -> None:
    (old,) = kept(answer())
    long_ago = (timezone.now() - dt.timedelta(days=91)).timestamp()
    os.utime(file_of(old.sha256), (long_ago, long_ago))
    kept(answer())
    assert (prune_answers(timezone.now()), len(files(folder))) == (0, 1)


def test_days_without_a_folder_have_nothing_to_throw_away() -> None:
    assert prune_answers(timezone.now()) == 0


def test_the_schedule_throws_answers_away_daily() -> None:
    assert app.conf.beat_schedule["answers"]["task"] == throw_away_answers.name
    assert django_settings.RAW_ANSWERS_DAYS == 90


def test_the_page_of_a_day_lists_its_answers_with_links(signed_in: SignedIn, portal: Portal) -> None:
    first = read_bill(portal)[0]
    page = signed_in("admin").get(f"/polling/daily-bills/{DAY}/").content.decode()
    assert page.count("/polling/answers/") == KeptAnswer.objects.count()
    assert (first.request_id in page, f"/polling/answers/{first.pk}/" in page) == (True, True)


def test_the_page_of_a_day_asks_as_often_whatever_was_kept(signed_in: SignedIn, portal: Portal) -> None:
    client, counts = signed_in("admin"), []
    read_bill(portal)
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/polling/daily-bills/{DAY}/")
        counts.append(len(asked))
        KeptAnswer.objects.exclude(pk=KeptAnswer.objects.latest("pk").pk).delete()
    assert counts[0] == counts[1]


def test_an_answer_is_downloaded_as_text_and_never_shown(signed_in: SignedIn) -> None:
    (one,) = kept(answer(USAGE, 500, b"<script>alert(1)</script>"))
    got = signed_in("operator").get(f"/polling/answers/{one.pk}/")
    assert (got.status_code, got.content) == (200, b"<script>alert(1)</script>")
    assert got.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Disposition"] == f'attachment; filename="usage-2026-09-01-{one.request_id}.txt"'


def test_S3_an_answer_with_amounts_is_for_whoever_may_see_them(signed_in: SignedIn) -> None:
    (one,) = kept(answer())
    found = {
        role: signed_in(role).get(f"/polling/answers/{one.pk}/").status_code
        for role in ("viewer", "operator", "approver", "finance", "admin")
    }
    assert found == {"viewer": 403, "operator": 403, "approver": 403, "finance": 403, "admin": 200}
    assert signed_in("operator", sees_amounts=True).get(f"/polling/answers/{one.pk}/").status_code == 200


@pytest.mark.parametrize("lost", ["file", "row", "damaged"])
def test_an_answer_that_is_gone_is_not_found(lost: str, signed_in: SignedIn) -> None:
    (one,) = kept(answer(USAGE, 500))
    if lost == "file":
        file_of(one.sha256).unlink()
    elif lost == "damaged":
        file_of(one.sha256).write_bytes(gzip.compress(b"other"))
    else:
        KeptAnswer.objects.update(kept_at=timezone.now() - dt.timedelta(days=91))
    assert signed_in("admin").get(f"/polling/answers/{one.pk}/").status_code == 404
