"""`manage.py poll`: reads from Agora in this process, with progress, and says what is still missing."""

from __future__ import annotations

import datetime as dt
import logging
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from agora.connect import NotConfigured
from desk.management.bar import Bar, quiet
from desk.services import Days, Refused, Watcher, poll
from polling import queries
from polling.models import SNAPSHOT, PollSlot, SlotState, Stream
from polling.periods import utc_day
from polling.services.connection import OtherServer, claim_origin
from polling.services.reading import Reader, open_reader

ROUNDS = 5
LONGEST_PAUSE = dt.timedelta(seconds=20)
NOT_CARRIED = "Agora's answers did not carry it for every company and project."


class Command(BaseCommand):
    help = (
        "Read from Agora what is due, or with --since/--until those UTC days again. "
        "The exit code is not zero when something that should be known is not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--stream", choices=Stream.values, help="only this stream")
        parser.add_argument("--since", type=dt.date.fromisoformat, metavar="YYYY-MM-DD", help="first UTC day")
        parser.add_argument("--until", type=dt.date.fromisoformat, metavar="YYYY-MM-DD", help="last UTC day")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            claim_origin()
            reader = open_reader()
        except (OtherServer, NotConfigured, ValueError) as error:
            raise CommandError(str(error)) from error
        streams = [options["stream"]] if options["stream"] else list(Stream.values)
        days = asked_days(options["since"], options["until"])
        bar = Bar(sys.stdout)
        reader.on_call = bar.step
        try:
            with quiet(logging.getLogger("agora"), calls_are_told=options["verbosity"] > 1):
                changed = rounds(reader, streams, days, bar)
        except Refused as refused:
            bar.end()
            raise CommandError(f"{refused.error}\n{refused.error.help_text}") from refused
        finally:
            reader.note()
        bar.end()
        self.stdout.write(f"{changed} rows changed.")
        self.report(streams, days)

    def report(self, streams: list[str], days: Days | None) -> None:
        """Name what is missing; a non-zero exit code says that something is."""
        missing = queries.missing(timezone.now(), streams=streams, days=days)
        for slot in missing[:20]:
            reason = slot.last_error or (NOT_CARRIED if slot.state in (SlotState.PARTIAL, SlotState.FAILED) else "")
            self.stderr.write(f"{slot}: {slot.get_state_display()} {reason}")
        if missing:
            raise CommandError(f"{len(missing)} of the things that should be known are not.")


def asked_days(since: dt.date | None, until: dt.date | None) -> Days | None:
    """The days of --since and --until; one alone reaches to today, or back to the first day wanted."""
    if since is None and until is None:
        return None
    since = since or queries.poll_since()
    until = until or utc_day(timezone.now())
    if since > utc_day(timezone.now()):
        raise CommandError("--since is in the future.")
    if since > until:
        raise CommandError("--since is later than --until.")
    return since, until


def rounds(reader: Reader, streams: list[str], days: Days | None, bar: Bar) -> int:
    """Poll, and what failed a few times again, as soon as the ledger lets it; wait for what somebody else reads."""
    watcher = Watcher(begin=bar.begin, wait=bar.wait)
    changed = poll(reader, streams, days, watcher)
    failed_rounds = 0
    while failed_rounds < ROUNDS:
        now = reader.clock()
        missing = queries.missing(now, streams=streams, days=days)
        tries = [at for slot in missing if (at := queries.next_try(slot, now)) is not None]
        if not tries or min(tries) - now > LONGEST_PAUSE:
            break
        time.sleep(max(0.0, (min(tries) - now).total_seconds()))
        failed_rounds += not any(slot.lease_until and slot.lease_until > now for slot in missing)
        changed += poll(reader, sorted({slot.stream for slot in missing}), days and span(missing, days), watcher)
    return changed


def span(missing: list[PollSlot], days: Days) -> Days:
    """The days to read again: from the first missing one on, of those that were asked for."""
    periods = [slot.period for slot in missing if slot.period != SNAPSHOT] or list(days)
    return max(min(periods), days[0]), days[1]
