"""The timeline of a company or project in words: who asked for what, what Agora changed, what the team wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import Access
from billing.models import BillRevision
from billing.money import money
from companies.converters import project_path
from companies.labels import AREAS, COMPANY_STATUSES, INDUSTRIES, words
from companies.models import (
    CareAbout,
    CareEvent,
    ChangedField,
    Company,
    MirrorChange,
    Note,
    Operation,
    OperationKind,
)
from companies.pages.words import title_of
from companies.queries import project_names_of
from desk.numbers import moment
from desk.pages.owners import Owner
from desk.queries.listed import country_words
from desk.queries.timeline import Event, EventKind, first_status, timeline
from usage.controls import Choice, query_with

ICONS = {
    EventKind.CREATES: "outline/plus",
    EventKind.STATUS: "outline/traffic-lights",
    EventKind.DETAILS: "outline/adjustments",
    EventKind.CORRECTIONS: "outline/receipt-2",
    EventKind.NOTES: "outline/note",
    EventKind.CARE: "outline/tag",
}
Names = Mapping[tuple[str, str], str]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One event in words; `at` is in UTC and says so.

    A status turns from the code `old` to `new` of a `status_of` (company or project); anything else that changed
    from the words `old` to `new`. `state` is that of an operation.
    """

    icon_name: str
    at: str
    what: str
    href: str = ""
    project: str = ""
    project_href: str = ""
    changed: bool = False
    old: str = ""
    new: str = ""
    status_of: str = ""
    state: str = ""
    text: str = ""
    by: str = ""
    aside: str = ""


def timeline_of(owner: Owner, params: QueryDict, access: Access) -> dict[str, Any]:
    """The page of events that the address names, with links to other kinds and to what is newer and older."""
    assert owner.company is not None  # noqa: S101 - everybody has no timeline
    hidden = {EventKind.CORRECTIONS: not access.see_amounts, EventKind.CARE: bool(owner.project)}
    shown = [kind for kind in EventKind if not hidden.get(kind)]
    kind = next((one for one in shown if one == params.get("kind")), None)
    page = timeline(
        owner.company, owner.project, kinds=[kind] if kind else shown, number=_number(params.get("page", ""))
    )
    names = {str(one.value): str(one.label) for one in shown}
    chips = [
        Choice(label=label, query=query_with(params, kind=value or None), active=value == (kind or ""))
        for value, label in ({"": _("All")} | names).items()
    ]
    return {
        "timeline": lines_of(page.events, owner, access),
        "timeline_chips": chips,
        "timeline_kind": kind,
        "timeline_clear": query_with(params, kind=None),
        "timeline_newer": query_with(params, page=str(page.number - 1)) if page.number > 1 else "",
        "timeline_older": query_with(params, page=str(page.number + 1)) if page.has_older else "",
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def lines_of(events: Iterable[Event], owner: Owner, access: Access) -> list[Line]:
    """The events in words; one query names the projects that only an ID tells."""
    found = list(events)
    names = project_names_of({key for event in found if (key := _named_by_id(event))})
    return [_of_project(_line(event, access), event, owner, names) for event in found]


def _line(event: Event, access: Access) -> Line:
    line = Line(icon_name=ICONS[event.kind], at=moment(event.at), what="")
    what = event.what
    if isinstance(what, Operation):
        return _operation(line, what, access)
    if isinstance(what, MirrorChange):
        return _change(line, what)
    if isinstance(what, BillRevision):
        return _correction(line, what)
    if isinstance(what, Note):
        return _note(line, what)
    return _care(line, what) if isinstance(what, CareEvent) else _first(line, what)


def _operation(line: Line, operation: Operation, access: Access) -> Line:
    href = reverse("companies:show_operation", args=[operation.pk]) if access.create else ""
    what = f"{operation.get_kind_display()}: {title_of(operation)}"
    return replace(line, what=what, href=href, state=operation.state, by=str(operation.created_by))


def _change(line: Line, change: MirrorChange) -> Line:
    aside = _("first seen then")
    if change.field == ChangedField.LISTED:
        gone = change.new == "no"
        return replace(line, what=_("No longer listed by Agora") if gone else _("Listed by Agora again"), aside=aside)
    line = replace(line, what=change.get_field_display(), changed=True, aside=aside)
    if change.field == ChangedField.STATUS:
        return replace(line, old=change.old, new=change.new, status_of="project" if change.project_id else "company")
    return replace(line, old=field_words(change.field, change.old), new=field_words(change.field, change.new))


def field_words(field: str, value: str) -> str:
    """A watched field's value in words; '' where Agora told nothing."""
    if field == ChangedField.AREA and value:
        return words(AREAS, value)
    if field == ChangedField.INDUSTRY and value:
        return words(INDUSTRIES, value)
    return country_words(value) if field == ChangedField.COUNTRY else value


def _correction(line: Line, revision: BillRevision) -> Line:
    day = f"{revision.period}"
    address = {"since": day, "until": day, "company": revision.company_id}
    old, new = (
        _("nothing") if amount is None else money(amount, revision.currency)
        for amount in (revision.old_amount, revision.new_amount)
    )
    return replace(
        line,
        what=_("Bill of %(day)s corrected") % {"day": date_format(revision.period, "j M Y")},
        href=f"{reverse('billing:show_daily_bills')}?{urlencode(address)}",
        changed=True,
        old=old,
        new=new,
    )


def _note(line: Line, note: Note) -> Line:
    aside = _("changed %(time)s") % {"time": moment(note.changed_at)} if note.changed_at else ""
    return replace(line, what=_("Note"), text=note.text, by=str(note.author), aside=aside)


def _care(line: Line, event: CareEvent) -> Line:
    line = replace(line, what=event.get_about_display(), by=str(event.by))
    if event.about == CareAbout.OWNER:
        return replace(line, changed=True, old=event.old or _("Nobody"), new=event.new or _("Nobody"))
    steps = {_("put on: %(tags)s"): event.new, _("taken off: %(tags)s"): event.old}
    told = "; ".join(step % {"tags": tags} for step, tags in steps.items() if tags)
    return replace(line, what=_("Tags %(told)s") % {"told": told})


def _first(line: Line, company: Company) -> Line:
    """A company that was not normal from the beginning: nothing has changed, but that is told as well."""
    told = _("%(status)s when it was first listed") % {"status": words(COMPANY_STATUSES, first_status(company))}
    return replace(line, what=told, aside=_("first seen then"))


def _named_by_id(event: Event) -> tuple[str, str] | None:
    """Company and project ID of the project that this is about, where no row of the mirror is at hand."""
    what = event.what
    if isinstance(what, Operation) and what.kind == OperationKind.UAP_SERVICE:
        return what.company_id, what.project_id
    if isinstance(what, BillRevision) and what.project_id:
        return what.company_id, what.project_id
    return None


def _of_project(line: Line, event: Event, owner: Owner, names: Names) -> Line:
    """Say which project it is about, on a page that is not about that project alone."""
    if owner.project:
        return line
    key = _named_by_id(event)
    if isinstance(event.what, MirrorChange | Note) and event.what.project:
        project = event.what.project
        key = owner.company_id, project.project_id
        names = {key: project.name}
    if key is None:
        return line
    return replace(line, project=names.get(key) or key[1], project_href=project_path(*key) if key in names else "")
