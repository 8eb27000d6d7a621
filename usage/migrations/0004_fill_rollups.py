from django.db import migrations

from usage.services.rollups import Tables, roll_up_everything


def fill(apps, schema_editor):
    """Add up the rows that were stored before sums were kept."""
    roll_up_everything(
        Tables(
            figures=apps.get_model("usage", "UsageFigures"),
            days=apps.get_model("usage", "DayTotal"),
            months=apps.get_model("usage", "CompanyMonth"),
        )
    )


class Migration(migrations.Migration):
    dependencies = [("usage", "0003_rollups")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
