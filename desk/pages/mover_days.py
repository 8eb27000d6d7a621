"""Which days the page of movers compares: what its address asks for, and links to other days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.numbers import dates_words
from desk.queries.windows import Windows, windows_of
from polling.periods import DAY, first_of_month
from usage.controls import Choice, choices, query_with
from usage.figures import Span
from usage.metrics import Words
from usage.periods import COMPARISONS, LAST_MONTH, LAST_YEAR, PREVIOUS, SAME_WEEKDAYS, BadDates, parse_day

MONTH = "month"
PERIODS: Mapping[str, Words] = {
    "7d": gettext_lazy("Last 7 settled days"),
    "28d": gettext_lazy("Last 28 settled days"),
    MONTH: gettext_lazy("Month to date"),
}
USUAL = "7d"
LONGEST = 92 * DAY


@dataclass(frozen=True, kw_only=True)
class MoverDays:
    """The days of the page, in the words of the date control, and those that they are compared with.

    `error` says why it does not show the days that were asked for.
    """

    windows: Windows
    name: str
    presets: list[Choice]
    previous: str
    next: str
    against: list[Choice]
    error: str = ""

    @property
    def since(self) -> dt.date:
        return self.windows.days[0]

    @property
    def until(self) -> dt.date:
        return self.windows.days[1]

    @property
    def label(self) -> str:
        days = dates_words(self.windows.days)
        return f"{PERIODS[self.name]}, {days} UTC" if self.name else f"{days} UTC"


def mover_days(params: QueryDict, *, settled: dt.date, reaches_back: Callable[[dt.date], bool]) -> MoverDays:
    """What an address asks for, of the days up to the last settled one, compared with days that data reach back to."""
    name, asked, error = "", None, ""
    if params.get("since") or params.get("until"):
        try:
            asked = _typed(params.get("since", ""), params.get("until", ""), settled)
        except BadDates as problem:
            error = str(problem)
    if asked is None:
        name = params.get("period", "")
        name = name if name in PERIODS else USUAL
    days = asked or _days(name, settled)
    offered = _offered(days, usual=LAST_MONTH if name == MONTH else SAME_WEEKDAYS)
    if not reaches_back(offered[LAST_YEAR].before[0]):
        del offered[LAST_YEAR]
    windows = offered.get(params.get("compare", "")) or next(iter(offered.values()))
    length = windows.days[1] - windows.days[0] + DAY
    return MoverDays(
        windows=windows,
        name=name,
        presets=[
            Choice(label=words, query=query_with(params, period=key, since=None, until=None), active=key == name)
            for key, words in PERIODS.items()
        ],
        previous=_step(params, windows, -length),
        next=_step(params, windows, length) if windows.days[1] + length <= settled else "",
        against=choices(params, "compare", {how: COMPARISONS[how] for how in offered}, windows.how),
        error=error,
    )


def _typed(since: str, until: str, settled: dt.date) -> Span:
    """Typed days, without those that are not settled yet."""
    last = min(parse_day(until), settled) if until else settled
    first = parse_day(since) if since else last - 6 * DAY
    if first > settled:
        raise BadDates(_("Days are settled up to %(day)s.") % {"day": dates_words((settled, settled))})
    if first > last:
        raise BadDates(_("The first day must not be later than the last one."))
    if last - first >= LONGEST:
        raise BadDates(_("Compare at most %(days)d days.") % {"days": LONGEST.days})
    return first, last


def _days(name: str, settled: dt.date) -> Span:
    return (first_of_month(settled) if name == MONTH else settled - (int(name[:-1]) - 1) * DAY), settled


def _offered(days: Span, *, usual: str) -> dict[str, Windows]:
    """What these days can be compared with, the usual first: only days that lie before them.

    Of whole weeks the same weekdays are the period before: both names stay, as people look for either.
    """
    ways = dict.fromkeys((usual, SAME_WEEKDAYS, PREVIOUS, LAST_MONTH, LAST_YEAR))
    found = {how: windows_of(*days, how) for how in ways}
    return {how: windows for how, windows in found.items() if windows.before[1] < days[0]}


def _step(params: QueryDict, windows: Windows, by: dt.timedelta) -> str:
    since, until = (day + by for day in windows.days)
    return query_with(params, period=None, since=f"{since}", until=f"{until}")
