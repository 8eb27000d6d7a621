"""Goal 12: the broker's messages for the calls of a sweep, and the calls that a killed worker repeats."""

from __future__ import annotations

import os
import signal
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any

from celery.signals import before_task_publish
from django.core.management import call_command
from django.db import connections

from benchmarks.table import Line, at_most
from polling.models import PollSlot
from polling.tasks import dispatch
from reseller_portal.celery import app
from sandbox.faults import Fault, Match
from tests.polled import Portal, polled_portal
from usage.services.asking import most_calls
from usage.tasks import poll_usage

COMPANIES, PROJECTS, DAYS = 40, 3, 60
# The call of usage that kills the worker, in the middle of a chunk, and how many calls a chunk may have.
KILLED_AT, CHUNK = 190, 100


def measure() -> Iterator[Line]:
    """Both halves of goal 12, each with the first sweep of a new portal."""
    app.loader.import_default_modules()
    yield from measure_messages()
    yield from measure_kill()
    call_command("flush", interactive=False, verbosity=0)


def new_portal() -> Any:
    """A portal that knows nothing yet."""
    call_command("flush", interactive=False, verbosity=0)
    return polled_portal(companies=COMPANIES, projects=PROJECTS, days=DAYS)


def measure_messages() -> Iterator[Line]:
    """The beat's message and everything that follows from it, against the calls that Agora saw."""
    with new_portal() as portal:
        messages = sweep()
        calls = len(portal.sandbox.truth.entries())
    yield at_most("12", f"broker messages for each 100 calls ({messages} for {calls:,})", messages * 100 / calls, 1)


def sweep() -> int:
    """Do what workers do after one message of the beat, in this process; gives how many messages there were."""
    sent: deque[str] = deque([dispatch.name])

    def note(sender: str = "", **_message: object) -> None:
        sent.append(sender)

    before_task_publish.connect(note)
    done = 0
    try:
        while sent:
            app.tasks[sent.popleft()]()
            done += 1
    finally:
        before_task_publish.disconnect(note)
        app.control.purge()
    return done


def measure_kill() -> Iterator[Line]:
    """A worker is killed among its calls of usage; another one reads on as soon as the lease is over."""
    with new_portal() as portal:
        app.tasks["companies.tasks.poll_companies"]()
        app.tasks["companies.tasks.poll_projects"]()
        connections.close_all()
        kill_among_calls(portal)
        PollSlot.objects.exclude(lease_token="").update(lease_token="", lease_until=None)
        sweep()
        asked = Counter((entry.path, entry.query) for entry in portal.sandbox.truth.entries() if "usage" in entry.path)
        app.control.purge()
    repeated = sum(count - 1 for count in asked.values())
    yield at_most("12", f"calls that a killed worker repeats, chunks of {most_calls()} being begun", repeated, CHUNK)


def kill_among_calls(portal: Portal) -> None:
    """Let a process of its own poll usage until it is killed by its call of that number."""
    children: list[int] = []
    kill = Fault(
        action="pass",
        match=Match(path_regex="/usage$", nth=KILLED_AT),
        then=lambda: os.kill(children[0], signal.SIGKILL),
    )
    portal.sandbox.faults.order(kill)
    child = os.fork()
    if not child:
        poll_usage()
        os._exit(1)
    children.append(child)
    os.waitpid(child, 0)
