"""Whether amounts of 18 digits come through every step exactly."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import benchmarks.ready  # noqa: F401 - before the apps' tables are imported
from agora.client.bills import read_daily_bill
from agora.records import read_bill_page
from benchmarks import bills
from benchmarks.table import Line
from billing.exports import bill_sheet
from billing.figures import Selection
from billing.models import DailyBillLine
from billing.money import amount_text
from billing.queries import bill_per_day

LARGE, SMALL = Decimal("9999999999.12345678"), Decimal("-0.00000001")
SUM = Decimal("19999999998.24691355")


def measure() -> Iterator[Line]:
    """Goal 4."""
    bills.empty()
    day = bills.new_day()
    amounts = [LARGE, LARGE, SMALL]
    lines = [
        {"companyId": "1", "projectId": f"p{n}", "amount": amount, "currency": "USD"}
        for n, amount in enumerate(amounts)
    ]
    page = read_bill_page({"totalSize": 3, "pageSize": 3, "pageNumber": 1, "hasMore": False, "elements": lines})
    bills.store(read_daily_bill(lambda number, spelling: page, day))
    asked = Selection(since=day, until=day)
    (bill,) = bill_per_day(asked)
    steps = {
        "stored": list(DailyBillLine.objects.order_by("project_id").values_list("amount", flat=True)) == amounts,
        "summed": bill.amounts == {"USD": SUM},
        "shown": amount_text(SUM).replace(",", "") == str(SUM),
        "exported": [row[6] for row in bill_sheet(asked).rows] == [f"{amount:f}" for amount in amounts],
    }
    wrong = [step for step, exact in steps.items() if not exact]
    yield Line(
        goal="4",
        what="amounts of 18 digits read, stored, summed, shown and exported",
        measured=f"wrong: {', '.join(wrong)}" if wrong else "exact",
        wanted="exact",
        reached=not wrong,
    )
    bills.empty()
