"""The explorer against a server: what it shows of companies, projects, products and metrics is what was used."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import QueryDict

from agora.vocabulary import Interval
from polling.models import Stream
from polling.periods import DAY, first_of_month
from sandbox.expected import expected_usage
from tests.polled import TODAY, Portal, polled_portal
from usage.answers import Answer, answer_to
from usage.explorer import question
from usage.figures import week_of
from usage.metrics import PRODUCT_OF, PRODUCTS, Product

LAST_MONTH = first_of_month(first_of_month(TODAY) - DAY)
END = first_of_month(TODAY) - DAY
# Company ID, project ID, first day of the period: each metric's value.
Truth = dict[tuple[str, str, dt.date], dict[str, int]]


@pytest.fixture
def portal(db: None) -> Iterator[Portal]:
    """A portal that knows last month and this one of three companies with two projects each."""
    with polled_portal(days=(TODAY - LAST_MONTH).days + 9) as portal:
        portal.poll(Stream.COMPANIES)
        portal.poll(Stream.PROJECTS)
        portal.poll(Stream.USAGE)
        yield portal


def shown(query: str) -> Answer:
    return answer_to(question(QueryDict(query), today=TODAY))


def truth(portal: Portal, product: Product, interval: str) -> Truth:
    """What the server counted of a product last month."""
    told = Interval.MONTHLY if interval == "monthly" else Interval.DAILY
    pair = product.business, product.model
    found: Truth = defaultdict(lambda: defaultdict(int))
    for row in expected_usage(portal.sandbox, pair, told, LAST_MONTH, END):
        period = dt.date.fromisoformat(f"{row['period']}-01" if interval == "monthly" else str(row["period"]))
        first = week_of(period)[0] if interval == "weekly" else period
        metrics: Any = row["metrics"]
        for metric, value in metrics.items():
            found[str(row["company"]), str(row["project"]), first][metric] += value
    return found


def ended(product: str, interval: str) -> bool:
    """Whether weeks are whole: the last one may run still."""
    return interval != "weekly" or PRODUCT_OF[product].adds_up


def test_every_figure_is_what_the_server_counted(portal: Portal) -> None:
    wrong = [
        (product.key, interval, problem)
        for product in PRODUCTS
        for interval in ("daily", "weekly", "monthly")
        if ended(product.key, interval)
        for problem in problems(portal, product, interval)
    ]
    assert wrong == []


def problems(portal: Portal, product: Product, interval: str) -> Iterator[str]:
    """Where the explorer differs from the server, company by company and metric by metric."""
    counted = truth(portal, product, interval)
    companies = {company_id for company_id, _project, _period in counted}
    place = f"product={product.key}&interval={interval}&since={LAST_MONTH}&until={END}"
    for metric in product.metrics:
        by_company = figures(shown(f"{place}&group=company&metric={metric}"))
        wanted = {
            (company_id, period): values[metric]
            for (company_id, project_id, period), values in counted.items()
            if not project_id
        }
        yield from differences(f"{metric} of companies", by_company, wanted)
    for company_id in sorted(companies):
        by_project = figures(shown(f"{place}&group=project&company={company_id}"))
        wanted = {
            (f"{owner}/{project_id}", period): sum(values[metric] for metric in product.leading)
            for (owner, project_id, period), values in counted.items()
            if project_id and owner == company_id
        }
        yield from differences(f"projects of {company_id}", by_project, wanted)
        by_metric = figures(shown(f"{place}&company={company_id}"))
        wanted = {
            (metric, period): values[metric]
            for (owner, project_id, period), values in counted.items()
            for metric in product.metrics
            if not project_id and owner == company_id
        }
        yield from differences(f"metrics of {company_id}", by_metric, wanted)


def figures(answer: Answer) -> dict[tuple[str, dt.date], Any]:
    return {
        (column.key, period.period): figure.value
        for column in answer.columns
        for period, figure in zip(answer.periods, column.figures, strict=True)
    }


def differences(what: str, found: dict[Any, Any], wanted: dict[Any, Any]) -> Iterator[str]:
    """Whoever used nothing at all need not be shown."""
    periods = {period for _, period in found}
    if not any(found.values()) and any(wanted.values()):
        yield f"{what}: nothing is shown"
    for key, value in wanted.items():
        if found.get(key, 0) != value and key[1] in periods:
            yield f"{what}, {key}: {found.get(key)} instead of {value}"
    for key, value in found.items():
        if key not in wanted and value:
            yield f"{what}, {key}: {value} is of nobody"
