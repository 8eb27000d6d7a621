"""What moved: the minutes of the last seven settled days of each company against the seven days before."""

from __future__ import annotations

import datetime as dt
import heapq
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from agora.vocabulary import Interval
from companies.models import Company
from desk.queries.day_sums import MINUTES, DaySum, minutes_by_company
from polling.models import Coverage
from polling.periods import DAY
from polling.queries import in_use_since, is_in_use
from usage.figures import Span

WEEK = 7 * DAY
MOST_MOVERS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Mover:
    """A company whose minutes changed; `change` is a share of `before`, None where there was nothing before."""

    company: Company
    before: int | Decimal
    now: int | Decimal

    @property
    def delta(self) -> int | Decimal:
        return self.now - self.before

    @property
    def change(self) -> Decimal | None:
        return Decimal(self.delta) / Decimal(self.before) if self.before else None


@dataclass(frozen=True, kw_only=True)
class Movers:
    """The greatest changes up and down between two weeks; `left_out` companies are not known on all fourteen days.

    Whoever used nothing for weeks has not moved, and is not left out while a turn is still to come.
    """

    days: Span
    before: Span
    up: list[Mover]
    down: list[Mover]
    compared: int
    left_out: int


def movers() -> Movers | None:
    """Movers of the last week that is settled for half of the companies in use; None while there is no such week."""
    asked = Coverage.objects.filter(
        project_id="", business=MINUTES.business, model=MINUTES.model, interval=Interval.DAILY
    )
    in_use = is_in_use(in_use_since(timezone.now()))
    until = _settled_until(asked.filter(in_use)) or _settled_until(asked)
    if until is None:
        return None
    days = (until - WEEK + DAY, until)
    before = (days[0] - WEEK, until - WEEK)
    sums, sums_before = minutes_by_company(days), minutes_by_company(before)
    listed = list(Company.objects.filter(gone_at=None).values_list("company_id", flat=True))
    found = [
        (_value(sums[company_id]) - _value(sums_before[company_id]), company_id)
        for company_id in listed
        if _comparable(sums.get(company_id)) and _comparable(sums_before.get(company_id))
    ]
    idle = set(asked.exclude(in_use).values_list("company_id", flat=True)).intersection(listed)
    unmoved = idle.difference(company_id for _delta, company_id in found)
    up = heapq.nlargest(MOST_MOVERS, (one for one in found if one[0] > 0))
    down = heapq.nsmallest(MOST_MOVERS, (one for one in found if one[0] < 0))
    companies = {company.company_id: company for company in _companies([one[1] for one in up + down])}

    def mover(company_id: str) -> Mover:
        return Mover(
            company=companies[company_id], before=_value(sums_before[company_id]), now=_value(sums[company_id])
        )

    return Movers(
        days=days,
        before=before,
        up=[mover(company_id) for _delta, company_id in up],
        down=[mover(company_id) for _delta, company_id in down],
        compared=len(found),
        left_out=len(listed) - len(found) - sum(_has_a_turn(sums[one], sums_before[one]) for one in unmoved),
    )


def _companies(company_ids: list[str]) -> QuerySet[Company]:
    return Company.objects.filter(company_id__in=company_ids)


def _settled_until(asked: QuerySet[Coverage]) -> dt.date | None:
    """The day to which at least half of the companies are settled: a few that lag behind hold nobody up."""
    settled = asked.exclude(settled_until=None)
    days = settled.order_by("-settled_until").values_list("settled_until", flat=True)
    count = settled.count()
    return days[count // 2] if count else None


def _comparable(found: DaySum | None) -> bool:
    return found is not None and found.complete and found.settled


def _has_a_turn(*weeks: DaySum) -> bool:
    """Whether nothing of an idle company is missing but what its next turn brings."""
    return all(week.complete or week.waits for week in weeks)


def _value(found: DaySum) -> int | Decimal:
    return found.value or 0
