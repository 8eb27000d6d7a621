"""What Agora lists: companies and projects; and the UAP services that this portal enabled."""

from django.conf import settings
from django.db import models

from companies.models.care import Tag


class Company(models.Model):
    """A company as the company list last showed it; codes stay as they came, unknown ones too.

    `owner` and `tags` are the team's own: no listing ever touches them.
    """

    company_id = models.TextField(unique=True)
    name = models.TextField(default="", blank=True)
    country = models.TextField(default="", blank=True)
    area = models.TextField(default="", blank=True)
    app_limit = models.BigIntegerField(null=True, blank=True)
    member_limit = models.BigIntegerField(null=True, blank=True)
    industry = models.TextField(default="", blank=True)
    interest = models.TextField(default="", blank=True)
    environment = models.TextField(default="", blank=True)
    status = models.TextField(default="", blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    tags = models.ManyToManyField(Tag, related_name="companies", blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.company_id})"


class Project(models.Model):
    """A project as its company's project list last showed it; the ID is Agora's and case-sensitive."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="projects")
    project_id = models.TextField()
    name = models.TextField(default="", blank=True)
    status = models.TextField(default="", blank=True)
    created = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "project_id"], name="project_once_per_company")]

    def __str__(self) -> str:
        return f"{self.name} ({self.project_id})"


class UapService(models.Model):
    """A UAP service that this portal enabled, with what Agora reported; Agora has no call to read it back."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="uap_services")
    type_id = models.IntegerField()
    region = models.IntegerField()
    status = models.TextField(default="", blank=True)
    project_name_reported = models.TextField(default="", blank=True)
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "type_id", "region"], name="uap_service_once_per_project")
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.type_id}/{self.region}: {self.status}"
