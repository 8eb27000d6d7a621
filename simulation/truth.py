"""What Agora knows at a moment of the simulated time, beside what the portal has stored of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from decimal import Decimal

from agora.vocabulary import METRICS, MONTHLY_PAIRS, Interval
from billing.models import DailyBillLine
from companies.models import Project
from polling.periods import months_between
from sandbox.api import Sandbox
from sandbox.expected import expected_bills
from sandbox.figures import Figures, Pair, level
from usage.metrics import columns_of
from usage.models import UsageFigures

# Business and model, company ID, project ID ('' for the company as a whole), UTC day or first day of a month.
Key = tuple[Pair, str, str, dt.date]
Owner = tuple[str, str]
Lines = set[tuple[str, str, str, Decimal, int]]


def used_on(sandbox: Sandbox, day: dt.date) -> Iterator[Key]:
    """Every project that uses a product on that day by its habits, and its company."""
    for company in sandbox.world.companies():
        pairs = set()
        for project in sandbox.world.projects(company.id):
            if level(project.rhythm, day.toordinal()):
                pairs |= set(project.rhythm.shares)
                yield from ((pair, str(company.id), project.id, day) for pair in project.rhythm.shares)
        yield from ((pair, str(company.id), "", day) for pair in pairs)


def figures_at_agora(sandbox: Sandbox, key: Key) -> Figures:
    """The figures of one day, in the document's order."""
    pair, company_id, project_id, day = key
    projects = sandbox.world.projects(int(company_id))
    if project_id:
        projects = [project for project in projects if project.id == project_id]
    return sandbox.usage.daily(projects, pair, day, day).get(day, nothing(pair))


def nothing(pair: Pair) -> Figures:
    """A day without usage."""
    return (0,) * len(METRICS[pair])


def figures_stored(
    pair: Pair, interval: Interval, periods: Collection[dt.date], companies: Collection[str] | None = None
) -> dict[Key, Figures]:
    """Every stored row of these days or months; a metric that is not known is −1, so that it equals nothing."""
    columns = columns_of(*pair).values()
    rows = UsageFigures.objects.filter(
        series__business=pair[0], series__model=pair[1], series__interval=interval, period__in=list(periods)
    )
    if companies is not None:
        rows = rows.filter(series__company_id__in=list(companies))
    return {
        (pair, company_id, project_id, period): tuple(-1 if value is None else value for value in values)
        for company_id, project_id, period, *values in rows.values_list(
            "series__company_id", "series__project_id", "period", *columns
        )
    }


def months_at_agora(sandbox: Sandbox, since: dt.date, until: dt.date) -> dict[Key, Figures]:
    """The figures above zero of every month that the days touch, of the products whose days cannot be added up."""
    found: dict[Key, Figures] = {}
    for pair in MONTHLY_PAIRS:
        for company in sandbox.world.companies():
            projects = sandbox.world.projects(company.id)
            for project_id, counted in [("", projects), *((project.id, [project]) for project in projects)]:
                for month, values in sandbox.usage.monthly(counted, pair, since, until).items():
                    if any(values):
                        found[pair, str(company.id), project_id, month] = values
    return found


def months_stored(since: dt.date, until: dt.date) -> dict[Key, Figures]:
    """The same as it is stored."""
    months = list(months_between(since, until))
    return {
        key: values
        for pair in MONTHLY_PAIRS
        for key, values in figures_stored(pair, Interval.MONTHLY, months).items()
        if any(values)
    }


def bill_at_agora(sandbox: Sandbox, period: dt.date) -> Lines:
    """A day's bill, lines of the same company, project and currency added up."""
    return {
        (
            str(row["company"]),
            str(row["project"]),
            str(row["currency"]),
            Decimal(str(row["amount"])),
            int(str(row["lines"])),
        )
        for row in expected_bills(sandbox, period, period)
    }


def bill_stored(period: dt.date) -> Lines:
    """The same as it is stored."""
    columns = ("company_id", "project_id", "currency", "amount", "lines")
    return set(DailyBillLine.objects.filter(period=period).values_list(*columns))


def mirrored(before: dt.datetime) -> set[Owner]:
    """The companies and projects that the portal had seen before a moment and that are not gone."""
    rows = Project.objects.filter(gone_at=None, company__gone_at=None, first_seen_at__lt=before)
    owners = set(rows.values_list("company__company_id", "project_id"))
    return owners | {(company_id, "") for company_id, _ in owners}
