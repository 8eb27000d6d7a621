"""What moved: the minutes of the last seven settled days of each company against the seven days before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from agora.vocabulary import Interval
from companies.models import Company
from desk.queries.day_sums import MINUTES, DaySum, minutes_by_company
from polling.models import Coverage
from polling.periods import DAY
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
    """The greatest changes up and down between two weeks; `left_out` companies are not known on all fourteen days."""

    days: Span
    before: Span
    up: list[Mover]
    down: list[Mover]
    compared: int
    left_out: int


def movers() -> Movers | None:
    """Movers of the last week that is settled for at least half of the companies; None while there is no such week."""
    until = _settled_until()
    if until is None:
        return None
    days = (until - WEEK + DAY, until)
    before = (days[0] - WEEK, until - WEEK)
    sums, sums_before = minutes_by_company(days), minutes_by_company(before)
    companies = {company.company_id: company for company in Company.objects.filter(gone_at=None)}
    found = [
        Mover(company=company, before=_value(sums_before[company_id]), now=_value(sums[company_id]))
        for company_id, company in companies.items()
        if _comparable(sums.get(company_id)) and _comparable(sums_before.get(company_id))
    ]
    ranked = sorted((mover for mover in found if mover.delta), key=lambda mover: mover.delta)
    return Movers(
        days=days,
        before=before,
        up=[mover for mover in reversed(ranked) if mover.delta > 0][:MOST_MOVERS],
        down=[mover for mover in ranked if mover.delta < 0][:MOST_MOVERS],
        compared=len(found),
        left_out=len(companies) - len(found),
    )


def _settled_until() -> dt.date | None:
    """The day to which at least half of the companies are settled: a few that lag behind hold nobody up."""
    settled = Coverage.objects.filter(
        project_id="", business=MINUTES.business, model=MINUTES.model, interval=Interval.DAILY
    ).exclude(settled_until=None)
    days = settled.order_by("-settled_until").values_list("settled_until", flat=True)
    count = settled.count()
    return days[count // 2] if count else None


def _comparable(found: DaySum | None) -> bool:
    return found is not None and found.complete and found.settled


def _value(found: DaySum) -> int | Decimal:
    return found.value or 0
