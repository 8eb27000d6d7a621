"""What changed in daily bills after they were known, and lines that could not be read."""

from __future__ import annotations

from django.db.models import QuerySet

from billing.figures import Selection
from billing.models import BillProblem, BillRevision
from billing.queries.whose import of_selection


def corrections(selection: Selection) -> QuerySet[BillRevision]:
    """The corrections of a selection's days, the earliest day first; an amount that is None was not there."""
    in_range = of_selection(BillRevision.objects.all(), selection)
    return in_range.order_by("period", "company_id", "project_id", "currency", "seen_at", "pk")


def problems(selection: Selection) -> QuerySet[BillProblem]:
    """The lines of a selection's days that could not be read as money; whose they are, nobody can tell."""
    return BillProblem.objects.filter(period__range=(selection.since, selection.until)).order_by("period", "pk")
