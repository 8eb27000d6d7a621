"""What is compared with what: products in one unit, and settled UTC days beside the days before them."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agora.vocabulary import Interval
from polling.models import Coverage
from polling.periods import days_between
from polling.queries import in_use_since, is_in_use
from usage.figures import Span
from usage.metrics import PRODUCTS, Product, Words
from usage.periods import PREVIOUS, DateRange, compared

EVERYTHING = "all"
Pair = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Products whose figures are compared as one: several only where they share a unit and days may be added up."""

    key: str
    name: Words
    products: tuple[Product, ...]

    @property
    def unit(self) -> str:
        return self.products[0].unit

    @property
    def adds_up(self) -> bool:
        return all(product.adds_up for product in self.products)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics of which one is compared, where days are not added up; none where their whole is."""
        return () if self.adds_up else self.products[0].metrics

    @property
    def metric(self) -> str:
        """The one that is compared; '' where it is a whole."""
        return "" if self.adds_up else self.products[0].leading[0]

    def by(self, metric: str) -> Measure:
        """The same by another of its metrics; by the usual one where it has none of that name."""
        return replace(self, products=(replace(self.products[0], lead=metric),)) if metric in self.metrics else self

    def product(self, key: str | None) -> Product:
        """The product with this key; the first one for any other."""
        return next((product for product in self.products if product.key == key), self.products[0])

    @property
    def pairs(self) -> list[Pair]:
        """The pairs of business and model that are read, as the document names them."""
        return [pair_of(product) for product in self.products]


def pair_of(product: Product) -> Pair:
    return product.business.value, product.model.value


def measures() -> Mapping[str, Measure]:
    """All durations together first, then each product by itself; what is never polled is not compared."""
    polled = [product for product in PRODUCTS if "/".join(pair_of(product)) in settings.POLL_PAIRS]
    durations = tuple(product for product in polled if product.adds_up)
    single = [Measure(key=product.key, name=product.name, products=(product,)) for product in polled]
    several = [Measure(key=EVERYTHING, name=_("All durations"), products=durations)] if len(durations) > 1 else []
    return {measure.key: measure for measure in [*several, *single]}


@dataclass(frozen=True, kw_only=True)
class Windows:
    """UTC days and the days that they are compared with, which lie before them; the last of each included.

    `how` they are compared is one of the explorer's comparisons.
    """

    days: Span
    before: Span
    how: str

    @property
    def overlap(self) -> Q:
        """The gaps that touch these days."""
        return Q(since__lte=self.before[1], until__gte=self.before[0]) | Q(
            since__lte=self.days[1], until__gte=self.days[0]
        )

    def all_days(self) -> list[dt.date]:
        """Every day of both, the oldest first."""
        return [*days_between(*self.before), *days_between(*self.days)]


def windows_of(since: dt.date, until: dt.date, how: str = PREVIOUS) -> Windows:
    """These days and those that the explorer compares them with."""
    before = compared(DateRange(since=since, until=until), how)
    return Windows(days=(since, until), before=(before.since, before.until), how=how)


def reaches_back(measure: Measure, day: dt.date) -> bool:
    """Whether figures of anybody are known from this UTC day on."""
    pairs = reduce(or_, (Q(business=business, model=model) for business, model in measure.pairs))
    return Coverage.objects.filter(pairs, project_id="", interval=Interval.DAILY, known_from__lte=day).exists()


def settled_until(measure: Measure) -> dt.date | None:
    """The day to which at least half of the companies in use are settled: a few that lag behind hold nobody up.

    The earliest of the measure's pairs that anybody uses; None while nothing is settled.
    """
    pairs = reduce(or_, (Q(business=business, model=model) for business, model in measure.pairs))
    asked = Coverage.objects.filter(pairs, project_id="", interval=Interval.DAILY).exclude(settled_until=None)
    found = _counted(asked.filter(is_in_use(in_use_since(timezone.now())))) or _counted(asked)
    return min((_median(days) for days in found.values()), default=None)


def _counted(asked: QuerySet[Coverage]) -> Mapping[Pair, Mapping[dt.date, int]]:
    """How many series of each pair are settled to which day."""
    found: dict[Pair, Counter[dt.date]] = defaultdict(Counter)
    rows = asked.order_by().values_list("business", "model", "settled_until").annotate(count=Count("pk"))
    for business, model, day, count in rows:
        found[business, model][day] = count
    return found


def _median(days: Mapping[dt.date, int]) -> dt.date:
    """The day that at least half of those counted have reached."""
    seen, half = 0, sum(days.values()) // 2
    for day in sorted(days, reverse=True):
        seen += days[day]
        if seen > half:
            return day
    return min(days)
