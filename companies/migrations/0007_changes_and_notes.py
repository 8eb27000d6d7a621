"""Changes of the mirror that were seen, statuses that need a person as they stand, and notes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NORMAL = "0"


def note_standing_statuses(apps, schema_editor):
    """Since when a company has not been in its normal state is not known; that it was so when last listed is."""
    Company = apps.get_model("companies", "Company")
    MirrorChange = apps.get_model("companies", "MirrorChange")
    troubled = Company.objects.exclude(status__in=[NORMAL, ""])
    MirrorChange.objects.bulk_create(
        [
            MirrorChange(company=company, field="status", old="", new=company.status, seen_at=company.last_seen_at)
            for company in troubled.iterator()
        ],
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0006_views_of_the_list"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MirrorChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("status", "Status"),
                            ("app_limit", "Project limit"),
                            ("member_limit", "Member limit"),
                            ("name", "Name"),
                            ("area", "Area"),
                            ("country", "Country"),
                            ("industry", "Industry"),
                            ("listed", "Listed by Agora"),
                        ],
                        max_length=12,
                    ),
                ),
                ("old", models.TextField(blank=True, default="")),
                ("new", models.TextField(blank=True, default="")),
                ("seen_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="companies.company"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="companies.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "seen_at"], name="change_by_company"),
                    models.Index(fields=["project", "seen_at"], name="change_by_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="companies.company"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="companies.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "created_at"], name="note_by_company"),
                    models.Index(fields=["project", "created_at"], name="note_by_project"),
                ],
            },
        ),
        migrations.RunPython(note_standing_statuses, migrations.RunPython.noop),
    ]
