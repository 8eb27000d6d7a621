from django.db import migrations, models, transaction

SERIES = "company_id, project_id, business, model, interval"
# As many old rows are carried over in one transaction.
BATCH = 100_000

SAY_SERIES_ONCE = """
    INSERT INTO {series} ({names})
    SELECT DISTINCT {names} FROM {old} o WHERE true ORDER BY {names}
    ON CONFLICT DO NOTHING
"""
CARRY_OVER = """
    INSERT INTO {new} (series_id, period, {metrics}, extra, corrected)
    SELECT s.id, o.period, {metrics}, NULLIF(o.extra, {nothing}), NULLIF(o.corrected, {nobody})
    FROM {old} o JOIN {series} s ON {same}
    WHERE o.id BETWEEN %s AND %s
    ON CONFLICT DO NOTHING
"""
CARRY_BACK = """
    INSERT INTO {old} ({names}, period, {metrics}, extra, corrected)
    SELECT {names}, period, {metrics}, COALESCE(extra, {nothing}), COALESCE(corrected, {nobody})
    FROM {new} f JOIN {series} s ON s.id = f.series_id ORDER BY period, s.id
"""


def carry_over(apps, schema_editor):
    """Say each series once, and let the rows of figures name it by its number; begun work is taken up again."""
    run(apps, schema_editor, SAY_SERIES_ONCE)
    old = apps.get_model("usage", "FiguresByText").objects
    ends = old.aggregate(first=models.Min("id", default=1), last=models.Max("id", default=0))
    for first in range(ends["first"], ends["last"] + 1, BATCH):
        run(apps, schema_editor, CARRY_OVER, [first, first + BATCH - 1])


def carry_back(apps, schema_editor):
    """Spell the series out in every row again."""
    run(apps, schema_editor, CARRY_BACK)
    for name in ("UsageFigures", "UsageSeries"):
        apps.get_model("usage", name).objects.all().delete()


def run(apps, schema_editor, statement, params=()):
    """Run a statement in a transaction of its own."""
    database = schema_editor.connection
    json = "::jsonb" if database.vendor == "postgresql" else ""
    old, new, series = (apps.get_model("usage", name) for name in ("FiguresByText", "UsageFigures", "UsageSeries"))
    metrics = [field.name for field in new._meta.get_fields() if isinstance(field, models.BigIntegerField)]
    filled = statement.format(
        old=old._meta.db_table, new=new._meta.db_table, series=series._meta.db_table, names=SERIES,
        metrics=", ".join(metrics), nothing=f"'{{}}'{json}", nobody=f"'[]'{json}",
        same=" AND ".join(f"s.{name} = o.{name}" for name in SERIES.split(", ")),
    )  # fmt: skip
    with transaction.atomic(using=database.alias), database.cursor() as cursor:
        cursor.execute(filled, params)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("usage", "0006_figures_by_series")]

    operations = [migrations.RunPython(carry_over, carry_back, elidable=True)]
