from django.db import migrations
from django.db.models import Sum
from django.db.models.functions import TruncMonth

HALF = 10**9
ADD = "INSERT INTO billing_billsum (company_id, interval, period, currency, high, low)"
OF_COMPANIES = f"""
    {ADD} SELECT company_id, 'daily', period, currency, SUM(amount / {HALF}), SUM(amount % {HALF})
    FROM billing_dailybillline GROUP BY company_id, period, currency ORDER BY period
"""  # noqa: S608
OF_EVERYBODY = f"""
    {ADD} SELECT '', interval, period, currency, SUM(high), SUM(low)
    FROM billing_billsum GROUP BY interval, period, currency
"""  # noqa: S608


def add_up_months(apps, schema_editor):
    """Months as the sums of their days."""
    sums = apps.get_model("billing", "BillSum").objects
    by = ("company_id", "month", "currency")
    found = sums.annotate(month=TruncMonth("period")).values(*by).annotate(highs=Sum("high"), lows=Sum("low"))
    sums.bulk_create(
        (
            sums.model(
                company_id=row["company_id"], interval="monthly", period=row["month"], currency=row["currency"],
                high=row["highs"], low=row["lows"],
            )
            for row in found.order_by(*by).iterator(chunk_size=2000)
        ),
        batch_size=500,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_sums")]

    operations = [
        migrations.RunSQL(OF_COMPANIES, migrations.RunSQL.noop, elidable=True),
        migrations.RunSQL(OF_EVERYBODY, migrations.RunSQL.noop, elidable=True),
        migrations.RunPython(add_up_months, migrations.RunPython.noop, elidable=True),
    ]
