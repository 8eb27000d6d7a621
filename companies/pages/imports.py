"""The page of one import: how the table is read, where its rows stand, what can be done now."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.intake.columns import LABELS, PROBLEM, fields_of, missing_fields, plain
from companies.models import Import, ImportState
from companies.pages.import_rows import Names, RowView, names_in, row_views, shown_fields, warnings_of
from companies.queries import imports as reads
from companies.queries.imports import BEGUN, Place, Standing

ROWS_PER_PAGE = 50
FEW_ROWS = 20

# What the table can be narrowed down to, and the places of rows that each means.
TABS: tuple[tuple[str, Promise, Sequence[Place]], ...] = (
    ("all", _("All"), tuple(Place)),
    ("problems", _("With problems"), (Place.PROBLEM,)),
    ("ready", _("Ready"), (Place.READY,)),
    ("left-out", _("Left out"), (Place.LEFT_OUT,)),
    ("going", _("On their way"), (Place.WAITING, Place.MOVING)),
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
class Head:
    """How an import stands as a whole, and what can be done; `mark` changes whenever it would look different."""

    batch: Import
    counts: Counter[Place]
    warned: int
    mark: str

    @property
    def ready(self) -> int:
        """Rows that can be created."""
        return self.counts[Place.READY]

    @property
    def problems(self) -> int:
        """Rows that cannot be created before somebody corrects them."""
        return self.counts[Place.PROBLEM]

    @property
    def left_out(self) -> int:
        """Rows that somebody does not want to be created."""
        return self.counts[Place.LEFT_OUT]

    @property
    def done(self) -> int:
        """Rows that were created."""
        return self.counts[Place.DONE]

    @property
    def needs_you(self) -> int:
        """Rows that wait for a person."""
        return self.counts[Place.NEEDS_YOU]

    @property
    def failed(self) -> int:
        """Rows that ended without any effect and can be sent again."""
        return self.counts[Place.FAILED]

    @property
    def given_up(self) -> int:
        """Rows that somebody gave up without knowing what became of them."""
        return self.counts[Place.GIVEN_UP]

    @property
    def going(self) -> int:
        """Rows that wait for their turn or are on their way."""
        return self.counts[Place.WAITING] + self.counts[Place.MOVING]

    @property
    def total(self) -> int:
        """Rows that were asked for."""
        return self.counts[Place.WAITING] + sum(self.counts[place] for place in BEGUN)

    @property
    def ended(self) -> int:
        """Of these, the rows that need no machine any more."""
        return self.total - self.going

    @property
    def is_live(self) -> bool:
        """Whether something may change by itself."""
        return self.batch.state == ImportState.RUNNING or bool(self.counts[Place.MOVING] or self.needs_you)

    @property
    def was_begun(self) -> bool:
        """Whether anything was ever sent."""
        return self.batch.started_at is not None


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
    head = _head(batch, standings, shown, names)
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


def _head(batch: Import, standings: Sequence[Standing], shown: Sequence[Standing], names: Names) -> Head:
    """How the import stands, for a page that shows some of its rows."""
    ready = [standing for standing in standings if standing.place == Place.READY]
    counts = reads.counted(standings)
    states = [(row.row_id, row.place, row.operation_state) for row in shown if row.place in BEGUN]
    seen = repr((batch.state, sorted(counts.items()), states))
    return Head(
        batch=batch,
        counts=counts,
        warned=sum(bool(warnings_of(standing, names)) for standing in ready),
        mark=hashlib.sha256(seen.encode()).hexdigest()[:16],
    )


def one_row(batch: Import, number: int, *, fields: Sequence[str] = (), all_inputs: bool = False) -> RowView | None:
    """One row by its number in the table, as `row_views` gives it."""
    standings = reads.standings(batch)
    wanted = [standing for standing in standings if standing.number == number]
    views = row_views(batch, wanted, names_in(batch, standings), fields=fields, all_inputs=all_inputs)
    return views[0] if views else None


def recognised(batch: Import) -> list[tuple[str, str]]:
    """Heading and field of every column that is used."""
    return [(batch.headings[place], str(LABELS[name])) for name, place in batch.columns.items()]


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
