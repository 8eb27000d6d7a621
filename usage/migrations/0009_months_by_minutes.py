from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    dependencies = [("usage", "0008_drop_figures_by_text")]

    operations = [
        migrations.AddIndex(
            model_name="companymonth",
            index=models.Index(
                F("month"),
                (F("audio_all") + F("sd_all") + F("hd_all") + F("hdp_all")).desc(),
                condition=models.Q(("business", "default"), ("model", "duration")),
                name="rollup_by_minutes",
            ),
        ),
    ]
