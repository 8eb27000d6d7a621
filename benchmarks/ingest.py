"""A daily bill of many lines, from the answer's bytes to committed rows: fresh, unchanged, and with some changes."""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal

from django.db import connection, transaction

from agora.client.bills import read_daily_bill
from agora.records import DailyBillPage, read_bill_page
from billing.models import BillRevision, DailyBillLine
from billing.services.poll import expect_daily_bills, store_bill
from polling.models import Stream
from polling.services.slots import take_lease

LINES = 100_000
PAGE = 1000
PERIOD = dt.date(2026, 1, 5)
NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def measure(timed: Callable[[Callable[[], object]], float], report: Callable[..., None]) -> None:
    """Raw insert first, then the portal's own way three times."""
    raw = timed(insert_raw)
    report("raw insert of the same rows", LINES, raw)
    expect_daily_bills(PERIOD, NOW)
    report("a fresh bill: parse, check, replace, revise, ledger", LINES, timed(lambda: store(changed_every=0)), raw)
    report("the same bill again", LINES, timed(lambda: store(changed_every=0)), raw)
    report("the same bill with 1 % changed", LINES, timed(lambda: store(changed_every=100)), raw)
    if (DailyBillLine.objects.count(), BillRevision.objects.count()) != (LINES, LINES // 100):
        raise SystemExit("The rows are not what was stored: these figures mean nothing.")


def insert_raw() -> None:
    """The database's own speed into the same indexed table."""
    rows = [(PERIOD.isoformat(), str(n // 10), f"p{n}", "USD", n, 1) for n in range(LINES)]
    columns = "period, company_id, project_id, currency, amount, lines"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO billing_dailybillline ({columns}) VALUES (%s, %s, %s, %s, %s, %s)", rows)  # noqa: S608
    DailyBillLine.objects.all().delete()


def page(number: int, changed_every: int) -> DailyBillPage:
    """One page of the bill as it would be answered, parsed from its text."""
    first = (number - 1) * PAGE
    elements = ",".join(
        f'{{"companyId":{n // 10},"projectId":"p{n}","amount":{amount(n, changed_every)},"currency":"USD"}}'
        for n in range(first, first + PAGE)
    )
    more = json.dumps(number * PAGE < LINES)
    text = f'{{"totalSize":{LINES},"pageSize":{PAGE},"pageNumber":{number},"hasMore":{more},"elements":[{elements}]}}'
    return read_bill_page(decoded(text))


def amount(n: int, changed_every: int) -> str:
    """An exact amount with four decimals; every so many lines another one."""
    return f"{n}.{1000 + bool(changed_every and n % changed_every == 0)}"


def decoded(text: str) -> object:
    """JSON as the transport decodes it."""
    return json.loads(text, parse_float=Decimal)


def store(*, changed_every: int) -> None:
    """Read all pages and store the day under a lease."""
    bill = read_daily_bill(lambda number, spelling: page(number, changed_every), PERIOD)
    lease = take_lease(stream=Stream.DAILY_BILLS, scope="", since=PERIOD, until=PERIOD, now=NOW)
    if lease is None or not bill.complete:
        raise SystemExit(f"The bill could not be read: {bill.reason}")
    with transaction.atomic():
        store_bill(lease, bill, PERIOD, NOW)
