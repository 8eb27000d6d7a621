"""The overview: tiles, what was spent and used, what moved, which companies are in trouble."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict

from accounts.access import Access
from billing.queries.days import known_days
from billing.tables import unlisted_of
from desk.numbers import dates_words
from desk.pages.bills import bills_panel
from desk.pages.movers import movers_panel
from desk.pages.owners import Owner
from desk.pages.panels import usage_panel
from desk.pages.tiles import Tile, companies_tile, gaps_tile, person_tile, spend_tile, usage_tile
from desk.pages.trouble import consumers_panel, consumers_tile, troubled_panel
from desk.pages.waiting import waiting_items
from desk.queries.amounts import amounts_to_date, bills_of
from desk.queries.attention import Attention, attention, companies_by_status
from desk.queries.day_sums import MINUTES
from desk.queries.months import MonthToDate, month_to_date, usage_to_date
from polling.context_processors import parts_of
from polling.periods import utc_day
from polling.queries import Progress, freshness
from usage.metrics import unit_words


def overview(params: QueryDict, access: Access, *, now: dt.datetime) -> dict[str, Any]:
    """Everything that the template of the overview reads."""
    today = utc_day(now)
    months = month_to_date(today)
    # One reading for the line under the title and the tile: while the history fills, two would differ.
    fresh = freshness(now)
    statuses = companies_by_status()
    consumers, found, gaps = consumers_panel(today), attention(), fresh.progress
    tiles = _tiles(access, months, statuses, found, gaps)
    return {
        "freshness": parts_of(fresh, now),
        "tiles": [*tiles, *([consumers_tile(consumers)] if consumers.count else [])],
        "unlisted": unlisted_of(bills_of(months)) if access.see_amounts else None,
        "spend_days": dates_words(months.days),
        "waiting": waiting_items(found, gaps, access),
        "unit": unit_words(MINUTES.unit),
        "usage": usage_panel(params, Owner(), today=today, product=MINUTES.key),
        "bills": bills_panel(params, Owner(), today=today) if access.see_amounts else None,
        "movers": movers_panel(),
        "troubled": troubled_panel(statuses, today),
        "consumers": consumers,
    }


def _tiles(
    access: Access, months: MonthToDate, statuses: Mapping[str, int], found: Attention, gaps: Progress
) -> Sequence[Tile]:
    (minutes,) = usage_to_date(months, products=[MINUTES])
    tiles = [companies_tile(statuses)]
    if access.see_amounts:
        known = len(known_days(*months.days))
        tiles.append(spend_tile(amounts_to_date(months), months, known=known))
    return [*tiles, usage_tile(minutes, months), gaps_tile(gaps), person_tile(found, access)]
