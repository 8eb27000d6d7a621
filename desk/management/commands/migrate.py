"""Django's `migrate`, which waits five seconds at most for a table that somebody uses."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.utils.translation import gettext as _

LONGEST_WAIT = "5s"


class Command(migrate.Command):
    """On PostgreSQL a change of a table queues behind its readers, and everybody else behind that change."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; raises CommandError in words where a table stays in use."""
        database = connections[options["database"]]
        if database.vendor != "postgresql":
            super().handle(*args, **options)
            return
        with database.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LONGEST_WAIT])
        try:
            super().handle(*args, **options)
        except OperationalError as error:
            if "lock timeout" not in str(error):
                raise
            raise CommandError(_("A table is in use: stop the workers, then run this again.")) from error
        with database.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
