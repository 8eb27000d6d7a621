"""Stored figures added up by the database, with whatever could not be added up told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from typing import Any

from django.db.models import Count, QuerySet, Sum

from usage.figures import as_number
from usage.models import UsageFigures

Key = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """What a metric comes to over some rows, and in how many of them it was carried as a number."""

    value: int | Decimal
    carried: int


NOTHING = Amount(value=0, carried=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """Rows added up: their number, which metrics were corrected in one of them, and each metric's amount."""

    rows: int
    corrected: frozenset[str]
    amounts: Mapping[str, Amount]


def added(rows: QuerySet[UsageFigures], metrics: Mapping[str, str], by: tuple[str, ...]) -> Iterator[tuple[Key, Added]]:
    """The rows added up exactly for each value of the fields `by`, in their order.

    In one query, and one more each for extras and for corrections where there are any.
    """
    columns = metrics.values()
    found = (
        rows.order_by(*by)
        .values(*by)
        .annotate(
            *map(Sum, columns),
            *map(Count, columns),
            stored=Count("*"),
            with_extra=Count("extra"),
            with_corrections=Count("corrected"),
        )
    )
    extras, corrections = cache(partial(_extras, rows, by)), cache(partial(_corrections, rows, by))
    # A cursor is given the plan that finds the first few rows soonest: only where rows are too many to hold.
    for row in found if len(by) == 1 else found.iterator(chunk_size=2000):
        key = tuple(row[name] for name in by)
        amounts = {
            metric: Amount(value=row[f"{column}__sum"] or 0, carried=row[f"{column}__count"])
            for metric, column in metrics.items()
        }
        yield (
            key,
            Added(
                rows=row["stored"],
                corrected=corrections()[key] if row["with_corrections"] else frozenset(),
                amounts=_with_extras(amounts, extras()[key]) if row["with_extra"] else amounts,
            ),
        )


def added_up(parts: Sequence[Added]) -> Added | None:
    """Several sums as one of all their rows; None for none."""
    if not parts:
        return None
    amounts: dict[str, Amount] = {}
    for metric, amount in (item for part in parts for item in part.amounts.items()):
        before = amounts.get(metric, NOTHING)
        amounts[metric] = Amount(value=before.value + amount.value, carried=before.carried + amount.carried)
    corrected = frozenset().union(*(part.corrected for part in parts))
    return Added(rows=sum(part.rows for part in parts), corrected=corrected, amounts=amounts)


def taken_out(whole: Added, part: Added | None) -> Added:
    """A sum without some of its rows; a correction in one of them may still show."""
    if part is None:
        return whole
    amounts = dict(whole.amounts)
    for metric, amount in part.amounts.items():
        before = amounts.get(metric, NOTHING)
        amounts[metric] = Amount(value=before.value - amount.value, carried=before.carried - amount.carried)
    return Added(rows=whole.rows - part.rows, corrected=whole.corrected, amounts=amounts)


def _extras(rows: QuerySet[UsageFigures], by: tuple[str, ...]) -> Mapping[Key, list[dict[str, str]]]:
    """What the columns cannot hold: values with a fraction, and metrics that the document does not know."""
    extras: dict[Key, list[dict[str, str]]] = defaultdict(list)
    for *key, extra in rows.filter(extra__isnull=False).order_by().values_list(*by, "extra"):
        extras[tuple(key)].append(extra)
    return extras


def _corrections(rows: QuerySet[UsageFigures], by: tuple[str, ...]) -> Mapping[Key, frozenset[str]]:
    """Which metrics were corrected."""
    corrections: dict[Key, frozenset[str]] = defaultdict(frozenset)
    for *key, metrics in rows.filter(corrected__isnull=False).order_by().values_list(*by, "corrected"):
        corrections[tuple(key)] |= frozenset(metrics)
    return corrections


def _with_extras(amounts: Mapping[str, Amount], extras: list[dict[str, str]]) -> dict[str, Amount]:
    sums = dict(amounts)
    for metric, text in (item for extra in extras for item in extra.items()):
        number = as_number(text)
        if number is not None:
            before = sums.get(metric, NOTHING)
            sums[metric] = Amount(value=before.value + number, carried=before.carried + 1)
    return sums
