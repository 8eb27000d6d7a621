"""Every read of daily bills; each amount that a page, a chart or an export shows comes from here."""

from billing.queries.corrections import corrections, problems
from billing.queries.lines import bill_lines
from billing.queries.totals import (
    bill_of_all,
    bill_of_companies,
    bill_per_day,
    bill_per_month,
    bill_per_owner,
    currencies,
    sums_of,
)

__all__ = [
    "bill_lines",
    "bill_of_all",
    "bill_of_companies",
    "bill_per_day",
    "bill_per_month",
    "bill_per_owner",
    "corrections",
    "currencies",
    "problems",
    "sums_of",
]
