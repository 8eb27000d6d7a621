"""The page of one import: how the table is read, where its rows stand, what can be done now."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.intake.columns import LABELS, PROBLEM, fields_of, missing_fields, plain
from companies.models import Import, ImportState
from companies.pages.import_head import Head, head_of
from companies.pages.import_rows import RowView, names_in, row_views, shown_fields
from companies.queries import imports as reads
from companies.queries.imports import Place, Standing

ROWS_PER_PAGE = 50
FEW_ROWS = 20

# What the table can be narrowed down to, and the places of rows that each means.
TABS: tuple[tuple[str, Promise, Sequence[Place]], ...] = (
    ("all", _("All"), tuple(Place)),
    ("problems", _("With problems"), (Place.PROBLEM,)),
    ("ready", _("Ready"), (Place.READY,)),
    ("left-out", _("Left out"), (Place.LEFT_OUT,)),
    ("going", _("On their way"), (Place.WAITING, Place.MOVING, Place.UNCONFIRMED)),
    ("needs-you", _("Need you"), (Place.NEEDS_YOU,)),
    ("failed", _("Not created"), (Place.FAILED, Place.GIVEN_UP)),
    ("done", _("Done"), (Place.DONE,)),
)
ALWAYS_SHOWN = ("all", "problems")


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One way to narrow the table down."""

    name: str
    label: str
    count: int
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class ImportPage:
    """Everything that the page of an import shows."""

    batch: Import
    head: Head
    tabs: Sequence[Tab]
    show: str
    search: str
    labels: Sequence[str]
    page: Page
    rows: Sequence[RowView]
    earlier: Import | None
    missing: Sequence[str]
    recognised: Sequence[tuple[str, str]]
    unknown: Sequence[str]
    not_given: Sequence[str]

    @property
    def is_long(self) -> bool:
        """Whether it is worth while to search in it."""
        return sum(self.head.counts.values()) > FEW_ROWS

    @property
    def may_map(self) -> bool:
        """Whether it can still be changed how the table is read."""
        return self.batch.state == ImportState.DRAFT and self.batch.started_at is None


def import_page(batch: Import, *, show: str, search: str, number: str | None) -> ImportPage:
    """The page of an import, narrowed down to a tab and to rows whose name contains a text."""
    standings = reads.standings(batch)
    found = _narrowed(standings, show, search)
    page = Paginator(found, ROWS_PER_PAGE).get_page(number)
    shown: list[Standing] = list(page)
    names = names_in(batch, standings)
    head = head_of(batch, standings, shown, names)
    filled = {*batch.columns, *batch.fixed}
    return ImportPage(
        batch=batch,
        head=head,
        tabs=_tabs(head.counts, show),
        show=show,
        search=search,
        labels=[str(LABELS[name]) for name in shown_fields(batch)],
        page=page,
        rows=row_views(batch, shown, names),
        earlier=reads.earlier_import(batch),
        missing=[field.label for field in missing_fields(batch.kind, dict.fromkeys(filled))],
        recognised=recognised(batch),
        unknown=_unknown(batch),
        not_given=[field.label for field in fields_of(batch.kind) if not field.required and field.name not in filled],
    )


def one_row(batch: Import, number: int, *, fields: Sequence[str] = (), all_inputs: bool = False) -> RowView | None:
    """One row by its number in the table, as `row_views` gives it."""
    standings = reads.standings(batch)
    wanted = [standing for standing in standings if standing.number == number]
    views = row_views(batch, wanted, names_in(batch, standings), fields=fields, all_inputs=all_inputs)
    return views[0] if views else None


def recognised(batch: Import) -> list[tuple[str, str]]:
    """Heading and field of every column that is used."""
    by_place = sorted((place, name) for name, place in batch.columns.items())
    return [(batch.headings[place], str(LABELS[name])) for place, name in by_place]


def _unknown(batch: Import) -> list[str]:
    used = set(batch.columns.values())
    return [name for place, name in enumerate(batch.headings) if place not in used and plain(name) != PROBLEM]


def _narrowed(standings: Sequence[Standing], show: str, search: str) -> list[Standing]:
    places = next((places for name, _label, places in TABS if name == show), tuple(Place))
    wanted = search.casefold()
    return [row for row in standings if row.place in places and wanted in row.title.casefold()]


def _tabs(counts: Counter[Place], show: str) -> list[Tab]:
    tabs = [
        Tab(name=name, label=str(label), count=sum(counts[place] for place in places), is_current=name == show)
        for name, label, places in TABS
    ]
    return [tab for tab in tabs if tab.count or tab.is_current or tab.name in ALWAYS_SHOWN]
