"""What somebody should look at: companies in trouble, creates that wait, bill lines that could not be read, gaps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from agora.vocabulary import CompanyStatus
from billing.models import BillProblem
from companies.models import Checklist, ChecklistStep, Company, Operation, StepProblem
from companies.queries import operations_matching, waiting_for_a_person
from companies.queries.changes import Since, in_states_since, last_status_changes, newest_status_first
from companies.queries.checklists import ENDED_WITHOUT
from desk.queries.day_sums import DaySum, minutes_by_company
from polling.queries import connection
from usage.figures import Span
from usage.queries.rollups import last_usage_days

NORMAL = str(CompanyStatus.NORMAL.value)
SUSPENDED = (str(CompanyStatus.AUTOMATICALLY_SUSPENDED.value), str(CompanyStatus.MANUALLY_SUSPENDED.value))
MOST_TROUBLED = 10


def companies_by_status() -> Mapping[str, int]:
    """How many listed companies have each status, as Agora's code; '' is a status that was never told."""
    counted = Company.objects.filter(gone_at=None).values_list("status").annotate(count=Count("pk")).order_by("status")
    return dict(counted)


@dataclass(frozen=True, kw_only=True)
class Troubled:
    """A company that is not in its normal state, with whether it is used all the same.

    `since` is when it was first seen with its status, `before` the status it had until then, as Agora's code;
    '' where that was never told.
    """

    company: Company
    since: dt.datetime
    before: str
    minutes: DaySum | None
    last_usage: dt.date | None
    still_used: bool


def troubled_companies(days: Span) -> list[Troubled]:
    """Companies with an insufficient balance, suspended ones, and those whose status the document does not know.

    Those that turned so last come first. `still_used` says that one is used although it is suspended.
    """
    companies = list(newest_status_first(not_normal())[:MOST_TROUBLED])
    company_ids = [company.company_id for company in companies]
    minutes, last = minutes_by_company(days, company_ids), last_usage_days(company_ids)
    changes = last_status_changes(companies)
    suspended = in_states_since(Company.objects.filter(company_id__in=company_ids), SUSPENDED)
    return [
        Troubled(
            company=company,
            since=change.seen_at if change else company.first_seen_at,
            before=change.old if change else "",
            minutes=minutes.get(company.company_id),
            last_usage=last.get(company.company_id),
            still_used=is_used_since(suspended.get(company.company_id), last.get(company.company_id)),
        )
        for company in companies
        for change in [changes.get(company.pk)]
    ]


def is_used_since(since: Since | None, last_usage: dt.date | None) -> bool:
    """Whether there was usage on a whole day of being suspended; `since` is None for one that is not."""
    return since is not None and last_usage is not None and last_usage >= since.first_whole_day


def not_normal() -> QuerySet[Company]:
    """Listed companies that Agora does not report as normal."""
    return Company.objects.filter(gone_at=None).exclude(status__in=[NORMAL, ""])


@dataclass(frozen=True, kw_only=True)
class Attention:
    """What only a person can bring further; `refused` is why Agora refuses the portal's signature, '' where not."""

    operations: int
    checklists: int
    unreadable_lines: int
    refused: str

    @property
    def count(self) -> int:
        return self.operations + self.checklists + self.unreadable_lines + bool(self.refused)


def attention() -> Attention:
    """What waits for a person now."""
    return Attention(
        operations=waiting_for_a_person(),
        checklists=stuck_checklists().count(),
        unreadable_lines=BillProblem.objects.count(),
        refused=connection().refused_reason,
    )


def operations_waiting() -> QuerySet[Operation]:
    """The operations that nobody but a person can bring further, those that wait longest first."""
    return operations_matching(waiting=True).order_by("state_since", "pk")


def stuck_checklists() -> QuerySet[Checklist]:
    """Checklists that were started and rest on a step that could not be taken, those changed last first.

    A step whose operation waits for a person is told by that operation.
    """
    refused = Q(operation__state__in=ENDED_WITHOUT)
    hindered = Q(operation=None) & ~Q(problem="") & ~Q(problem=StepProblem.ALREADY_ENABLED)
    steps = ChecklistStep.objects.filter(refused | hindered, skipped=False)
    found = Checklist.objects.filter(started_at__isnull=False, finished_at=None, pk__in=steps.values("checklist"))
    return found.select_related("company").prefetch_related("steps").order_by("-changed_at", "-pk")
