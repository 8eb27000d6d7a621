"""The gate for bulk imports: what is loaded, how its columns are read, which projects are chosen."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from companies import labels
from companies.forms.creates import CreateForm, PlainForm
from companies.forms.import_rows import choices_of
from companies.intake.columns import fields_of
from companies.intake.reading import (
    MOST_ROWS,
    Line,
    Table,
    UnreadableError,
    read_pasted,
    read_text,
)
from companies.intake.workbook import is_workbook, read_workbook
from companies.models import Import, OperationKind, Project
from companies.uploads import MOST_BYTES

KINDS = ((OperationKind.COMPANY.value, _("Companies to create")), (OperationKind.UAP_SERVICE.value, _("UAP services")))


class LoadForm(CreateForm):
    """A table to load: a file, or rows that were copied from a spreadsheet."""

    kind = forms.ChoiceField(label=_("What the rows hold"), choices=KINDS, widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("CSV or XLSX, at most 5 MB and 5,000 rows. The first row names the columns, in any order."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    rows = forms.CharField(
        label=_("Or paste rows"),
        required=False,
        strip=False,
        help_text=_("Copied from a spreadsheet, headings included."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "wrap": "off", "class": "mono"}),
    )

    def clean_file(self) -> Table | None:
        """The table in the file."""
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is None:
            return None
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(
                _now("This file is larger than 5 MB. Divide it, or keep only the sheet with the rows.")
            )
        data = file.read()
        try:
            return read_workbook(data) if is_workbook(data) else read_text(data)
        except UnreadableError as error:
            raise ValidationError(str(error)) from None

    def clean_rows(self) -> Table | None:
        """The table that was pasted."""
        text: str = self.cleaned_data["rows"]
        try:
            return read_pasted(text) if text.strip() else None
        except UnreadableError as error:
            raise ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        """One table, not two and not none."""
        values = super().clean()
        if not self.errors and values.get("file") and values.get("rows"):
            self.add_error("rows", _now("Load the file or paste rows, not both at once."))
        elif not self.errors and not values.get("file") and not values.get("rows"):
            self.add_error("file", _now("Choose a file, or paste rows below."))
        return values

    def table(self) -> Table:
        """What was loaded."""
        table: Table = self.cleaned_data["file"] or self.cleaned_data["rows"]
        return table

    def source(self) -> str:
        """The name of the file; '' for pasted rows."""
        file = self.files.get("file")
        return (file.name or "").replace("\0", "")[:200] if file else ""


class MappingForm(PlainForm):
    """Which column holds which field, what stands where it is empty, and under which name to keep that."""

    keep_as = forms.CharField(
        label=_("Keep this as a template"),
        required=False,
        max_length=80,
        help_text=_("Under this name. It is used by itself for the next table with these headings."),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, batch: Import, **options: Any) -> None:
        super().__init__(*args, **options)
        self.batch = batch
        columns = [("", _("Not in the table")), *((str(place), name) for place, name in enumerate(batch.headings))]
        for field in fields_of(batch.kind):
            place = batch.columns.get(field.name)
            self.fields[f"column_{field.name}"] = forms.ChoiceField(
                label=field.label,
                choices=columns,
                required=False,
                initial="" if place is None else str(place),
                widget=forms.Select(attrs={"class": "form-select"}),
            )
            self.fields[f"fixed_{field.name}"] = _value_field(field.name, batch.fixed.get(field.name, ""))

    def clean(self) -> dict[str, Any]:
        """A column fills one field."""
        values = self.cleaned_data
        taken: set[str] = set()
        for field in fields_of(self.batch.kind):
            place = values.get(f"column_{field.name}")
            if place and place in taken:
                self.add_error(f"column_{field.name}", _now("This column fills another field already."))
            taken.add(place or "")
        return values

    def columns(self) -> dict[str, int]:
        """The column of every field that has one, counted from 0."""
        chosen = {field.name: self.cleaned_data[f"column_{field.name}"] for field in fields_of(self.batch.kind)}
        return {name: int(place) for name, place in chosen.items() if place}

    def fixed(self) -> dict[str, str]:
        """What stands where a cell is empty."""
        values = {field.name: self.cleaned_data[f"fixed_{field.name}"] for field in fields_of(self.batch.kind)}
        return {name: value for name, value in values.items() if value}

    def lines(self) -> list[tuple[Any, Any]]:
        """Column and value of each field, side by side."""
        names = [field.name for field in fields_of(self.batch.kind)]
        return [(self[f"column_{name}"], self[f"fixed_{name}"]) for name in names]


class ProjectsForm(CreateForm):
    """Which service to enable for which projects of a list."""

    type_id = forms.ChoiceField(
        label=labels.FIELDS["type_id"],
        choices=labels.choices(labels.UAP_TYPES),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    region = forms.ChoiceField(
        label=labels.FIELDS["region"],
        choices=labels.choices(labels.REGIONS),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    projects = forms.ModelMultipleChoiceField(queryset=Project.objects.none(), required=False)
    everything = forms.BooleanField(required=False)

    def __init__(self, *args: Any, found: QuerySet[Project], **options: Any) -> None:
        super().__init__(*args, **options)
        self.found = found
        self.fields["projects"].queryset = found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """At least one project, and no more than a table may have rows."""
        values = super().clean()
        chosen = self.chosen()[: MOST_ROWS + 1]
        if not chosen:
            self.add_error(None, _now("Choose at least one project."))
        elif len(chosen) > MOST_ROWS:
            words = _now("At most %(most)d projects can be chosen at once. Search for fewer.")
            self.add_error(None, words % {"most": MOST_ROWS})
        return values

    def chosen(self) -> QuerySet[Project]:
        """The projects that were ticked, or all that were found."""
        ticked: QuerySet[Project] = self.cleaned_data.get("projects") or Project.objects.none()
        return self.found if self.cleaned_data.get("everything") else ticked.order_by(*self.found.query.order_by)

    def table(self) -> Table:
        """The same as rows that somebody typed."""
        service = [self.cleaned_data["type_id"], self.cleaned_data["region"]]
        lines = [
            Line(number=number, cells=[project.company.company_id, project.project_id, *service])
            for number, project in enumerate(self.chosen(), start=1)
        ]
        return Table(headings=[field.name for field in fields_of(OperationKind.UAP_SERVICE)], lines=lines)


def _value_field(name: str, value: str) -> forms.Field:
    """What to type or choose for a field that is the same in all rows."""
    label = _("Value where it is empty")
    choices = choices_of(name)
    if choices:
        select = forms.Select(attrs={"class": "form-select"})
        options = [("", _("Nothing")), *choices]
        return forms.ChoiceField(label=label, required=False, choices=options, initial=value, widget=select)
    attrs = {"class": "form-control", "autocomplete": "off"}
    if name == "country":
        attrs["list"] = "countries"
    text = forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, required=False, max_length=1000, initial=value, widget=text)
