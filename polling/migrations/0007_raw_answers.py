"""Answers that are kept as they came: which call each one answered, and the digest that names its file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("polling", "0006_tally_of_calls")]

    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("page", models.PositiveIntegerField(blank=True, null=True)),
                ("asked", models.TextField()),
                ("status", models.PositiveSmallIntegerField()),
                ("request_id", models.CharField(max_length=36)),
                ("sha256", models.CharField(max_length=64)),
                ("bytes", models.PositiveIntegerField()),
                ("kept_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "indexes": [models.Index(fields=["stream", "since", "kept_at"], name="answer_by_stream_and_period")]
            },
        ),
    ]
