"""Real workers that are told to end, and that are started on tables of another version (P26)."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery import current_app
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from polling.models import PollSlot, SlotState, Stream
from sandbox.faults import Fault, Match
from tests.companies.faults.processes import environment
from tests.desk.polls.then import BILL, SINCE, stored_usage, sweep, true_usage
from tests.polled import Portal
from tests.sandbox_server import KEY_ID, KEY_SECRET, RunningSandbox
from usage.services.poll import poll_due_usage

pytestmark = pytest.mark.django_db(transaction=True)
CELERY = [sys.executable, "-m", "celery", "-q", "-A", "reseller_portal"]
WORKER = [*CELERY, "worker", "-Q", "polls", "-c", "2", "-l", "ERROR", "--without-gossip", "--without-mingle"]


def surroundings(portal: Portal) -> dict[str, str]:
    """What leads another process to the database, the broker and the sandbox of this test."""
    server = RunningSandbox(base_url=portal.base_url, key_id=KEY_ID, key_secret=KEY_SECRET, sandbox=portal.sandbox)
    return environment(server) | {"POLL_SINCE": f"{SINCE}", "AGORA_REQUESTS_PER_SECOND": "200"}


@contextmanager
def running(command: list[str], portal: Portal, **more: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, env=surroundings(portal) | more, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def empty_queue() -> Iterator[None]:
    current_app.control.purge()
    yield
    current_app.control.purge()


def test_p26_a_worker_that_is_told_to_end_gives_back_what_it_read_and_the_next_one_goes_on_at_once(
    portal: Portal, empty_queue: None
) -> None:
    sweep(portal, Stream.COMPANIES, Stream.PROJECTS)
    portal.sandbox.clock.pretended = None
    workers: list[subprocess.Popen[str]] = []

    def end() -> None:
        workers[0].send_signal(signal.SIGTERM)
        time.sleep(0.5)

    portal.sandbox.faults.order(Fault(action="pass", match=Match(path_regex="/usage$", nth=20), then=end))
    current_app.send_task("usage.tasks.poll_usage", queue="polls")
    with running(WORKER, portal) as worker:
        workers.append(worker)
        assert worker.wait(timeout=60) == 0
    asked = portal.calls("/usage")

    assert asked < 40
    assert not PollSlot.objects.exclude(lease_token="").exists()
    assert not PollSlot.objects.filter(state__in=[SlotState.RUNNING, SlotState.PARTIAL, SlotState.FAILED]).exists()
    poll_due_usage(portal.reader())
    assert not PollSlot.objects.filter(stream=Stream.USAGE, first_complete_at=None).exists()
    assert stored_usage(SINCE, BILL) == true_usage(portal, SINCE, BILL)


PROCESSES = {
    "worker": WORKER,
    "beat": [*CELERY, "beat", "--pidfile="],
    "web": [sys.executable, "-c", "import reseller_portal.wsgi"],
}


@pytest.mark.parametrize("name", list(PROCESSES))
def test_p26_no_process_starts_on_tables_that_are_older_than_its_code(
    name: str, portal: Portal, tmp_path: Path
) -> None:
    recorder = MigrationRecorder(connection)
    newest = recorder.migration_qs.filter(app="polling").latest("name").name
    recorder.record_unapplied("polling", newest)
    try:
        with running(PROCESSES[name], portal, PORTAL_VAR=str(tmp_path)) as process:
            _out, words = process.communicate(timeout=60)
    finally:
        recorder.record_applied("polling", newest)

    told = "The tables are older than the portal: run `manage.py migrate`, then start this again."
    assert (process.returncode, words.splitlines()[-1].endswith(told)) == (3, True)
