"""The gate for what the Bills page and its exports are asked for."""

from __future__ import annotations

import datetime as dt
from typing import TypedDict

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing.figures import Selection
from companies.models.care import tag_key
from usage.forms import DaysForm

SECOND = dt.timedelta(seconds=1)
# A later moment means the same as this one: all that is known.
LATEST = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)


class Kind(TypedDict):
    """Companies by what they are, as a selection names it."""

    tag: str
    area: str
    country: str
    owner: str
    unlisted: bool


class KindForm(forms.Form):
    """Of what kind the companies are whose bills are asked for; `listed` is `no` for those Agora does not list."""

    tag = forms.CharField(required=False)
    area = forms.CharField(required=False, strip=False)
    country = forms.CharField(required=False, strip=False)
    owner = forms.CharField(required=False)
    listed = forms.CharField(required=False)

    def kind(self) -> Kind:
        """The part of a selection that these fields are."""
        asked = self.cleaned_data
        return Kind(
            tag=tag_key(asked.get("tag", "")),
            area=asked.get("area", ""),
            country=asked.get("country", ""),
            owner=asked.get("owner", ""),
            unlisted=asked.get("listed") == "no",
        )


class BillPageForm(KindForm):
    """What the Bills page shows, apart from its days; every field may be left out."""

    view = forms.ChoiceField(choices=[("days", _("Days")), ("months", _("Months"))], required=False)
    company = forms.CharField(required=False, strip=False)
    project = forms.CharField(required=False, strip=False)
    currency = forms.CharField(required=False, max_length=16)


class BillExportForm(DaysForm, KindForm):
    """What an export of bills or of corrections is asked for."""

    currency = forms.CharField(required=False, max_length=16)
    as_of = forms.CharField(required=False)

    def clean_as_of(self) -> dt.datetime | None:
        """A UTC moment as `YYYY-MM-DDTHH:MM:SSZ`, and nothing else."""
        text = self.cleaned_data["as_of"]
        if not text:
            return None
        try:
            moment = dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
        except ValueError:
            raise ValidationError(_("Write a UTC moment like 2026-09-21T06:00:00Z.")) from None
        return min(moment, LATEST)

    def selection(self) -> Selection:
        """Which lines are asked for."""
        asked = self.cleaned_data
        return Selection(
            since=asked["since"],
            until=asked["until"],
            company_id=asked["company"],
            project_id=asked["project"],
            currency=asked["currency"],
            **self.kind(),
        )

    def known_before(self) -> dt.datetime | None:
        """The moment before which the bills must have been known: the end of the second that `as_of` names.

        Moments leave the portal in whole seconds, so a moment that was read here includes what happened at it.
        """
        as_of: dt.datetime | None = self.cleaned_data["as_of"]
        return as_of + SECOND if as_of else None
