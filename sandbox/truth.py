"""The truth log: everything the sandbox was asked, what the gateway made of it and what was done."""

import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sandbox.exchange import Reply, Request
from sandbox.faults import Delivery
from sandbox.gateway import Verdict

KEPT = 200_000


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One request: `checks` holds each gateway check's outcome (None: not reached).

    `effect` names what was created, `status` is what was sent (None: nothing), `fault` the action that
    was ordered. Signatures are never kept.
    """

    number: int
    at: str
    method: str
    path: str
    query: str
    body: str
    checks: Mapping[str, bool | None]
    signed: bool
    key_id: str
    x_date: str
    request_id: str
    content_type: str
    effect: str
    status: int | None
    fault: str


class Truth:
    """Collects entries in the order in which requests were understood; a file gets each as a JSON line."""

    def __init__(self, path: Path | None = None) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._path = path
        self._count = 0
        self._lock = threading.Lock()

    def record(self, request: Request, verdict: Verdict, sent: Delivery, fault: str) -> None:
        """Write down a request whose answer is known and about to go out."""
        self._write(request, verdict, sent.reply.effect, sent.status_sent, fault)

    def record_late(self, request: Request, verdict: Verdict, reply: Reply) -> None:
        """Write down that a request took effect after its answer had gone out."""
        self._write(request, verdict, reply.effect, None, "late")

    def entries(self, *, since: int = 0) -> list[Entry]:
        """The entries with a number above `since`."""
        with self._lock:
            return [entry for entry in self._entries if entry.number > since]

    def effects(self) -> list[str]:
        """What was created, in order; a thing that was created twice stands here twice."""
        return [entry.effect for entry in self.entries() if entry.effect]

    def unsigned(self) -> list[Entry]:
        """The requests that the gateway refused for their signature, key or clock."""
        return [entry for entry in self.entries() if entry.checks["route"] and not entry.signed]

    def clear(self) -> None:
        """Forget everything so far; numbers go on."""
        with self._lock:
            self._entries.clear()

    def _write(self, request: Request, verdict: Verdict, effect: str, status: int | None, fault: str) -> None:
        with self._lock:
            self._count += 1
            entry = Entry(
                number=self._count,
                at=datetime.now(UTC).isoformat(timespec="microseconds"),
                method=request.method,
                path=request.path,
                query=request.query,
                body=request.body.decode("utf-8", "replace"),
                checks=dict(verdict.checks),
                signed=verdict.signed,
                key_id=verdict.key_id,
                x_date=request.headers.get("x-date", ""),
                request_id=request.headers.get("x-request-id", ""),
                content_type=request.headers.get("content-type", ""),
                effect=effect,
                status=status,
                fault=fault,
            )
            self._entries.append(entry)
            if self._path:
                with self._path.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
