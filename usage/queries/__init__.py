"""Every read of usage figures; each number that a page, a chart or an export shows comes from here."""

from usage.queries.readings import readings
from usage.queries.series import id_order, series_of
from usage.queries.shares import Share, shares, shares_of
from usage.queries.totals import PeriodUsage, Total, usage_per_period
from usage.queries.traces import Trace, traces

__all__ = [
    "PeriodUsage",
    "Share",
    "Total",
    "Trace",
    "id_order",
    "readings",
    "series_of",
    "shares",
    "shares_of",
    "traces",
    "usage_per_period",
]
