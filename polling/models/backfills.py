"""Orders to read days again, and the steps of which they consist: all that a worker needs to go on with one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from polling.models.ledger import SNAPSHOT, Stream


class BackfillState(models.TextChoices):
    """How far an order is."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    FINISHED = "finished", _("finished")
    CANCELLED = "cancelled", _("cancelled")


UNFINISHED = (BackfillState.QUEUED, BackfillState.RUNNING)


class Waiting(models.TextChoices):
    """What an order waits for before it goes on."""

    NOTHING = "", ""
    BUSY = "busy", _("somebody else reads the same days")
    HOLD = "hold", _("Agora asked for a pause")
    REFUSED = "refused", _("Agora refuses the portal's signature")


class Backfill(models.Model):
    """An order to read a range of UTC days of some streams again, the newest first.

    `scope` narrows usage down to one business, model and interval, `company_id` to one company; '' is all.
    With `only_gaps` what is known is left alone. `key` says what is ordered: nobody orders it twice at a time.
    """

    key = models.TextField()
    streams = models.JSONField(default=list)
    scope = models.TextField(default="", blank=True)
    company_id = models.TextField(default="", blank=True)
    since = models.DateField()
    until = models.DateField()
    only_gaps = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=BackfillState, default=BackfillState.QUEUED)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ordered_at = models.DateTimeField()
    planned_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    expected_calls = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    waits_for = models.CharField(max_length=10, choices=Waiting, default=Waiting.NOTHING, blank=True)
    next_attempt_at = models.DateTimeField()
    lease_token = models.CharField(max_length=36, default="", blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(state__in=UNFINISHED), name="backfill_open_once"),
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="backfill_range_in_order"),
        ]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="backfill_due")]

    def __str__(self) -> str:
        return f"{', '.join(self.streams)} {self.since}..{self.until}"


class BackfillStep(models.Model):
    """One part of an order that is read in one or more chunks; the cursor says after whom the next one goes on.

    Without `everybody` only those are asked of whom some of its days are not known.
    """

    backfill = models.ForeignKey(Backfill, models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    stream = models.CharField(max_length=20, choices=Stream)
    scope = models.TextField(default="", blank=True)
    since = models.DateField(default=SNAPSHOT)
    until = models.DateField(default=SNAPSHOT)
    expected_calls = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    everybody = models.BooleanField(default=True)
    after_company = models.TextField(default="", blank=True)
    after_project = models.TextField(default="", blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(default="", blank=True)
    request_id = models.CharField(max_length=36, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["backfill", "number"], name="backfill_step_once")]

    def __str__(self) -> str:
        return f"{self.stream} {self.scope} {self.since}..{self.until}"
