"""Usage answers: days or months with the document's metrics, whatever shape they come in."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from ..vocabulary import CONCURRENT_CHANNEL, METRICS, TRANSCODE_DURATION, Business, Interval, Model
from .values import TEXT_LENGTH, Problem, clean, problem, raw_text, read_time, read_whole

MOST_EXTRAS = 200

_GROUPS = (TRANSCODE_DURATION, CONCURRENT_CHANNEL)
_UNSPECIFIED = "unspecified"
_MODELS = frozenset(Model)


@dataclass(frozen=True, kw_only=True)
class UsageRecord:
    """The figures of one UTC day, or of a month named by its first day.

    `metrics` has every wire name of the pair, None where the answer carried none; `extra` keeps unknown
    names and values that are no whole numbers, exactly as text.
    """

    period: date
    metrics: Mapping[str, int | None]
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class UsageAnswer:
    """What one usage call told; a period without a record is not known, which is not 0."""

    records: Sequence[UsageRecord]
    problems: Sequence[Problem] = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a usage call asked for; both days are included."""

    business: Business
    model: Model
    since: date
    until: date
    interval: Interval

    @property
    def metrics(self) -> tuple[str, ...]:
        """The wire names of the pair."""
        return METRICS[self.business, self.model]

    def includes(self, period: date) -> bool:
        """Whether a day, or the month that begins with it, was asked for."""
        first = self.since.replace(day=1) if self.interval is Interval.MONTHLY else self.since
        return first <= period <= self.until


def read_usage(data: Any, asked: Asked) -> UsageAnswer:
    """The answer of a usage call ("Fetch the company usage"); ValueError when it holds no list of figures."""
    records: list[UsageRecord] = []
    problems: list[Problem] = []
    for datum in _data(data):
        try:
            period = _period(datum, asked)
            records.append(_record(period, datum.get("usage"), asked))
        except ValueError as error:
            problems.append(problem("usage", str(error), datum))
    times = Counter(record.period for record in records)
    problems += [problem("usage", "it is told twice", str(period)) for period, n in times.items() if n > 1]
    return UsageAnswer(records=[record for record in records if times[record.period] == 1], problems=problems)


def _data(data: Any) -> list[Any]:
    """A list; or a dict that holds one, or one datum, under one of three names; or one datum."""
    if isinstance(data, dict):
        if "dateTime" in data:
            return [data]
        for name in ("UsageDatum", "data", "rows"):
            if name in data:
                return [] if data[name] is None else _data(data[name])
    if not isinstance(data, list):
        raise ValueError("the answer holds no figures")
    return data


def _period(datum: Any, asked: Asked) -> date:
    """The UTC day, or the first day of the UTC month, that a datum is of."""
    said = datum.get("dateTime") if isinstance(datum, dict) else None
    at = read_time(said)
    if at is None:
        raise ValueError("it has no readable dateTime")
    period = at.date()
    if asked.interval is Interval.MONTHLY:
        period = period.replace(day=1)
    elif at.time() != time.min and _has_own_zone(said):
        raise ValueError("it is a day of another time zone")
    if not asked.includes(period):
        raise ValueError("it is outside the days that were asked for")
    return period


def _has_own_zone(said: Any) -> bool:
    """Whether a time names a zone that is not UTC."""
    try:
        offset = datetime.fromisoformat(str(said).strip()).utcoffset()
    except ValueError:
        return False
    return bool(offset)


def _record(period: date, usage: Any, asked: Asked) -> UsageRecord:
    metrics: dict[str, int | None] = dict.fromkeys(asked.metrics)
    extra: dict[str, str] = {}
    seen: dict[str, Any] = {}
    for name, value in _values(usage, asked):
        if value is None:
            continue
        if seen.setdefault(name, value) != value:
            raise ValueError(f"{name} is told twice")
        whole = read_whole(value)
        if name in metrics and whole is not None:
            metrics[name] = whole
        elif len(extra) < MOST_EXTRAS:
            extra[name] = clean(raw_text(value), TEXT_LENGTH)
    return UsageRecord(period=period, metrics=metrics, extra=extra)


def _values(usage: Any, asked: Asked, group: str = "") -> Iterator[tuple[str, Any]]:
    """Every name and value: lists are merged, an outer level of a model or of the business is taken off."""
    if isinstance(usage, list):
        for part in usage:
            yield from _values(part, asked, group)
        return
    if usage is None:
        return
    if not isinstance(usage, dict):
        raise ValueError("its usage is no object")
    for name, value in usage.items():
        if isinstance(value, dict | list):
            yield from _values(value, asked, _inner_group(name, asked, group))
        else:
            yield _name(name, asked, group), value


def _inner_group(name: str, asked: Asked, group: str) -> str:
    if not group and (name in _MODELS or name == asked.business):
        return ""
    return clean(f"{group}.{name}" if group else name)


def _name(name: str, asked: Asked, group: str) -> str:
    """A metric's whole name; flat transcoding names could mean either group, so they get neither."""
    if group:
        return clean(f"{group}.{name}")
    if asked.model is Model.TRANSCODING and name.partition(".")[0] not in _GROUPS:
        return clean(f"{_UNSPECIFIED}.{name}")
    return clean(name)
