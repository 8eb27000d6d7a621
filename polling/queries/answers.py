"""Reads of kept answers: which ones there are of a slot, and what one of them says."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import zlib
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from polling.models import KeptAnswer
from polling.periods import last_of_month


def answers_kept_for() -> dt.timedelta:
    """How long an answer is kept."""
    return dt.timedelta(days=settings.RAW_ANSWERS_DAYS)


def kept_answers() -> QuerySet[KeptAnswer]:
    """Every answer that is still kept, the newest first."""
    return KeptAnswer.objects.filter(kept_at__gte=timezone.now() - answers_kept_for()).order_by("-kept_at", "-pk")


def answers_of(stream: str, scope: str, period: dt.date) -> QuerySet[KeptAnswer]:
    """The kept answers that were about a period; monthly figures are asked for by ranges of days."""
    last = last_of_month(period) if scope.endswith("/monthly") else period
    return kept_answers().filter(stream=stream, scope=scope, since__lte=last, until__gte=period)


def file_of(sha256: str) -> Path:
    """Where the body with this digest is kept."""
    folder: Path = settings.RAW_ANSWERS
    return folder / sha256[:2] / f"{sha256}.gz"


def body_of(answer: KeptAnswer) -> bytes | None:
    """An answer's body as it came; None where its file is gone or damaged."""
    try:
        body = gzip.decompress(file_of(answer.sha256).read_bytes())
    except (OSError, EOFError, zlib.error):
        return None
    return body if hashlib.sha256(body).hexdigest() == answer.sha256 else None
