"""Keeping the sums of daily bills: computed anew from a day's lines, in the transaction that changed one of them."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from billing.fields import HALF
from billing.models import BillSum, DailyBillLine

SUMS, LINES = BillSum._meta.db_table, DailyBillLine._meta.db_table
OF_COMPANIES = f"""
    INSERT INTO {SUMS} (company_id, period, currency, high, low)
    SELECT company_id, period, currency, SUM(amount / {HALF}), SUM(amount %% {HALF})
    FROM {LINES} WHERE period = %s GROUP BY company_id, period, currency
"""  # noqa: S608
OF_EVERYBODY = f"""
    INSERT INTO {SUMS} (company_id, period, currency, high, low)
    SELECT '', period, currency, SUM(high), SUM(low)
    FROM {SUMS} WHERE period = %s GROUP BY period, currency
"""  # noqa: S608


def sum_up(period: dt.date) -> None:
    """Compute what a UTC day cost each company and everybody, within the caller's transaction."""
    BillSum.objects.filter(period=period).delete()
    with connection.cursor() as cursor:
        for statement in (OF_COMPANIES, OF_EVERYBODY):
            cursor.execute(statement, [period])
