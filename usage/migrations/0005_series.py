from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("usage", "0004_fill_rollups")]

    operations = [
        migrations.CreateModel(
            name="UsageSeries",
            fields=[
                ("company_id", models.TextField()),
                ("project_id", models.TextField(blank=True, default="")),
                ("business", models.CharField(max_length=20)),
                ("model", models.CharField(max_length=20)),
                ("interval", models.CharField(max_length=10)),
                ("id", models.AutoField(primary_key=True, serialize=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company_id", "project_id", "business", "model", "interval"), name="usage_series_once"
                    )
                ],
            },
        ),
    ]
