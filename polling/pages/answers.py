"""The answers that are kept of a slot, in words, and who may have one as it came."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from accounts.access import Access
from polling import queries
from polling.labels import moment_words
from polling.models import KeptAnswer, PollSlot, Stream
from polling.pages.addresses import period_text

MOST_ANSWERS = 100


@dataclass(frozen=True, kw_only=True)
class AnswerLine:
    """One kept answer; `href` is '' for whoever may not have it."""

    at: str
    asked: str
    page: str
    status: int
    size: str
    request_id: str
    href: str


def answer_lines(slot: PollSlot, access: Access, now: dt.datetime) -> list[AnswerLine]:
    """What is kept of a slot, the newest first; one query."""
    return [
        AnswerLine(
            at=moment_words(answer.kept_at, now),
            asked=answer.asked,
            page=str(answer.page or ""),
            status=answer.status,
            size=filesizeformat(answer.bytes),
            request_id=answer.request_id,
            href=reverse("polling:download_answer", args=[answer.pk]) if may_download(answer, access) else "",
        )
        for answer in queries.answers_of(slot.stream, slot.scope, slot.period)[:MOST_ANSWERS]
    ]


def may_download(answer: KeptAnswer, access: Access) -> bool:
    """Whether somebody may have an answer as it came: whoever may poll, and see the amounts in a bill."""
    return access.poll and (access.see_amounts or answer.stream != Stream.DAILY_BILLS)


def file_name(answer: KeptAnswer) -> str:
    """What a browser calls the answer."""
    page = f"-page-{answer.page}" if answer.page else ""
    return f"{answer.stream}-{period_text(answer.since)}{page}-{answer.request_id}.txt"
