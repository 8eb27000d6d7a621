"""What somebody who polled everything must have arrived at, exactly, as plain rows to compare exports with."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from agora.vocabulary import METRICS, Interval
from sandbox.api import Sandbox
from sandbox.bills import Line
from sandbox.companies import Project
from sandbox.figures import Pair

Row = dict[str, object]


def expected_usage(sandbox: Sandbox, pair: Pair, interval: Interval, since: date, until: date) -> list[Row]:
    """Usage of every company (`project` empty) and of each of its projects, by day or month of the range.

    Ends are inclusive. `period` is YYYY-MM-DD or YYYY-MM, `metrics` maps wire names to integers.
    """
    rows: list[Row] = []
    for company in sandbox.world.companies():
        projects = sandbox.world.projects(company.id)
        for project_id, counted in [("", projects), *((project.id, [project]) for project in projects)]:
            for period, metrics in _counted(sandbox, counted, pair, interval, since, until):
                rows.append({"company": company.id, "project": project_id, "period": period, "metrics": metrics})
    return rows


def expected_bills(sandbox: Sandbox, since: date, until: date) -> list[Row]:
    """Every amount of the published periods, lines of the same project and currency added up.

    `amount` is exact decimal text, `project` empty for the account's own, `lines` how many were added.
    """
    rows: list[Row] = []
    for period in _days(since, min(until, sandbox.bills.latest())):
        added: dict[tuple[int, str, str], list[Decimal]] = {}
        for line in sandbox.bills.lines(period):
            added.setdefault(_key(line), []).append(line.amount)
        for (company, project, currency), amounts in added.items():
            rows.append(
                {
                    "period": str(period),
                    "company": company,
                    "project": project,
                    "currency": currency,
                    "amount": format(sum(amounts, Decimal(0)), "f"),
                    "lines": len(amounts),
                }
            )
    return rows


def _counted(
    sandbox: Sandbox, projects: list[Project], pair: Pair, interval: Interval, since: date, until: date
) -> Iterator[tuple[str, dict[str, int]]]:
    monthly = interval is Interval.MONTHLY
    count = sandbox.usage.monthly if monthly else sandbox.usage.daily
    for day, values in count(projects, pair, since, until).items():
        yield f"{day:%Y-%m}" if monthly else str(day), dict(zip(METRICS[pair], values, strict=True))


def _key(line: Line) -> tuple[int, str, str]:
    return line.company_id, line.project_id or "", line.currency


def _days(since: date, until: date) -> Iterator[date]:
    for number in range((until - since).days + 1):
        yield since + timedelta(days=number)
