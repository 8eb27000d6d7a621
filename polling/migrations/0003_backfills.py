"""Orders to read days again, and their steps."""

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("polling", "0002_instance_of_the_portal"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Backfill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField()),
                ("streams", models.JSONField(default=list)),
                ("scope", models.TextField(blank=True, default="")),
                ("company_id", models.TextField(blank=True, default="")),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("only_gaps", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "waiting"),
                            ("running", "running"),
                            ("finished", "finished"),
                            ("cancelled", "cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("ordered_at", models.DateTimeField()),
                ("planned_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("expected_calls", models.PositiveIntegerField(default=0)),
                ("calls", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                (
                    "waits_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("busy", "somebody else reads the same days"),
                            ("hold", "Agora asked for a pause"),
                            ("refused", "Agora refuses the portal's signature"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("next_attempt_at", models.DateTimeField()),
                ("lease_token", models.CharField(blank=True, default="", max_length=36)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ordered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BackfillStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "stream",
                    models.CharField(
                        choices=[
                            ("companies", "Companies"),
                            ("projects", "Projects"),
                            ("usage", "Usage"),
                            ("daily-bills", "Daily bills"),
                        ],
                        max_length=20,
                    ),
                ),
                ("scope", models.TextField(blank=True, default="")),
                ("since", models.DateField(default=datetime.date(1970, 1, 1))),
                ("until", models.DateField(default=datetime.date(1970, 1, 1))),
                ("expected_calls", models.PositiveIntegerField(default=0)),
                ("calls", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("everybody", models.BooleanField(default=True)),
                ("after_company", models.TextField(blank=True, default="")),
                ("after_project", models.TextField(blank=True, default="")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.TextField(blank=True, default="")),
                ("request_id", models.CharField(blank=True, default="", max_length=36)),
                (
                    "backfill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="polling.backfill"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="backfill",
            index=models.Index(fields=["state", "next_attempt_at"], name="backfill_due"),
        ),
        migrations.AddConstraint(
            model_name="backfill",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("queued", "running"))), fields=("key",), name="backfill_open_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="backfill",
            constraint=models.CheckConstraint(
                condition=models.Q(("since__lte", models.F("until"))), name="backfill_range_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="backfillstep",
            constraint=models.UniqueConstraint(fields=("backfill", "number"), name="backfill_step_once"),
        ),
    ]
