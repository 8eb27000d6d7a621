from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_daily_bills")]

    operations = [
        migrations.CreateModel(
            name="BillSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_id", models.TextField()),
                ("interval", models.CharField(max_length=10)),
                ("period", models.DateField()),
                ("currency", models.CharField(max_length=16)),
                ("high", models.BigIntegerField()),
                ("low", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["interval", "period"], name="bill_sum_by_period")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company_id", "interval", "period", "currency"), name="bill_sum_once_per_period"
                    )
                ],
            },
        ),
    ]
