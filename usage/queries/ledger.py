"""What the ledger says about the series of a selection, and how its rows are found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Case, Exists, F, Model, OuterRef, Q, QuerySet, When
from django.utils import timezone

from agora.vocabulary import Interval
from companies.models import Company, Project
from polling.models import Coverage, PollSlot, Stream, Target
from polling.periods import first_of_month, last_of_month, utc_day
from polling.queries import in_use_since, is_in_use, poll_since, waits_for_idle
from usage.figures import Calendar, Covered, Knowledge, Selection, Slots, Span
from usage.metrics import WEEKLY
from usage.models import UsageFigures, UsageSeries
from usage.queries.among import of_series
from usage.queries.series import companies_of

Rows = TypeVar("Rows", bound=Model)
Key = tuple[str, str]
# Series that share these are known alike, but for when they were asked.
ALIKE = ("known_from", "known_until", "settled_until", "checked_from", "idle")
KNOWN = (*ALIKE, "known_at", "checked_at")


def calendar() -> Calendar:
    """The days that count at this moment."""
    return Calendar(poll_since=poll_since(), today=utc_day(timezone.now()))


def of_selection(rows: QuerySet[Rows], selection: Selection) -> QuerySet[Rows]:
    """The rows whose series belong to the selection, whatever their days."""
    rows = rows.filter(business=selection.business, model=selection.model, interval=selection.stored_interval)
    rows = rows.exclude(project_id="") if selection.by_project else rows.filter(project_id="")
    wanted = {
        "company_id": selection.company_id,
        "company_id__in": selection.company_ids,
        "project_id": selection.project_id,
        "project_id__in": selection.project_ids,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return rows.filter(company_id__in=companies_of(selection).values("company_id")) if selection.of_kind else rows


def figures_of(selection: Selection) -> QuerySet[UsageFigures]:
    """The rows of figures of the selection's series, whatever their days, beside whose company and project they are."""
    return with_owners(rows_of(selection))


def rows_of(selection: Selection) -> QuerySet[UsageFigures]:
    """The same rows by themselves; several series are told by their numbers, lest a plan reads all rows."""
    series = of_selection(UsageSeries.objects.all(), selection)
    if selection.of_kind or selection.company_ids:
        return UsageFigures.objects.filter(of_series(series.values_list("pk", flat=True)))
    return UsageFigures.objects.filter(series__in=series)


def with_owners(rows: QuerySet[UsageFigures]) -> QuerySet[UsageFigures]:
    """Rows of figures with `company_id` and `project_id`."""
    return rows.annotate(company_id=F("series__company_id"), project_id=F("series__project_id"))


def days_read(selection: Selection) -> Span:
    """The first and the last day that a selection reads: whole months when it asks for those, never whole weeks."""
    if selection.interval in (Interval.DAILY, WEEKLY):
        return selection.since, selection.until
    return first_of_month(selection.since), last_of_month(selection.until)


def open_targets(selection: Selection) -> QuerySet[Target]:
    """The gaps that lie in the selection's days."""
    since, until = days_read(selection)
    return of_selection(Target.objects.all(), selection).filter(since__lte=until, until__gte=since)


def slots_of(selection: Selection) -> Slots:
    """When each slot of the selection's days was last complete, and which of them wait for idle series."""
    since, until = days_read(selection)
    slots = PollSlot.objects.filter(
        stream=Stream.USAGE,
        scope=f"{selection.business}/{selection.model}/{selection.stored_interval}",
        period__range=(since, until),
    )
    waits = waits_for_idle(timezone.now())
    found = slots.filter(Q(last_complete_at__isnull=False) | waits).annotate(
        waits=Case(When(waits, True), default=False)
    )
    rows = list(found.values_list("period", "last_complete_at", "waits"))
    return Slots(
        {period: complete_at for period, complete_at, _ in rows if complete_at},
        waiting=frozenset(period for period, _, waits in rows if waits),
        monthly=not selection.reads_days,
    )


def coverage_of(selection: Selection) -> QuerySet[Coverage]:
    """The coverage of the selection's series, with `idle`: whether a listed one used nothing for weeks."""
    since = in_use_since(timezone.now())
    if selection.by_project:
        listed = Exists(
            Project.objects.filter(
                company__company_id=OuterRef("company_id"),
                project_id=OuterRef("project_id"),
                gone_at=None,
                company__gone_at=None,
            )
        )
    else:
        listed = Exists(Company.objects.filter(company_id=OuterRef("company_id"), gone_at=None))
    idle = Case(When(~is_in_use(since) & Q(listed), True), default=False)
    return of_selection(Coverage.objects.all(), selection).annotate(idle=idle)


def gaps_of(targets: QuerySet[Target]) -> dict[Key, tuple[Span, ...]]:
    """The ranges of days that are not known, by series."""
    gaps: dict[Key, tuple[Span, ...]] = defaultdict(tuple)
    for company_id, project_id, since, until in targets.values_list("company_id", "project_id", "since", "until"):
        gaps[company_id, project_id] += ((since, until),)
    return gaps


def key_of(row: Mapping[str, Any]) -> Key:
    """Whose series a row belongs to."""
    return row["company_id"], row["project_id"]


def knowledge_of(row: Mapping[str, Any], gaps: tuple[Span, ...], slots: Slots) -> Knowledge:
    """What a row of `coverage_of` with the columns KNOWN tells, beside its gaps."""
    coverage = Covered(
        known_from=row["known_from"], known_until=row["known_until"], known_at=row["known_at"],
        checked_from=row["checked_from"], checked_at=row["checked_at"], settled_until=row["settled_until"],
    )  # fmt: skip
    return Knowledge(coverage=coverage, gaps=gaps, slots=slots, idle=row["idle"])


def ledger_of(selection: Selection) -> dict[Key, Knowledge]:
    """What is known about each series of the selection; one that was never asked for is not in it.

    Read it before the figures, never after them: a poll in between can then only hide a new figure, and never
    turn an unknown day into a zero.
    """
    slots = slots_of(selection)
    gaps = gaps_of(open_targets(selection))
    rows = coverage_of(selection).values("company_id", "project_id", *KNOWN).iterator(chunk_size=2000)
    return {key: knowledge_of(row, gaps.get(key, ()), slots) for row in rows for key in [key_of(row)]}
