"""Bulk imports: the table that a person brought, its rows, and how such tables are to be read."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.intake.columns import typed_values
from companies.models.operations import Operation, OperationKind


class ImportState(models.TextChoices):
    """Where an import stands; what became of each row stands with its operation."""

    DRAFT = "draft", _("Not begun")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    CANCELLED = "cancelled", _("Cancelled")
    FINISHED = "finished", _("Finished")


class Import(models.Model):
    """A table of companies to create, or of UAP services to enable.

    `source` is the name of the file, '' for rows that were pasted or chosen; `sha256` tells the same rows
    from others. `columns` says by field which column of the table holds it, counted from 0, `fixed` which
    fields have one value for all rows. `read_as` is an encoding that was guessed. `template` is the name of
    the column template that was found to fit.
    """

    form_token = models.UUIDField(unique=True)
    kind = models.CharField(max_length=12, choices=OperationKind)
    source = models.TextField(default="", blank=True)
    sha256 = models.CharField(max_length=64)
    read_as = models.CharField(max_length=20, default="", blank=True)
    headings = models.JSONField()
    columns = models.JSONField(default=dict)
    fixed = models.JSONField(default=dict, blank=True)
    template = models.TextField(default="", blank=True)
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "sha256"], name="import_same_rows"),
            models.Index(fields=["state"], name="import_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source or 'rows'}: {self.state}"


class ImportRow(models.Model):
    """One row of the table, and the operation that it became.

    `number` is its place in the table as it came, headings counted. `cells` are its cells as they came,
    `edits` what a person typed into fields since. `payload` is what would be sent, NULL while a cell is
    wrong; `key` names the thing as an operation's natural key does, '' where that cannot be told. `asked_by`
    has asked for this row to be created as it stands. `token` makes sure that one row becomes one operation;
    `refused_before` is the operation of an earlier token.
    """

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    cells = models.JSONField()
    edits = models.JSONField(default=dict, blank=True)
    title = models.TextField(default="", blank=True)
    key = models.TextField(default="", blank=True)
    payload = models.JSONField(null=True, blank=True)
    left_out = models.BooleanField(default=False)
    token = models.UUIDField(unique=True, default=uuid.uuid4)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    begun_at = models.DateTimeField(null=True, blank=True)
    operation = models.OneToOneField(
        Operation, on_delete=models.PROTECT, related_name="import_row", null=True, blank=True
    )
    refused_before = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_numbered_once")]

    def __str__(self) -> str:
        return f"{self.number}: {self.title}"

    def typed(self, batch: Import) -> dict[str, str]:
        """The text of every field, as it stands in the table or was typed since."""
        return typed_values(batch.kind, self.cells, batch.columns, batch.fixed, self.edits)


class ColumnTemplate(models.Model):
    """How the tables of one origin are to be read: which heading stands for which field, what is always the same."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=OperationKind)
    headings = models.JSONField()
    fixed = models.JSONField(default=dict, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="column_template_named_once")]

    def __str__(self) -> str:
        return self.name
