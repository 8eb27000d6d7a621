"""The rows of an import as its table shows them: cells, what is wrong with each, what stands in the way."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from django.utils.translation import gettext as _

from companies.forms.import_rows import checked_rows, choices_of
from companies.intake.checked import Checked
from companies.intake.columns import LABELS, fields_of
from companies.intake.understanding import understood
from companies.models import Import, ImportRow, Operation, OperationKind
from companies.pages import words
from companies.queries import imports as reads
from companies.queries.imports import CHANGEABLE, Hindrance, Place, Standing


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell: what stands in it, what that means where it says something else, and what is wrong with it."""

    name: str
    label: str
    text: str
    meaning: str
    errors: Sequence[str]
    choices: Sequence[tuple[str, str]]
    chosen: str
    is_input: bool


@dataclass(frozen=True, kw_only=True)
class RowView:
    """A row: its cells, where it stands, what keeps it from being created and what is odd about it."""

    number: int
    title: str
    place: Place
    cells: Sequence[Cell]
    hindrance: str
    hindered_by: int | None
    warnings: Sequence[str]
    operation: Operation | None
    refused: str
    may_change: bool
    is_edited: bool

    @property
    def has_inputs(self) -> bool:
        """Whether something can be typed into it as it is shown."""
        return any(cell.is_input for cell in self.cells)

    @property
    def wrong(self) -> list[str]:
        """The names of the cells to correct, some of which may be out of sight."""
        return [cell.label for cell in self.cells if cell.errors]

    @property
    def is_begun(self) -> bool:
        """Whether it is an operation, whose state may change by itself."""
        return self.operation is not None


def shown_fields(batch: Import) -> list[str]:
    """The fields that have a column on the page: those that must be filled in, and those that something fills."""
    filled = {*batch.columns, *batch.fixed}
    return [field.name for field in fields_of(batch.kind) if field.required or field.name in filled]


@dataclass(frozen=True, kw_only=True)
class Names:
    """Names of companies, in small letters, that are worth a second look: listed already, or in several rows."""

    listed: Set[str]
    doubled: Set[str]


def names_in(batch: Import, standings: Sequence[Standing]) -> Names:
    """The names to look at twice in the whole table."""
    if batch.kind != OperationKind.COMPANY:
        return Names(listed=frozenset(), doubled=frozenset())
    rows = [standing for standing in standings if standing.place != Place.LEFT_OUT]
    often = Counter(row.title.casefold() for row in rows)
    listed = reads.listed_names(row.title for row in rows if row.operation_id is None)
    return Names(listed=listed, doubled={name for name, number in often.items() if number > 1})


def row_views(
    batch: Import,
    standings: Sequence[Standing],
    names: Names,
    *,
    fields: Sequence[str] = (),
    all_inputs: bool = False,
) -> list[RowView]:
    """These rows, every cell checked again: the given fields, or those of the table.

    What is wrong can be typed anew at once; with `all_inputs` every cell can.
    """
    rows = {row.pk: row for row in reads.rows_of(batch, [standing.row_id for standing in standings])}
    typed = [rows[standing.row_id].typed(batch) for standing in standings]
    shown = fields or shown_fields(batch)
    return [
        _row_view(rows[standing.row_id], standing, shown, values, check, names, all_inputs)
        for standing, values, check in zip(standings, typed, checked_rows(batch.kind, typed), strict=True)
    ]


def _row_view(
    row: ImportRow,
    standing: Standing,
    fields: Sequence[str],
    typed: Mapping[str, str],
    check: Checked,
    names: Names,
    all_inputs: bool,
) -> RowView:
    may_change = standing.place in CHANGEABLE
    return RowView(
        number=row.number,
        title=row.title,
        place=standing.place,
        cells=[
            _cell(name, typed[name], check, is_input=may_change and (all_inputs or name in check.errors))
            for name in fields
        ],
        hindrance=hindrance_words(standing.hindrance) if standing.place == Place.PROBLEM else "",
        hindered_by=standing.hindrance.operation_id if standing.hindrance else None,
        warnings=warnings_of(standing, names),
        operation=row.operation,
        refused=_refusal(row),
        may_change=may_change,
        is_edited=bool(row.edits),
    )


def _cell(name: str, text: str, check: Checked, *, is_input: bool) -> Cell:
    return Cell(
        name=name,
        label=str(LABELS[name]),
        text=text,
        meaning=_meaning(name, text, check),
        errors=check.errors.get(name, []),
        choices=_choices(name, text) if is_input else [],
        chosen=_chosen(name, text),
        is_input=is_input,
    )


def _meaning(name: str, text: str, check: Checked) -> str:
    """What will be sent, in words, where that is not what stands in the cell; of an ID, what it stands for."""
    if name in check.names:
        return "" if check.names[name] == text.strip() else check.names[name]
    if check.draft is None:
        return ""
    meaning = words.words_for(name, check.draft.as_payload()[name])
    # "Germany (DE)" says no more than "Germany", but more than "DE".
    return "" if text and meaning.casefold().startswith(text.strip().casefold()) else meaning


def _choices(name: str, text: str) -> list[tuple[str, str]]:
    """What can be chosen; what was typed comes first while it is none of that."""
    choices = list(choices_of(name))
    chosen = _chosen(name, text)
    return [(chosen, chosen), *choices] if choices and chosen not in dict(choices) else choices


def _chosen(name: str, text: str) -> str:
    value = understood(name, text)
    if name == "send_password_reset_email":
        return {"on": "yes", "": "no" if text else ""}.get(value, value)
    return value


def warnings_of(standing: Standing, names: Names) -> list[str]:
    """What is odd about a row and does not keep it from being created."""
    payload = standing.payload or {}
    if standing.operation_id or "company_name" not in payload:
        return []
    found = []
    if not words.area_fits(payload["country"], payload["area"]):
        found.append(_("This area does not go with this country."))
    name = payload["company_name"].casefold()
    if name in names.listed:
        found.append(_("A company with this name is listed already."))
    if name in names.doubled:
        found.append(_("Another row has this name, too."))
    return found


def hindrance_words(hindrance: Hindrance | None) -> str:
    """Why a row without errors cannot be created."""
    if hindrance is None:
        return ""
    if hindrance.row_number is not None:
        return _("The same as row %(number)d. Leave one of them out, or correct it.") % {"number": hindrance.row_number}
    if hindrance.is_undecided:
        return _("Its company may be one that Agora did not confirm. Decide that first.")
    if hindrance.is_open:
        return _("This is being created at this moment.")
    return _("This was created here before.")


def _refusal(row: ImportRow) -> str:
    """What Agora said when it refused the row, or an earlier form of it."""
    operation = row.operation or row.refused_before
    return words.refusal_words(operation) if operation else ""
