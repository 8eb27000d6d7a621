"""The days that a page shows: named ranges that stay true tomorrow, typed ones, and the steps between; no tables."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polling.periods import DAY, first_of_month, last_of_month

Words = str | Promise
# Two days back a figure can no longer be provisional, and the daily bill is published.
SETTLES_AFTER = 2 * DAY
FIRST_DAY = dt.date(2000, 1, 1)
LAST_DAY = dt.date(2100, 1, 1)
LONGEST = dt.timedelta(days=3653)
DEFAULT = "30d"
YESTERDAY = "yesterday"
MONTH = re.compile(r"\d{4}-\d{2}")

PRESETS: Mapping[str, Words] = {
    YESTERDAY: gettext_lazy("Yesterday"),
    "7d": gettext_lazy("Last 7 days"),
    "30d": gettext_lazy("Last 30 days"),
    "90d": gettext_lazy("Last 90 days"),
    "month": gettext_lazy("Month to date"),
    "last-month": gettext_lazy("Last month"),
    "3m": gettext_lazy("Last 3 months"),
    "6m": gettext_lazy("Last 6 months"),
    "12m": gettext_lazy("Last 12 months"),
}


class BadDates(ValueError):
    """Days that were typed and cannot be meant; the words are for whoever typed them."""


PREVIOUS, SAME_WEEKDAYS, LAST_MONTH, LAST_YEAR = "previous", "weekdays", "month", "year"
COMPARISONS: Mapping[str, Words] = {
    PREVIOUS: gettext_lazy("Period before"),
    SAME_WEEKDAYS: gettext_lazy("Same weekdays"),
    LAST_MONTH: gettext_lazy("Last month"),
    LAST_YEAR: gettext_lazy("Last year"),
}


@dataclass(frozen=True, kw_only=True)
class DateRange:
    """UTC days, both included; `name` is the preset or the month that they were asked by, '' for typed days."""

    since: dt.date
    until: dt.date
    name: str = ""

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def whole_months(self) -> int:
        """How many calendar months the range is exactly; 0 when it is none."""
        whole = self.since.day == 1 and self.until == last_of_month(self.until)
        return 12 * (self.until.year - self.since.year) + self.until.month - self.since.month + 1 if whole else 0

    def __str__(self) -> str:
        """The days in words: `21 Aug – 19 Sep 2026 UTC`."""
        until = date_format(self.until, "j M Y")
        if self.since == self.until:
            return f"{until} UTC"
        same_year = self.since.year == self.until.year
        return f"{date_format(self.since, 'j M' if same_year else 'j M Y')} – {until} UTC"


def parse_range(asked: Mapping[str, str], *, today: dt.date) -> DateRange:
    """The range that a URL asks for: `period` (a preset or `2026-09`), or `since` and `until`; BadDates otherwise.

    Named ranges end two days ago, where figures are settled and bills published, or today when `provisional` is set.
    """
    end = today if asked.get("provisional") else today - SETTLES_AFTER
    if asked.get("since") or asked.get("until"):
        return _typed(asked.get("since", ""), asked.get("until", ""), end)
    name = asked.get("period") or DEFAULT
    if MONTH.fullmatch(name):
        return _month(name, end)
    if name not in PRESETS:
        raise BadDates(_("“%(period)s” is no period that this page knows.") % {"period": name})
    return _preset(name, today, end)


def _typed(since: str, until: str, end: dt.date) -> DateRange:
    first = parse_day(since) if since else None
    last = parse_day(until) if until else None
    last = last or max(end, first or end)
    first = first or last - 29 * DAY
    if first > last:
        raise BadDates(_("The first day must not be later than the last one."))
    if last - first > LONGEST:
        raise BadDates(_("Choose at most ten years."))
    return DateRange(since=first, until=last)


def parse_day(text: str) -> dt.date:
    """A day as `YYYY-MM-DD`; BadDates for anything else and for days that nobody can mean."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise BadDates(_("Write a UTC day like 2026-09-21.")) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise BadDates(_("Choose days between 2000 and 2100."))
    return day


def _month(name: str, end: dt.date) -> DateRange:
    first = parse_day(f"{name}-01")
    last = last_of_month(first)
    return DateRange(since=first, until=min(last, end) if first <= end else last, name=name)


def _preset(name: str, today: dt.date, end: dt.date) -> DateRange:
    if name == YESTERDAY:
        return DateRange(since=today - DAY, until=today - DAY, name=name)
    if name == "month":
        return DateRange(since=first_of_month(end), until=end, name=name)
    if name == "last-month":
        last = first_of_month(today) - DAY
        return DateRange(since=first_of_month(last), until=min(last, end), name=name)
    number = int(name[:-1])
    since = end - (number - 1) * DAY if name.endswith("d") else months_later(first_of_month(end), 1 - number)
    return DateRange(since=since, until=end, name=name)


def months_later(first: dt.date, months: int) -> dt.date:
    """The first day of the month that many months after the month of `first`."""
    count = first.year * 12 + first.month - 1 + months
    return dt.date(count // 12, count % 12 + 1, 1)


def stepped(dates: DateRange, steps: int) -> DateRange:
    """The range of the same length, that many lengths later: whole months stay whole."""
    months = dates.whole_months
    if not months:
        shift = dates.days * DAY * steps
        return DateRange(since=dates.since + shift, until=dates.until + shift)
    since = months_later(dates.since, months * steps)
    until = last_of_month(months_later(since, months - 1))
    return DateRange(since=since, until=until, name=f"{since:%Y-%m}" if months == 1 else "")


def compared(dates: DateRange, how: str) -> DateRange:
    """The range that another is compared with, one of COMPARISONS: whole months stay whole.

    The same weekdays are those of the last whole weeks before the range; a day that another month lacks is its last.
    """
    if how == PREVIOUS:
        before = stepped(dates, -1)
        return DateRange(since=before.since, until=before.until)
    if how == SAME_WEEKDAYS:
        shift = -(-dates.days // 7) * 7 * DAY
        return DateRange(since=dates.since - shift, until=dates.until - shift)
    months = -1 if how == LAST_MONTH else -12
    until = same_day(dates.until, months)
    return DateRange(since=same_day(dates.since, months), until=last_of_month(until) if dates.whole_months else until)


def same_day(day: dt.date, months: int) -> dt.date:
    """The same day of the month that many months later, or the last one where there is none."""
    first = months_later(first_of_month(day), months)
    return min(first + (day.day - 1) * DAY, last_of_month(first))


def label(dates: DateRange) -> str:
    """The range in words: its name, where it has one, and its dates."""
    if MONTH.fullmatch(dates.name):
        return f"{date_format(dates.since, 'F Y')}, {dates}"
    return f"{PRESETS[dates.name]}, {dates}" if dates.name else str(dates)
