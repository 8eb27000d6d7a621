"""Companies that moved, in words: how far, what explains most of it, and where the explorer shows just that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from companies.converters import company_path
from desk.numbers import Change, change_words, dates_words
from desk.queries.causes import Cause, Part
from desk.queries.moved import Number, size
from desk.queries.movers import Mover, MoverList, Movers
from desk.queries.windows import Windows
from desk.sparklines import Sparkline, sparkline
from usage.numerals import grouped, share_words


@dataclass(frozen=True, kw_only=True)
class PartCell:
    """What explains most of a change: its name, how far it went itself, and the explorer's page of just that.

    `note` is what is said instead of a share of more than all, and which product alone the explorer shows where the
    number is of several; else empty.
    """

    name: str
    words: str
    note: str
    href: str


@dataclass(frozen=True, kw_only=True)
class MoverRow:
    """A company that moved, as its line shows it."""

    mover: Mover
    href: str
    before: str
    now: str
    delta: str
    change: Change
    line: Sparkline | None
    part: PartCell | None
    project: PartCell | None
    unexplained: bool


@dataclass(frozen=True, kw_only=True)
class RowList:
    """One list of movers; `count` is how many companies belong to it, shown or not."""

    key: str
    title: str
    hint: str
    rows: Sequence[MoverRow]
    count: int

    @property
    def more(self) -> str:
        """How many there are beside those that are shown; '' where all are."""
        if self.count <= len(self.rows):
            return ""
        shown = {"shown": grouped(len(self.rows)), "count": grouped(self.count)}
        return _("Shown are the %(shown)s greatest of %(count)s.") % shown


def row_lists(found: Movers) -> list[RowList]:
    """The four lists of the page."""
    windows = found.windows
    before, now = dates_words(windows.before, beside=windows.days), dates_words(windows.days)
    return [
        _row_list("up", _("Up"), "", found.up, windows),
        _row_list("down", _("Down"), "", found.down, windows),
        _row_list("new", _("New"), _("Nothing in %(days)s") % {"days": before}, found.new, windows),
        _row_list("vanished", _("Vanished"), _("Nothing in %(days)s") % {"days": now}, found.vanished, windows),
    ]


def _row_list(key: str, title: str, hint: str, found: MoverList, windows: Windows) -> RowList:
    rows = [mover_row(mover, windows) for mover in found.rows]
    return RowList(key=key, title=title, hint=hint, rows=rows, count=found.count)


def short_lists(found: Movers, most: int) -> list[RowList]:
    """Up and down alone, the new ones and the vanished among them."""
    ways = {_("Up"): (found.up, found.new), _("Down"): (found.down, found.vanished)}
    return [_short_list(title, some, most, found.windows) for title, some in ways.items()]


def _short_list(title: str, some: Sequence[MoverList], most: int, windows: Windows) -> RowList:
    both = sorted((mover for one in some for mover in one.rows), key=lambda mover: -size(mover.delta))
    rows = [mover_row(mover, windows) for mover in both[:most]]
    return RowList(key="", title=title, hint="", rows=rows, count=sum(one.count for one in some))


def mover_row(mover: Mover, windows: Windows) -> MoverRow:
    """One company that moved."""
    cause = mover.cause
    of_company = {"product": cause.product.key, "company": mover.company.company_id}
    project = {"product": cause.project_product.key, "project": cause.project.key} if cause.project else {}
    return MoverRow(
        mover=mover,
        href=company_path(mover.company.company_id),
        before=grouped(mover.before),
        now=grouped(mover.now),
        delta=signed(mover.delta),
        change=change_words(mover.delta, mover.before),
        line=sparkline(cause.days),
        part=_part_cell(cause.part, explorer_address(of_company, windows)),
        project=_part_cell(cause.project, explorer_address(of_company | project, windows), _alone(cause)),
        unexplained=bool(cause.rest) and (cause.project is None or cause.project.share != 1),
    )


def _alone(cause: Cause) -> str:
    """The product that the explorer shows of a project, and its number, where the project's is of several products."""
    if cause.project is None or cause.project.delta == cause.project_product_delta:
        return ""
    words = {"product": cause.project_product.name, "delta": signed(cause.project_product_delta)}
    return _("%(product)s alone: %(delta)s") % words


def _part_cell(part: Part | None, href: str, alone: str = "") -> PartCell | None:
    if part is None:
        return None
    is_more = part.share is not None and part.share > 1
    share = "" if part.share is None or is_more else f" ({share_words(part.share)})"
    notes = [_more_than_all(part) if is_more else "", alone]
    words = f"{signed(part.delta)}{share}"
    return PartCell(name=str(part.name), words=words, note=" ".join(filter(None, notes)), href=href)


def _more_than_all(part: Part) -> str:
    """Why a share is greater than the whole."""
    return _("(more than all of it: others fell)") if part.delta > 0 else _("(more than all of it: others rose)")


def signed(number: Number) -> str:
    """A change with its sign."""
    return f"{'+' if number > 0 else ''}{grouped(number)}"


def explorer_address(whose: dict[str, str], windows: Windows) -> str:
    """The explorer with just these figures and days, beside what they are compared with."""
    days = {"since": f"{windows.days[0]}", "until": f"{windows.days[1]}"}
    return f"{reverse('usage:show_usage')}?{urlencode(whose | days | {'compare': windows.how})}"
