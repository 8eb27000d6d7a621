"""A portal that speaks to a sandbox of its own: settings, a reader and polls by hand, for tests of what is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.test import override_settings

from desk.services import Days, Watcher, poll
from polling.models import Stream
from polling.services.connection import claim_origin
from polling.services.reading import Reader, open_reader
from sandbox.api import Sandbox
from tests.sandbox_server import running_sandbox

TODAY = dt.datetime.now(dt.UTC).date()


@dataclass(kw_only=True)
class Portal:
    """A portal and the sandbox it polls."""

    base_url: str
    sandbox: Sandbox

    def reader(self, **fields: Any) -> Reader:
        """A reader as the commands and tasks open it; `clock` pretends another time here."""
        reader = open_reader()
        for name, value in fields.items():
            setattr(reader, name, value)
        return reader

    def poll(self, *streams: str, days: Days | None = None) -> int:
        """Poll by hand; gives the changed rows."""
        reader = self.reader()
        try:
            return poll(reader, streams or tuple(Stream.values), days, Watcher(sleep=lambda seconds: None))
        finally:
            reader.note()

    def calls(self, part: str) -> int:
        """How many requests the sandbox got whose path holds `part`."""
        return sum(part in entry.path for entry in self.sandbox.truth.entries())


@contextmanager
def polled_portal(*, days: int = 40, **options: Any) -> Iterator[Portal]:
    """A portal that wants `days` days, and a sandbox with these options; nothing is polled yet."""
    options.setdefault("companies", 3)
    options.setdefault("projects", 2)
    with running_sandbox(epoch=TODAY - dt.timedelta(days=400), **options) as running:
        chosen = {
            "AGORA_BASE_URL": running.base_url,
            "AGORA_KEYS": [(running.key_id, running.key_secret)],
            "AGORA_REQUESTS_PER_SECOND": 100_000,
            "MIRRORED_ORIGIN": running.base_url,
            "POLL_SINCE": TODAY - dt.timedelta(days=days - 1),
        }
        with override_settings(**chosen):
            cache.clear()
            claim_origin()
            yield Portal(base_url=running.base_url, sandbox=running.sandbox)
