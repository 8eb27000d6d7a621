"""Reads of what listings showed otherwise than before: since when a company has had its status."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from companies.models import ChangedField, Company, MirrorChange, Project
from polling.periods import DAY, utc_day


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


@dataclass(frozen=True, kw_only=True)
class Since:
    """When a company was first seen in some statuses; `turned` says that it was seen in others before."""

    seen_at: dt.datetime
    turned: bool

    @property
    def first_whole_day(self) -> dt.date:
        """The first UTC day that it was in them from the beginning, as far as the portal can know.

        Who turned so may have been otherwise earlier that day; who was never seen otherwise was so before.
        """
        return utc_day(self.seen_at) + (DAY if self.turned else dt.timedelta())


def in_states_since(rows: QuerySet[Company], statuses: Collection[str]) -> dict[str, Since]:
    """Since when each company has been in one of these statuses without a break, as first seen, by company ID.

    One that is in none of them now is not in it. Of one that was never seen otherwise, it is when it was first listed.
    """
    there = rows.filter(status__in=list(statuses))
    found: dict[str, Since] = {}
    changes = _statuses().filter(company__in=there.order_by().values("pk")).order_by("seen_at", "pk")
    for company_id, old, new, seen_at in changes.values_list("company__company_id", "old", "new", "seen_at"):
        if new in statuses:
            found.setdefault(company_id, Since(seen_at=seen_at, turned=bool(old)))
        else:
            found.pop(company_id, None)
    listed = there.values_list("company_id", "first_seen_at")
    return {one: found.get(one, Since(seen_at=first_seen_at, turned=False)) for one, first_seen_at in listed}


def _statuses() -> QuerySet[MirrorChange]:
    return MirrorChange.objects.filter(field=ChangedField.STATUS, project=None)
