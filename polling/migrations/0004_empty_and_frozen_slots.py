"""Days without data yet, and days that are never read again, get the states that say so."""

from django.db import migrations
from django.db.models import F


def name_states(apps, schema_editor):
    """An asked bill that is still expected was empty; what is complete and has no next try is frozen."""
    slots = apps.get_model("polling", "PollSlot").objects
    slots.filter(stream="daily-bills", state="expected", attempts__gt=0, first_complete_at=None).update(state="empty")
    slots.filter(state="complete", next_attempt_at=None).update(state="frozen", frozen_at=F("last_complete_at"))


class Migration(migrations.Migration):
    dependencies = [("polling", "0003_backfills")]

    operations = [migrations.RunPython(name_states, migrations.RunPython.noop)]
