"""Whose lines and corrections a selection asks for."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from billing.figures import Selection
from companies.queries.mirror import companies_of_kind, listed_companies

Row = TypeVar("Row", bound=Model)


def of_selection(rows: QuerySet[Row], selection: Selection) -> QuerySet[Row]:
    """Those of these lines, or corrections, that a selection asks for."""
    found = rows.filter(period__range=(selection.since, selection.until), **selection.whose)
    if selection.kind:
        found = found.filter(company_id__in=companies_of_kind(**selection.kind).values("company_id"))
    if selection.unlisted:
        found = found.exclude(company_id__in=listed_companies().values("company_id"))
    return found
