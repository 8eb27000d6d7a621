"""When each series was last asked for all days of its look-back, so that a turn whose call failed is taken again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("polling", "0008_companies_alone")]

    operations = [
        migrations.AddField("coverage", "looked_back_at", models.DateTimeField(blank=True, null=True)),
    ]
