"""A daily bill of many lines, from the answer's text to committed rows, beside the database's own ways to store it."""

from __future__ import annotations

import datetime as dt
import gc
import io
import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import count

from django.db import connection, transaction

from agora.client import DailyBill
from agora.client.bills import read_daily_bill
from agora.records import DailyBillPage, read_bill_page, read_plain_bill_page
from agora.transport import read_json
from benchmarks.table import ROUNDS, Line, at_least, at_most, figure, short, side_by_side
from billing.models import DailyBillLine
from billing.services.poll import expect_daily_bills, store_bill
from billing.services.replace import amounts_of, replace_day
from polling.models import PollSlot, Stream
from polling.services.slots import take_lease

LINES = 100_000
PAGE = 1000
# Storing line by line is so slow that a part of the lines tells enough.
ONE_BY_ONE = 1000
NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
COLUMNS = "period, company_id, project_id, currency, amount, lines"
_days = count()


def new_day() -> dt.date:
    """A day that nothing is known of yet, and that may be read."""
    day = dt.date(2025, 1, 1) + dt.timedelta(days=next(_days))
    expect_daily_bills(day, NOW)
    return day


def text_of(number: int, lines: int, changed_every: int) -> bytes:
    """One page as it is answered; every so many lines has another amount."""
    first, last = (number - 1) * PAGE, min(number * PAGE, lines)
    elements = ",".join(
        f'{{"companyId":{10000 + n // 10},"projectId":"p{n}","amount":{amount(n, changed_every)},"currency":"USD"}}'
        for n in range(first, last)
    )
    more = json.dumps(last < lines)
    head = f'"totalSize":{lines},"pageSize":{PAGE},"pageNumber":{number},"hasMore":{more}'
    return f'{{{head},"elements":[{elements}]}}'.encode()


def amount(n: int, changed_every: int) -> str:
    """An exact amount with four decimals."""
    return f"{n}.{1000 + bool(changed_every and n % changed_every == 0)}"


# The pages are made before anything is measured.
made = cache(text_of)


def read(
    day: dt.date, lines: int = LINES, changed_every: int = 0, *, text: Callable[[int, int, int], bytes] = made
) -> DailyBill:
    """Parse and check all pages."""

    def fetch(number: int, spelling: str) -> DailyBillPage:
        body = text(number, lines, changed_every)
        return read_bill_page(read_plain_bill_page(body) or read_json(body))

    return read_daily_bill(fetch, day)


def store(bill: DailyBill) -> None:
    """What a poll does with a bill that was read: replace, revise, ledger, commit."""
    lease = take_lease(stream=Stream.DAILY_BILLS, scope="", since=bill.period, until=bill.period, now=NOW)
    if lease is None or not bill.complete:
        raise SystemExit(f"The bill could not be read: {bill.reason}")
    amounts = amounts_of(bill)
    with transaction.atomic():
        store_bill(lease, bill, amounts, NOW)


def rows_of(day: dt.date) -> list[tuple[object, ...]]:
    """The same lines as the database stores them."""
    return [(day.isoformat(), *line.split("\0"), 1) for line in read(day).packed]


def raw(lines: str) -> None:
    """The database's own speed into the same indexed table: COPY where there is one, else its fastest insert."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY billing_dailybillline ({COLUMNS}) FROM STDIN") as copy:
                copy.write(lines)
        else:
            rows = (line.rstrip("\n").split("\t") for line in io.StringIO(lines))
            places = "(%s, %s, %s, %s, %s, %s)"
            cursor.executemany(f"INSERT INTO billing_dailybillline ({COLUMNS}) VALUES {places}", rows)  # noqa: S608


def as_text(day: dt.date) -> str:
    """The rows of a day as COPY reads them."""
    return "".join("\t".join(map(str, row)) + "\n" for row in rows_of(day))


def objects(day: dt.date, lines: int) -> list[DailyBillLine]:
    """The same lines as objects."""
    return [
        DailyBillLine(
            period=day, company_id=line.company_id, project_id=line.project_id, currency="USD", amount=line.amount
        )
        for line in read(day, lines).lines
    ]


def by_bulk_create(rows: list[DailyBillLine]) -> None:
    """Django's own way to store rows that may be there."""
    with transaction.atomic():
        DailyBillLine.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["period", "company_id", "project_id", "currency"],
            update_fields=["amount", "lines"],
            batch_size=1000,
        )


