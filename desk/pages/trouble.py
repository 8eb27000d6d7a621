"""Companies in trouble in words, and suspended ones that are used all the same: what the overview says of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from companies.converters import company_path
from companies.labels import COMPANY_STATUSES, words
from desk.numbers import Figure, figure, moment, short_date
from desk.pages.tiles import Line, Tile
from desk.queries.attention import NORMAL, Troubled, troubled_companies
from desk.queries.suspended import Consumer, suspended_consumers
from polling.periods import DAY
from usage.figures import Span
from usage.numerals import grouped
from usage.periods import SETTLES_AFTER

# Where the list of suspended companies in use stands on the overview.
CONSUMERS = "suspended-in-use"


@dataclass(frozen=True, kw_only=True)
class TroubledRow:
    """A company in trouble, as its line shows it: since when, and what it was before."""

    found: Troubled
    href: str
    since: str
    before: str
    minutes: Figure
    last_usage: str


@dataclass(frozen=True, kw_only=True)
class TroubledPanel:
    """The companies that turned so last, how many there are, and the list of all of them."""

    rows: Sequence[TroubledRow]
    count: int
    href: str


@dataclass(frozen=True, kw_only=True)
class ConsumerRow:
    """A suspended company in use, as its line shows it."""

    found: Consumer
    href: str
    since: str
    note: str
    used_days: str
    minutes: Figure
    last_usage: str


@dataclass(frozen=True, kw_only=True)
class ConsumersPanel:
    """Suspended companies in use: those that were used last, and how many there are."""

    rows: Sequence[ConsumerRow]
    count: int


def troubled_panel(statuses: Mapping[str, int], today: dt.date) -> TroubledPanel:
    """Companies that Agora does not report as normal, those that turned so last first, of so many of each status."""
    counted = {code: count for code, count in statuses.items() if code not in (NORMAL, "")}
    query = urlencode([("status", code) for code in counted])
    return TroubledPanel(
        rows=[_troubled_row(found, today) for found in troubled_companies(_last_week(today))],
        count=sum(counted.values()),
        href=f"{reverse('desk:list_companies')}?{query}",
    )


def consumers_panel(today: dt.date) -> ConsumersPanel:
    """Suspended companies that used anything on a known day after they were first seen as suspended."""
    found = suspended_consumers(_last_week(today))
    return ConsumersPanel(rows=[_consumer_row(one, today) for one in found.rows], count=found.count)


def consumers_tile(found: ConsumersPanel) -> Tile:
    """How many suspended companies are used all the same."""
    note = _("used something although they are suspended") if found.count else _("None is used")
    return Tile(
        label=_("Suspended, still in use"),
        icon_name="outline/alert-triangle",
        lines=[Line(value=grouped(found.count), note=note, tone="down" if found.count else "")],
        href=f"#{CONSUMERS}",
    )


def _last_week(today: dt.date) -> Span:
    until = today - SETTLES_AFTER
    return until - 6 * DAY, until


def _troubled_row(found: Troubled, today: dt.date) -> TroubledRow:
    return TroubledRow(
        found=found,
        href=company_path(found.company.company_id),
        since=moment(found.since),
        before=words(COMPANY_STATUSES, found.before) if found.before else "",
        minutes=figure(found.minutes),
        last_usage=short_date(found.last_usage, today) if found.last_usage else "",
    )


def _consumer_row(found: Consumer, today: dt.date) -> ConsumerRow:
    return ConsumerRow(
        found=found,
        href=company_path(found.company.company_id),
        since=moment(found.since),
        note=_("in use when first listed as suspended") if found.used_when_listed else "",
        used_days=grouped(found.used_days),
        minutes=figure(found.minutes),
        last_usage=short_date(found.last_usage, today),
    )
