"""Whether there was any usage at all behind an amount, by company or project."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from enum import StrEnum
from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import Q

from agora.vocabulary import METRICS, Interval
from polling.models import Coverage, Target
from usage.figures import Knowledge, Period, Span
from usage.metrics import column_of
from usage.models import UsageFigures
from usage.queries.ledger import Key

COLUMNS = sorted({column_of(metric) for metrics in METRICS.values() for metric in metrics})
ANYTHING = reduce(or_, (Q(**{f"{column}__gt": 0}) for column in COLUMNS)) | Q(extra__isnull=False)


class Trace(StrEnum):
    """What usage tells about an amount of 0."""

    SOME = "some"
    NONE = "none"
    UNKNOWN = "unknown"


def traces(keys: Collection[Key], since: dt.date, until: dt.date) -> dict[Key, Trace]:
    """Whether each (company ID, project ID) had usage in these UTC days; NONE only where all of them are known."""
    companies = {company_id for company_id, _ in keys}
    figures = UsageFigures.objects.filter(
        ANYTHING, series__company_id__in=companies, series__interval=Interval.DAILY, period__range=(since, until)
    )
    used = set(figures.values_list("series__company_id", "series__project_id").distinct())
    known = _pairs_known(companies, since, until)
    pairs = len(set(settings.POLL_PAIRS))
    return {key: _trace(used=key in used, known=known[key] == pairs) for key in keys}


def _trace(*, used: bool, known: bool) -> Trace:
    if used:
        return Trace.SOME
    return Trace.NONE if known else Trace.UNKNOWN


def _pairs_known(companies: Collection[str], since: dt.date, until: dt.date) -> dict[Key, int]:
    """For each series of these companies, of how many of the pairs that are polled every day is known."""
    of_days = {"company_id__in": companies, "interval": Interval.DAILY}
    gaps: dict[tuple[str, ...], list[Span]] = defaultdict(list)
    for *series, first, last in Target.objects.filter(**of_days, since__lte=until, until__gte=since).values_list(
        "company_id", "project_id", "business", "model", "since", "until"
    ):
        gaps[tuple(series)].append((first, last))
    period = Period(first=since, last=until, days=(since, until))
    known: dict[Key, int] = defaultdict(int)
    for row in Coverage.objects.filter(**of_days):
        if f"{row.business}/{row.model}" not in settings.POLL_PAIRS:
            continue
        series_gaps = gaps.get((row.company_id, row.project_id, row.business, row.model), [])
        if Knowledge(coverage=row, gaps=tuple(series_gaps)).knows(period):
            known[row.company_id, row.project_id] += 1
    return known
