"""What a company's answer tells of its projects: which need no call of their own, and what they used.

A company's figure of a day is the sum of its projects' ("Fetch the company usage"), of peaks as well. So where it is
zero, every project's is; and where the projects that were asked make it up, the others used nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agora.records import UsageAnswer, UsageRecord
from agora.vocabulary import METRICS
from polling.periods import DAY, last_of_month, months_between
from polling.series import Kind, Owner
from usage.services.store import Reading

Sums = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Household:
    """Whom a call asks, with the projects that are asked as far as the answer does not tell of them.

    `in_use` are the projects that may have used something in the days that are asked, or of which a call failed,
    `closed` those that Agora refuses for now. `only` is the project of a company that never had another; one that
    `is_twin` is known to answer just what the company does.
    """

    owner: Owner
    projects: tuple[Owner, ...] = ()
    in_use: frozenset[Owner] = frozenset()
    closed: frozenset[Owner] = frozenset()
    only: Owner | None = None
    is_twin: bool = False

    @property
    def open(self) -> list[Owner]:
        """The projects that may be asked."""
        return [project for project in self.projects if project not in self.closed]


def total_of(record: UsageRecord) -> Sums | None:
    """The metrics of a period that can be added up exactly; None when one is missing, or no whole number."""
    known = {name: value for name, value in record.metrics.items() if value is not None}
    return known if len(known) == len(record.metrics) and not record.extra else None


def is_zero(record: UsageRecord) -> bool:
    """Whether every metric was carried, and is zero."""
    total = total_of(record)
    return total is not None and not any(total.values())


def used_nothing(told: Reading) -> bool:
    """Whether an answer tells of no usage, and hides none: then no project can have used anything on its days."""
    return all(is_zero(record) for record in told.answer.records)


def made_up(told: Reading, parts: Sequence[Reading]) -> frozenset[dt.date]:
    """The periods on which the parts make up all that was told."""
    by_period = [{record.period: record for record in part.answer.records} for part in parts]
    return frozenset(
        record.period
        for record in told.answer.records
        if is_zero(record) or adds_up(record, [records.get(record.period) for records in by_period])
    )


def adds_up(record: UsageRecord, parts: Iterable[UsageRecord | None]) -> bool:
    """Whether the parts are all known and their sums are just the whole."""
    whole = total_of(record)
    totals = [total_of(part) if part else None for part in parts]
    known = [total for total in totals if total is not None]
    if whole is None or len(known) < len(totals):
        return False
    return all(value == sum(total[name] for total in known) for name, value in whole.items())


def explains(told: Reading, parts: Sequence[Reading], still_grows: dt.date) -> bool:
    """Whether the parts make up every period that is over, so that nobody else used anything."""
    explained = made_up(told, parts)
    return all(record.period in explained for record in told.answer.records if record.period != still_grows)


def of_silent(
    project: Owner, told: Reading, parts: Sequence[Reading], kind: Kind, still_grows: dt.date
) -> Reading | None:
    """What a project used that was not asked: nothing, on each period that the company's answer explains.

    A period that still grows and is not explained stays unknown; None where no other was asked for.
    """
    explained = made_up(told, parts)
    since, until = told.asked
    if any(record.period == still_grows for record in told.answer.records) and still_grows not in explained:
        until = min(until, still_grows - DAY)
    if until < since:
        return None
    nothing = [nothing_on(kind, record.period) for record in told.answer.records if record.period <= until]
    return Reading(owner=project, asked=(since, until), at=told.at, answer=UsageAnswer(records=nothing))


def nothing_on(kind: Kind, period: dt.date) -> UsageRecord:
    """A period on which nothing was used."""
    return UsageRecord(period=period, metrics=dict.fromkeys(METRICS[kind.business, kind.model], 0))


def is_twin(told: Reading, of_project: Reading, still_grows: dt.date) -> bool:
    """Whether an only project's answer is the company's, and tells of some usage in a period that is over."""
    over = [record for record in told.answer.records if record.period != still_grows]
    same = {record.period: record for record in of_project.answer.records}
    return any(not is_zero(record) for record in over) and all(same.get(r.period) == r for r in over)


def lacks_figures(told: Reading) -> bool:
    """Whether an answer carries a metric of one period that it does not carry of another: a project may know that."""
    carried = [
        {metric for metric, value in record.metrics.items() if value is not None} | set(record.extra)
        for record in told.answer.records
    ]
    return any(one != carried[0] for one in carried)


def months_of_nothing(told: Reading, owners: Iterable[Owner], kind: Kind, today: dt.date) -> list[Reading]:
    """The months, up to the present one, of which an answer by day tells that nothing was used at all.

    Only of an answer up to today, every day of which was carried.
    """
    since, until = told.asked
    first = since if since.day == 1 else last_of_month(since) + DAY
    carried = {record.period for record in told.answer.records}
    every_day = len(carried) == (until - since).days + 1
    if until != today or first > until or not every_day or not used_nothing(told):
        return []
    nothing = [nothing_on(kind, month) for month in months_between(first, until)]
    answer = UsageAnswer(records=nothing)
    return [Reading(owner=owner, asked=(first, until), at=told.at, answer=answer) for owner in owners]
