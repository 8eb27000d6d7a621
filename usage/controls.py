"""Controls that several pages share; each choice is a link, since the whole state of a page is its address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict

from usage.periods import DEFAULT, PRESETS, BadDates, DateRange, Words, label, parse_range, stepped


class Choice(NamedTuple):
    """One of several links, of which the active one is where the page is; templates unpack it."""

    label: Words
    query: str
    active: bool = False


@dataclass(frozen=True, kw_only=True)
class DateControl:
    """The days that a page shows, with links to others; `error` says why it does not show what was asked for."""

    dates: DateRange
    presets: list[Choice]
    previous: str
    next: str
    error: str = ""

    @property
    def label(self) -> str:
        return label(self.dates)

    @property
    def since(self) -> dt.date:
        return self.dates.since

    @property
    def until(self) -> dt.date:
        return self.dates.until


def query_with(params: QueryDict, **changes: str | None) -> str:
    """The page's query string with these parameters changed; None takes one away, as a new state starts on page 1."""
    changed = {"page": None, **changes}
    kept = [(name, value) for name, values in params.lists() if name not in changed for value in values]
    return "?" + urlencode([*kept, *((name, value) for name, value in changed.items() if value)])


def choices(params: QueryDict, name: str, options: Mapping[str, Words], active: str) -> list[Choice]:
    """A link for each value of one parameter."""
    return [
        Choice(label=words, query=query_with(params, **{name: value}), active=value == active)
        for value, words in options.items()
    ]


def date_control(params: QueryDict, *, today: dt.date, presets: Iterable[str] = tuple(PRESETS)) -> DateControl:
    """The days that the page's address asks for; the usual ones, and why, where it asks for none that can be shown."""
    asked, error = {name: params.get(name, "") for name in ("period", "since", "until", "provisional")}, ""
    try:
        dates = parse_range(asked, today=today)
    except BadDates as problem:
        dates, error = parse_range({"period": DEFAULT}, today=today), str(problem)
    later = stepped(dates, 1)
    return DateControl(
        dates=dates,
        presets=[
            Choice(
                label=PRESETS[name],
                query=query_with(params, period=name, since=None, until=None),
                active=name == dates.name,
            )
            for name in presets
        ],
        previous=_step(params, stepped(dates, -1)),
        next=_step(params, later) if later.since <= today else "",
        error=error,
    )


def _step(params: QueryDict, dates: DateRange) -> str:
    if dates.name:
        return query_with(params, period=dates.name, since=None, until=None)
    return query_with(params, period=None, since=f"{dates.since}", until=f"{dates.until}")
