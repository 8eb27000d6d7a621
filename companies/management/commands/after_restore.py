"""The command to run after the database was restored from a backup, or copied to another instance."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.services.restoring import after_restore


class Command(BaseCommand):
    """Hands every open operation to people, and lets this instance of the portal send again."""

    help = "After a restore: every open create waits for a person until Agora's lists were read; then sending goes on."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        handed = after_restore(now=timezone.now())
        words = ngettext("%d open create waits for a person now.", "%d open creates wait for a person now.", handed)
        self.stdout.write(words % handed)
        self.stdout.write(_("This instance may create again."))
