from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("usage", "0001_figures")]

    operations = [
        migrations.AddIndex(
            model_name="usagefigures",
            index=models.Index(
                condition=models.Q(("project_id", "")),
                fields=["business", "model", "interval", "period"],
                name="usage_of_companies_by_period",
            ),
        ),
    ]
