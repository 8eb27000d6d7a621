"""The calendar of what is polled: a month of days by streams, each cell with its sign and its words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from polling import queries
from polling.labels import LOOKS, MEANINGS, SIGNS, Look, again_words, ago, period_words, scope_words, usage_words
from polling.models import SNAPSHOT, PollSlot, Stream
from polling.pages.addresses import slot_path
from polling.pages.health import health
from polling.pages.now import now_part
from polling.pages.standing import Standing, standing_of
from polling.periods import bill_due_at, days_between, end_of, first_of_month, last_of_month, utc_day
from polling.series import DAILY_SCOPES, MONTHLY_SCOPES, is_polled

Slots = Mapping[tuple[str, str, dt.date], PollSlot]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One period of one stream; without `standing` nothing is expected. `span` days wide."""

    href: str = ""
    words: str = ""
    standing: Standing | None = None
    span: int = 1
    is_today: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One stream of the calendar."""

    stream: str
    scope: str
    name: str
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class Day:
    """The heading of a column; `iso` is its day where it can be read again, else ''."""

    iso: str
    short: str
    number: int
    weekday: str
    words: str
    is_weekend: bool
    is_today: bool


@dataclass(frozen=True, kw_only=True)
class MonthLink:
    """A month that can be looked at, with how many gaps it has."""

    query: str
    words: str
    gaps: int
    active: bool


def calendar(params: Mapping[str, str], now: dt.datetime) -> dict[str, Any]:
    """Everything of the page of the calendar; as many queries for 10,000 companies as for one."""
    since, today = queries.poll_since(), utc_day(now)
    month = asked_month(params.get("month", ""), since, today)
    return {
        "now": now_part(now),
        "lists": lists_lines(now),
        "months": month_links(month, since, now),
        "month_words": date_format(month, "F Y"),
        **steps(month, since, today),
        "days": [heading(day, since, today) for day in days_between(month, last_of_month(month))],
        "rows": list(rows(month, since, now)),
        "legend": [(SIGNS[look], LOOKS[look], MEANINGS[look], look.value) for look in Look],
        "health": health(now),
        "month": f"{month:%Y-%m}",
    }


def asked_month(text: str, since: dt.date, today: dt.date) -> dt.date:
    """The first day of the month that the address asks for; this month where it asks for none that can be shown."""
    try:
        asked = dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError:
        return first_of_month(today)
    return asked if first_of_month(since) <= asked <= today else first_of_month(today)


def steps(month: dt.date, since: dt.date, today: dt.date) -> dict[str, str]:
    """Links to the month before and the one after, where there are such."""
    before, after = first_of_month(month - dt.timedelta(days=1)), last_of_month(month) + dt.timedelta(days=1)
    return {
        "previous": f"?month={before:%Y-%m}" if before >= first_of_month(since) else "",
        "next": f"?month={after:%Y-%m}" if after <= today else "",
    }


def month_links(active: dt.date, since: dt.date, now: dt.datetime) -> list[MonthLink]:
    """Every month since polling began, the newest first."""
    gaps = queries.gaps_by_month(now)
    return [
        MonthLink(
            query=f"?month={month:%Y-%m}",
            words=date_format(month, "M Y"),
            gaps=gaps.get(month, 0),
            active=month == active,
        )
        for month in queries.months_known(since, utc_day(now))
    ]


def heading(day: dt.date, since: dt.date, today: dt.date) -> Day:
    """The heading of a day."""
    return Day(
        iso=day.isoformat() if since <= day <= today else "",
        short=date_format(day, "j M"),
        number=day.day,
        weekday=date_format(day, "D")[:2],
        words=date_format(day, "l, j F Y"),
        is_weekend=day.weekday() >= 5,
        is_today=day == today,
    )


def rows(month: dt.date, since: dt.date, now: dt.datetime) -> Iterator[Row]:
    """The streams that have days to show; figures that are reported by month are one cell each."""
    slots = {(slot.stream, slot.scope, slot.period): slot for slot in queries.slots_of_month(month)}
    days = list(days_between(month, last_of_month(month)))
    for stream, scope in [(Stream.DAILY_BILLS, ""), *((Stream.USAGE, scope) for scope in DAILY_SCOPES)]:
        cells = [cell(slots, stream, scope, day, since, now) for day in days]
        name = usage_words(scope) if scope else scope_words(stream, "")
        if any(one.standing for one in cells):
            yield Row(stream=stream.value, scope=scope, name=name, cells=cells)
    for scope in MONTHLY_SCOPES:
        whole = cell(slots, Stream.USAGE, scope, month, first_of_month(since), now, span=len(days))
        if whole.standing:
            yield Row(stream=Stream.USAGE.value, scope=scope, name=usage_words(scope), cells=[whole])


def cell(
    slots: Slots, stream: Stream, scope: str, period: dt.date, since: dt.date, now: dt.datetime, *, span: int = 1
) -> Cell:
    """One cell; a period that has no slot yet is due by the calendar, or it is not."""
    is_today = span == 1 and period == utc_day(now)
    stored = slots.get((stream, scope, period))
    if period < since or not (stored or stream != Stream.USAGE or is_polled(scope)):
        return Cell(span=span, is_today=is_today)
    found = stored or PollSlot(stream=stream, scope=scope, period=period, due_at=due_at(stream, scope, period))
    standing = standing_of(found, now)
    if standing.look == Look.LATER and not found.pk and period > utc_day(now):
        return Cell(span=span, is_today=is_today)
    return Cell(
        href=slot_path(stream, scope, period),
        words=f"{period_words(period, scope)}: {standing.words}",
        standing=standing,
        span=span,
        is_today=is_today,
    )


def due_at(stream: Stream, scope: str, period: dt.date) -> dt.datetime:
    """When a period is due by the calendar."""
    if stream == Stream.DAILY_BILLS:
        return bill_due_at(period)
    return end_of(last_of_month(period) if scope.endswith("/monthly") else period)


@dataclass(frozen=True, kw_only=True)
class ListsLine:
    """How the lists of one stream fare, in words."""

    name: str
    href: str
    words: str
    tone: str


def lists_lines(now: dt.datetime) -> list[ListsLine]:
    """The line above the calendar: the lists of companies and of projects."""
    found = queries.lists(now)
    return [lists_line(stream, found.get(stream), now) for stream in (Stream.COMPANIES, Stream.PROJECTS)]


def lists_line(stream: Stream, found: queries.Lists | None, now: dt.datetime) -> ListsLine:
    """How the lists of one stream fare."""
    gaps = reverse("polling:list_gaps") + f"?stream={stream}"
    href = slot_path(stream, "", SNAPSHOT) if stream == Stream.COMPANIES else gaps
    name = scope_words(stream, "")
    if found is None:
        return ListsLine(name=name, href=href, words=_("not read yet"), tone="amber")
    known = _("%(known)d of %(count)d known") % {"known": found.known, "count": found.count}
    parts = [] if stream == Stream.COMPANIES and found.known else [known]
    if found.failing:
        parts.append(_("%(count)d failing") % {"count": found.failing})
    if found.read_at:
        parts.append(_("read %(ago)s") % {"ago": ago(found.read_at, now)})
    if found.running:
        parts.append(_("being read now"))
    elif found.next_at:
        parts.append(_("next %(at)s") % {"at": again_words(found.next_at, now)})
    whole = found.known == found.count and not found.failing
    return ListsLine(name=name, href=href, words=" · ".join(parts), tone="green" if whole else "amber")
