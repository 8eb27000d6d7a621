"""Raw answers: kept as files below PORTAL_VAR for a while, listed in a table, and thrown away again."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import logging
import os
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.utils import timezone

from agora.transport import RawAnswer
from polling import queries
from polling.models import SNAPSHOT, KeptAnswer, Stream
from polling.periods import utc_day

logger = logging.getLogger(__name__)

# A server that fails for hours fails in the same way: so many answers of one run tell enough, those of bills aside.
MOST_OF_A_RUN = 200
# How hard bodies are compressed: harder takes two to five times as long and saves less than a tenth.
COMPRESSED = 3


@dataclass(frozen=True, kw_only=True)
class About:
    """What a call asked for: a stream, its scope, and days or SNAPSHOT."""

    stream: str
    scope: str
    since: dt.date
    until: dt.date
    page: int | None


class Keeper:
    """Keeps the answers of one run of calls, from several threads; `note` then lists them in the table.

    A disk that is full or gone costs the answer and a line of the log, never the poll.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[KeptAnswer] = []
        self._odd = 0

    def keep(self, answer: RawAnswer) -> None:
        """Write an answer to its file; it is listed with the next `note`."""
        about = about_call(answer.path)
        if about is None or not self._has_room(about):
            return
        sha256 = hashlib.sha256(answer.body).hexdigest()
        try:
            write_file(queries.file_of(sha256), answer.body)
        except OSError as error:
            logger.warning("An answer could not be kept: %s", error)
            return
        row = KeptAnswer(
            stream=about.stream, scope=about.scope, since=about.since, until=about.until, page=about.page,
            asked=answer.path, status=answer.status, request_id=answer.request_id, sha256=sha256,
            bytes=len(answer.body), kept_at=timezone.now(),
        )  # fmt: skip
        with self._lock:
            self._kept.append(row)

    def note(self) -> None:
        """List what was kept since the last time."""
        with self._lock:
            kept, self._kept = self._kept, []
        KeptAnswer.objects.bulk_create(kept, batch_size=500)

    def _has_room(self, about: About) -> bool:
        if about.stream == Stream.DAILY_BILLS:
            return True
        with self._lock:
            self._odd += 1
            return self._odd <= MOST_OF_A_RUN


def about_call(path: str) -> About | None:
    """What a read asked for, by its path and query; None for one that belongs to no stream."""
    address = urlsplit(path)
    said = {name: values[0] for name, values in parse_qs(address.query).items()}
    parts = [unquote(part) for part in address.path.removeprefix("/v1/resellers/companies").split("/")[1:]]
    if parts == ["daily-bills"]:
        day = dt.datetime.strptime(said["period"], "%Y%m%d").replace(tzinfo=dt.UTC).date()
        page = int(said.get("pageNumber") or said.get("pageNumer") or 1)
        return About(stream=Stream.DAILY_BILLS, scope="", since=day, until=day, page=page)
    if parts[-1:] == ["usage"]:
        scope = "/".join(said[name] for name in ("business", "model", "interval"))
        since, until = (utc_day(dt.datetime.fromtimestamp(int(said[name]), dt.UTC)) for name in ("fromTs", "endTs"))
        return About(stream=Stream.USAGE, scope=scope, since=since, until=until, page=None)
    if parts and parts[-1] != "projects":
        return None
    page = int(said["offset"]) // int(said["limit"]) + 1
    stream, scope = (Stream.PROJECTS, parts[0]) if parts else (Stream.COMPANIES, "")
    return About(stream=stream, scope=scope, since=SNAPSHOT, until=SNAPSHOT, page=page)


def write_file(path: Path, body: bytes) -> None:
    """Put a body into its file, compressed, for this user alone; an equal one that is there only becomes newer."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        os.utime(path)
        return
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix="new-", delete=False) as file:
        written = Path(file.name)
        try:
            file.write(gzip.compress(body, COMPRESSED, mtime=0))
            file.close()
            written.replace(path)
        except OSError:
            written.unlink(missing_ok=True)
            raise


def prune_answers(now: dt.datetime) -> int:
    """Forget every answer that was kept for long enough; gives how many files went."""
    before = now - queries.answers_kept_for()
    KeptAnswer.objects.filter(kept_at__lt=before).delete()
    pruned = 0
    for path in settings.RAW_ANSWERS.glob("*/*"):
        try:
            if path.stat().st_mtime < before.timestamp():
                path.unlink()
                pruned += 1
        except OSError as error:
            logger.warning("An old answer could not be removed: %s", error)
    return pruned
