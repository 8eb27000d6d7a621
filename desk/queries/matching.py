"""What listed companies used and cost: some of them one by one, and all that match together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, QuerySet

from agora.vocabulary import Interval
from billing import figures as bills
from billing.queries import bill_of_all
from billing.queries.days import known_days
from companies.models import Company
from desk.queries.amounts import AmountsByCompany, amounts_by_company
from desk.queries.day_sums import (
    MINUTES,
    DaySum,
    minutes_by_company,
    minutes_of_row,
    parts_of_minutes,
    rows_that_lack_minutes,
)
from polling.models import Coverage
from polling.periods import days_between
from usage.figures import Knowledge, Period, Selection, Span, day_period
from usage.models import UsageFigures, UsageSeries
from usage.queries.ledger import (
    ALIKE,
    coverage_of,
    figures_of,
    gaps_of,
    knowledge_of,
    of_selection,
    open_targets,
    slots_of,
)
from usage.queries.rollups import day_totals, last_usage_days
from usage.queries.sums import Added, added


@dataclass(frozen=True, kw_only=True)
class ListedFigures:
    """What some companies used and cost, by company ID; what was not asked for is empty."""

    minutes: Mapping[str, DaySum] = field(default_factory=dict)
    per_day: Mapping[str, Sequence[int | Decimal | None]] = field(default_factory=dict)
    last_usage: Mapping[str, dt.date] = field(default_factory=dict)
    amounts: AmountsByCompany | None = None


def listed_figures(
    company_ids: Sequence[str], *, days: Span, month: Span | None, per_day: bool = False
) -> ListedFigures:
    """Minutes in these days, also day by day, and with a `month` amounts in it, of each of these companies."""
    return ListedFigures(
        minutes=minutes_by_company(days, company_ids),
        per_day=minutes_per_day(days, company_ids) if per_day else {},
        last_usage=last_usage_days(company_ids),
        amounts=amounts_by_company(month, company_ids) if month else None,
    )


@dataclass(frozen=True, kw_only=True)
class MinutesTotal:
    """Minutes over several UTC days of the `of` companies that match: `complete` ones are known on each of the days.

    Of the others, `waiting` ones used nothing for weeks and have their turn within days. The sum holds all that
    is known; it is None where nothing is.
    """

    value: int | Decimal | None
    complete: int
    waiting: int
    of: int


def minutes_of_all(days: Span, found: QuerySet[Company], *, of: int, narrowed: bool) -> MinutesTotal:
    """The minutes of these `of` companies in these days; adding up durations is allowed.

    Those that are not `narrowed` down are all that Agora lists, of whom most is added up already.
    """
    selection = _selection(days)
    ids = found.order_by().values("company_id")
    period = Period(first=days[0], last=days[1], days=days)
    known = list(_alike(selection, ids))
    value, lacking = _added_up(selection, ids) if narrowed else _all_but(selection, ids)
    lackers = _lackers(selection, ids) if lacking else Company.objects.none().values("company_id")
    return MinutesTotal(
        value=value if known else None,
        complete=_knowing(known, period) - _knowing(_alike(selection, lackers), period),
        waiting=sum(count for count, ledger in known if ledger.waits(period)),
        of=of,
    )


def _alike(selection: Selection, ids: QuerySet[Any, Any]) -> Iterator[tuple[int, Knowledge]]:
    """What is known of these companies, with how many share it; those with a gap are known nowhere, to be brief."""
    slots = slots_of(selection)
    gaps = Exists(open_targets(selection).filter(company_id=OuterRef("company_id")))
    rows = coverage_of(selection).filter(company_id__in=ids).annotate(has_gap=gaps).order_by()
    for row in rows.values(*ALIKE, "has_gap").annotate(Min("known_at"), Min("checked_at"), series=Count("pk")):
        oldest = {"known_at": row["known_at__min"], "checked_at": row["checked_at__min"]}
        whole = (selection.since, selection.until)
        yield row["series"], knowledge_of(row | oldest, (whole,) if row["has_gap"] else (), slots)


def _knowing(known: Iterable[tuple[int, Knowledge]], period: Period) -> int:
    return sum(count for count, ledger in known if ledger.knows(period))


def _lackers(selection: Selection, ids: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """The IDs of those of these companies of whom a day lacks a part of the minutes."""
    lacking = {company_id for company_id, _ in rows_that_lack_minutes(_rows(selection, ids))}
    return Company.objects.filter(company_id__in=lacking).values("company_id")


def _all_but(selection: Selection, ids: QuerySet[Any, Any]) -> tuple[int | Decimal, int]:
    """What is kept of everybody, less what does not count: days that became unknown again, companies that are gone."""
    kept = _sum_of(day_totals(selection, parts_of_minutes()).values())
    gone = figures_of(selection).filter(
        series__in=of_selection(UsageSeries.objects.exclude(company_id__in=ids), selection),
        period__range=(selection.since, selection.until),
    )
    away = [_sum_of(found for _key, found in added(gone, parts_of_minutes(), by=("series__business",)))]
    if open_targets(selection).exists():
        targets = open_targets(selection).values("company_id")
        unknown = _rows(selection, ids).filter(_is_unknown(selection), series__company_id__in=targets)
        away.append(_sum_of(found for _key, found in added(unknown, parts_of_minutes(), by=("series__business",))))
    return kept[0] - sum(value for value, _lacking in away), kept[1] - sum(lacking for _value, lacking in away)


def _added_up(selection: Selection, ids: QuerySet[Any, Any]) -> tuple[int | Decimal, int]:
    """All that counts of what is stored of these companies, and how many rows lack a part of it."""
    rows = _rows(selection, ids)
    if open_targets(selection).exists():
        rows = rows.exclude(_is_unknown(selection))
    return _sum_of(found for _key, found in added(rows, parts_of_minutes(), by=("series__business",)))


def _rows(selection: Selection, ids: QuerySet[Any, Any]) -> QuerySet[UsageFigures]:
    days = (selection.since, selection.until)
    return figures_of(selection).filter(series__company_id__in=ids, period__range=days)


def _is_unknown(selection: Selection) -> Exists:
    targets = open_targets(selection).filter(company_id=OuterRef("company_id"))
    return Exists(targets.filter(since__lte=OuterRef("period"), until__gte=OuterRef("period")))


def _sum_of(sums: Iterable[Added]) -> tuple[int | Decimal, int]:
    """The minutes of all of them, and how many rows lack a part."""
    value: int | Decimal = 0
    lacking = 0
    for found in sums:
        amounts = [found.amounts[metric] for metric in MINUTES.parts]
        value += sum(amount.value for amount in amounts)
        lacking += max(found.rows - amount.carried for amount in amounts)
    return value, lacking


def minutes_per_day(days: Span, company_ids: Collection[str]) -> dict[str, list[int | Decimal | None]]:
    """The minutes of each of these companies on each of these days; None for a day that is not known."""
    selection = _selection(days)
    gaps = gaps_of(open_targets(selection).filter(company_id__in=company_ids))
    rows = of_selection(Coverage.objects.filter(company_id__in=company_ids), selection)
    known = {row.company_id: Knowledge(coverage=row, gaps=gaps.get((row.company_id, ""), ())) for row in rows}
    stored = _stored(selection, company_ids)
    return {
        company_id: [
            stored.get((company_id, day), 0) if ledger.knows(day_period(day)) else None for day in days_between(*days)
        ]
        for company_id, ledger in known.items()
    }


def _stored(selection: Selection, company_ids: Collection[str]) -> Mapping[tuple[str, dt.date], int | Decimal | None]:
    days = (selection.since, selection.until)
    rows = figures_of(selection).filter(series__company_id__in=company_ids, period__range=days)
    return {
        (company_id, day): minutes_of_row(values, extra or {})
        for company_id, day, extra, *values in rows.values_list(
            "series__company_id", "period", "extra", *parts_of_minutes().values()
        )
    }


def amounts_of_all(days: Span, found: QuerySet[Company]) -> dict[str, DaySum]:
    """What all these companies cost together in each currency; currencies are never added together."""
    since, until = days
    sums = bill_of_all(bills.Selection(since=since, until=until), found.order_by().values("company_id"))
    known, of = len(known_days(since, until)), (until - since).days + 1
    return {
        currency: DaySum(value=amount if known else None, known=known, of=of, settled=True)
        for currency, amount in sorted(sums.items())
    }


def _selection(days: Span) -> Selection:
    return Selection(
        business=MINUTES.business, model=MINUTES.model, interval=Interval.DAILY, since=days[0], until=days[1]
    )
