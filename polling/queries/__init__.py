"""Every read of polling: the ledger and the connection, what the pages show of them, and orders to read days again."""

from polling.queries.ledger import (
    CLOSED,
    Freshness,
    Progress,
    complete_runs,
    connection,
    due_slots,
    due_streams,
    free_slots,
    freshness,
    has_data,
    missing,
    next_try,
    poll_since,
    progress,
    running_streams,
)

__all__ = [
    "CLOSED",
    "Freshness",
    "Progress",
    "complete_runs",
    "connection",
    "due_slots",
    "due_streams",
    "free_slots",
    "freshness",
    "has_data",
    "missing",
    "next_try",
    "poll_since",
    "progress",
    "running_streams",
]