def one_by_one(rows: list[DailyBillLine]) -> None:
    """The way of the first idea."""
    with transaction.atomic():
        for row in rows:
            key = {"period": row.period, "company_id": row.company_id, "project_id": row.project_id}
            DailyBillLine.objects.update_or_create(**key, currency="USD", defaults={"amount": row.amount, "lines": 1})


def log_position() -> int:
    """How many bytes PostgreSQL has written to its log; 0 elsewhere."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")
        return int(cursor.fetchone()[0])


def logged(day: dt.date, changed_every: int = 0) -> int:
    """The bytes of log that storing a bill writes."""
    bill = read(day, changed_every=changed_every)
    before = log_position()
    store(bill)
    return log_position() - before


def empty() -> None:
    """Every round finds the same table."""
    with connection.cursor() as cursor:
        for table in ("billing_dailybillline", "billing_billrevision"):
            cursor.execute(f"{'TRUNCATE' if connection.vendor == 'postgresql' else 'DELETE FROM'} {table}")
    PollSlot.objects.filter(stream=Stream.DAILY_BILLS).delete()


def measure() -> Iterator[Line]:
    """Goals 1 and 2."""
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        empty()
        days = [new_day() for _ in range(5)]
        bill, raw_text = read(days[2]), as_text(days[0])
        read(days[1], changed_every=100)
        rows, few = objects(days[3], LINES), objects(days[4], ONE_BY_ONE)
        sides = {
            "raw": partial(raw, raw_text),
            "parse": partial(read, days[1]),
            "fresh": lambda day=days[1]: store(read(day)),
            "again": lambda day=days[1]: store(read(day)),
            "changed": lambda day=days[1]: store(read(day, changed_every=100)),
            "stored": partial(replace_day, days[2], amounts_of(bill), correct=False, now=NOW),
            "bulk": partial(by_bulk_create, rows),
            "single": partial(one_by_one, few),
        }
        gc.collect()
        gc.freeze()  # what was prepared must not be looked through again while a side works
        for name, took in side_by_side(sides, rounds=1).items():
            best[name] = min(took, best.get(name, took))
    gc.unfreeze()
    yield from speeds(best)
    yield from log_bytes()
    empty()


def speeds(best: dict[str, float]) -> Iterator[Line]:
    """How the portal's way compares with the database's; the goals are those of PostgreSQL."""
    goals = connection.vendor == "postgresql"
    own = "COPY" if goals else "executemany"
    for side, name in (("raw", f"raw {own}"), ("parse", "reading the answers alone"), ("stored", "storing alone")):
        yield figure(f"daily bill of {LINES:,} lines, {name}: lines a second", short(LINES / best[side]))
    single = best["single"] * LINES / ONE_BY_ONE
    for goal, name, ratio, wanted in (
        ("1", f"a fresh bill, from text to commit, against raw {own}", best["raw"] / best["fresh"], 0.45),
        ("1", "the same against bulk_create(update_conflicts)", best["bulk"] / best["fresh"], 3),
        ("1", "the same against update_or_create", single / best["fresh"], 100),
        ("2", f"the same bill again, against raw {own}", best["raw"] / best["again"], 1.3),
    ):
        yield at_least(goal, name, ratio, wanted) if goals else figure(name, short(ratio))
    for side, name in (("stored", "storing alone"), ("changed", "the same bill with 1 % changed")):
        yield figure(f"{name}, against raw {own}", short(best["raw"] / best[side]))


def log_bytes() -> Iterator[Line]:
    """What a bill costs in PostgreSQL's log."""
    if connection.vendor != "postgresql":
        return
    empty()
    day = new_day()
    fresh, again, changed = logged(day), logged(day), logged(day, changed_every=100)
    yield figure("log of a fresh bill: bytes a line", short(fresh / LINES))
    yield at_most("2", "log of the same bill again: bytes a line", again / LINES, 5)
    yield at_most("2", "log of the bill with 1 % changed, against a fresh one", changed / fresh, 0.35)
