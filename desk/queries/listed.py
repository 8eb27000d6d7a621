"""The list of companies: what there is to filter by, and in which orders it can be read."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import (
    BigIntegerField,
    Case,
    DateField,
    Exists,
    F,
    FloatField,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast, Coalesce, Length, Lower, NullIf
from django.utils.translation import gettext
from django_countries import countries

from agora.vocabulary import Interval
from billing.fields import HALF
from billing.models import BillSum
from billing.queries import sums_of
from companies.labels import AREAS, COMPANY_STATUSES, INDUSTRIES, Labels, words
from companies.models import Company
from companies.models.care import tag_key
from companies.queries.care import owners_in_use, people_numbered, tag_named, tags_in_use
from companies.queries.mirror import NOBODY
from desk.queries.day_sums import MINUTES
from polling.models import Coverage
from usage.figures import Span
from usage.metrics import columns_of
from usage.models import CompanyMonth, UsageFigures

# Of the codes of a country.
LONGEST_CODE = 3
LABELS: Mapping[str, Labels] = {"status": COMPANY_STATUSES, "area": AREAS, "industry": INDUSTRIES}


def choices_of(field: str, asked: Collection[str]) -> list[tuple[str, str]]:
    """Each value of a field that some listed company has, or that is asked for, with its words and in their order."""
    if field == "tags":
        return _tags(asked)
    if field == "owner":
        return _owners(asked)
    there = Company.objects.filter(gone_at=None).values_list(field, flat=True).distinct().order_by()
    # A NUL is nothing that a database could be asked for.
    codes = {*there, *(code for code in asked if "\0" not in code)} - {""}
    return sorted(((code, code_words(field, code)) for code in codes), key=lambda choice: choice[1].casefold())


def _tags(asked: Collection[str]) -> list[tuple[str, str]]:
    there = {tag.key: tag.name for tag in tags_in_use()}
    # One that is spelled otherwise than its key is that tag nevertheless.
    keys = {*there, *(tag for tag in asked if "\0" not in tag)}
    return [(key, there.get(tag_key(key)) or _unused_tag(key)) for key in sorted(keys, key=tag_key)]


def _unused_tag(name: str) -> str:
    """The words for a tag that no listed company has: it may have been removed since somebody asked for it."""
    tag = tag_named(name)
    return tag.name if tag else gettext("%(tag)s (there is no such tag)") % {"tag": name}


def _owners(asked: Collection[str]) -> list[tuple[str, str]]:
    there = {f"{person.pk}": f"{person}" for person in owners_in_use()}
    absent = [one for one in asked if one not in there and one != NOBODY and "\0" not in one]
    others = {f"{person.pk}": f"{person}" for person in people_numbered(absent)}
    unknown = {one: gettext("Unknown (%(code)s)") % {"code": one} for one in absent}
    people = there | unknown | others
    return [(NOBODY, gettext("Nobody")), *people.items()] if there or asked else []


def code_words(field: str, code: str) -> str:
    """The words for a code of a company; unknown ones are shown as they are."""
    if field == "country":
        return country_words(code)
    return words(LABELS[field], code)


def country_words(code: str) -> str:
    """The name of a country; a code that no country has stays as it is."""
    # Digits are taken for a number, also those that Python reads none from: thousands of them, or ².
    is_code = code.isascii() and len(code) <= LONGEST_CODE
    return str(countries.name(code)) or code if is_code else code


def ordered(rows: QuerySet[Company], by: F | Lower | Subquery | Coalesce, *, descending: bool) -> QuerySet[Company]:
    """Companies in an order that is the same every time: unknown values last, equal ones by ID."""
    return rows.order_by(OrderBy(by, descending=descending, nulls_last=True), Length("company_id"), "company_id")


def by_name(rows: QuerySet[Company], *, descending: bool) -> QuerySet[Company]:
    """Companies by name, whatever its case."""
    return ordered(rows, Lower("name"), descending=descending)


def by_owner(rows: QuerySet[Company], *, descending: bool) -> QuerySet[Company]:
    """Companies by who looks after them; those of nobody last."""
    called = Coalesce(NullIf(F("owner__name"), Value("")), F("owner__email"))
    return ordered(rows, Lower(called), descending=descending)


def by_projects(rows: QuerySet[Company], *, descending: bool) -> QuerySet[Company]:
    """Companies by how many projects they have in use."""
    return ordered(rows, F("project_count"), descending=descending)


def by_last_usage(rows: QuerySet[Company], *, descending: bool) -> QuerySet[Company]:
    """Companies by the last UTC day on which they used anything; those that never did last."""
    used = CompanyMonth.objects.filter(company_id=OuterRef("company_id")).order_by()
    last = used.values("company_id").annotate(last=Max("last_used")).values("last")
    return ordered(rows, Subquery(last, output_field=DateField()), descending=descending)


def by_amount(rows: QuerySet[Company], days: Span, currency: str, *, descending: bool) -> QuerySet[Company]:
    """Companies by what they were billed in one currency in these days; those that never were last."""
    sums = BillSum.objects.filter(sums_of(*days), company_id=OuterRef("company_id"), currency=currency)
    # To put companies in order, and for nothing else, this is exact enough; it cannot overflow.
    rough = Sum(Cast("high", FloatField()) * HALF + F("low"), output_field=FloatField())
    total = sums.order_by().values("company_id").annotate(total=rough).values("total")
    return ordered(rows, Subquery(total, output_field=FloatField()), descending=descending)


def by_minutes(rows: QuerySet[Company], days: Span, *, descending: bool) -> QuerySet[Company]:
    """Companies by what is stored of their minutes in these days; those of whom nothing is known last."""
    columns = columns_of(MINUTES.business, MINUTES.model)
    parts = [Coalesce(F(columns[metric]), 0) for metric in MINUTES.parts]
    used = UsageFigures.objects.filter(
        series__company_id=OuterRef("company_id"),
        series__project_id="",
        series__business=MINUTES.business,
        series__model=MINUTES.model,
        series__interval=Interval.DAILY,
        period__range=days,
    )
    total = used.order_by().values("series_id").annotate(total=Sum(sum(parts[1:], parts[0]))).values("total")
    known = Coverage.objects.filter(
        company_id=OuterRef("company_id"),
        project_id="",
        business=MINUTES.business,
        model=MINUTES.model,
        interval=Interval.DAILY,
        known_until__gte=days[0],
    )
    nothing = Case(When(Exists(known), then=Value(0)), output_field=BigIntegerField())
    by = Coalesce(Subquery(total, output_field=BigIntegerField()), nothing)
    return ordered(rows, by, descending=descending)
