"""What each company or project used over some days: sums that say how many of the days are in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

from agora.vocabulary import Interval
from polling.models import Target
from polling.periods import DAY, days_between
from usage.figures import Knowledge, Selection, Span, day_period
from usage.metrics import PRODUCT_OF, columns_of
from usage.queries.ledger import (
    KNOWN,
    Key,
    coverage_of,
    figures_of,
    gaps_of,
    key_of,
    knowledge_of,
    open_targets,
    slots_of,
)
from usage.queries.sums import Added, added

# "Minutes" across the portal are those of Video & Audio, the product that every company uses.
MINUTES = PRODUCT_OF["video-audio"]

Rows = TypeVar("Rows", bound=Model)


@dataclass(frozen=True, kw_only=True, slots=True)
class DaySum:
    """A figure over several UTC days: its sum over the `known` of the `of` days; None when not one is known.

    Of the others, `idle` come with the turn of a company that used nothing for weeks.
    """

    value: int | Decimal | None
    known: int
    of: int
    settled: bool = False
    idle: int = 0

    @property
    def complete(self) -> bool:
        """Whether every day is in the sum."""
        return self.known == self.of

    @property
    def waits(self) -> bool:
        """Whether nothing is missing but what comes with a turn."""
        return self.idle > 0 and self.known + self.idle == self.of


def minutes_by_company(days: Span, company_ids: Collection[str] | None = None) -> dict[str, DaySum]:
    """The minutes of each company in these days, in Agora's own unit; a company that was never asked is absent.

    A sum is settled when all of its days are. Adding these days up is allowed, since they are durations.
    """
    selection = _selection(days)
    return {company_id: found for (company_id, _), found in _minutes(selection, company_ids).items()}


def minutes_by_project(company_id: str, days: Span) -> dict[str, DaySum]:
    """The same of each project of one company."""
    selection = _selection(days, company_id=company_id, by_project=True)
    return {project_id: found for (_, project_id), found in _minutes(selection, None).items()}


def _selection(days: Span, **whose: Any) -> Selection:
    return Selection(
        business=MINUTES.business, model=MINUTES.model, interval=Interval.DAILY, since=days[0], until=days[1], **whose
    )


def _minutes(selection: Selection, company_ids: Collection[str] | None) -> dict[Key, DaySum]:
    targets = _of_companies(open_targets(selection), company_ids)
    gaps = gaps_of(targets)
    slots = slots_of(selection)
    rows = _of_companies(coverage_of(selection), company_ids).values("company_id", "project_id", *KNOWN)
    ledgers = {key: knowledge_of(row, gaps.get(key, ()), slots) for row in rows for key in [key_of(row)]}
    sums = _sums(selection, targets, company_ids)
    days = selection.since, selection.until
    return {key: _day_sum(ledger, days, sums.get(key)) for key, ledger in ledgers.items()}


def _of_companies(rows: QuerySet[Rows], company_ids: Collection[str] | None) -> QuerySet[Rows]:
    return rows if company_ids is None else rows.filter(company_id__in=company_ids)


def _sums(selection: Selection, targets: QuerySet[Target], company_ids: Collection[str] | None) -> Mapping[Key, Added]:
    rows = _of_companies(figures_of(selection), company_ids)
    # What is stored of a day that became unknown again does not count.
    unknown = targets.filter(
        company_id=OuterRef("company_id"),
        project_id=OuterRef("project_id"),
        since__lte=OuterRef("period"),
        until__gte=OuterRef("period"),
    )
    rows = rows.filter(~Exists(unknown), period__range=(selection.since, selection.until))
    columns = columns_of(MINUTES.business, MINUTES.model)
    parts = {metric: columns[metric] for metric in MINUTES.parts}
    return {(key[0], key[1]): found for key, found in added(rows, parts, by=("company_id", "project_id"))}


def _day_sum(ledger: Knowledge, days: Span, found: Added | None) -> DaySum:
    """A day without a row is a known zero; one whose row lacks a part is not in the sum's number of days."""
    known = _days_known(ledger, days)
    value: int | Decimal = 0
    if found:
        parts = [found.amounts[metric] for metric in MINUTES.parts]
        known -= max(found.rows - part.carried for part in parts)
        value = sum(part.value for part in parts)
    return DaySum(
        value=value if known > 0 else None,
        known=max(known, 0),
        of=(days[1] - days[0]).days + 1,
        settled=ledger.coverage.settled_until is not None and days[1] <= ledger.coverage.settled_until,
        idle=_days_waiting(ledger, days),
    )


def _days_known(ledger: Knowledge, days: Span) -> int:
    if ledger.gaps:
        return sum(ledger.knows(day_period(day)) for day in days_between(*days))
    first, last = max(days[0], ledger.coverage.known_from), min(days[1], ledger.coverage.known_until)
    return max((last - first).days + 1, 0)


def _days_waiting(ledger: Knowledge, days: Span) -> int:
    if not ledger.idle or not ledger.slots.waiting:
        return 0
    unknown = days_between(max(days[0], ledger.coverage.known_until + DAY), days[1])
    return sum(ledger.waits(day_period(day)) for day in unknown)
