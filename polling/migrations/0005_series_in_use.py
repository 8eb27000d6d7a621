"""Who uses what, so that those who do not are asked less often."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("polling", "0004_empty_and_frozen_slots")]

    operations = [
        migrations.AddField("coverage", "used_until", models.DateField(blank=True, null=True)),
        migrations.AddField("coverage", "is_company", models.BooleanField(default=False)),
        migrations.AddField("pollslot", "active_complete_at", models.DateTimeField(blank=True, null=True)),
    ]
