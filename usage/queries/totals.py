"""Usage of a whole selection, period by period: what pages and charts show."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from agora.vocabulary import Interval
from polling.models import Target
from polling.periods import DAY, days_between
from usage.figures import Knowledge, Period, Reading, Selection, Series, State, as_number, day_period
from usage.metrics import columns_of
from usage.models import UsageFigures, UsageSeries
from usage.queries.ledger import (
    ALIKE,
    KNOWN,
    coverage_of,
    days_read,
    figures_of,
    gaps_of,
    key_of,
    knowledge_of,
    of_selection,
    open_targets,
    slots_of,
    with_owners,
)
from usage.queries.readings import periods_of, readings
from usage.queries.rollups import day_totals
from usage.queries.series import listed_on
from usage.queries.sums import Added, added, added_up, taken_out

# From a day to the one before it there is none.
NO_DAYS = dt.date.max, dt.date.max - DAY


@dataclass(frozen=True, kw_only=True, slots=True)
class Total:
    """One metric of one period: its sum over the `known` series that carry it; None when none does."""

    value: int | Decimal | None
    known: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodUsage:
    """One period of a selection: `known` of the `of` series that there are know it. `fetched_at` is the oldest's.

    Of the others, `idle` used nothing for weeks and have their turn within days: they are outstanding, not missing.
    """

    period: dt.date
    state: State
    fetched_at: dt.datetime | None
    known: int
    of: int
    totals: Mapping[str, Total]
    idle: int = 0

    @property
    def expected(self) -> int:
        """How many series should know it by now."""
        return self.of - self.idle

    @property
    def incomplete(self) -> bool:
        """Whether something is known, but not of every series that should be."""
        return 0 < self.known < self.expected

    @property
    def waits(self) -> bool:
        """Whether nothing is missing but what comes with the turns of idle series."""
        return self.idle > 0 and self.known == self.expected

    def value(self, metric: str) -> int | Decimal | None:
        """The sum of a metric over what is known of it, or None."""
        total = self.totals.get(metric)
        return total.value if total else None

    def lacks(self, metric: str) -> bool:
        """Whether the sum of a metric leaves out a series that should be in it."""
        total = self.totals.get(metric)
        return bool(total and 0 < total.known < self.expected)


def usage_per_period(selection: Selection, only: Collection[str] = ()) -> list[PeriodUsage]:
    """Each period of the selection, added up over its series; adding up series within one period is always allowed.

    Whoever needs `only` some metrics of the pair need not wait for all of them, and gets no others.
    """
    columns = columns_of(selection.business, selection.model)
    if not only:
        return list(_per_period(selection, columns))
    found = _per_period(selection, {metric: column for metric, column in columns.items() if metric in only})
    return [replace(one, totals={name: total for name, total in one.totals.items() if name in only}) for one in found]


def _per_period(selection: Selection, metrics: Mapping[str, str]) -> Iterable[PeriodUsage]:
    if selection.interval == Interval.DAILY:
        return _days(selection, metrics)
    return _sums_of_days(selection, metrics) if selection.reads_days else _one_by_one(selection)


def _one_by_one(selection: Selection) -> list[PeriodUsage]:
    return [_of_readings(period, list(found)) for period, found in groupby(readings(selection), attrgetter("period"))]


def _of_readings(period: dt.date, found: list[Reading]) -> PeriodUsage:
    """What one reading each of some series comes to in a period."""
    known = [reading for reading in found if reading.state != State.MISSING]
    there = [reading for reading in found if reading.state != State.MISSING or is_there(reading.series, period)]
    idle = sum(reading.waits for reading in there)
    numbers: dict[str, list[int | Decimal]] = defaultdict(list)
    for reading in known:
        for metric, value in reading.values.items():
            number = as_number(value)
            if number is not None:
                numbers[metric].append(number)
    return PeriodUsage(
        period=period,
        state=_worst((reading.state for reading in known), idle=idle),
        fetched_at=min((reading.fetched_at for reading in known if reading.fetched_at), default=None),
        known=len(known),
        of=len(there),
        idle=idle,
        totals={metric: Total(value=sum(some), known=len(some)) for metric, some in numbers.items()},
    )


def is_there(series: Series, day: dt.date) -> bool:
    """Whether figures of that day or month can be expected: Agora still listed the series."""
    return series.gone_on is None or series.gone_on >= day


def _worst(states: Iterable[State], *, idle: int) -> State:
    """The state of a sum: provisional as soon as one part is, or is still to come, else corrected as soon as one is.

    It is missing without any part.
    """
    found = set(states)
    if found and idle:
        return State.PROVISIONAL
    order = (State.PROVISIONAL, State.CORRECTED, State.SETTLED)
    return next((state for state in order if state in found), State.MISSING)


def _days(selection: Selection, metrics: Mapping[str, str]) -> Iterator[PeriodUsage]:
    there = listed_on(selection)
    ledgers = list(_ledgers(selection))
    sums = _sums(selection, metrics)
    for day in days_between(selection.since, selection.until):
        yield _period(day_period(day), ledgers, sums.get(day), there(day), metrics)


def _sums_of_days(selection: Selection, metrics: Mapping[str, str]) -> Iterator[PeriodUsage]:
    """Weeks or months as sums of their days; whoever does not know all days of one is not in it.

    They are added up series by series only where metrics are lacking: that takes long for many series.
    """
    there = listed_on(selection)
    ledgers = list(_ledgers(selection))
    since, until = days_read(selection)
    daily = replace(selection, interval=Interval.DAILY.value, since=since, until=until)
    days = _sums(daily, metrics)
    for period in periods_of(selection):
        found = added_up([days[day] for day in days_between(*period.days or NO_DAYS) if day in days])
        if found and not all(knowledge.knows(period) for _, knowledge in ledgers):
            found = taken_out(found, _of_ignorant(daily, period, metrics))
        if found is None or _is_plain(found, metrics):
            yield _period(period, ledgers, found, there(period.first), metrics)
        else:
            first, last = period.days or (period.first, period.last)
            yield from _one_by_one(replace(selection, since=first, until=last))


def _of_ignorant(daily: Selection, period: Period, metrics: Mapping[str, str]) -> Added | None:
    """What is stored of series that do not know all days of a period."""
    since, until = period.days or NO_DAYS
    gaps = open_targets(replace(daily, since=since, until=until))
    partly = Q(known_from__gt=since) | Q(known_until__lt=until) | Exists(_same_series(gaps))
    ignorant = coverage_of(daily).filter(partly, company_id=OuterRef("company_id"), project_id=OuterRef("project_id"))
    series = of_selection(UsageSeries.objects.all(), daily).filter(Exists(ignorant))
    rows = with_owners(UsageFigures.objects.filter(series__in=series, period__range=(since, until)))
    counted = rows.exclude(_in_gap(gaps)) if gaps.exists() else rows
    return next((found for _, found in added(counted, metrics, by=("series__model",))), None)


def _is_plain(found: Added, metrics: Container[str]) -> bool:
    """Whether each of the rows carries each metric, and none that the document does not know."""
    return all(metric in metrics and amount.carried == found.rows for metric, amount in found.amounts.items())


def _period(
    period: Period,
    ledgers: list[tuple[int, Knowledge]],
    found: Added | None,
    there: int,
    metrics: Mapping[str, str],
) -> PeriodUsage:
    here = [(count, knowledge) for count, knowledge in ledgers if knowledge.knows(period)]
    known = sum(count for count, _ in here)
    idle = sum(count for count, knowledge in ledgers if knowledge.waits(period))
    corrected = bool(found and found.corrected)
    return PeriodUsage(
        period=period.first,
        state=_worst((knowledge.state(period, corrected=corrected) for _, knowledge in here), idle=idle),
        fetched_at=min((knowledge.fetched_at(period) for _, knowledge in here), default=None),
        known=known,
        of=max(there, known + idle),
        idle=idle,
        totals=dict(_totals(found, known, metrics)) if known else {},
    )


def _totals(found: Added | None, known: int, metrics: Mapping[str, str]) -> Iterator[tuple[str, Total]]:
    """A series without a row is a known zero; one whose row does not carry the metric is not in the sum."""
    if found is None:
        yield from ((metric, Total(value=0, known=known)) for metric in metrics)
        return
    silent = known - found.rows
    for metric, amount in found.amounts.items():
        carried = amount.carried + (silent if metric in metrics else 0)
        yield metric, Total(value=amount.value if carried else None, known=carried)


def _sums(selection: Selection, metrics: Mapping[str, str]) -> dict[dt.date, Added]:
    """What is stored of each day, without rows of days that became unknown again: those do not count."""
    rows = figures_of(selection).filter(period__range=(selection.since, selection.until))
    targets = open_targets(selection)
    unknown = _in_gap(targets)
    gaps = targets.exists()
    if selection.of_some or selection.by_project:
        return _by_day(rows.exclude(unknown) if gaps else rows, metrics)
    kept = day_totals(selection, metrics)
    in_gaps = rows.filter(unknown, series__company_id__in=targets.values("company_id")) if gaps else rows.none()
    # A sum that is kept holds every row; one that must not is added up without those that do not count.
    if days := set(in_gaps.values_list("period", flat=True)):
        kept = {day: found for day, found in kept.items() if day not in days}
        kept |= _by_day(rows.filter(period__in=days).exclude(unknown), metrics)
    return kept


def _by_day(rows: QuerySet[UsageFigures], metrics: Mapping[str, str]) -> dict[dt.date, Added]:
    return {day: found for (day,), found in added(rows, metrics, by=("period",))}


def _in_gap(targets: QuerySet[Target]) -> Exists:
    return Exists(_same_series(targets).filter(since__lte=OuterRef("period"), until__gte=OuterRef("period")))


def _same_series(targets: QuerySet[Target]) -> QuerySet[Target]:
    return targets.filter(company_id=OuterRef("company_id"), project_id=OuterRef("project_id"))


def _ledgers(selection: Selection) -> Iterator[tuple[int, Knowledge]]:
    """What is known, with the number of series that share it: those without a gap are counted by the database."""
    slots = slots_of(selection)
    targets = open_targets(selection)
    gaps = gaps_of(targets)
    coverage = coverage_of(selection)
    shared = coverage.exclude(Exists(_same_series(targets))).order_by().values(*ALIKE)
    for row in shared.annotate(Min("known_at"), Min("checked_at"), series=Count("pk")):
        oldest = {"known_at": row["known_at__min"], "checked_at": row["checked_at__min"]}
        yield row["series"], knowledge_of(row | oldest, (), slots)
    rows = coverage.filter(Exists(_same_series(targets))).values("company_id", "project_id", *KNOWN)
    for row in rows if gaps else ():
        yield 1, knowledge_of(row, gaps[key_of(row)], slots)
