"""Reads of what listings showed otherwise than before: since when a company has had its status."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from companies.models import ChangedField, Company, MirrorChange, Project


def changes_below(company: Company, project: Project | None = None) -> QuerySet[MirrorChange]:
    """What changed of a company and all below it, or of one project."""
    return MirrorChange.objects.filter(Q(project=project) if project else Q(company=company))


def newest_status_first(rows: QuerySet[Company]) -> QuerySet[Company]:
    """Companies in the order in which they were first seen with the status they have, the newest first."""
    last = _statuses().filter(company=OuterRef("pk")).order_by("-seen_at", "-pk")
    since = Coalesce(Subquery(last.values("seen_at")[:1]), F("first_seen_at"))
    return rows.annotate(status_since=since).order_by("-status_since", "status", "name", "pk")


def last_status_changes(companies: Iterable[Company]) -> dict[int, MirrorChange]:
    """The change by which each of these companies came to its status, by row number; none where it always had it."""
    rows = _statuses().filter(company__in=list(companies)).order_by("seen_at", "pk")
    return {row.company_id: row for row in rows}


def in_states_since(rows: QuerySet[Company], statuses: Collection[str]) -> dict[str, dt.datetime]:
    """Since when each company has been in one of these statuses without a break, as first seen, by company ID.

    One that is in none of them now is not in it. Of one that was never seen otherwise, it is when it was first listed.
    """
    there = rows.filter(status__in=list(statuses))
    since: dict[str, dt.datetime] = {}
    changes = _statuses().filter(company__in=there.order_by().values("pk")).order_by("seen_at", "pk")
    for company_id, status, seen_at in changes.values_list("company__company_id", "new", "seen_at"):
        if status in statuses:
            since.setdefault(company_id, seen_at)
        else:
            since.pop(company_id, None)
    listed = there.values_list("company_id", "first_seen_at")
    return {company_id: since.get(company_id, first_seen_at) for company_id, first_seen_at in listed}


def _statuses() -> QuerySet[MirrorChange]:
    return MirrorChange.objects.filter(field=ChangedField.STATUS, project=None)
