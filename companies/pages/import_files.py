"""What the files of imports hold: the template to fill in, and the rows that are to be corrected and loaded again."""

from collections.abc import Mapping, Sequence

from companies.exports import Rows
from companies.forms.import_rows import checked_rows, choices_of
from companies.intake.columns import LABELS, PROBLEM, fields_of, plain
from companies.models import Import, ImportRow
from companies.pages.import_rows import hindrance_words
from companies.pages.words import refusal_words
from companies.queries import imports as reads
from companies.queries.imports import Place, Standing


def template_rows(kind: str) -> Rows:
    """The headings, one row that shows how to fill them in, and the codes with their words."""
    fields = fields_of(kind)
    codes = [
        [field.name, code, meaning] for field in fields for code, meaning in choices_of(field.name) if meaning != code
    ]
    return Rows(
        name=f"{kind}-template",
        headings=[field.name for field in fields],
        lines=[[field.example for field in fields]],
        codes=codes,
    )


def problem_rows(batch: Import) -> Rows:
    """The rows with problems under their own headings, corrections kept, and what is wrong with each."""
    standings = {row.row_id: row for row in reads.standings(batch) if row.place in (Place.PROBLEM, Place.FAILED)}
    rows = reads.rows_of(batch, list(standings))
    typed = [row.typed(batch) for row in rows]
    kept = [place for place, heading in enumerate(batch.headings) if plain(heading) != PROBLEM]
    added = _added_fields(batch, rows)
    problems = [
        _problem(standings[row.pk], row, check.errors)
        for row, check in zip(rows, checked_rows(batch.kind, typed), strict=True)
    ]
    lines = [
        [*_cells(batch, row, values, kept), *(values[name] for name in added), problem]
        for row, values, problem in zip(rows, typed, problems, strict=True)
    ]
    headings = [*(batch.headings[place] for place in kept), *added, PROBLEM]
    return Rows(name=f"import-{batch.pk}-problems", headings=headings, lines=lines)


def _added_fields(batch: Import, rows: Sequence[ImportRow]) -> list[str]:
    """Fields without a column of the table that hold something all the same."""
    given = {*batch.fixed, *(name for row in rows for name in row.edits)}
    return [field.name for field in fields_of(batch.kind) if field.name in given and field.name not in batch.columns]


def _cells(batch: Import, row: ImportRow, typed: dict[str, str], kept: Sequence[int]) -> list[str]:
    fields = {place: name for name, place in batch.columns.items()}
    cells = dict(enumerate(row.cells))
    return [typed[fields[place]] if place in fields else cells.get(place, "") for place in kept]


def _problem(standing: Standing, row: ImportRow, errors: Mapping[str, Sequence[str]]) -> str:
    """Everything that is wrong with a row, in one line."""
    found = [f"{LABELS[name]}: {' '.join(messages)}" for name, messages in errors.items()]
    if standing.place == Place.PROBLEM and standing.hindrance:
        found.append(hindrance_words(standing.hindrance))
    if operation := row.operation or row.refused_before:
        found.append(refusal_words(operation))
    return " · ".join(filter(None, found))
