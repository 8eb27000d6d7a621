"""The page of movers: what its address asks for, its sentences, its lists, and the same as a table to download."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models.care import tag_key
from companies.queries.mirror import companies_of_kind
from desk.numbers import dates_words
from desk.pages.mover_days import MoverDays, mover_days
from desk.pages.mover_rows import RowList, row_lists, short_lists
from desk.queries.movers import Movers, movers
from desk.queries.windows import Measure, measures, reaches_back, settled_until
from usage.controls import Choice, query_with
from usage.filters import Owner, narrowing_of, with_owners
from usage.metrics import metric_words, unit_words
from usage.numerals import grouped

# Changes below these are noise, by unit.
FLOORS = {"minutes": 100, "seconds": 6000}
SMALL_FLOOR = 5
HIGHEST_FLOOR = 10**15
KIND = ("tag", "area", "country", "owner")
OF_THE_FORM = ("floor", "metric", "page", *KIND)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an address asks for, of which kind of companies; `days` is None while no day is settled."""

    measure: Measure
    days: MoverDays | None
    floor: int
    tag: str = ""
    area: str = ""
    country: str = ""
    owner: str = ""
    company_id: str = ""

    @property
    def unit(self) -> str:
        return str(unit_words(self.measure.unit))

    @property
    def peaks(self) -> bool:
        return not self.measure.adds_up

    @property
    def single(self) -> bool:
        return len(self.measure.products) == 1


@dataclass(frozen=True, kw_only=True)
class MoversPanel:
    """Movers in short, with the page that tells more."""

    lists: Sequence[RowList]
    sentence: str
    notes: Sequence[str]
    compared: int
    href: str


def asked_movers(params: QueryDict) -> Asked:
    """What an address asks for, with whatever it leaves out filled in."""
    offered = measures()
    measure = offered.get(params.get("product", "")) or next(iter(offered.values()))
    measure = measure.by(params.get("metric", ""))
    settled = settled_until(measure)
    days = mover_days(params, settled=settled, reaches_back=partial(reaches_back, measure)) if settled else None
    # A NUL is nothing that a database could be asked for.
    kind = {name: params.get(name, "").replace("\0", "") for name in KIND}
    kind["tag"] = tag_key(kind["tag"])
    return Asked(measure=measure, days=days, floor=_floor(params.get("floor", ""), measure), **kind)


def usual_floor(measure: Measure) -> int:
    """Below which change a company is not listed unless somebody says otherwise, in the measure's unit."""
    return FLOORS.get(measure.unit, SMALL_FLOOR)


def _floor(typed: str, measure: Measure) -> int:
    digits = typed.strip().replace(",", "")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= len(str(HIGHEST_FLOOR))
    return int(digits) if is_number else usual_floor(measure)


def found_movers(asked: Asked) -> Movers | None:
    """What page and download show; None while no day is settled."""
    if asked.days is None:
        return None
    among = companies_of_kind(tag=asked.tag, area=asked.area, country=asked.country, owner=asked.owner)
    return movers(asked.measure, asked.days.windows, floor=asked.floor, among=among)


def movers_page(params: QueryDict) -> dict[str, Any]:
    """Everything that the template of the page reads."""
    asked = asked_movers(params)
    found = found_movers(asked)
    narrowing = with_owners(params, narrowing_of(params, asked), asked.owner)
    query = params.urlencode()
    return {
        "narrowing": narrowing,
        "chips": narrowing.chips(params, Owner()),
        "clear_url": query_with(params, **dict.fromkeys(KIND)),
        "asked": asked,
        "dates": asked.days,
        "products": _products(params, asked.measure),
        "metrics": [(name, metric_words(name), name == asked.measure.metric) for name in asked.measure.metrics],
        "found": found,
        "lists": row_lists(found) if found else [],
        "sentence": sentence(found) if found else "",
        "notes": notes(found) if found else [],
        "before": dates_words(found.windows.before, beside=found.windows.days) if found else "",
        "now": dates_words(found.windows.days) if found else "",
        "kept": [(name, value) for name, value in params.items() if name not in OF_THE_FORM],
        "csv_url": f"{reverse('desk:export_movers_csv')}?{query}",
        "xlsx_url": f"{reverse('desk:export_movers_xlsx')}?{query}",
    }


def _products(params: QueryDict, active: Measure) -> list[Choice]:
    """A link to each product; floors are of one unit, and metrics of one product."""
    return [
        Choice(label=one.name, query=query_with(params, product=key, floor=None, metric=None), active=key == active.key)
        for key, one in measures().items()
    ]


def sentence(found: Movers) -> str:
    """What is compared with what."""
    measure = found.measure
    words = {
        "products": ", ".join(str(product.name) for product in measure.products),
        "metric": metric_words(measure.metric),
        "unit": unit_words(measure.unit),
        "days": dates_words(found.windows.days),
        "before": dates_words(found.windows.before, beside=found.windows.days),
    }
    if not measure.adds_up:
        text = _(
            "%(products)s, %(metric)s: the highest day of %(days)s against the highest day of %(before)s UTC, in "
            "%(unit)s. Days are not added up. Settled days only."
        )
    elif len(measure.products) > 1:
        text = _("%(products)s together: %(days)s against %(before)s UTC, in %(unit)s. Settled days only.")
    else:
        text = _("%(products)s: %(days)s against %(before)s UTC, in %(unit)s. Settled days only.")
    return text % words


def notes(found: Movers) -> list[str]:
    """How many companies are compared, and why others are not listed."""
    number = {"count": grouped(found.compared)}
    told = [ngettext("%(count)s company is compared.", "%(count)s companies are compared.", found.compared) % number]
    if found.hidden:
        words = {"count": grouped(found.hidden), "floor": grouped(found.floor), "unit": unit_words(found.measure.unit)}
        told.append(
            ngettext(
                "%(count)s changed by less than %(floor)s %(unit)s and is not listed.",
                "%(count)s changed by less than %(floor)s %(unit)s and are not listed.",
                found.hidden,
            )
            % words
        )
    if found.unchanged:
        told.append(_("%(count)s did not change.") % {"count": grouped(found.unchanged)})
    if found.left_out:
        told.append(
            ngettext(
                "%(count)s company is not compared: not each of these days is known and settled.",
                "%(count)s companies are not compared: not each of these days is known and settled.",
                found.left_out,
            )
            % {"count": grouped(found.left_out)}
        )
    return told


def movers_panel(most: int = 5) -> MoversPanel | None:
    """What moved most in the last settled week, in short; None while no day is settled."""
    asked = asked_movers(QueryDict())
    if asked.days is None:
        return None
    found = movers(asked.measure, asked.days.windows, floor=asked.floor, most=most)
    return MoversPanel(
        lists=short_lists(found, most),
        sentence=sentence(found),
        notes=notes(found),
        compared=found.compared,
        href=reverse("desk:show_movers"),
    )
