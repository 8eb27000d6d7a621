"""Which instance of the portal works with this database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("polling", "0001_ledger")]

    operations = [
        migrations.AddField(
            model_name="connection", name="instance_id", field=models.TextField(blank=True, default="")
        ),
    ]
