"""The tiles at the top of the overview: one figure each, what it is compared with, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Access
from companies.labels import COMPANY_STATUSES, reason_words, words
from desk.numbers import change_words, dates_words, figure
from desk.queries.attention import NORMAL, Attention
from desk.queries.months import Comparison, MonthToDate
from polling.queries import Progress
from usage.metrics import unit_words
from usage.numerals import grouped

# Below this share of what is due, in percent, the history still fills; above it, what is missing is a gap.
FULL_HISTORY = 90


@dataclass(frozen=True, kw_only=True)
class Line:
    """One figure of a tile, and in a tile that leads nowhere itself where it leads; None as value is not known."""

    value: str | None
    unit: str = ""
    note: str = ""
    tone: str = ""
    href: str = ""
    links: Sequence[Link] = ()


@dataclass(frozen=True, kw_only=True)
class Link:
    """A part of what a tile counts, and the page that shows just that."""

    words: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One tile: its label, an icon, its figures, and the page that tells more, or '' where lines do."""

    label: str
    icon_name: str
    lines: Sequence[Line]
    href: str = ""


def companies_tile(counted: Mapping[str, int]) -> Tile:
    """How many companies there are, and how many of them are not in their normal state."""
    everybody = reverse("desk:list_companies")
    others = [
        Link(
            words=f"{grouped(count)}\u00a0{words(COMPANY_STATUSES, code)}",
            href=f"{everybody}?{urlencode({'status': code})}" if code else everybody,
        )
        for code, count in counted.items()
        if code != NORMAL
    ]
    all_normal = _("All in their normal state") if counted else _("Not fetched yet")
    line = Line(
        value=grouped(sum(counted.values())) if counted else None,
        note="" if others else all_normal,
        href=everybody,
        links=others,
    )
    return Tile(label=_("Companies"), icon_name="outline/building", lines=[line])


def usage_tile(found: Comparison, months: MonthToDate) -> Tile:
    """Minutes of this month against the same days of last month."""
    return Tile(
        label=_("%(product)s, %(days)s") % {"product": found.label, "days": dates_words(months.days)},
        icon_name="outline/chart-histogram",
        lines=[_compared_line(found, str(unit_words(str(found.unit))), months)],
        href=f"{reverse('usage:show_usage')}?period=month",
    )


def spend_tile(found: Sequence[Comparison], months: MonthToDate, *, known: int) -> Tile:
    """What this month cost in each currency against the same days of last month; `known` days have a bill."""
    nothing = Line(value="0", note=_("Nothing was billed")) if known else Line(value=None, note=_("Not fetched yet"))
    return Tile(
        label=_("Spend, %(days)s") % {"days": dates_words(months.days)},
        icon_name="outline/receipt-2",
        lines=[_compared_line(one, str(one.unit), months, is_money=True) for one in found] or [nothing],
        href=f"{reverse('billing:show_daily_bills')}?period=month",
    )


def _compared_line(found: Comparison, unit: str, months: MonthToDate, *, is_money: bool = False) -> Line:
    shown = figure(found.now, is_money=is_money)
    if not shown.text:
        return Line(value=None, note=_("Not fetched yet"))
    change = change_words(found.delta, found.before.value)
    if change.text and found.before.value:
        against = {"change": change.text, "days": dates_words(months.before)}
        return Line(value=shown.text, unit=unit, note=_("%(change)s against %(days)s") % against, tone=change.tone)
    if not found.now.complete:
        return Line(
            value=shown.text,
            unit=unit,
            note=_("Complete: only %(days)s") % {"days": shown.note},
        )
    if found.before.complete:
        return Line(value=shown.text, unit=unit, note=_("Nothing in %(days)s") % {"days": dates_words(months.before)})
    return Line(value=shown.text, unit=unit, note=_("Nothing to compare with yet"))


def gaps_tile(found: Progress) -> Tile:
    """What should be known and is not; while the history fills, how much of it is there."""
    if not found.due:
        line = Line(value=None, note=_("Nothing has been fetched yet"))
    elif found.percent < FULL_HISTORY:
        line = Line(value=f"{found.percent} %", note=_("of the days are fetched; the rest is on its way"))
        return Tile(label=_("History"), icon_name="outline/history", lines=[line], href=reverse("polling:calendar"))
    elif found.open:
        note = ngettext("day that is due and not known", "days that are due and not known", found.open)
        line = Line(value=grouped(found.open), note=note, tone="down" if found.failing else "")
    else:
        line = Line(value="0", note=_("Everything that is due is known"))
    href = reverse("polling:list_gaps" if found.open else "polling:calendar")
    return Tile(label=_("Open gaps"), icon_name="outline/calendar-x", lines=[line], href=href)


def person_tile(found: Attention, access: Access) -> Tile:
    """What only a person can bring further, and why."""
    reasons = []
    if found.refused:
        reasons.append(reason_words(found.refused))
    if found.operations:
        reasons.append(
            ngettext("%(count)d create waits for a decision", "%(count)d creates wait for a decision", found.operations)
            % {"count": found.operations}
        )
    if found.checklists:
        reasons.append(
            ngettext("%(count)d checklist rests", "%(count)d checklists rest", found.checklists)
            % {"count": found.checklists}
        )
    if found.unreadable_lines:
        reasons.append(
            ngettext("%(count)d unreadable bill line", "%(count)d unreadable bill lines", found.unreadable_lines)
            % {"count": found.unreadable_lines}
        )
    note = " · ".join(reasons) or _("Nothing waits for anybody")
    line = Line(value=grouped(found.count), note=note, tone="down" if found.count else "")
    href = f"{reverse('companies:list_operations')}?waiting=1" if found.operations and access.create else ""
    return Tile(label=_("Needs a person"), icon_name="outline/user-exclamation", lines=[line], href=href)
