import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import migrations, models

from agora.vocabulary import METRICS, MONTHLY_PAIRS
from usage.metrics import column_of

LARGEST = 2**63 - 1


class Sum:
    """Rows added up one by one, as the sums were kept when this migration was made."""

    def __init__(self):
        self.rows = 0
        self.values, self.carried, self.corrected = {}, {}, set()

    def add(self, numbers, corrected):
        self.rows += 1
        self.corrected.update(corrected)
        for metric, number in numbers.items():
            self.values[metric] = self.values.get(metric, 0) + number
            self.carried[metric] = self.carried.get(metric, 0) + 1

    def columns(self, metrics):
        whole = {
            metric: int(value)
            for metric, value in self.values.items()
            if metric in metrics and int(value) == value and abs(value) <= LARGEST
        }
        lacking = {metric: self.rows - self.carried.get(metric, 0) for metric in {*metrics, *self.values}}
        return {
            **{metrics[metric]: value for metric, value in whole.items()},
            "rows": self.rows,
            "extra": {metric: str(value) for metric, value in self.values.items() if metric not in whole},
            "corrected": sorted(self.corrected),
            "lacking": {metric: rows for metric, rows in lacking.items() if rows},
        }


def numbers_of(row, metrics):
    """The numbers that a row carries, by metric."""
    numbers = {metric: row[column] for metric, column in metrics.items() if row[column] is not None}
    for metric, text in row["extra"].items():
        try:
            number = Decimal(text)
        except InvalidOperation:
            continue
        if number.is_finite():
            numbers[metric] = number
    return numbers


def fill(apps, schema_editor):
    """Add up the rows that were stored before sums were kept."""
    figures = apps.get_model("usage", "UsageFigures")
    known = {field.name for field in figures._meta.get_fields() if isinstance(field, models.BigIntegerField)}
    for pair, names in METRICS.items():
        metrics = {metric: column_of(metric) for metric in names if column_of(metric) in known}
        fill_pair(apps, figures.objects, str(pair[0]), str(pair[1]), metrics)


def fill_pair(apps, figures, business, model, metrics):
    """The sums of one pair of business and model."""
    told = "monthly" if (business, model) in MONTHLY_PAIRS else "daily"
    days: dict[Any, Sum] = {}
    months: dict[Any, Sum] = {}
    last_used: dict[Any, dt.date] = {}
    rows = figures.filter(project_id="", business=business, model=model)
    fields = ("company_id", "interval", "period", "extra", "corrected", *metrics.values())
    for row in rows.values(*fields).iterator(chunk_size=2000):
        numbers, period = numbers_of(row, metrics), row["period"]
        key = period.replace(day=1), row["company_id"]
        if row["interval"] == "daily":
            days.setdefault(period, Sum()).add(numbers, row["corrected"])
            if row["extra"] or any(number > 0 for number in numbers.values()):
                last_used[key] = max(period, last_used.get(key, dt.date.min))
        if row["interval"] == told:
            months.setdefault(key, Sum()).add(numbers, row["corrected"])
    pair = {"business": business, "model": model}
    day_total, company_month = (apps.get_model("usage", name).objects for name in ("DayTotal", "CompanyMonth"))
    day_total.bulk_create(
        (day_total.model(period=day, **pair, **found.columns(metrics)) for day, found in sorted(days.items())),
        batch_size=200,
    )
    company_month.bulk_create(
        (
            company_month.model(
                month=key[0], company_id=key[1], last_used=last_used.get(key), **pair,
                **months.get(key, Sum()).columns(metrics if key in months else {}),
            )
            for key in sorted(months.keys() | last_used.keys())
        ),
        batch_size=200,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("usage", "0003_rollups")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
