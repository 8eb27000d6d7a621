"""What the ledger knows of every series of a kind, as plain facts: loaded at once, since a plan needs all of them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings

from agora.vocabulary import Interval
from companies.models import Project
from companies.services.refresh import addressable_companies
from polling.models import Coverage, Target
from polling.periods import DAY, utc_day
from polling.queries import CLOSED, REFUSED
from polling.series import UNADDRESSABLE, Kind, Owner
from usage.services.plan import NEVER_ASKED, Facts, Hole


@dataclass(frozen=True, kw_only=True)
class Roster:
    """Whose usage is asked: each listed company that an address can name, with its listed projects of any status."""

    projects: Mapping[Owner, tuple[Owner, ...]]

    @property
    def companies(self) -> list[Owner]:
        return sorted(self.projects)

    @property
    def owners(self) -> list[Owner]:
        """Everybody, in the order in which they are asked."""
        return sorted([*self.projects, *(project for found in self.projects.values() for project in found)])


def roster() -> Roster:
    """Everybody whose usage is asked."""
    companies = addressable_companies()
    projects = Project.objects.filter(gone_at=None, company__in=companies).exclude(project_id__in=UNADDRESSABLE)
    found: dict[Owner, list[Owner]] = {
        Owner(company_id=company_id): [] for company_id in companies.values_list("company_id", flat=True)
    }
    for company_id, project_id in projects.values_list("company__company_id", "project_id"):
        found[Owner(company_id=company_id)].append(Owner(company_id=company_id, project_id=project_id))
    return Roster(projects={company: tuple(sorted(some)) for company, some in found.items()})


class Everything(dict[Owner, Facts]):
    """The facts of every series of a kind; of one that was never asked there are none."""

    def __missing__(self, owner: Owner) -> Facts:
        return NEVER_ASKED


def facts_of(kind: Kind, now: dt.datetime) -> Everything:
    """What is known of every series of a kind, in two or three queries."""
    used = used_by_day(kind, utc_day(now) - settings.AGORA_DAYS_PER_DAILY_CALL * DAY)
    holes: dict[Owner, list[Hole]] = defaultdict(list)
    for owner, hole in _holes(kind, now):
        holes[owner].append(hole)
    found = Everything()
    rows = Coverage.objects.filter(**kind.fields()).values_list(
        "company_id", "project_id", "known_from", "known_until", "checked_from", "checked_at", "used_until",
        "looked_back_at",
    )  # fmt: skip
    for company_id, project_id, first, last, checked_from, checked_at, used_until, looked_back_at in rows.iterator(
        chunk_size=5000
    ):
        owner = Owner(company_id=company_id, project_id=project_id)
        found[owner] = Facts(
            known=(first, last), checked_from=checked_from, checked_at=checked_at, looked_back_at=looked_back_at,
            used_until=None if tells_of_more(used.get(owner), used_until) else used_until,
            holes=tuple(holes.pop(owner, ())),
        )  # fmt: skip
    for owner, some in holes.items():
        found[owner] = Facts(holes=tuple(some))
    return found


def used_by_day(kind: Kind, since: dt.date, company_ids: Collection[str] = ()) -> dict[Owner, dt.date]:
    """For a kind that is asked by month, the last day of usage since then as the answers by day tell it, where any.

    Of everybody, unless some companies are named.
    """
    if kind.interval != Interval.MONTHLY:
        return {}
    days = Coverage.objects.filter(business=kind.business, model=kind.model, interval=Interval.DAILY)
    if company_ids:
        days = days.filter(company_id__in=company_ids)
    rows = days.filter(used_until__gte=since).values_list("company_id", "project_id", "used_until")
    return {Owner(company_id=company_id, project_id=project_id): day for company_id, project_id, day in rows if day}


def tells_of_more(by_day: dt.date | None, by_month: dt.date | None) -> bool:
    """Whether the days tell of later usage than the months do, which have to be asked for then."""
    return by_day is not None and by_month is not None and by_day > by_month


def _holes(kind: Kind, now: dt.datetime) -> Iterator[tuple[Owner, Hole]]:
    rows = Target.objects.filter(**kind.fields()).values_list(
        "company_id", "project_id", "since", "until", "state", "next_attempt_at"
    )
    for company_id, project_id, since, until, state, next_attempt_at in rows.iterator(chunk_size=5000):
        due = next_attempt_at is not None and next_attempt_at <= now
        owner = Owner(company_id=company_id, project_id=project_id)
        yield owner, Hole(since=since, until=until, due=due, closed=state in CLOSED, refused=state in REFUSED)
