from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("polling", "0007_raw_answers")]

    operations = [
        migrations.AddIndex(
            model_name="coverage",
            index=models.Index(
                condition=models.Q(("project_id", "")),
                fields=["business", "model", "interval"],
                name="coverage_of_companies",
            ),
        ),
    ]
