"""The list of gaps: what should be known and is not, why, and when it is tried again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polling import queries
from polling.labels import STREAMS, again_words, moment_words, period_words, scope_words
from polling.models import SNAPSHOT, PollSlot, Stream
from polling.pages.addresses import calendar_crumb, slot_path
from polling.pages.standing import Standing, standing_of, why

GAPS_PER_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class GapLine:
    """One gap in words; `company_id` is the only company that it is of, where it is of one, and `whose` it is else."""

    slot: PollSlot
    what: str
    company_id: str
    whose: str
    period: str
    href: str
    standing: Standing
    since: str
    why: str
    again: str


def gap_lines(slots: Iterable[PollSlot], now: dt.datetime) -> list[GapLine]:
    """Gaps in words."""
    found = list(slots)
    tries, missing = queries.next_tries(found), queries.companies_missing(found)
    return [
        gap_line(slot, standing_of(slot, now), tries.get(slot.pk), sorted(missing.get(slot.pk, ())), now)
        for slot in found
    ]


def gap_line(
    slot: PollSlot, standing: Standing, again_at: dt.datetime | None, missing: Sequence[str], now: dt.datetime
) -> GapLine:
    """One gap in words; `missing` are the IDs of the companies that it is of."""
    several = ngettext("%(count)s company", "%(count)s companies", len(missing)) % {"count": len(missing)}
    return GapLine(
        slot=slot,
        what=scope_words(slot.stream, slot.scope),
        company_id=missing[0] if len(missing) == 1 else "",
        whose=several if len(missing) > 1 else "",
        period="" if slot.period == SNAPSHOT else period_words(slot.period, slot.scope),
        href=slot_path(slot.stream, slot.scope, slot.period),
        standing=standing,
        since=moment_words(slot.failing_since or slot.due_at, now),
        why=why(slot, standing.look),
        again=again_words(again_at, now) if again_at else _("with the next sweep"),
    )


def gaps_page(params: Mapping[str, str], now: dt.datetime) -> dict[str, Any]:
    """The page of all gaps, of one stream or company where the address names one; what waits its turn comes last."""
    stream, company_id = params.get("stream", ""), params.get("company", "").replace("\0", "")
    stream = stream if stream in Stream.values else ""
    gaps = queries.missing_slots(now, streams=[stream] if stream else Stream.values, days=None)
    if company_id:
        gaps = gaps.filter(queries.missing_of(company_id))
    failing_first = Case(When(queries.is_failing(now), then=0), default=1)
    gaps = gaps.order_by(failing_first, "stream", "-period", "scope")
    page = Paginator(gaps, GAPS_PER_PAGE).get_page(params.get("page"))
    choices = [("", _("All")), *STREAMS.items()]
    return {
        "page": page,
        "lines": gap_lines(page.object_list, now),
        "stream": stream,
        "company_id": company_id,
        "choices": [(f"?stream={value}" if value else "?", words, value == stream) for value, words in choices],
        "crumbs": [calendar_crumb()],
    }
