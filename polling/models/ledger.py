"""The ledger of what should be known: slots, runs, targets and coverage; and the state of the connection to Agora."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

# A stream that has no days (the lists of companies and projects) keeps one slot per scope, under this period.
SNAPSHOT = dt.date(1970, 1, 1)


class Stream(models.TextChoices):
    """What is polled."""

    COMPANIES = "companies", _("Companies")
    PROJECTS = "projects", _("Projects")
    USAGE = "usage", _("Usage")
    DAILY_BILLS = "daily-bills", _("Daily bills")


class SlotState(models.TextChoices):
    """How far the portal is with one slot; never shown beside a figure."""

    EXPECTED = "expected", _("expected")
    RUNNING = "running", _("running")
    COMPLETE = "complete", _("complete")
    EMPTY = "empty", _("empty")
    PARTIAL = "partial", _("partial")
    FAILED = "failed", _("failed")
    FROZEN = "frozen", _("frozen")


class PollSlot(models.Model):
    """One thing that should be known: a stream, its scope and a UTC period.

    The scope is '' for companies and daily bills, the company ID for projects, and
    `business/model/interval` for usage. The period is a UTC day, the first day of a
    month for monthly usage, and SNAPSHOT for lists. Usage has an `active_complete_at`: when the
    period was last asked, and known, of everybody who uses the pair; who does not may still wait for a turn.
    """

    stream = models.CharField(max_length=20, choices=Stream)
    scope = models.TextField(default="", blank=True)
    period = models.DateField(default=SNAPSHOT)
    state = models.CharField(max_length=10, choices=SlotState, default=SlotState.EXPECTED)
    due_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    first_complete_at = models.DateTimeField(null=True, blank=True)
    last_complete_at = models.DateTimeField(null=True, blank=True)
    active_complete_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    rows = models.PositiveIntegerField(null=True, blank=True)
    declared_total = models.PositiveIntegerField(null=True, blank=True)
    sums = models.JSONField(default=dict, blank=True)
    problems = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=36, default="", blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(default="", blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "scope", "period"], name="slot_once_per_stream_scope_period"),
        ]
        indexes = [models.Index(fields=["stream", "next_attempt_at"], name="slot_due")]

    def __str__(self) -> str:
        return f"{self.stream} {self.scope} {self.period}"


class RunOutcome(models.TextChoices):
    """How a run ended."""

    COMPLETE = "complete", _("complete")
    PARTIAL = "partial", _("partial")
    FAILED = "failed", _("failed")


class PollRun(models.Model):
    """One finished reading of one scope over a range of periods; rows are only ever added."""

    stream = models.CharField(max_length=20, choices=Stream)
    scope = models.TextField(default="", blank=True)
    since = models.DateField()
    until = models.DateField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=RunOutcome)
    calls = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    error = models.TextField(default="", blank=True)
    request_id = models.CharField(max_length=36, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["stream", "since", "ended_at"], name="run_by_stream_and_period")]

    def __str__(self) -> str:
        return f"{self.stream} {self.scope} {self.since}..{self.until} {self.outcome}"


class UsageScope(models.Model):
    """What one series of usage figures belongs to; '' as project ID is the company as a whole."""

    company_id = models.TextField()
    project_id = models.TextField(default="", blank=True)
    business = models.CharField(max_length=20)
    model = models.CharField(max_length=20)
    interval = models.CharField(max_length=10)

    class Meta:
        abstract = True


SERIES = ("company_id", "project_id", "business", "model", "interval")


class Coverage(UsageScope):
    """Which days of one series are known: inside known_from..known_until a day without a row is a known zero.

    A day with a `Target` row inside that range is not known. Days up to settled_until were asked
    when they could no longer be provisional. Days from checked_from on were last confirmed at
    checked_at, older ones when their slot was last complete, or at known_at where it never was.
    There is no usage that is known after used_until; NULL is not noted yet. A project that
    `is_company` has answered just what its company did, while it was the only one. All days that its turn
    looks back at were last asked at looked_back_at; NULL is not noted yet.
    """

    known_from = models.DateField()
    known_until = models.DateField()
    known_at = models.DateTimeField()
    checked_from = models.DateField()
    checked_at = models.DateTimeField()
    settled_until = models.DateField(null=True, blank=True)
    used_until = models.DateField(null=True, blank=True)
    is_company = models.BooleanField(default=False)
    looked_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=SERIES, name="coverage_once_per_series"),
            models.CheckConstraint(condition=Q(known_from__lte=F("known_until")), name="coverage_range_in_order"),
        ]
        indexes = [
            # What is known of all companies is asked by every page; their projects are many times as many.
            models.Index(
                fields=["business", "model", "interval"], condition=Q(project_id=""), name="coverage_of_companies"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company_id}/{self.project_id} {self.business} {self.model} to {self.known_until}"


class TargetState(models.TextChoices):
    """Why a range of days of one series is not known."""

    OPEN = "open", _("not fetched yet")
    FAILED = "failed", _("failed")
    NOT_REPORTED = "not-reported", _("not reported by Agora")
    NO_ACCESS = "no-access", _("no access")
    GONE = "gone", _("gone at Agora")


class Target(UsageScope):
    """A range of days of one series that should be known and is not: a gap is a row."""

    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=15, choices=TargetState, default=TargetState.OPEN)
    reason = models.TextField(default="", blank=True)
    request_id = models.CharField(max_length=36, default="", blank=True)
    attempts = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=[*SERIES, "since"], name="target_once_per_series_and_day"),
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="target_range_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id}/{self.project_id} {self.business} {self.model} {self.since}..{self.until}"


class Connection(models.Model):
    """The one row that knows which server this database mirrors, for which instance, and how the calls to it fare.

    `instance_id` is the PORTAL_INSTANCE_ID of the portal that works with this database; one started with
    another ID creates nothing.
    """

    origin = models.TextField(default="", blank=True)
    instance_id = models.TextField(default="", blank=True)
    poll_since = models.DateField(null=True, blank=True)
    refused_reason = models.CharField(max_length=20, default="", blank=True)
    refused_since = models.DateTimeField(null=True, blank=True)
    hold_until = models.DateTimeField(null=True, blank=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    skew_seconds = models.FloatField(null=True, blank=True)
    last_answer_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(default="", blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    last_error_request_id = models.CharField(max_length=36, default="", blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_connection_only")]

    def __str__(self) -> str:
        return self.origin
