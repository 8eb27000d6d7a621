"""What is known about one series of usage: states, readings, and how certain and how fresh each day is; no tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from agora.vocabulary import Interval
from polling.models import Coverage
from polling.periods import DAY, days_between, first_of_month, last_of_month
from usage.metrics import reads_days

# Text is a value as Agora sent it when it is no whole number; None is not known, which is never zero.
Value = int | Decimal | str | None
Span = tuple[dt.date, dt.date]


class State(TextChoices):
    """How final a figure is: the four words that stand beside every figure, and no others."""

    PROVISIONAL = "provisional", _("provisional")
    SETTLED = "settled", _("settled")
    CORRECTED = "corrected", _("corrected")
    MISSING = "missing", _("missing")


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which figures are asked for: one pair, one interval, UTC days since..until, and whose.

    `company_id` and `project_id` narrow it down when they are set, as do the key of a `tag`, an `area` and a
    `country`, and any of several `company_ids` and `project_ids`. `by_project` reads what the project call answered,
    otherwise what the company call answered. Weeks begin on Monday and are for durations alone.
    """

    business: str
    model: str
    interval: str
    since: dt.date
    until: dt.date
    company_id: str = ""
    project_id: str = ""
    by_project: bool = False
    tag: str = ""
    area: str = ""
    country: str = ""
    company_ids: tuple[str, ...] = ()
    project_ids: tuple[str, ...] = ()

    @property
    def of_some(self) -> bool:
        """Whether these are not everybody's figures."""
        return bool(self.company_id or self.company_ids or self.of_kind)

    @property
    def of_kind(self) -> bool:
        """Whether companies are chosen by what they are."""
        return bool(self.tag or self.area or self.country)

    @property
    def reads_days(self) -> bool:
        return reads_days(self.business, self.model, self.interval)

    @property
    def stored_interval(self) -> str:
        return Interval.DAILY.value if self.reads_days else Interval.MONTHLY.value


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """Whose figures these are; an empty project ID is the company as a whole."""

    company_id: str
    company_name: str
    project_id: str = ""
    project_name: str = ""
    gone_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A UTC day, or a month by its first day; `days` must be known for its figure, `last` is when it ends."""

    first: dt.date
    last: dt.date
    days: Span | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One period of one series: a value for every metric of its pair, then those that only Agora knows.

    One that `waits` is missing only until the turn of a series comes that used nothing for weeks.
    """

    series: Series
    period: dt.date
    state: State
    fetched_at: dt.datetime | None
    values: Mapping[str, Value]
    corrected: frozenset[str] = frozenset()
    waits: bool = False

    def state_of(self, metric: str) -> State:
        """The state of one figure: beside a corrected one, others of the period may be merely settled."""
        if self.values[metric] is None:
            return State.MISSING
        untouched = self.state == State.CORRECTED and metric not in self.corrected
        return State.SETTLED if untouched else self.state


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The days that count: nothing is expected before `poll_since` or after `today`, both UTC."""

    poll_since: dt.date
    today: dt.date

    def month(self, day: dt.date) -> Period:
        """The month a day lies in, with those of its days that can be known: none before poll_since or to come."""
        first, last = first_of_month(day), last_of_month(day)
        since, until = max(first, self.poll_since), min(last, self.today)
        return Period(first=first, last=last, days=(since, until) if since <= until else None)

    def week(self, day: dt.date, asked: Span) -> Period:
        """The week a day lies in by its Monday, likewise, with those of its days alone that are asked for."""
        first, sunday = week_of(day)
        last = min(sunday, asked[1])
        since, until = max(first, asked[0], self.poll_since), min(last, self.today)
        return Period(first=first, last=last, days=(since, until) if since <= until else None)


def week_of(day: dt.date) -> Span:
    """Monday and Sunday of the week a day lies in."""
    first = day - day.weekday() * DAY
    return first, first + 6 * DAY


def day_period(day: dt.date) -> Period:
    """One UTC day."""
    return Period(first=day, last=day, days=(day, day))


@dataclass(frozen=True, eq=False)
class Slots:
    """When each slot of a pair was last complete: a slot a day, or a slot a month.

    Those that are `waiting` are known of everybody who uses the pair, while the others wait for their turn.
    """

    complete_at: Mapping[dt.date, dt.datetime] = field(default_factory=dict)
    waiting: frozenset[dt.date] = frozenset()
    monthly: bool = False
    _oldest: dict[Span, dt.datetime | None] = field(default_factory=dict, repr=False)

    def oldest(self, since: dt.date, until: dt.date) -> dt.datetime | None:
        """When the longest-unread of these days was read; None if one of them never was completely."""
        span = since, until
        if span not in self._oldest:
            periods = self._periods(since, until)
            read = [self.complete_at[period] for period in periods if period in self.complete_at]
            self._oldest[span] = min(read) if len(read) == len(periods) else None
        return self._oldest[span]

    def wait(self, since: dt.date, until: dt.date) -> bool:
        """Whether each of these days is known of everybody who uses the pair, and waits for the others."""
        return bool(self.waiting) and self._periods(since, until) <= self.waiting

    def _periods(self, since: dt.date, until: dt.date) -> set[dt.date]:
        return {first_of_month(day) if self.monthly else day for day in days_between(since, until)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Covered:
    """What a row of coverage tells of its days, without whose they are: there are as many of these as series."""

    known_from: dt.date
    known_until: dt.date
    known_at: dt.datetime
    checked_from: dt.date
    checked_at: dt.datetime
    settled_until: dt.date | None


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What the ledger knows about one series: its coverage, the gaps in it, and when its slots were complete.

    An `idle` one used nothing for weeks, and is asked in turns.
    """

    coverage: Coverage | Covered
    gaps: tuple[Span, ...] = ()
    slots: Slots = field(default_factory=Slots)
    idle: bool = False

    def knows(self, period: Period) -> bool:
        """Whether every day that the period needs is known."""
        if period.days is None:
            return False
        since, until = period.days
        covered = self.coverage.known_from <= since and until <= self.coverage.known_until
        return covered and not self._has_gap(since, until)

    def waits(self, period: Period) -> bool:
        """Whether all that the period lacks are days at its end that come with the turn of an idle series."""
        if not self.idle or period.days is None:
            return False
        since, until = period.days
        first = max(since, self.coverage.known_until + DAY)
        lacks_the_end = self.coverage.known_from <= since and first <= until
        return lacks_the_end and not self._has_gap(since, until) and self.slots.wait(first, until)

    def _has_gap(self, since: dt.date, until: dt.date) -> bool:
        return any(gap_since <= until and since <= gap_until for gap_since, gap_until in self.gaps)

    def state(self, period: Period, *, corrected: bool) -> State:
        """How final a known figure of the period is; a month is provisional until its last day is settled."""
        settled_until = self.coverage.settled_until
        if settled_until is None or period.last > settled_until:
            return State.PROVISIONAL
        return State.CORRECTED if corrected else State.SETTLED

    def fetched_at(self, period: Period) -> dt.datetime:
        """When the known period was last confirmed by an answer, changed or not: the oldest of its days."""
        since, until = period.days or (period.first, period.last)
        if since >= self.coverage.checked_from:
            return self.coverage.checked_at
        slot = self.slots.oldest(since, min(until, self.coverage.checked_from - DAY))
        older = max(slot or self.coverage.known_at, self.coverage.known_at)
        return min(older, self.coverage.checked_at) if until >= self.coverage.checked_from else older


def as_number(value: Value) -> int | Decimal | None:
    """The exact number that a value stands for; None where it is not known or no number."""
    if not isinstance(value, str):
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def total(values: Iterable[Value]) -> int | Decimal | None:
    """The exact sum; None as soon as one of the values is not known."""
    numbers = [as_number(value) for value in values]
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None
