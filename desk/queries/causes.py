"""What explains a change: the product or metric and the project that it comes from, and its days one by one."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from companies.models import Project
from desk.queries.moved import DayValues, Number, Pair, company_series, days_of, projects_moved, whole_of
from desk.queries.windows import Measure, Windows
from usage.metrics import Product, Words, metric_words
from usage.queries.ledger import Key

# Figures before and now, by product and company ID.
Figures = Mapping[str, Mapping[str, Pair]]
Deltas = Mapping[str, Number]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Where most of a change comes from; `share` of the whole change, None where parts are not added up to one."""

    key: str
    name: Words
    delta: Number
    share: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """What explains most of a company's change: the `product`, and the project whose use of all products changed most.

    `part` is that product where several are compared, else one of its metrics; None where nothing is told apart.
    `project_product` is the product that explains most of the project's change, and `project_product_delta` how far
    the project's use of that one alone went. `rest` is what of the company's
    change no known project explains. `days` are all days of both windows, the oldest first.
    """

    product: Product
    part: Part | None
    project: Part | None
    project_product: Product
    project_product_delta: Number
    rest: Number
    days: Sequence[Number]


def causes(measure: Measure, windows: Windows, totals: Mapping[str, Pair], figures: Figures) -> dict[str, Cause]:
    """Why these companies changed as they did, by company ID; their `totals` are made up of `figures`."""
    changes = {one: now - before for one, (before, now) in totals.items()}
    products = {one: _by_product(one, figures) for one in totals}
    main = {one: measure.product(_furthest(products[one], changes[one])) for one in totals}
    days = _days(measure, windows, totals, figures)
    projects = _projects(measure, windows, totals, figures)
    names = _names(projects)

    def cause(one: str, change: Number) -> Cause:
        deltas = {key: sum(by_product.values()) for key, by_product in projects[one].items()}
        project = _part(measure, deltas, change, {key: names.get((one, key), "") for key in deltas})
        of_project = projects[one][project.key] if project else {}
        project_product = measure.product(_furthest(of_project, change)) if project else main[one]
        return Cause(
            product=main[one],
            part=_part_of(measure, main[one], windows, change, products[one], days[one]),
            project=project,
            project_product=project_product,
            project_product_delta=of_project.get(project_product.key, 0),
            rest=change - sum(deltas.values()) if measure.adds_up else 0,
            days=[_whole_day(days[one].values(), day) for day in windows.all_days()],
        )

    return {one: cause(one, change) for one, change in changes.items()}


def _by_product(company_id: str, figures: Figures) -> dict[str, Number]:
    """How much one company's use of each product changed."""
    pairs = {key: found[company_id] for key, found in figures.items() if company_id in found}
    return {key: now - before for key, (before, now) in pairs.items()}


def _furthest(deltas: Deltas, change: Number) -> str | None:
    """What went furthest the same way as the whole; None where nothing did."""
    way = 1 if change > 0 else -1
    key = min(deltas, key=lambda one: (-way * deltas[one], one), default=None)
    return key if key is not None and way * deltas[key] > 0 else None


def _part(measure: Measure, deltas: Deltas, change: Number, names: Mapping[str, Words]) -> Part | None:
    key = _furthest(deltas, change)
    if key is None:
        return None
    share = Decimal(deltas[key]) / Decimal(change) if measure.adds_up else None
    return Part(key=key, name=names[key] or key, delta=deltas[key], share=share)


def _part_of(
    measure: Measure, product: Product, windows: Windows, change: Number, products: Deltas,
    days: Mapping[Product, DayValues],
) -> Part | None:  # fmt: skip
    """The product where several are compared, one of its metrics where they make up a whole."""
    if len(measure.products) > 1:
        return _part(measure, products, change, {one.key: one.name for one in measure.products})
    if len(product.leading) == 1:
        return None
    metrics = _metrics(product, windows, days.get(product, {}))
    return _part(measure, metrics, change, {metric: metric_words(metric) for metric in metrics})


def _metrics(product: Product, windows: Windows, days: DayValues) -> Deltas:
    """How much each metric of one company changed."""
    deltas: dict[str, Number] = dict.fromkeys(product.leading, 0)
    for day, values in days.items():
        sign = 1 if day >= windows.days[0] else -1
        for metric, value in zip(product.leading, values, strict=True):
            deltas[metric] += sign * (value or 0)
    return deltas


def _days(
    measure: Measure, windows: Windows, company_ids: Collection[str], figures: Figures
) -> Mapping[str, Mapping[Product, DayValues]]:
    """The days of each company, product by product."""
    found: dict[str, dict[Product, DayValues]] = defaultdict(dict)
    users = {product: company_ids & figures[product.key].keys() for product in measure.products}
    for product, owners in company_series(users).items():
        for pk, days in days_of(product, windows, owners).items():
            found[owners[pk][0]][product] = days
    return found


def _whole_day(products: Iterable[DayValues], day: dt.date) -> Number:
    """One day of a company: a known day without a row is a zero."""
    values: list[Number] = [whole_of(days[day]) or 0 for days in products if day in days]
    return sum(values)


def _projects(
    measure: Measure, windows: Windows, company_ids: Collection[str], figures: Figures
) -> Mapping[str, Mapping[str, Deltas]]:
    """How much each project of these companies changed, product by product; absent where one of them is not known."""
    deltas: dict[str, dict[str, dict[str, Number]]] = {one: defaultdict(dict) for one in company_ids}
    unknown: set[Key] = set()
    for product in measure.products:
        users = [one for one in company_ids if one in figures[product.key]]
        for (company_id, project_id), pair in projects_moved(product, windows, users).items():
            if pair is None:
                unknown.add((company_id, project_id))
            else:
                deltas[company_id][project_id][product.key] = pair[1] - pair[0]
    for company_id, project_id in unknown:
        deltas[company_id].pop(project_id, None)
    return deltas


def _names(company_ids: Collection[str]) -> dict[tuple[str, str], str]:
    rows = Project.objects.filter(company__company_id__in=company_ids)
    return {
        (company_id, project_id): name
        for company_id, project_id, name in rows.values_list("company__company_id", "project_id", "name")
    }
