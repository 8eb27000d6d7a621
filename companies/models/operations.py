"""Creates: an operation is intent and outbox in one row, an attempt is one signed request made for it."""

from __future__ import annotations

import unicodedata

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agora.drafts import AnyDraft, CompanyDraft, ProjectDraft, UapServiceDraft


class OperationKind(models.TextChoices):
    """What is created."""

    COMPANY = "company", _("Company")
    PROJECT = "project", _("Project")
    UAP_SERVICE = "uap-service", _("UAP service")


def could_be_id(kind: str, text: str) -> bool:
    """Whether a text has the form of an ID of Agora's: digits for a company, visible signs for a project."""
    if kind == OperationKind.COMPANY:
        return text.isascii() and text.isdigit() and len(text) < 19
    return 0 < len(text) <= 255 and not any(unicodedata.category(sign)[0] in "CZ" for sign in text)


class OperationState(models.TextChoices):
    """Where a create stands; docs/operations.md draws the moves."""

    QUEUED = "queued", _("Waiting to be sent")
    PREPARING = "preparing", _("Checking")
    SENDING = "sending", _("Being created")
    UNCERTAIN = "uncertain", _("Not confirmed")
    REVIEW = "review", _("Needs a decision")
    RETRY_WAIT = "retry-wait", _("Waiting to try again")
    BLOCKED = "blocked", _("Blocked")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    CANCELLED = "cancelled", _("Given up")


DRAFTS: dict[str, type[AnyDraft]] = {
    OperationKind.COMPANY: CompanyDraft,
    OperationKind.PROJECT: ProjectDraft,
    OperationKind.UAP_SERVICE: UapServiceDraft,
}

ENDED = (OperationState.DONE, OperationState.REFUSED, OperationState.CANCELLED)
OPEN = tuple(state for state in OperationState if state not in ENDED)
OPEN_VALUES = [state.value for state in OPEN]
# Of these nothing is on its way to Agora, or ever was since it was last queued.
NOT_SENT = (OperationState.QUEUED, OperationState.RETRY_WAIT, OperationState.BLOCKED)


class Operation(models.Model):
    """One create that a person asked for, from the form to its end.

    `natural_key` names the thing: the e-mail in lower case for a company, company and name for a
    project, project, type and region for a UAP service; one open operation per key. `company_id` and
    `project_id` say below what the thing is created; '' where there is nothing above. `reason` is a code
    that says why it is in its state, `message` what Agora said. `tries` counts since `queued_at`, when it
    was last queued. Nothing happens by itself where `next_action_at` is NULL.

    `baseline` is the highest row of the mirror when this was asked for: what this create may have made is
    listed later, in a higher row. `candidates` are the IDs that were found and might be it, `dismissed_ids`
    those of which a person said that they are not. From `settles_at` on an absence proves something;
    `settled_at` is when a complete listing proved that nothing is on its way any more.
    """

    kind = models.CharField(max_length=12, choices=OperationKind)
    form_token = models.UUIDField(unique=True)
    natural_key = models.TextField()
    company_id = models.TextField(default="", blank=True)
    project_id = models.TextField(default="", blank=True)
    payload = models.JSONField()
    payload_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=OperationState, default=OperationState.QUEUED)
    state_since = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=0)
    attempt_no = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    lease_owner = models.CharField(max_length=36, default="", blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(default=timezone.now)
    baseline = models.BigIntegerField(default=0)
    x_date = models.CharField(max_length=40, default="", blank=True)
    x_request_id = models.CharField(max_length=36, default="", blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    settles_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    next_action_at = models.DateTimeField(null=True, blank=True)
    result_remote_id = models.TextField(null=True, blank=True)  # noqa: DJ001 - NULL keeps the constraint below honest
    result_status = models.TextField(default="", blank=True)
    evidence = models.TextField(default="", blank=True)
    candidates = models.JSONField(default=list, blank=True)
    dismissed_ids = models.JSONField(default=list, blank=True)
    reason = models.CharField(max_length=20, default="", blank=True)
    message = models.TextField(default="", blank=True)
    message_field = models.CharField(max_length=40, default="", blank=True)
    differences = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decision_note = models.TextField(default="", blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "natural_key"],
                condition=Q(state__in=OPEN_VALUES),
                name="one_open_operation_per_thing",
            ),
            models.UniqueConstraint(
                fields=["natural_key"],
                condition=Q(kind=OperationKind.UAP_SERVICE, state=OperationState.DONE, result_status="1"),
                name="uap_service_enabled_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "company_id", "result_remote_id"],
                condition=~Q(kind=OperationKind.UAP_SERVICE),
                name="one_operation_per_created_thing",
            ),
        ]
        indexes = [models.Index(fields=["state", "next_action_at"], name="operation_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.natural_key}: {self.state}"

    @property
    def has_ended(self) -> bool:
        """Whether nothing can change any more."""
        return self.state in ENDED

    def draft(self) -> AnyDraft:
        """What was asked for, ready to be sent."""
        return DRAFTS[self.kind].from_payload(self.payload)


class Attempt(models.Model):
    """One signed request made for an operation; rows are added and completed once, never changed after."""

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    x_date = models.CharField(max_length=40)
    x_request_id = models.CharField(max_length=36)
    signed_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, default="", blank=True)
    status = models.PositiveIntegerField(null=True, blank=True)
    message = models.TextField(default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "number"], name="attempt_numbered_once")]

    def __str__(self) -> str:
        return f"{self.operation_id}#{self.number} {self.outcome}"
