"""What each company or project used over some days: sums that say how many of the days are in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from agora.vocabulary import Interval
from polling.models import Target
from polling.periods import DAY, days_between
from usage.figures import Knowledge, Selection, Span, day_period, total
from usage.metrics import PRODUCT_OF, columns_of
from usage.models import UsageFigures
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
OWNER = ("company_id", "project_id")

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
    rows = _known_rows(selection, targets, company_ids)
    sums = {(key[0], key[1]): found for key, found in added(rows, parts_of_minutes(), by=OWNER)}
    lacking = rows_that_lack_minutes(rows) if any(map(_lacks, sums.values())) else {}
    days = selection.since, selection.until
    return {key: _day_sum(ledger, days, sums.get(key), lacking.get(key, 0)) for key, ledger in ledgers.items()}


def _of_companies(rows: QuerySet[Rows], company_ids: Collection[str] | None) -> QuerySet[Rows]:
    return rows if company_ids is None else rows.filter(company_id__in=company_ids)


def _known_rows(
    selection: Selection, targets: QuerySet[Target], company_ids: Collection[str] | None
) -> QuerySet[UsageFigures]:
    """What is stored of the days, without those that became unknown again: they do not count."""
    rows = _of_companies(figures_of(selection), company_ids)
    unknown = targets.filter(
        company_id=OuterRef("company_id"),
        project_id=OuterRef("project_id"),
        since__lte=OuterRef("period"),
        until__gte=OuterRef("period"),
    )
    return rows.filter(~Exists(unknown), period__range=(selection.since, selection.until))


def parts_of_minutes() -> dict[str, str]:
    """The metrics that minutes are the sum of, with the columns that keep them."""
    columns = columns_of(MINUTES.business, MINUTES.model)
    return {metric: columns[metric] for metric in MINUTES.parts}


def _lacks(found: Added) -> bool:
    return any(found.amounts[metric].carried < found.rows for metric in MINUTES.parts)


def rows_that_lack_minutes(rows: QuerySet[UsageFigures]) -> Counter[Key]:
    """How many of these rows lack a part of the minutes, by company and project ID."""
    columns = parts_of_minutes()
    empty = reduce(or_, (Q(**{column: None}) for column in columns.values()))
    found = rows.filter(empty).order_by().values_list(*OWNER, "extra", *columns.values())
    return Counter(
        (company_id, project_id)
        for company_id, project_id, extra, *values in found
        if minutes_of_row(values, extra or {}) is None
    )


def minutes_of_row(values: Sequence[int | None], extra: Mapping[str, str]) -> int | Decimal | None:
    """The minutes of one row: `extra` holds values with a fraction; None where a part is not known."""
    parts = zip(MINUTES.parts, values, strict=True)
    return total(value if value is not None else extra.get(metric) for metric, value in parts)


def _day_sum(ledger: Knowledge, days: Span, found: Added | None, lacking: int) -> DaySum:
    """A day without a row is a known zero; one whose row lacks a part is not in the sum's number of days."""
    known = _days_known(ledger, days) - lacking
    value = sum(found.amounts[metric].value for metric in MINUTES.parts) if found else 0
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
