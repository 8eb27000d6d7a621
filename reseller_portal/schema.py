"""Whether the tables are those that this code works with: every process asks before it starts."""

import sys

from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from reseller_portal.origin import REFUSED


def has_old_tables() -> bool:
    """Whether a migration of this code is not applied yet."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def refuse_old_tables() -> None:
    """End this process with a sentence when the tables are older than the code; called while it starts."""
    try:
        if has_old_tables():
            sys.stderr.write("The tables are older than the portal: run `manage.py migrate`, then start this again.\n")
            raise SystemExit(REFUSED)
    finally:
        connections.close_all()
