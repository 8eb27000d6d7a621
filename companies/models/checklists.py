"""Onboarding in one go: presets, and checklists whose steps become operations one after the other."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from companies.models.mirror import Company
from companies.models.operations import Operation, OperationKind

# In a project's name this stands for the name of its company.
COMPANY_PLACEHOLDER = "{company}"
MOST_PROJECTS = 50


class Preset(models.Model):
    """What a checklist is filled in with, kept by admins.

    `company` holds the fields that are set, as they would be typed; `projects` is a list of
    `{"name": "{company} live", "services": [[type_id, region], …]}`.
    """

    name = models.CharField(max_length=80)
    company = models.JSONField(default=dict, blank=True)
    projects = models.JSONField(default=list, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="preset_name_once")]

    def __str__(self) -> str:
        return self.name


class Checklist(models.Model):
    """A company with its projects and services, to be created in order; a draft until it is started.

    `company` is set where it begins at a company that exists. `version` counts every change of the
    checklist and its steps; whoever writes raises it first, so that writers follow one another.
    """

    form_token = models.UUIDField(unique=True)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="checklists", null=True, blank=True)
    preset = models.ForeignKey(Preset, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["started_at"], condition=Q(started_at__isnull=False, finished_at=None), name="checklist_at_work"
            )
        ]

    def __str__(self) -> str:
        return f"checklist {self.pk}"


class StepProblem(models.TextChoices):
    """Why a step could not become an operation; `conflict` is the operation that stood in its way, if one did."""

    ALREADY_OPEN = "already-open"
    ALREADY_ENABLED = "already-enabled"
    ALREADY_CREATED = "already-created"
    UNDECIDED = "undecided"
    NOT_ALLOWED = "not-allowed"
    TOKEN_USED = "token-used"  # noqa: S105 - a code
    RESTORED = "restored"


class ChecklistStep(models.Model):
    """One thing to create: the company, a project below it, or a service below a project.

    `typed` is what was typed, `payload` the same once it was checked, without the IDs of what is above.
    `token` is the token of its operation, so that sending a step twice is sending it once.
    """

    checklist = models.ForeignKey(Checklist, on_delete=models.CASCADE, related_name="steps")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, related_name="children", null=True, blank=True)
    kind = models.CharField(max_length=12, choices=OperationKind)
    position = models.PositiveIntegerField(default=0)
    typed = models.JSONField(default=dict, blank=True)
    payload = models.JSONField(default=dict, blank=True)
    token = models.UUIDField(unique=True, default=uuid.uuid4)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    operation = models.OneToOneField(
        Operation, on_delete=models.PROTECT, related_name="checklist_step", null=True, blank=True
    )
    problem = models.CharField(max_length=20, default="", blank=True)
    conflict = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    skipped = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} of checklist {self.checklist_id}"
