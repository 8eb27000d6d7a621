"""`manage.py progress`: whether polls move on, for whoever supervises the workers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from polling.services.pulse import pulse

# Of its own, so that who restarts a worker by it does not do so where something else is wrong.
STALLED = 3


class Command(BaseCommand):
    help = "Tell what has been due for the longest; exit code 3 when nobody works although something is due."

    def handle(self, *args: Any, **options: Any) -> None:
        found = pulse(timezone.now())
        if found.due is None:
            self.stdout.write(_("Nothing is due."))
            return
        told = _("%(slot)s has been due for %(seconds)d seconds.") % {
            "slot": found.due,
            "seconds": found.waited.total_seconds(),
        }
        if found.stalled:
            words = _("No worker has worked in the last minutes: restart the one for polls.")
            raise CommandError(f"{told} {words}", returncode=STALLED)
        self.stdout.write(told)
