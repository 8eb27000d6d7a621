"""What settling an unknown outcome needs: a baseline of the mirror, when it settles, and what was dismissed."""

import datetime

from django.db import migrations, models
from django.db.models import F, Max
from django.utils import timezone

# What is on its way has been listed by then, or never will be.
SETTLES_AFTER = datetime.timedelta(minutes=15)


def set_baselines(apps, schema_editor):
    """The baseline of an older operation is the last row that was listed before it was asked for."""
    Operation = apps.get_model("companies", "Operation")
    mirrors = {"company": apps.get_model("companies", "Company"), "project": apps.get_model("companies", "Project")}
    Operation.objects.update(queued_at=F("created_at"), state_since=F("created_at"))
    for operation in Operation.objects.filter(kind__in=mirrors):
        older = mirrors[operation.kind].objects.filter(first_seen_at__lt=operation.created_at)
        operation.baseline = older.aggregate(last=Max("pk"))["last"] or 0
        operation.save(update_fields=["baseline"])


def wake_what_waits(apps, schema_editor):
    """Unknown outcomes are looked for from now on, and used-up tries are handed to a person."""
    Operation = apps.get_model("companies", "Operation")
    waiting = Operation.objects.filter(state__in=["uncertain", "retry-wait"], next_action_at=None)
    waiting.update(next_action_at=timezone.now())
    Operation.objects.filter(state="uncertain").update(settles_at=F("sent_at") + SETTLES_AFTER)


class Migration(migrations.Migration):
    dependencies = [("companies", "0001_companies_and_operations")]

    operations = [
        migrations.RemoveField(model_name="operation", name="baseline_ids_at_creation"),
        migrations.AddField(model_name="operation", name="baseline", field=models.BigIntegerField(default=0)),
        migrations.AddField(
            model_name="operation",
            name="queued_at",
            field=models.DateTimeField(default=timezone.now),
        ),
        migrations.AddField(
            model_name="operation",
            name="state_since",
            field=models.DateTimeField(default=timezone.now),
        ),
        migrations.AddField(
            model_name="operation", name="settles_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="operation", name="dismissed_ids", field=models.JSONField(blank=True, default=list)
        ),
        migrations.AddField(
            model_name="operation", name="reminded_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.RunPython(set_baselines, migrations.RunPython.noop),
        migrations.RunPython(wake_what_waits, migrations.RunPython.noop),
    ]
