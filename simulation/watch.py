"""Looks every simulated hour at what changed at Agora and is seen here by now, and at slots that became complete."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from agora.vocabulary import PAIRS, Interval
from companies.models import Company, Project
from polling.models import PollSlot, Stream
from polling.periods import BILLS_PUBLISHED_AFTER, DAY, end_of
from polling.series import Kind
from sandbox.api import Sandbox
from sandbox.figures import Figures, Pair
from simulation.truth import (
    Key,
    Owner,
    bill_at_agora,
    bill_stored,
    figures_at_agora,
    figures_stored,
    mirrored,
    nothing,
    used_on,
)

MOST_COMPANIES = 500  # that are named in one question to the database


@dataclass(frozen=True, kw_only=True)
class Change:
    """When something changed at Agora, and what kind of change it was."""

    at: dt.datetime
    label: str


@dataclass(kw_only=True)
class Watch:
    """What is not seen yet, how late the rest was seen (in days, by kind of change), and what slots said falsely.

    `earlier` holds the figures that a day had before it changed: a slot that was complete before may hold them.
    """

    sandbox: Sandbox
    usage: dict[Key, Change] = field(default_factory=dict)
    bills: dict[dt.date, Change] = field(default_factory=dict)
    listed: dict[Owner, Change] = field(default_factory=dict)
    lateness: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    earlier: dict[Key, set[Figures]] = field(default_factory=lambda: defaultdict(set))
    false: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    audited: set[tuple[str, dt.date]] = field(default_factory=set)
    begun: set[tuple[Pair, str, str]] = field(default_factory=set)
    looked_at: dt.datetime | None = None

    def usage_changed(self, keys: Iterable[Key], at: dt.datetime, label: str) -> None:
        """Days whose figures are others from now on; one that was not seen yet stays as old as it is."""
        for key in keys:
            self.usage.setdefault(key, Change(at=at, label=f"{label}, {'project' if key[2] else 'company'}"))

    def begin(self, day: dt.date) -> None:
        """Whatever is used on this day is nothing new."""
        self.begun = {key[:3] for key in used_on(self.sandbox, day)}

    def day_ended(self, day: dt.date) -> None:
        """What was used on a day that is over, and the bill that came out at its end."""
        for key in used_on(self.sandbox, day):
            self.usage_changed([key], end_of(day), "in use" if key[:3] in self.begun else "begins")
        published = day - BILLS_PUBLISHED_AFTER + DAY
        self.bills.setdefault(published, Change(at=end_of(day), label="bill, published"))

    def is_back(self, company_id: str, at: dt.datetime) -> None:
        """A company is listed again: what was not seen of it meanwhile can be seen from now on."""
        self.hidden.discard(company_id)
        for key in [key for key in self.usage if key[1] == company_id]:
            self.usage[key] = Change(at=at, label=f"of a company that came back, {'project' if key[2] else 'company'}")

    def look(self, now: dt.datetime) -> None:
        """Compare what is not seen yet with what is stored by now, and audit slots that became complete."""
        self._look_at_usage(now)
        self._look_at_bills(now)
        self._look_at_lists(now)
        self._audit()
        self.looked_at = now

    def _look_at_usage(self, now: dt.datetime) -> None:
        for pair in PAIRS:
            keys = [key for key in self.usage if key[0] == pair and key[1] not in self.hidden]
            companies = {key[1] for key in keys}
            few = companies if len(companies) <= MOST_COMPANIES else None
            stored = figures_stored(pair, Interval.DAILY, {key[3] for key in keys}, few) if keys else {}
            for key in keys:
                if stored.get(key, nothing(pair)) == figures_at_agora(self.sandbox, key):
                    self._seen(self.usage.pop(key), now)
                    self.begun.add(key[:3])

    def _look_at_bills(self, now: dt.datetime) -> None:
        slots = PollSlot.objects.filter(stream=Stream.DAILY_BILLS, period__in=list(self.bills))
        for slot in slots.filter(last_complete_at__isnull=False):
            change = self.bills[slot.period]
            fresh = slot.last_complete_at and slot.last_complete_at >= change.at
            if fresh and bill_stored(slot.period) == bill_at_agora(self.sandbox, slot.period):
                self._seen(self.bills.pop(slot.period), now)

    def _look_at_lists(self, now: dt.datetime) -> None:
        if not self.listed:
            return
        companies = set(Company.objects.filter(gone_at=None).values_list("company_id", flat=True))
        projects = set(Project.objects.values_list("company__company_id", "project_id"))
        for owner in [owner for owner in self.listed if owner in projects or (owner[0] in companies and not owner[1])]:
            self._seen(self.listed.pop(owner), now)

    def _seen(self, change: Change, now: dt.datetime) -> None:
        self.lateness[change.label].append(max(now - change.at, dt.timedelta()) / DAY)

    # --- What slots say ------------------------------------------------------------------------------------

    def _audit(self) -> None:
        """A slot that became complete after its day must hold what Agora showed since the day was over."""
        since = self.looked_at or dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
        fresh = PollSlot.objects.filter(first_complete_at__isnull=False, last_complete_at__gte=since)
        by_scope = {_kind(pair).scope: pair for pair in PAIRS}
        for slot in fresh.filter(stream=Stream.USAGE, scope__in=list(by_scope)):
            complete_at = slot.last_complete_at
            if complete_at and complete_at >= end_of(slot.period) and (slot.scope, slot.period) not in self.audited:
                self.audited.add((slot.scope, slot.period))
                self._audit_usage(by_scope[slot.scope], slot.period, complete_at)
        for slot in fresh.filter(stream=Stream.DAILY_BILLS, state__in=["complete", "frozen"]):
            if bill_stored(slot.period) != bill_at_agora(self.sandbox, slot.period):
                self.false.append(f"bill of {slot.period}")

    def _audit_usage(self, pair: Pair, day: dt.date, complete_at: dt.datetime) -> None:
        stored = figures_stored(pair, Interval.DAILY, [day])
        owners = {owner for owner in mirrored(complete_at) if owner[0] not in self.hidden}
        keys = {key for key in used_on(self.sandbox, day) if key[0] == pair}
        keys |= {key for key in self.earlier if key[0] == pair and key[3] == day} | set(stored)
        for key in keys:
            if (key[1], key[2]) not in owners:
                continue
            shown = {figures_at_agora(self.sandbox, key)} | self.earlier.get(key, set())
            if stored.get(key, nothing(pair)) not in shown:
                self.false.append(f"{pair[0]}/{pair[1]} of {key[1]}/{key[2]} on {day}")


def _kind(pair: Pair) -> Kind:
    return Kind(business=pair[0], model=pair[1], interval=Interval.DAILY)
