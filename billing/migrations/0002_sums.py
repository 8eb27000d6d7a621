from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_daily_bills")]

    operations = [
        migrations.CreateModel(
            name="BillSum",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id",
                        "interval",
                        "period",
                        "currency",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("company_id", models.TextField()),
                ("interval", models.CharField(max_length=10)),
                ("period", models.DateField()),
                ("currency", models.CharField(max_length=16)),
                ("high", models.BigIntegerField()),
                ("low", models.BigIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["interval", "period"], name="bill_sum_by_period")]},
        ),
    ]
