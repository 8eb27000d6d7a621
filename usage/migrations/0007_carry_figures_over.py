from django.db import migrations, models, transaction

SERIES = "company_id, project_id, business, model, interval"
# As many old rows are carried over in one transaction.
BATCH = 100_000


def carry_over(apps, schema_editor):
    """Say each series once, and let the rows of figures name it by its number; begun work is taken up again."""
    old, new, series = tables(apps)
    database, same = schema_editor.connection, same_series()
    columns = metrics_of(apps)
    with transaction.atomic(using=database.alias), database.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {series} ({SERIES}) SELECT DISTINCT {SERIES} FROM {old} o WHERE true"
            f" ORDER BY {SERIES} ON CONFLICT DO NOTHING"
        )
    for first, last in batches(apps):
        with transaction.atomic(using=database.alias), database.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {new} (series_id, period, {columns}, extra, corrected)"
                f" SELECT s.id, o.period, {columns}, {told('extra', '{}', database)}, {told('corrected', '[]', database)}"
                f" FROM {old} o JOIN {series} s ON {same} WHERE o.id BETWEEN %s AND %s ON CONFLICT DO NOTHING",
                [first, last],
            )


def carry_back(apps, schema_editor):
    """Spell the series out in every row again."""
    old, new, series = tables(apps)
    columns = metrics_of(apps)
    empty = [empty_text("{}", schema_editor.connection), empty_text("[]", schema_editor.connection)]
    schema_editor.execute(
        f"INSERT INTO {old} ({SERIES}, period, {columns}, extra, corrected)"
        f" SELECT {SERIES}, period, {columns}, COALESCE(extra, {empty[0]}), COALESCE(corrected, {empty[1]})"
        f" FROM {new} f JOIN {series} s ON s.id = f.series_id ORDER BY period, s.id"
    )
    for name in ("UsageFigures", "UsageSeries"):
        apps.get_model("usage", name).objects.all().delete()


def tables(apps):
    return [apps.get_model("usage", name)._meta.db_table for name in ("FiguresByText", "UsageFigures", "UsageSeries")]


def metrics_of(apps):
    fields = apps.get_model("usage", "UsageFigures")._meta.get_fields()
    return ", ".join(field.column for field in fields if isinstance(field, models.BigIntegerField))


def same_series():
    return " AND ".join(f"s.{name} = o.{name}" for name in SERIES.split(", "))


def told(column, empty, database):
    """A column that is NULL where it was empty."""
    return f"NULLIF(o.{column}, {empty_text(empty, database)})"


def empty_text(empty, database):
    return f"'{empty}'::jsonb" if database.vendor == "postgresql" else f"'{empty}'"


def batches(apps):
    old = apps.get_model("usage", "FiguresByText").objects
    ends = old.aggregate(first=models.Min("id"), last=models.Max("id"))
    if ends["first"] is not None:
        yield from ((first, first + BATCH - 1) for first in range(ends["first"], ends["last"] + 1, BATCH))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("usage", "0006_figures_by_series")]

    operations = [migrations.RunPython(carry_over, carry_back, elidable=True)]
