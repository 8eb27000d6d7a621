"""The overview: tiles, what was spent and used, what moved, which companies are in trouble."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.access import Access
from billing.queries.days import known_days
from companies.converters import company_path
from desk.numbers import Change, change_words, dates_words
from desk.pages.bills import bills_panel
from desk.pages.owners import Owner
from desk.pages.panels import usage_panel
from desk.pages.tiles import Tile, companies_tile, gaps_tile, person_tile, spend_tile, usage_tile
from desk.pages.trouble import consumers_panel, consumers_tile, troubled_panel
from desk.queries.amounts import amounts_to_date
from desk.queries.attention import attention, companies_by_status
from desk.queries.day_sums import MINUTES
from desk.queries.months import MonthToDate, month_to_date, usage_to_date
from desk.queries.movers import Mover, Movers, movers
from polling.periods import utc_day
from polling.queries import progress
from usage.metrics import unit_words
from usage.numerals import grouped


@dataclass(frozen=True, kw_only=True)
class MoverRow:
    """A company that moved, as its line shows it."""

    mover: Mover
    href: str
    before: str
    now: str
    delta: str
    change: Change


@dataclass(frozen=True, kw_only=True)
class MoverList:
    """One direction of the movers."""

    title: str
    rows: Sequence[MoverRow]


def overview(params: QueryDict, access: Access, *, now: dt.datetime) -> dict[str, Any]:
    """Everything that the template of the overview reads."""
    today = utc_day(now)
    months = month_to_date(today)
    moved = movers()
    consumers = consumers_panel(today)
    return {
        "tiles": [*_tiles(access, months, now), *([consumers_tile(consumers)] if consumers.count else [])],
        "unit": unit_words(MINUTES.unit),
        "usage": usage_panel(params, Owner(), today=today, product=MINUTES.key),
        "bills": bills_panel(params, Owner(), today=today) if access.see_amounts else None,
        "movers": moved,
        "mover_lists": _mover_lists(moved) if moved else [],
        "mover_weeks": (dates_words(moved.before), dates_words(moved.days)) if moved else None,
        "troubled": troubled_panel(today),
        "consumers": consumers,
    }


def _tiles(access: Access, months: MonthToDate, now: dt.datetime) -> Sequence[Tile]:
    (minutes,) = usage_to_date(months, products=[MINUTES])
    tiles = [companies_tile(companies_by_status())]
    if access.see_amounts:
        known = len(known_days(*months.days))
        tiles.append(spend_tile(amounts_to_date(months), months, known=known))
    return [*tiles, usage_tile(minutes, months), gaps_tile(progress(now)), person_tile(attention(), access)]


def _mover_lists(found: Movers) -> list[MoverList]:
    return [
        MoverList(title=_("Up"), rows=[_mover_row(mover) for mover in found.up]),
        MoverList(title=_("Down"), rows=[_mover_row(mover) for mover in found.down]),
    ]


def _mover_row(mover: Mover) -> MoverRow:
    return MoverRow(
        mover=mover,
        href=company_path(mover.company.company_id),
        before=grouped(mover.before),
        now=grouped(mover.now),
        delta=f"{'+' if mover.delta > 0 else ''}{grouped(mover.delta)}",
        change=change_words(mover.change) if mover.change is not None else Change(text=_("new"), tone="up"),
    )
