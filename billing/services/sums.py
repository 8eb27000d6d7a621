"""Keeping the sums of daily bills: computed anew from a day's lines, in the transaction that changed one of them."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.models import Q

from agora.vocabulary import Interval
from billing.fields import HALF
from billing.models import BillSum, DailyBillLine
from polling.periods import first_of_month, last_of_month
from polling.services.alone import alone_with

SUMS, LINES = BillSum._meta.db_table, DailyBillLine._meta.db_table
ADD = f"INSERT INTO {SUMS} (company_id, interval, period, currency, high, low)"
OF_COMPANIES = f"""
    {ADD} SELECT company_id, '{Interval.DAILY}', period, currency, SUM(amount / {HALF}), SUM(amount %% {HALF})
    FROM {LINES} WHERE period = %s GROUP BY company_id, period, currency
"""  # noqa: S608
OF_EVERYBODY = f"""
    {ADD} SELECT '', interval, period, currency, SUM(high), SUM(low)
    FROM {SUMS} WHERE interval = '{Interval.DAILY}' AND period = %s GROUP BY interval, period, currency
"""  # noqa: S608
OF_MONTH = f"""
    {ADD} SELECT company_id, '{Interval.MONTHLY}', %s, currency, SUM(high), SUM(low)
    FROM {SUMS} WHERE interval = '{Interval.DAILY}' AND period BETWEEN %s AND %s GROUP BY company_id, currency
"""  # noqa: S608


def sum_up(period: dt.date) -> None:
    """Compute what a UTC day and its month cost each company and everybody, within the caller's transaction.

    Nobody else sums up the month until that ends: whoever did so beside it would lack this day.
    """
    first = first_of_month(period)
    alone_with(f"sums of daily bills {first}")
    this_day, this_month = Q(interval=Interval.DAILY, period=period), Q(interval=Interval.MONTHLY, period=first)
    BillSum.objects.filter(this_day | this_month).delete()
    with connection.cursor() as cursor:
        cursor.execute(OF_COMPANIES, [period])
        cursor.execute(OF_EVERYBODY, [period])
        cursor.execute(OF_MONTH, [first, first, last_of_month(period)])
