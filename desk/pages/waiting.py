"""What waits for a person, as a list: each thing in words, with the page on which it is settled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Access
from companies.labels import reason_words
from companies.pages.checklists import address_of, title_of_checklist
from companies.pages.words import title_of
from desk.numbers import moment
from desk.queries.attention import Attention, operations_waiting, stuck_checklists
from polling.queries import Progress
from usage.numerals import grouped

MOST_ITEMS = 5


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing; without an address for whoever may not settle it."""

    words: str
    note: str = ""
    href: str = ""


def waiting_items(found: Attention, gaps: Progress, access: Access) -> list[Item]:
    """What hinders everything first, then creates, checklists, days that fail, and lines of bills."""
    return [
        *_refused(found),
        *_operations(found, access),
        *(_checklists(found) if access.create else ()),
        *_failing(gaps),
        *_unreadable(found, access),
    ]


def _refused(found: Attention) -> Iterator[Item]:
    if found.refused:
        yield Item(words=str(reason_words(found.refused)), href=reverse("accounts:settings"))


def _operations(found: Attention, access: Access) -> Iterator[Item]:
    if not found.operations:
        return
    words = ngettext("%(count)s create waits for a decision", "%(count)s creates wait for a decision", found.operations)
    if not access.create:
        yield Item(words=words % {"count": grouped(found.operations)})
        return
    for operation in operations_waiting()[:MOST_ITEMS]:
        since = _("waits for a decision since %(when)s") % {"when": moment(operation.state_since)}
        href = reverse("companies:show_operation", args=[operation.pk])
        yield Item(words=title_of(operation), note=since, href=href)
    if found.operations > MOST_ITEMS:
        href = f"{reverse('companies:list_operations')}?waiting=1"
        yield Item(words=_("All %(count)s that wait") % {"count": grouped(found.operations)}, href=href)


def _checklists(found: Attention) -> Iterator[Item]:
    for checklist in stuck_checklists()[:MOST_ITEMS] if found.checklists else ():
        words = title_of_checklist(checklist, list(checklist.steps.all()))
        yield Item(words=words, note=_("a step of this checklist could not be taken"), href=address_of(checklist))
    if found.checklists > MOST_ITEMS:
        words = _("All %(count)s checklists that wait") % {"count": grouped(found.checklists)}
        yield Item(words=words, href=reverse("companies:list_checklists"))


def _failing(gaps: Progress) -> Iterator[Item]:
    if gaps.failing:
        words = ngettext("%(count)s day that fails", "%(count)s days that fail", gaps.failing)
        yield Item(words=words % {"count": grouped(gaps.failing)}, href=reverse("polling:list_gaps"))


def _unreadable(found: Attention, access: Access) -> Iterator[Item]:
    if found.unreadable_lines:
        words = ngettext("%(count)s unreadable bill line", "%(count)s unreadable bill lines", found.unreadable_lines)
        href = reverse("billing:show_daily_bills") if access.see_amounts else ""
        yield Item(words=words % {"count": grouped(found.unreadable_lines)}, href=href)
