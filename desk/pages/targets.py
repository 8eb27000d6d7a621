"""Of which companies and projects a period of usage is not known, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from companies.converters import company_path, project_path
from companies.models import Company, Project
from polling import queries
from polling.labels import again_words, error_words
from polling.models import PollSlot, Stream, Target
from polling.pages.backfills import days_words

MOST_TARGETS = 100


@dataclass(frozen=True, kw_only=True)
class TargetLine:
    """A company or project of which days are not known."""

    company: str
    company_href: str
    project: str
    project_href: str
    days: str
    state: str
    reason: str
    request_id: str
    again: str


@dataclass(frozen=True, kw_only=True)
class Targets:
    """Companies and projects of which a slot is not known: some of them, and how many there are."""

    lines: list[TargetLine]
    count: int


def target_lines(slot: PollSlot, now: dt.datetime) -> Targets:
    """Of whom a slot is not known; four queries, however many there are."""
    if slot.stream != Stream.USAGE:
        return Targets(lines=[], count=0)
    found = queries.targets_of(slot.scope, slot.period)
    shown = list(found[:MOST_TARGETS])
    companies = dict(
        Company.objects.filter(company_id__in={target.company_id for target in shown}).values_list("company_id", "name")
    )
    named = Project.objects.filter(project_id__in={target.project_id for target in shown})
    projects = {
        (company_id, project_id): name
        for company_id, project_id, name in named.values_list("company__company_id", "project_id", "name")
    }
    lines = [target_line(target, companies, projects, now) for target in shown]
    return Targets(lines=lines, count=found.count() if len(shown) == MOST_TARGETS else len(shown))


def target_line(
    target: Target, companies: dict[str, str], projects: dict[tuple[str, str], str], now: dt.datetime
) -> TargetLine:
    """One company or project of which days are not known."""
    key = (target.company_id, target.project_id)
    return TargetLine(
        company=companies.get(target.company_id) or target.company_id,
        company_href=company_path(target.company_id) if target.company_id in companies else "",
        project=projects.get(key) or target.project_id,
        project_href=project_path(*key) if key in projects else "",
        days=days_words(target.since, target.until),
        state=target.get_state_display(),
        reason=error_words(target.reason),
        request_id=target.request_id,
        again=again_words(target.next_attempt_at, now) if target.next_attempt_at else _("not by itself"),
    )
