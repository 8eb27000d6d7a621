"""`manage.py progress`: whether polls move on, for whoever supervises the workers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from polling.services.pulse import pulse


class Command(BaseCommand):
    help = "Tell what has been due for the longest; exit code 1 when nobody works although something is due."

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
            raise CommandError(told + " " + _("No worker has worked in the last minutes: restart the one for polls."))
        self.stdout.write(told)
