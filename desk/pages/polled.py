"""The page of one slot: how it stands, its readings, and of which companies and projects it is not known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Access
from billing.money import amount_text
from companies.models import Company
from desk.backfills.planning import KIND_OF, cost_of
from desk.pages.targets import target_lines
from polling import queries
from polling.labels import FAILING, Look, again_words, cost_words, error_words, moment_words, period_words, scope_words
from polling.models import SNAPSHOT, PollRun, PollSlot, Stream
from polling.pages.addresses import LIST, calendar_crumb, slot_path
from polling.pages.answers import answer_lines
from polling.pages.backfills import days_words, order_line
from polling.pages.calendar import due_at
from polling.pages.standing import Standing, standing_of, why
from polling.periods import DAY, last_of_month, months_between, utc_day
from polling.series import is_polled
from polling.services.backfills import Wanted

MOST_RUNS = 50


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that is known of a slot."""

    label: str
    words: str


def found_slot(stream: str, period: str, scope: str, now: dt.datetime) -> PollSlot:
    """The slot that an address names, stored or only due by the calendar; Http404 for what is never polled."""
    if stream not in Stream.values or (stream == Stream.USAGE) != (scope in KIND_OF):
        raise Http404
    has_days = stream in (Stream.USAGE, Stream.DAILY_BILLS)
    day = SNAPSHOT if period == LIST and not has_days else day_of(period)
    if not has_days and day != SNAPSHOT:
        raise Http404
    stored = queries.slot(stream, scope, day)
    if stored is None and not (has_days and is_expected(stream, scope, day, now)):
        raise Http404
    return stored or PollSlot(stream=stream, scope=scope, period=day, due_at=due_at(Stream(stream), scope, day))


