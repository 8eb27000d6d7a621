"""The command that takes up the work after a stop, before the portal's processes start."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.services import resume
from polling.services.connection import FENCED, OtherServer, claim_origin, creates_held


class Command(BaseCommand):
    """Checks whose database this is, ends what was broken off, and notes what became due meanwhile."""

    help = "After a stop and before the processes start: checks the database, ends broken-off creates, adds due polls."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it in this order; ends with 1 where the database cannot be worked with."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError(_("The tables are older than the portal: run `manage.py migrate` first."))
        try:
            claim_origin()
        except OtherServer as error:
            raise CommandError(str(error)) from None
        if creates_held() == FENCED:
            self.stderr.write(_("This database belongs to another instance: nothing is created until `after_restore`."))
        resume(timezone.now())
