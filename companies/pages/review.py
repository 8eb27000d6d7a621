"""What a person decides by: what was asked for beside what Agora lists, what is proven, and what may be done."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import people_who_approve
from companies import labels, queries
from companies.models import Company, Operation, OperationKind, Project
from companies.models.operations import OPEN
from companies.pages import words
from companies.pages.addresses import listed_path
from companies.queries.candidates import COMPARED, Candidate, Match

# So many candidates stand side by side, and so many others in the list below.
MOST_COLUMNS, MOST_OTHERS = 8, 30
MOST_NAMESAKES = 5


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Something that Agora lists and that may be it; `differing` are the labels of what does not fit."""

    remote_id: str
    name: str
    url: str
    first_seen_at: dt.datetime
    is_exact: bool
    differing: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What Agora tells of one field; '' where it tells nothing."""

    value: str
    differs: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """One field: as it was asked for, '' where that could not be, and as each candidate has it."""

    label: str
    asked: str
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class Review:
    """A decision that is awaited.

    `others` are new as well and bear another name; `more_*` count what is not shown. `namesakes` are other open
    operations for something of the same name. `absent_at` is when a complete list was read that holds nothing that
    fits, `complete_at` when one was read at all since it has settled; None where that was not proven.
    """

    candidates: Sequence[Listed]
    lines: Sequence[Line]
    more_candidates: int
    others: Sequence[Listed]
    more_others: int
    namesakes: Sequence[Operation]
    complete_at: dt.datetime | None
    absent_at: dt.datetime | None
    settles_at: dt.datetime | None
    is_settled: bool
    is_overdue: bool
    can_be_found: bool
    approvers: Sequence[str]


def review_of(operation: Operation) -> Review:
    """Everything that is known about an operation in review."""
    found = queries.candidates(operation)
    fitting = [one for one in found if one.fits]
    others = [one for one in found if not one.fits]
    complete_at = proven_at(operation)
    return Review(
        candidates=[listed(operation, one) for one in fitting[:MOST_COLUMNS]],
        lines=lines(operation, fitting[:MOST_COLUMNS]),
        more_candidates=max(len(fitting) - MOST_COLUMNS, 0),
        others=[listed(operation, one) for one in others[:MOST_OTHERS]],
        more_others=max(len(others) - MOST_OTHERS, 0),
        namesakes=namesakes(operation),
        complete_at=complete_at,
        absent_at=None if fitting else complete_at,
        settles_at=operation.settles_at,
        is_settled=queries.is_settled(operation),
        is_overdue=operation.settles_at is None or operation.settles_at <= timezone.now(),
        can_be_found=operation.kind != OperationKind.UAP_SERVICE,
        approvers=[str(person) for person in people_who_approve()],
    )


def proven_at(operation: Operation) -> dt.datetime | None:
    """When a complete list was read after nothing of this could be on its way any more."""
    settles_at, settled_at = operation.settles_at, operation.settled_at
    if operation.kind == OperationKind.UAP_SERVICE or settles_at is None or settled_at is None:
        return None
    return settled_at if settled_at >= settles_at else None


def listed(operation: Operation, one: Candidate) -> Listed:
    """A candidate in words."""
    return Listed(
        remote_id=one.remote_id,
        name=one.listed.name or one.remote_id,
        url=listed_path(operation, one.remote_id),
        first_seen_at=one.listed.first_seen_at,
        is_exact=one.match is Match.EXACT,
        differing=[_label(name) for name in one.differing],
    )


def lines(operation: Operation, found: Sequence[Candidate]) -> list[Line]:
    """The fields side by side, each marked where it differs."""
    if operation.kind == OperationKind.COMPANY:
        return _company_lines(operation, found)
    return _project_lines(operation, found) if operation.kind == OperationKind.PROJECT else []


def _company_lines(operation: Operation, found: Sequence[Candidate]) -> list[Line]:
    compared = [
        Line(
            label=_label(name),
            asked=words.words_for(name, operation.payload[name]),
            cells=[_cell(one, name, getattr(one.listed, column)) for one in found],
        )
        for name, column in COMPARED.items()
    ]
    email = Line(label=_label("email"), asked=operation.payload["email"], cells=[Cell(value="") for _one in found])
    statuses = [labels.words(labels.COMPANY_STATUSES, one.listed.status) for one in found]
    return [compared[0], email, *compared[1:], _told(_("Status"), statuses), _first_seen(found)]


def _project_lines(operation: Operation, found: Sequence[Candidate]) -> list[Line]:
    name = Line(
        label=_label("name"),
        asked=operation.payload["name"],
        cells=[_cell(one, "name", one.listed.name) for one in found],
    )
    created = Line(
        label=_label("created"),
        asked=_("Sent %(time)s") % {"time": _time(operation.sent_at)} if operation.sent_at else _("Not sent yet"),
        cells=[_cell(one, "created", _created(one.listed)) for one in found],
    )
    statuses = [labels.words(labels.PROJECT_STATUSES, one.listed.status) for one in found]
    return [name, created, _told(_("Status"), statuses), _first_seen(found)]


def _cell(one: Candidate, name: str, value: object) -> Cell:
    told = "" if value in (None, "") else words.words_for(name, value)
    return Cell(value=told, differs=name in one.differing)


def _told(label: str, values: Sequence[str]) -> Line:
    return Line(label=label, asked="", cells=[Cell(value=value) for value in values])


def _first_seen(found: Sequence[Candidate]) -> Line:
    return _told(_("First seen here, UTC"), [_time(one.listed.first_seen_at) for one in found])


def _created(listed: Company | Project) -> str:
    return _time(listed.created) if isinstance(listed, Project) and listed.created else ""


def _time(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _label(name: str) -> str:
    return str(labels.FIELDS.get(name) or {"created": _("Created, UTC")}.get(name, name))


def namesakes(operation: Operation) -> list[Operation]:
    """Other open operations for something of the same name: what is listed can belong to one of them only."""
    if operation.kind == OperationKind.UAP_SERVICE:
        return []
    title = words.title_of(operation)
    alike = (
        queries.operations_matching(search=title, kind=operation.kind).filter(state__in=OPEN).exclude(pk=operation.pk)
    )
    same = alike.filter(company_id=operation.company_id)[: 10 * MOST_NAMESAKES]
    return [one for one in same if words.title_of(one).casefold() == title.casefold()][:MOST_NAMESAKES]
