"""What the team itself says about companies: tags, what one step over many has changed, and what became of each."""

from __future__ import annotations

import unicodedata

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_TAG = 40


def tag_key(name: str) -> str:
    """What two names of one tag have in common: case, width and the way accents are stored do not tell them apart.

    The key of a key is that key, as addresses hold keys and names alike.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


class Tag(models.Model):
    """A word that the team puts on companies; spelled as it was first typed."""

    name = models.CharField(max_length=LONGEST_TAG)
    key = models.TextField(unique=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class CareStep(models.TextChoices):
    """What can be done to many companies at once."""

    ADD_TAG = "add-tag", _("Add a tag")
    REMOVE_TAG = "remove-tag", _("Remove a tag")
    SET_OWNER = "set-owner", _("Set the owner")


class CareChange(models.Model):
    """One step over many companies, with all that it takes to undo it exactly.

    `before` holds, by the row number of each company that changed, the owner it had, and None for tags. Of
    two that undo it at once, one sets `undone_at`.
    """

    step = models.CharField(max_length=12, choices=CareStep)
    tag = models.ForeignKey(Tag, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    before = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.step} of {len(self.before)} companies at {self.at:%Y-%m-%d %H:%M:%S} UTC"


class CareAbout(models.TextChoices):
    """What the team says of a company."""

    TAGS = "tags", _("Tags")
    OWNER = "owner", _("Owner")


class CareEvent(models.Model):
    """What somebody changed of one company's tags or owner, alone or with many others; rows are only ever added.

    Of tags `old` names those that were taken off and `new` those that were put on, with commas between them; of
    owners they are who it was and who it became, '' for nobody. Names are as they were then.
    """

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="care_events")
    about = models.CharField(max_length=8, choices=CareAbout)
    old = models.TextField(default="", blank=True)
    new = models.TextField(default="", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["company", "at"], name="care_by_company")]

    def __str__(self) -> str:
        return f"{self.company_id} {self.about}: −{self.old} +{self.new}"
