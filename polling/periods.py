"""Days, months and moments in UTC: pure arithmetic about what is due when."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import zlib
from collections.abc import Iterator

DAY = dt.timedelta(days=1)
BILLS_PUBLISHED_AFTER = 2 * DAY
BILLS_READ_AGAIN_AFTER = tuple(days * DAY for days in (1, 2, 3, 7, 14, 35))
EMPTY_BILL_ASKED_AGAIN_AFTER = dt.timedelta(hours=6)
EMPTY_BILL_DOUBTED_FOR = 3 * DAY
# Into each UTC day: so the day before is over for an hour, and one call answers for it, for today and for settled days.
SWEEPS_BEGIN_AT = dt.timedelta(hours=1)
USAGE_ASKED_EVERY = dt.timedelta(hours=3)
USAGE_READ_AGAIN_FOR = 7


def utc_day(moment: dt.datetime) -> dt.date:
    """The UTC day a moment lies in."""
    return moment.astimezone(dt.UTC).date()


def start_of(day: dt.date) -> dt.datetime:
    """The first moment of a UTC day."""
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)


def end_of(day: dt.date) -> dt.datetime:
    """The moment at which a UTC day is over."""
    return start_of(day + DAY)


def days_between(since: dt.date, until: dt.date) -> Iterator[dt.date]:
    """Every day from since to until, both included."""
    for offset in range((until - since).days + 1):
        yield since + offset * DAY


def first_of_month(day: dt.date) -> dt.date:
    """The first day of the month."""
    return day.replace(day=1)


def last_of_month(day: dt.date) -> dt.date:
    """The last day of the month."""
    return (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY


def months_between(since: dt.date, until: dt.date) -> Iterator[dt.date]:
    """The first day of every month that the range touches."""
    month = first_of_month(since)
    while month <= until:
        yield month
        month = last_of_month(month) + DAY


def months_within(since: dt.date, until: dt.date) -> tuple[dt.date, dt.date] | None:
    """The first and the last day of the months that a range holds whole; None where it holds none."""
    first = since if since.day == 1 else last_of_month(since) + DAY
    last = until if until == last_of_month(until) else first_of_month(until) - DAY
    return (first, last) if first <= last else None


def latest_bill(now: dt.datetime) -> dt.date:
    """The newest period whose daily bill can be fetched."""
    return utc_day(now) - BILLS_PUBLISHED_AFTER


def bill_due_at(period: dt.date) -> dt.datetime:
    """Ten minutes past the midnight at which a daily bill appears, spread over twenty minutes by the day itself."""
    spread = hashlib.sha256(period.isoformat().encode()).digest()[0] * 1200 // 256
    return start_of(period) + BILLS_PUBLISHED_AFTER + dt.timedelta(minutes=10, seconds=spread)


def bill_read_again_at(period: dt.date, now: dt.datetime) -> dt.datetime | None:
    """When a complete daily bill is compared with Agora again, or None once it never will be."""
    moments = (bill_due_at(period) + offset for offset in BILLS_READ_AGAIN_AFTER)
    return next((moment for moment in moments if moment > now), None)


def usage_asked_again_at(
    period: dt.date, interval: str, asked_at: dt.datetime, every: dt.timedelta = USAGE_ASKED_EVERY
) -> dt.datetime | None:
    """When a day (or month) of usage that was asked then is asked again, or None once it never will be.

    `every` so often while it still grows, then daily for a week, then once when its month has closed.
    """
    last = last_of_month(period) if interval == "monthly" else period
    if asked_at < end_of(last) + DAY:
        return next_sweep(asked_at, every)
    moments = [end_of(last) + n * DAY + SWEEPS_BEGIN_AT for n in range(1, USAGE_READ_AGAIN_FOR)]
    moments.append(end_of(last_of_month(last)) + DAY + SWEEPS_BEGIN_AT)
    return min((moment for moment in moments if moment > asked_at), default=None)


def next_sweep(after: dt.datetime, every: dt.timedelta) -> dt.datetime:
    """When usage is asked next: at set times of the UTC day, so that one call answers all that is due by then."""
    first = start_of(utc_day(after)) + SWEEPS_BEGIN_AT
    return first + ((after - first) // every + 1) * every


def sweep_day(moment: dt.datetime) -> dt.date:
    """The UTC day whose sweeps have begun last."""
    return utc_day(moment - SWEEPS_BEGIN_AT)


def sweeps_began(moment: dt.datetime) -> dt.datetime:
    """When the sweeps of that day began."""
    return start_of(sweep_day(moment)) + SWEEPS_BEGIN_AT


def turns(key: str, day: dt.date, every_days: int) -> int:
    """How many turns something has had by the end of a UTC day, when it has one in so many days.

    The key spreads the turns of many things evenly over the days.
    """
    return (day.toordinal() + zlib.crc32(key.encode())) // every_days


def next_turn(key: str, after: dt.date, every_days: int) -> dt.date:
    """The first UTC day after that one on which something has its turn."""
    return after + (every_days - (after.toordinal() + zlib.crc32(key.encode())) % every_days) * DAY


def retry_at(now: dt.datetime, attempts: int) -> dt.datetime:
    """When something that failed is tried again: full jitter under a bound that doubles up to 15 minutes."""
    bound = min(900.0, 2.0 * 2 ** min(attempts, 10))
    return now + dt.timedelta(seconds=random.uniform(0, bound))
