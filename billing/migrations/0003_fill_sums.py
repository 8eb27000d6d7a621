from django.db import migrations

HALF = 10**9
OF_COMPANIES = f"""
    INSERT INTO billing_billsum (company_id, period, currency, high, low)
    SELECT company_id, period, currency, SUM(amount / {HALF}), SUM(amount % {HALF})
    FROM billing_dailybillline GROUP BY company_id, period, currency ORDER BY period
"""  # noqa: S608
OF_EVERYBODY = """
    INSERT INTO billing_billsum (company_id, period, currency, high, low)
    SELECT '', period, currency, SUM(high), SUM(low) FROM billing_billsum GROUP BY period, currency
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_sums")]

    operations = [
        migrations.RunSQL(OF_COMPANIES, migrations.RunSQL.noop, elidable=True),
        migrations.RunSQL(OF_EVERYBODY, migrations.RunSQL.noop, elidable=True),
    ]
