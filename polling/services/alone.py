"""Work that one transaction at a time may do."""

from __future__ import annotations

from django.db import connection


def alone_with(what: str) -> None:
    """Let nobody else do this until the caller's transaction ends; SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [what])
