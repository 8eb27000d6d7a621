"""How people look at the list of companies: views that the team shares, and the columns that one person chose."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_VIEW_NAME = 60


class Density(models.TextChoices):
    """How much room a row takes."""

    COMPACT = "compact", _("Compact")
    COMFORTABLE = "comfortable", _("Comfortable")


class SavedView(models.Model):
    """A state of the list that the team finds again by name; `query` is what stands in its address."""

    name = models.CharField(max_length=LONGEST_VIEW_NAME)
    key = models.TextField(unique=True)
    query = models.TextField(default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class ColumnChoice(models.Model):
    """What one person wants to see of each company: names of columns in the table's order, and how dense."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    columns = models.JSONField(default=list, blank=True)
    density = models.CharField(max_length=12, choices=Density, default=Density.COMPACT)

    def __str__(self) -> str:
        return f"{self.person}: {', '.join(self.columns)}, {self.density}"
