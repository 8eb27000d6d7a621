"""`manage.py backfill`: says what reading days again takes, and then reads them in this process, with progress."""

from __future__ import annotations

import datetime as dt
import logging
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from agora.connect import NotConfigured
from desk.backfills.planning import Cost, cost_of
from desk.backfills.running import expect_all, go_on
from desk.forms import OrderForm
from desk.management.bar import Bar, quiet
from polling import queries
from polling.labels import cost_words
from polling.models import Backfill, BackfillState, Stream, Waiting
from polling.pages.backfills import outcome_words, progress_words
from polling.periods import utc_day
from polling.services import backfills
from polling.services.backfills import Wanted
from polling.services.connection import OtherServer, claim_origin
from polling.services.reading import Reader, open_reader


class Command(BaseCommand):
    help = (
        "Read UTC days again from Agora, the newest first: says what it takes, asks, and shows how far it is. "
        "The exit code is not zero when something could not be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--stream", choices=Stream.values, action="append", help="only this stream; may be repeated"
        )
        parser.add_argument("--since", metavar="YYYY-MM-DD", help="first UTC day; the first one wanted unless told")
        parser.add_argument("--until", metavar="YYYY-MM-DD", help="last UTC day; today unless told")
        parser.add_argument("--company", default="", metavar="ID", help="only this company")
        parser.add_argument("--gaps", action="store_true", help="only what is missing")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            claim_origin()
            reader = open_reader()
        except (OtherServer, NotConfigured, ValueError) as error:
            raise CommandError(str(error)) from error
        wanted = asked(options, timezone.now())
        expect_all(wanted.since, timezone.now())
        cost = cost_of(wanted, timezone.now())
        if not cost.calls:
            self.stdout.write("There is nothing to read.")
            return
        self.stdout.write(f"This takes {cost_words(cost.calls, cost.seconds)}, at least.")
        if not options["yes"] and not confirmed():
            raise CommandError("Nothing was read. Add --yes to go on without being asked.")
        with quiet(logging.getLogger("agora"), calls_are_told=options["verbosity"] > 1):
            self.read(reader, wanted, cost)

    def read(self, reader: Reader, wanted: Wanted, cost: Cost) -> None:
        """Give the order and go on with it until it has ended."""
        order, _new = backfills.order(wanted=wanted, expected_calls=cost.calls, by=None, now=timezone.now())
        bar = Bar(sys.stdout)
        reader.on_call = bar.step
        bar.begin("backfill", cost.calls)
        try:
            follow(reader, order, bar)
        except KeyboardInterrupt:
            backfills.cancel(backfill=order, by=None, now=timezone.now())
            raise CommandError("Cancelled. What was read until now is stored.") from None
        finally:
            bar.end()
            reader.note()
        self.report(order)

    def report(self, order: Backfill) -> None:
        """Say what came of it; a non-zero exit code says that something could not be read."""
        failed = list(queries.failed_steps(order))
        self.stdout.write(f"{progress_words(order)}.")
        for step in failed[:20]:
            self.stderr.write(f"{step}: {step.error} {step.request_id}")
        if failed or order.state != BackfillState.FINISHED:
            raise CommandError(outcome_words(order, bool(failed)))


def asked(options: dict[str, Any], now: dt.datetime) -> Wanted:
    """What the arguments ask for, checked as on the page."""
    form = OrderForm(
        {
            "streams": options["stream"] or Stream.values,
            "since": options["since"] or f"{queries.poll_since()}",
            "until": options["until"] or f"{utc_day(now)}",
            "company_id": options["company"],
            "only_gaps": options["gaps"],
        },
        today=utc_day(now),
    )
    if not form.is_valid():
        names = {"streams": "stream", "company_id": "company"}
        words = [f"--{names.get(name, name)}: {' '.join(map(str, found))}" for name, found in form.errors.items()]
        raise CommandError("\n".join(words))
    return form.wanted()


def confirmed() -> bool:
    """Whether the person at the terminal wants it."""
    return sys.stdin.isatty() and input("Go on? [y/N] ").strip().lower() in ("y", "yes")


def follow(reader: Reader, order: Backfill, bar: Bar) -> None:
    """Go on with an order until it has ended; wait for whoever reads the same, and for pauses that Agora asked for."""
    while True:
        moved = go_on(reader, only=order.pk)
        order.refresh_from_db()
        bar.done, bar.total = order.calls, order.expected_calls
        if order.state not in (BackfillState.QUEUED, BackfillState.RUNNING):
            return
        if order.waits_for == Waiting.REFUSED:
            backfills.cancel(backfill=order, by=None, now=timezone.now())
            raise CommandError("Agora refuses the portal's signature: `manage.py check_agora` tells what is wrong.")
        if order.waits_for and not moved:
            bar.wait("hold" if order.waits_for == Waiting.HOLD else "busy", order.next_attempt_at)
        if not moved:
            time.sleep(min(1.0, max(0.1, (order.next_attempt_at - timezone.now()).total_seconds())))
