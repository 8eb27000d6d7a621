"""How a table is to be read, and what its rows mean when it is read like that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from companies.forms.import_rows import checked_rows
from companies.intake.checked import Checked
from companies.intake.columns import guess_columns, is_example, plain, typed_values
from companies.intake.reading import Line, Table
from companies.models import ColumnTemplate, Import
from companies.queries import imports as reads


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The column of each field, what stands where a cell is empty, and the template that said so."""

    columns: Mapping[str, int]
    fixed: Mapping[str, str] = field(default_factory=dict)
    template: str = ""


def plan_for(kind: str, headings: Sequence[str]) -> Plan:
    """The newest template whose headings are all there, else what the headings themselves suggest."""
    places = {plain(heading): place for place, heading in reversed(list(enumerate(headings)))}
    for template in reads.column_templates(kind):
        if columns := _columns_by(template, places):
            return Plan(columns=columns, fixed=template.fixed, template=template.name)
    return Plan(columns=guess_columns(kind, headings))


def _columns_by(template: ColumnTemplate, places: Mapping[str, int]) -> dict[str, int]:
    columns = {name: places.get(plain(heading), -1) for name, heading in template.headings.items()}
    return {} if -1 in columns.values() else columns


def without_example(kind: str, table: Table) -> Table:
    """The table without the row that the template file shows how to fill in."""
    lines: list[Line] = [line for line in table.lines if not is_example(kind, line.cells)]
    return Table(headings=table.headings, lines=lines, read_as=table.read_as)


def checked_table(kind: str, table: Table, plan: Plan) -> list[Checked]:
    """What every line means, in order."""
    rows = [typed_values(kind, line.cells, plan.columns, plan.fixed, {}) for line in table.lines]
    return checked_rows(kind, rows)


def checked_anew(batch: Import, plan: Plan) -> list[Checked]:
    """What every row of an import means when it is read by another plan, corrections kept."""
    rows = [
        typed_values(batch.kind, row.cells, plan.columns, plan.fixed, row.edits)
        for row in batch.rows.order_by("number")
    ]
    return checked_rows(batch.kind, rows)
