"""`manage.py gaps`: lists what should be known and is not, why, and when it is tried again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desk.backfills.running import expect_all
from polling import queries
from polling.models import PollSlot, Stream, Target
from polling.pages.gaps import GapLine, gap_lines
from polling.periods import last_of_month
from polling.services.connection import OtherServer, claim_origin


class Command(BaseCommand):
    help = "List what should be known and is not. The exit code is 1 when there is any such thing, and 0 otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--stream", choices=Stream.values, action="append", help="only this stream; may be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            claim_origin()
        except OtherServer as error:
            raise CommandError(str(error)) from error
        now, streams = timezone.now(), options["stream"] or Stream.values
        expect_all(queries.poll_since(), now)
        gaps = queries.missing(now, streams=streams, days=None)
        targets = targets_of([slot for slot in gaps if slot.stream == Stream.USAGE])
        for line in gap_lines(gaps, now):
            self.stdout.write(told(line, [target for target in targets if is_about(target, line.slot)]))
        for slot in queries.unpublished_slots(streams):
            self.stdout.write(_("%(slot)s: not published yet; this is no gap") % {"slot": slot})
        if gaps:
            words = ngettext("%(count)d gap.", "%(count)d gaps.", len(gaps)) % {"count": len(gaps)}
            raise CommandError(words, returncode=1)
        self.stdout.write(_("No gaps: everything that is due is known."))


def targets_of(slots: list[PollSlot]) -> list[Target]:
    """The companies and projects of which something of these slots is not known."""
    if not slots:
        return []
    return list(queries.open_targets(min(slot.period for slot in slots), last_of_month(slots[0].period)))


def is_about(target: Target, slot: PollSlot) -> bool:
    """Whether a target keeps a slot open."""
    scope = f"{target.business}/{target.model}/{target.interval}"
    last = last_of_month(slot.period) if scope.endswith("/monthly") else slot.period
    return scope == slot.scope and target.since <= last and target.until >= slot.period


def told(line: GapLine, targets: Iterable[Target]) -> str:
    """One gap in one line."""
    why = _("%(slot)s: %(state)s. %(why)s Next try: %(again)s.") % {
        "slot": line.slot,
        "state": line.standing.words,
        "why": line.why,
        "again": line.again,
    }
    owners = [target.company_id + (f"/{target.project_id}" if target.project_id else "") for target in targets]
    if not owners:
        return why
    more = ngettext(" and %(count)d more", " and %(count)d more", len(owners) - 3) % {"count": len(owners) - 3}
    return _("%(why)s Missing: %(owners)s%(more)s.") % {
        "why": why,
        "owners": ", ".join(owners[:3]),
        "more": more if len(owners) > 3 else "",
    }
