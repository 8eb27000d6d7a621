"""What moved: companies whose settled usage changed most between two windows of days, and what explains it."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from companies.models import Company
from desk.queries.causes import Cause, causes
from desk.queries.moved import Number, Pair, company_series, moved, size
from desk.queries.standing import Standing, standing_of
from desk.queries.windows import Measure, Windows, pair_of

MOST_MOVERS = 25
# Figures before and now, by product and company ID.
Figures = Mapping[str, Mapping[str, Pair]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mover:
    """A company whose figure changed; `change` is a share of `before`, None where there was nothing before."""

    company: Company
    before: Number
    now: Number
    cause: Cause

    @property
    def delta(self) -> Number:
        return self.now - self.before

    @property
    def change(self) -> Decimal | None:
        return Decimal(self.delta) / Decimal(self.before) if self.before else None


@dataclass(frozen=True, kw_only=True)
class MoverList:
    """Companies that moved one way, the greatest change first; `count` is how many there are in all."""

    rows: Sequence[Mover]
    count: int


@dataclass(frozen=True, kw_only=True)
class Movers:
    """The greatest changes up and down; `new` used nothing before, `vanished` nothing now.

    Of the `compared` companies `hidden` changed by less than the noise floor, `unchanged` not at all. `left_out` are
    not known and settled on all of the days. Whoever used nothing for weeks has not moved, and is not left out while a
    turn is still to come.
    """

    measure: Measure
    windows: Windows
    floor: int
    up: MoverList
    down: MoverList
    new: MoverList
    vanished: MoverList
    compared: int
    hidden: int
    unchanged: int
    left_out: int

    @property
    def lists(self) -> tuple[MoverList, ...]:
        return self.up, self.down, self.new, self.vanished


def movers(
    measure: Measure,
    windows: Windows,
    *,
    floor: int,
    most: int = MOST_MOVERS,
    among: QuerySet[Company] | None = None,
) -> Movers:
    """Who changed by at least `floor`, in the measure's unit; each list holds at most `most` companies.

    Those who are looked at are `among` these, or all that Agora lists.
    """
    listed = (Company.objects.all() if among is None else among).filter(gone_at=None)
    standing = standing_of(measure, windows, listed)
    figures, lacking = _figures(measure, windows, standing)
    compared = standing.compared - lacking
    totals = _totals(figures, compared)
    changes = {one: now - before for one, (before, now) in totals.items() if now != before}
    moved_far = {one: totals[one] for one, change in changes.items() if size(change) >= floor}
    ways = _ways(moved_far)
    shown = {name: heapq.nsmallest(most, way, key=lambda one: (-size(changes[one]), one)) for name, way in ways.items()}
    heads = [one for way in shown.values() for one in way]
    companies = {company.company_id: company for company in Company.objects.filter(company_id__in=heads)}
    found = causes(measure, windows, {one: totals[one] for one in heads}, figures)

    def listing(name: str) -> MoverList:
        rows = [
            Mover(company=companies[one], before=totals[one][0], now=totals[one][1], cause=found[one])
            for one in shown[name]
            if one in companies
        ]
        return MoverList(rows=rows, count=len(ways[name]))

    return Movers(
        measure=measure,
        windows=windows,
        floor=floor,
        up=listing("up"),
        down=listing("down"),
        new=listing("new"),
        vanished=listing("vanished"),
        compared=len(compared),
        hidden=len(changes) - len(moved_far),
        unchanged=len(compared) - len(changes),
        left_out=standing.of - len(compared) - standing.waiting,
    )


def _ways(moved_far: Mapping[str, Pair]) -> dict[str, list[str]]:
    """The company IDs of each list."""
    ways: dict[str, list[str]] = {"up": [], "down": [], "new": [], "vanished": []}
    for company_id, (before, now) in moved_far.items():
        if not before:
            ways["new"].append(company_id)
        elif not now:
            ways["vanished"].append(company_id)
        else:
            ways["up" if now > before else "down"].append(company_id)
    return ways


def _figures(measure: Measure, windows: Windows, standing: Standing) -> tuple[Figures, set[str]]:
    """What each company came to, product by product, and the companies of which a figure is lacking."""
    lacking: set[str] = set()
    figures: dict[str, dict[str, Pair]] = {}
    series = company_series({product: standing.knowing(pair_of(product)) for product in measure.products})
    for product in measure.products:
        found = moved(product, windows, series[product])
        lacking.update(company_id for (company_id, _), pair in found.items() if pair is None)
        figures[product.key] = {company_id: pair for (company_id, _), pair in found.items() if pair is not None}
    return figures, lacking


def _totals(figures: Figures, compared: Collection[str]) -> dict[str, Pair]:
    totals: dict[str, Pair] = {}
    for of_product in figures.values():
        for company_id, (before, now) in of_product.items():
            if company_id in compared:
                so_far = totals.get(company_id, (0, 0))
                totals[company_id] = (so_far[0] + before, so_far[1] + now)
    return totals
