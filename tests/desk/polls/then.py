"""Polls that think it is noon twenty days ago, so that time can go on; and what they stored, beside the truth."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

from agora.vocabulary import PAIRS, Interval
from billing.models import DailyBillLine
from billing.services.poll import expect_daily_bills, poll_due_daily_bills, read_daily_bill
from companies.services.refresh import poll_due_companies, poll_due_projects
from polling.models import Coverage, PollSlot, Stream
from polling.services.reading import Busy, Interrupted, Reader
from polling.services.slots import LeaseLost
from sandbox.expected import expected_bills, expected_usage
from sandbox.faults import Fault, Match
from tests.polled import TODAY, Portal
from usage.metrics import columns_of
from usage.models import UsageFigures
from usage.services.poll import poll_due_usage

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
# The portal wants so many days before today; then, it wanted six of them, and four had a bill.
DAYS = 26
SINCE = TODAY - (DAYS - 1) * DAY
THEN = dt.datetime.combine(TODAY - 20 * DAY, dt.time(12), dt.UTC)
BILL = THEN.date() - 2 * DAY
LEASE_IS_OVER = dt.timedelta(minutes=6)

POLLS: dict[str, Callable[[Reader], int]] = {
    Stream.COMPANIES: poll_due_companies,
    Stream.PROJECTS: poll_due_projects,
    Stream.USAGE: poll_due_usage,
    Stream.DAILY_BILLS: poll_due_daily_bills,
}


def sweep(portal: Portal, *streams: str, at: dt.datetime = THEN) -> int:
    """What the workers read of these streams (all, unless named) at that time; gives the changed rows."""
    portal.sandbox.clock.pretended = at.date()
    changed = 0
    for stream in streams or tuple(POLLS):
        reader = portal.reader(clock=lambda: at)
        try:
            changed += POLLS[stream](reader)
        except (Interrupted, LeaseLost):
            continue
        finally:
            reader.note()
    return changed


def read_bill(portal: Portal, *, day: dt.date = BILL, at: dt.datetime = THEN) -> PollSlot:
    """Read one day's bill at that time, whether or not it is due; gives its slot. Busy counts as read by others."""
    expect_daily_bills(day, at)
    with suppress(Busy, Interrupted):
        read_daily_bill(portal.reader(clock=lambda: at), day)
    return slot(day)


def slot(day: dt.date = BILL, stream: str = Stream.DAILY_BILLS, scope: str = "") -> PollSlot:
    """One slot as it is stored now."""
    return PollSlot.objects.get(stream=stream, scope=scope, period=day)


# --- What is stored, and what is true -------------------------------------------------------------------------


def stored_bill(day: dt.date = BILL) -> set[tuple[Any, ...]]:
    """The lines of a day's bill as they are stored."""
    return set(
        DailyBillLine.objects.filter(period=day).values_list("company_id", "project_id", "currency", "amount", "lines")
    )


def true_bill(portal: Portal, day: dt.date = BILL) -> set[tuple[Any, ...]]:
    """The same as the server knows them."""
    return {
        (str(row["company"]), row["project"], row["currency"], Decimal(str(row["amount"])), row["lines"])
        for row in expected_bills(portal.sandbox, day, day)
    }


def stored_usage(since: dt.date, until: dt.date) -> set[tuple[Any, ...]]:
    """Every metric above zero of the days between, as it is stored."""
    rows = UsageFigures.objects.filter(series__interval=Interval.DAILY, period__range=(since, until))
    return {
        (row.series.company_id, row.series.project_id, name, row.period.isoformat(), value)
        for row in rows.select_related("series")
        for name, column in columns_of(row.series.business, row.series.model).items()
        if (value := getattr(row, column))
    }


def true_usage(portal: Portal, since: dt.date, until: dt.date) -> set[tuple[Any, ...]]:
    """The same as the server knows it."""
    return {
        (str(row["company"]), row["project"], name, row["period"], value)
        for pair in PAIRS
        for row in expected_usage(portal.sandbox, pair, Interval.DAILY, since, until)
        for name, value in row["metrics"].items()  # type: ignore[attr-defined]
        if value
    }


def days_known() -> set[tuple[str, str, dt.date, dt.date]]:
    """Whose daily figures are known, from which day to which."""
    rows = Coverage.objects.filter(interval=Interval.DAILY)
    return set(rows.values_list("company_id", "project_id", "known_from", "known_until"))


# --- What the server does wrong -------------------------------------------------------------------------------


def bill_line(company: Any = 10001, project: Any = "p1", amount: str = "1.5", currency: str = "USD") -> str:
    """A line of a bill; the amount is JSON as it goes over the wire."""
    head = json.dumps({"companyId": company, "projectId": project, "currency": currency})
    return f'{head[:-1]}, "amount": {amount}}}'


def bill_page(*lines: str, total: Any = None, number: int = 1, more: Any = False, **fields: Any) -> str:
    """One page of a bill as it goes over the wire; None leaves a field out but for the total, which is counted."""
    said = {"totalSize": len(lines) if total is None else total, "pageNumber": number, "hasMore": more, **fields}
    head = json.dumps({name: value for name, value in said.items() if value is not None})
    return f'{head[:-1]}, "elements": [{", ".join(lines)}]}}'


def answer_page(portal: Portal, number: int, body: str, *, day: dt.date = BILL, times: int = 0) -> None:
    """Let the server answer a page of a day's bill by this, as often as that (0: always)."""
    query = {"period": f"{day:%Y%m%d}", "pageNumber": str(number)}
    portal.sandbox.faults.order(Fault(action="body", status=200, body=body, times=times, match=Match(query=query)))


def bill_is(portal: Portal, *lines: str, day: dt.date = BILL) -> None:
    """Let a day's bill consist of these lines."""
    answer_page(portal, 1, bill_page(*lines), day=day)


def after_page(portal: Portal, number: int, then: Callable[[], object], *, day: dt.date = BILL) -> None:
    """Let something happen once, right after a page of a bill was made."""
    query = {"period": f"{day:%Y%m%d}", "pageNumber": str(number)}
    portal.sandbox.faults.order(Fault(action="pass", match=Match(query=query), then=then))


def asked(portal: Portal, part: str = "daily-bills") -> list[str]:
    """The queries of all requests whose path holds that, in order."""
    return [entry.query for entry in portal.sandbox.truth.entries() if part in entry.path]
