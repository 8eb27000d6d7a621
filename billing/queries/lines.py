"""Bill lines one by one, as they are known now or were known at an earlier moment: what exports write."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from billing.figures import BillLine, Key, Selection
from billing.models import BillRevision, DailyBillLine
from billing.queries.days import known_days, known_days_at
from billing.queries.whose import of_selection
from polling.periods import days_between
from usage.figures import State
from usage.queries import id_order

Row = tuple[Any, ...]
Change = tuple[dt.datetime, Decimal | None]


def bill_lines(selection: Selection, *, as_of: dt.datetime | None = None) -> Iterator[BillLine]:
    """Every line of every known day, sorted by day, company and project ("Fetch the daily bill").

    With `as_of`, what the portal knew before that moment: later corrections are undone, and a day that was
    first known later has no lines.
    """
    since, until = selection.since, selection.until
    days = known_days_at(since, until, as_of) if as_of else known_days(since, until)
    rows = _rows(selection)
    changes = _changes(selection)
    groups = groupby(rows, key=itemgetter(0))
    day, found = next(groups, (None, ()))
    for period in days_between(since, until):
        lines = {(row[1], row[2], row[3]): row[4] for row in (found if day == period else ())}
        if day == period:
            day, found = next(groups, (None, ()))
        if period in days:
            yield from _day(period, days[period], lines, changes.get(period, {}), as_of)


def _rows(selection: Selection) -> Iterable[Row]:
    """The stored lines by day, the first already read: that pins the moment at which the database is looked at.

    What is read next over the same connection can then only be as new or newer, and a correction that comes in
    between is undone, or marked, rather than overlooked.
    """
    lines = of_selection(DailyBillLine.objects.all(), selection)
    fields = ("period", "company_id", "project_id", "currency", "amount")
    rows = lines.order_by("period").values_list(*fields).iterator(chunk_size=2000)
    first = next(rows, None)
    return chain([first], rows) if first else ()


def _changes(selection: Selection) -> dict[dt.date, dict[Key, list[Change]]]:
    """For each day and line when it was corrected, and what it was before, the earliest first."""
    revisions = of_selection(BillRevision.objects.all(), selection)
    changes: dict[dt.date, dict[Key, list[Change]]] = defaultdict(lambda: defaultdict(list))
    for revision in revisions.order_by("seen_at", "pk").iterator(chunk_size=2000):
        key = revision.company_id, revision.project_id, revision.currency
        changes[revision.period][key].append((revision.seen_at, revision.old_amount))
    return changes


def _day(
    period: dt.date,
    fetched_at: dt.datetime,
    lines: dict[Key, Decimal],
    changes: dict[Key, list[Change]],
    as_of: dt.datetime | None,
) -> Iterator[BillLine]:
    amounts = _undone(lines, changes, as_of) if as_of else lines
    for key in sorted(amounts, key=lambda key: (id_order(key[0]), id_order(key[1]), key[2])):
        corrected = any(as_of is None or seen_at < as_of for seen_at, _ in changes.get(key, ()))
        company_id, project_id, currency = key
        yield BillLine(
            period=period,
            company_id=company_id,
            project_id=project_id,
            currency=currency,
            amount=amounts[key],
            state=State.CORRECTED if corrected else State.SETTLED,
            fetched_at=fetched_at,
        )


def _undone(lines: dict[Key, Decimal], changes: dict[Key, list[Change]], as_of: dt.datetime) -> dict[Key, Decimal]:
    """The lines as they were: the first correction from that moment on knows what was there before it."""
    before = {
        key: next((old for seen_at, old in made if seen_at >= as_of), lines.get(key)) for key, made in changes.items()
    }
    return {key: amount for key, amount in (lines | before).items() if amount is not None}
