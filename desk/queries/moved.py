"""How figures of one product changed between two windows of days, where all of them are known and settled."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from functools import reduce
from operator import add, or_
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum
from django.db.models.lookups import Exact, GreaterThan

from agora.vocabulary import Interval
from desk.queries.windows import Windows, pair_of
from polling.models import Coverage, Target
from polling.periods import DAY
from usage.figures import as_number
from usage.metrics import Product, column_of
from usage.models import UsageFigures, UsageSeries
from usage.queries.among import of_series
from usage.queries.ledger import Key

Number = int | Decimal
# A figure before and now.
Pair = tuple[Number, Number]
# Whose series a number stands for.
Owners = Mapping[int, Key]
OWNER = ("pk", "company_id", "project_id")
# Naming more companies than these takes longer than reading all of them.
A_FEW = 500
# The values of a product's leading metrics on one day; None where one is not known.
DayValues = Mapping[dt.date, list[Number | None]]


def size(number: Number) -> Number:
    """How far a change went, up or down."""
    return -number if number < 0 else number


def is_complete(windows: Windows) -> Q:
    """Coverage that reaches over both windows and is settled; gaps in it are not looked at."""
    return Q(
        known_from__lte=windows.before[0], known_until__gte=windows.days[1], settled_until__gte=windows.days[1]
    )  # fmt: skip


def company_series(company_ids: Mapping[Product, Collection[str]]) -> Mapping[Product, Owners]:
    """The series of companies as a whole: of each product those of its companies."""
    wanted = {pair_of(product): (ids, dict[int, Key]()) for product, ids in company_ids.items()}
    everybody = set().union(*company_ids.values())
    series = UsageSeries.objects.filter(reduce(or_, map(_of_product, company_ids)), project_id="")
    if len(everybody) <= A_FEW:
        series = series.filter(company_id__in=everybody)
    for pk, business, model, company_id in series.values_list("pk", "business", "model", "company_id"):
        ids, owners = wanted[business, model]
        if company_id in ids:
            owners[pk] = company_id, ""
    return {product: wanted[pair_of(product)][1] for product in company_ids}


def projects_moved(product: Product, windows: Windows, company_ids: Collection[str]) -> dict[Key, Pair | None]:
    """What each of these companies' projects came to in both windows; None where not all of it is known and settled.

    Projects without any usage in the windows are absent, unless they have a gap there.
    """
    same = {name: OuterRef(name) for name in ("company_id", "project_id", "business", "model", "interval")}
    known = Exists(Coverage.objects.filter(is_complete(windows), **same))
    gaps = Exists(Target.objects.filter(windows.overlap, **same))
    projects = UsageSeries.objects.filter(_of_product(product), company_id__in=company_ids).exclude(project_id="")
    series = projects.annotate(known=known, gaps=gaps)
    owners, unknown, gapped = {}, set(), set()
    for pk, company_id, project_id, is_known, has_gaps in series.values_list(*OWNER, "known", "gaps"):
        owners[pk] = key = (company_id, project_id)
        if has_gaps:
            gapped.add(key)
        elif not is_known:
            unknown.add(key)
    found = moved(product, windows, owners)
    return {key: None if key in unknown else pair for key, pair in found.items()} | dict.fromkeys(gapped)


def _of_product(product: Product) -> Q:
    business, model = pair_of(product)
    return Q(business=business, model=model, interval=Interval.DAILY)


def moved(product: Product, windows: Windows, owners: Owners) -> dict[Key, Pair | None]:
    """What each of these series came to in both windows, by (company ID, project ID); None where a figure is lacking.

    Days are added up where they may be; of peaks and daily active users it is the highest day. Series without any
    usage in the windows are absent.
    """
    found: dict[Key, Pair | None] = {}
    if not owners:
        return found
    lacking = []
    for pk, before, now, is_whole, has_extras in _added(product, windows, owners):
        found[owners[pk]] = (before or 0, now or 0) if is_whole else None
        if has_extras and not is_whole:
            lacking.append(pk)
    for pk, days in days_of(product, windows, lacking).items():
        found[owners[pk]] = pair_of_days(product, windows, days)
    return found


def _added(product: Product, windows: Windows, series_ids: Collection[int]) -> QuerySet[Any, tuple[Any, ...]]:
    """One row a series, added up by the database; a row that lacks one of the metrics is not in its sums."""
    whole: Any = reduce(add, (F(column_of(metric)) for metric in product.leading))
    amount = Sum if product.adds_up else Max
    return (
        figures_of(windows, series_ids)
        .order_by()
        .values_list("series_id")
        .annotate(
            before=amount(whole, filter=Q(period__range=windows.before)),
            now=amount(whole, filter=Q(period__range=windows.days)),
            is_whole=Q(Exact(Count("*"), Count(whole))),
            has_extras=Q(GreaterThan(Count("extra"), 0)),
        )
    )


def figures_of(windows: Windows, series_ids: Collection[int]) -> QuerySet[UsageFigures]:
    """The rows of these series in both windows; their numbers are named, so that the key finds them."""
    days = windows.before[0], windows.days[1]
    rows = UsageFigures.objects.filter(of_series(series_ids), period__range=days)
    adjoin = windows.before[1] + DAY == windows.days[0]
    return rows if adjoin else rows.exclude(period__gt=windows.before[1], period__lt=windows.days[0])


def days_of(product: Product, windows: Windows, series_ids: Collection[int]) -> Mapping[int, DayValues]:
    """The leading metrics of some series day by day; a day without a row is not in it."""
    found: dict[int, dict[dt.date, list[Number | None]]] = defaultdict(dict)
    if not series_ids:
        return found
    rows = figures_of(windows, series_ids)
    columns = [column_of(metric) for metric in product.leading]
    for pk, day, extra, *values in rows.values_list("series_id", "period", "extra", *columns):
        found[pk][day] = list(_exact(product, values, extra or {}))
    return found


def _exact(product: Product, values: list[int | None], extra: Mapping[str, str]) -> Iterator[Number | None]:
    """Values of columns, and those with a fraction, which no column holds."""
    for metric, value in zip(product.leading, values, strict=True):
        yield as_number(extra.get(metric)) if value is None else value


def pair_of_days(product: Product, windows: Windows, days: DayValues) -> Pair | None:
    """What these days come to in both windows; None where a metric of one of them is lacking."""
    wholes = {day: whole_of(values) for day, values in days.items()}
    found = []
    for since, until in (windows.before, windows.days):
        values = [whole for day, whole in wholes.items() if since <= day <= until]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return None
        found.append(sum(known) if product.adds_up else max(known, default=0))
    return found[0], found[1]


def whole_of(values: Collection[Number | None]) -> Number | None:
    """The sum of one day's metrics; None where one of them is not known."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
