"""What happened to a company: what Agora lists otherwise than before, and what the team wrote down about it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models.mirror import Company, Project

LONGEST_NOTE = 4000


class ChangedField(models.TextChoices):
    """What of a company or project is watched; all but the last are columns of the mirror."""

    STATUS = "status", _("Status")
    APP_LIMIT = "app_limit", _("Project limit")
    MEMBER_LIMIT = "member_limit", _("Member limit")
    NAME = "name", _("Name")
    AREA = "area", _("Area")
    COUNTRY = "country", _("Country")
    INDUSTRY = "industry", _("Industry")
    LISTED = "listed", _("Listed by Agora")


class MirrorChange(models.Model):
    """One field that a listing showed otherwise than the one before; rows are only ever added.

    `old` and `new` are as the mirror keeps them, '' where Agora told nothing. For `listed` they are `yes` and
    `no`. `project` is NULL where the company itself changed. `seen_at` is when the listing was stored that showed
    it first: what happened at Agora happened between that and the listing before.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="changes")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="changes", null=True, blank=True)
    field = models.CharField(max_length=12, choices=ChangedField)
    old = models.TextField(default="", blank=True)
    new = models.TextField(default="", blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["company", "seen_at"], name="change_by_company"),
            models.Index(fields=["project", "seen_at"], name="change_by_project"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.field}: {self.old} → {self.new}"


class Note(models.Model):
    """What somebody wrote about a company, or about one project of it.

    Only its author changes or removes it; one that was removed stays here, so that this can be undone.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="notes")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="notes", null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["company", "created_at"], name="note_by_company"),
            models.Index(fields=["project", "created_at"], name="note_by_project"),
        ]

    def __str__(self) -> str:
        return f"note {self.pk} on company {self.company_id}"