def day_of(text: str) -> dt.date:
    """A UTC day; Http404 where the text is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def is_expected(stream: str, scope: str, day: dt.date, now: dt.datetime) -> bool:
    """Whether the calendar has this period."""
    if stream == Stream.USAGE and not is_polled(scope):
        return False
    since, today = queries.poll_since(), utc_day(now)
    if scope.endswith("/monthly"):
        return day in months_between(since, today)
    return since <= day <= today and (stream == Stream.USAGE or scope == "")


def slot_page(slot: PollSlot, access: Access, now: dt.datetime) -> dict[str, Any]:
    """Everything of the page of one slot; `slot` may be one that is not stored yet."""
    standing = standing_of(slot, now)
    choices = refetch_choices(slot, standing, now)
    return {
        "slot": slot,
        "title": title(slot),
        "standing": standing,
        "why": why(slot, standing.look) if standing.is_gap else "",
        "meaning": meaning(slot, standing),
        "request_id": last_request_id(slot),
        "facts": facts(slot, access, now),
        "runs": list(runs(slot, now)),
        "answers": answer_lines(slot, access, now),
        "targets": target_lines(slot, now),
        "choices": [choice for choice in choices if choice.calls],
        "orders": [order_line(order, now) for order in queries.open_backfills([choice.key for choice in choices])],
        **neighbours(slot, now),
        "crumbs": crumbs(slot),
    }


def meaning(slot: PollSlot, standing: Standing) -> str:
    """What it means that a slot stands as it does."""
    if standing.look == Look.IN_USE:
        return idle_words(slot)
    if standing.look in FAILING and slot.first_complete_at and slot.last_error:
        return _("It could not be read again. What was known of it before is kept and shown. It is tried again.")
    return standing.meaning


def idle_words(slot: PollSlot) -> str:
    """How many companies that do not use it are still unknown, and by when the last of them is asked."""
    listed = Company.objects.filter(gone_at=None)
    known = queries.companies_known(slot.scope, slot.period).filter(company_id__in=listed.values("company_id"))
    idle = listed.count() - known.count()
    by = queries.idle_asked_by(slot.due_at)
    words = ngettext(
        "Known of everybody who uses it; %(count)s company that does not follows by %(day)s.",
        "Known of everybody who uses it; %(count)s companies that do not follow by %(day)s.",
        idle,
    )
    return words % {"count": f"{idle:,}", "day": date_format(by, "j M")}


@dataclass(frozen=True, kw_only=True)
class Refetch:
    """A button that orders this slot to be read again: what is missing of it, or all of it."""

    only_gaps: bool
    calls: int
    cost: str
    key: str


def refetch_choices(slot: PollSlot, standing: Standing, now: dt.datetime) -> list[Refetch]:
    """The buttons of a slot; of a gap, what is missing comes first, and all of it where that takes more."""
    choices = [refetch(slot, only_gaps, now) for only_gaps in ((True, False) if standing.is_gap else (False,))]
    if len(choices) == 2 and choices[0].calls == choices[1].calls:
        return choices[:1]
    return choices


def refetch(slot: PollSlot, only_gaps: bool, now: dt.datetime) -> Refetch:
    """One button, with what it takes."""
    wanted = wanted_of(slot, only_gaps=only_gaps)
    cost = cost_of(wanted, now)
    words = cost_words(cost.calls, cost.seconds)
    return Refetch(only_gaps=only_gaps, calls=cost.calls, cost=words, key=wanted.key)


def wanted_of(slot: PollSlot, *, only_gaps: bool = False) -> Wanted:
    """The order that reads just this slot again, or what is missing of it."""
    is_monthly = slot.scope.endswith("/monthly")
    return Wanted(
        streams=(slot.stream,),
        since=slot.period,
        until=last_of_month(slot.period) if is_monthly else slot.period,
        scope=slot.scope if slot.stream == Stream.USAGE else "",
        company_id=slot.scope if slot.stream == Stream.PROJECTS else "",
        only_gaps=only_gaps,
    )


def title(slot: PollSlot) -> str:
    """What the page is about."""
    what = scope_words(slot.stream, slot.scope)
    if slot.period == SNAPSHOT:
        return what
    return _("%(what)s, %(period)s") % {"what": what, "period": period_words(slot.period, slot.scope)}


def crumbs(slot: PollSlot) -> list[tuple[str, str]]:
    """The way back to the month of the calendar."""
    href, words = calendar_crumb()
    return [(href if slot.period == SNAPSHOT else f"{href}?month={slot.period:%Y-%m}", words)]


def neighbours(slot: PollSlot, now: dt.datetime) -> dict[str, str]:
    """Links to the period before and the one after."""
    if slot.period == SNAPSHOT:
        return {}
    is_monthly = slot.scope.endswith("/monthly")
    before = (slot.period - DAY).replace(day=1) if is_monthly else slot.period - DAY
    after = last_of_month(slot.period) + DAY if is_monthly else slot.period + DAY
    return {
        name: slot_path(slot.stream, slot.scope, day) if is_expected(slot.stream, slot.scope, day, now) else ""
        for name, day in (("previous", before), ("next", after))
    }


def last_request_id(slot: PollSlot) -> str:
    """The request ID of the last reading that missed something, if that was the last one."""
    last = queries.runs_of(slot.stream, slot.scope, slot.period).first()
    return last.request_id if last else ""


def facts(slot: PollSlot, access: Access, now: dt.datetime) -> list[Fact]:
    """What the ledger knows of a slot; sums are for whoever may see amounts."""
    again_at = queries.next_tries([slot]).get(slot.pk) if slot.pk else None
    again = again_words(again_at, now) if slot.pk else _("with the next sweep")
    found = [
        Fact(label=_("Due"), words=moment_words(slot.due_at, now)),
        Fact(label=_("First complete"), words=at_or(slot.first_complete_at, _("not yet"), now)),
        Fact(label=_("Last complete"), words=at_or(slot.last_complete_at, _("not yet"), now)),
        Fact(label=_("Read next"), words=again),
    ]
    if slot.active_complete_at:
        found.append(Fact(label=_("Last asked of who uses it"), words=moment_words(slot.active_complete_at, now)))
    if slot.failing_since:
        found.append(Fact(label=_("Failing since"), words=moment_words(slot.failing_since, now)))
    if slot.rows is not None:
        found.append(Fact(label=_("Rows"), words=f"{slot.rows:,}"))
    if slot.stream == Stream.DAILY_BILLS:
        found.append(Fact(label=_("Revision"), words=revision_words(slot.revision)))
        if slot.problems:
            found.append(Fact(label=_("Lines that could not be read"), words=f"{slot.problems:,}"))
        if access.see_amounts:
            found += [
                Fact(label=_("Sum in %(currency)s") % {"currency": currency}, words=amount_text(Decimal(total)))
                for currency, total in slot.sums.items()
            ]
    return found


def at_or(moment: dt.datetime | None, otherwise: str, now: dt.datetime) -> str:
    """A moment in words."""
    return moment_words(moment, now) if moment else otherwise


def revision_words(revision: int) -> str:
    """How often a complete bill has changed."""
    if not revision:
        return _("never revised")
    return ngettext("revised %(count)d time", "revised %(count)d times", revision) % {"count": revision}


@dataclass(frozen=True, kw_only=True)
class RunLine:
    """One reading in words."""

    at: str
    days: str
    outcome: str
    tone: str
    calls: int
    rows: int
    changed: int
    took: str
    error: str
    request_id: str


def runs(slot: PollSlot, now: dt.datetime) -> Iterable[RunLine]:
    """The readings of a slot, the newest first."""
    tones = {"complete": "green", "partial": "amber", "failed": "red"}
    for run in queries.runs_of(slot.stream, slot.scope, slot.period)[:MOST_RUNS]:
        yield RunLine(
            at=moment_words(run.ended_at, now),
            days="" if slot.period == SNAPSHOT else days_words(run.since, run.until),
            outcome=run.get_outcome_display(),
            tone=tones.get(run.outcome, ""),
            calls=run.calls,
            rows=run.rows,
            changed=run.changed,
            took=took_words(run),
            error=error_words(run.error),
            request_id=run.request_id,
        )


def took_words(run: PollRun) -> str:
    """How long a reading took, waiting for its turn included."""
    return _("%(seconds)s s") % {"seconds": f"{(run.ended_at - run.started_at).total_seconds():,.1f}"}
