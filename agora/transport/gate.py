"""The gate: what decides whether a call may go out now, and is told how each one ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """How one attempt ended; it holds nothing secret.

    `sent_at` and `server_date` are aware, `took` and `retry_after` are seconds, `path` includes the query,
    `error` is the error's class name. `has_age` marks an answer from a cache, whose date proves nothing.
    """

    method: str
    path: str
    request_id: str
    sent_at: datetime
    took: float
    status: int | None = None
    error: str | None = None
    retry_after: float | None = None
    server_date: datetime | None = None
    has_age: bool = False


class Gate(Protocol):
    """Shared by everybody who calls Agora: rate, pauses, and what is known about the connection."""

    def wait(self, *, write: bool) -> None:
        """Block until a call may go out; raise `Held` when it may not."""

    def answered(self, answer: Exchange) -> None:
        """Learn how an attempt ended."""


class OpenGate:
    """Lets everything through at once and remembers nothing."""

    def wait(self, *, write: bool) -> None:
        """Never blocks."""

    def answered(self, answer: Exchange) -> None:
        """Forgets."""
