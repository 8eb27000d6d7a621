"""Bulk imports: what was loaded, its rows, and how such tables are to be read."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0003_checklists_and_presets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form_token", models.UUIDField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("company", "Company"), ("project", "Project"), ("uap-service", "UAP service")],
                        max_length=12,
                    ),
                ),
                ("source", models.TextField(blank=True, default="")),
                ("sha256", models.CharField(max_length=64)),
                ("read_as", models.CharField(blank=True, default="", max_length=20)),
                ("headings", models.JSONField()),
                ("columns", models.JSONField(default=dict)),
                ("fixed", models.JSONField(blank=True, default=dict)),
                ("template", models.TextField(blank=True, default="")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Not begun"),
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("cancelled", "Cancelled"),
                            ("finished", "Finished"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("cells", models.JSONField()),
                ("edits", models.JSONField(blank=True, default=dict)),
                ("title", models.TextField(blank=True, default="")),
                ("key", models.TextField(blank=True, default="")),
                ("payload", models.JSONField(blank=True, null=True)),
                ("left_out", models.BooleanField(default=False)),
                ("token", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="companies.import"
                    ),
                ),
                (
                    "operation",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="import_row",
                        to="companies.operation",
                    ),
                ),
                (
                    "refused_before",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.operation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ColumnTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[("company", "Company"), ("project", "Project"), ("uap-service", "UAP service")],
                        max_length=12,
                    ),
                ),
                ("headings", models.JSONField()),
                ("fixed", models.JSONField(blank=True, default=dict)),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "name"), name="column_template_named_once")],
            },
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(fields=["kind", "sha256"], name="import_same_rows"),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(fields=["state"], name="import_state"),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(fields=("batch", "number"), name="import_row_numbered_once"),
        ),
    ]
