"""The gate for what the usage page and its exports are asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from agora.vocabulary import PAIRS, Business, Interval, Model
from usage.figures import Selection
from usage.metrics import PRODUCTS, WEEKLY

LONGEST_EXPORT = dt.timedelta(days=3653)
FIRST_DAY = dt.date(2000, 1, 1)
LAST_DAY = dt.date(2100, 1, 1)


class DayField(forms.DateField):
    """A UTC day as `YYYY-MM-DD`, in a century that can be meant."""

    def __init__(self, **options: Any) -> None:
        words = {"invalid": _("Write a UTC day like 2026-09-21.")}
        limits = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
        super().__init__(input_formats=["%Y-%m-%d"], validators=limits, error_messages=words, **options)


class DaysForm(forms.Form):
    """The inclusive UTC days of an export, and whose figures it holds; IDs are taken as they are."""

    since = DayField()
    until = DayField()
    company = forms.CharField(required=False, strip=False)
    project = forms.CharField(required=False, strip=False)

    def clean(self) -> dict[str, Any]:
        super().clean()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            raise ValidationError(_("`since` must not be later than `until`."))
        if since and until and until - since > LONGEST_EXPORT:
            raise ValidationError(_("One export holds at most ten years."))
        return self.cleaned_data

    def problems(self) -> str:
        """What is wrong, one line for each problem, as plain text."""
        return "\n".join(
            f"{field}: {problem}" if field != "__all__" else problem
            for field, problems in self.errors.get_json_data().items()
            for problem in (one["message"] for one in problems)
        )


class UsagePageForm(forms.Form):
    """What the usage page shows, apart from its days; every field may be left out."""

    product = forms.ChoiceField(choices=[(product.key, product.name) for product in PRODUCTS], required=False)
    interval = forms.ChoiceField(choices=[(name, name) for name in (*Interval, WEEKLY)], required=False)
    draw = forms.ChoiceField(choices=[("stacked", _("Stacked")), ("lines", _("Lines"))], required=False)
    group = forms.CharField(required=False)
    metric = forms.CharField(required=False)
    compare = forms.CharField(required=False)
    sort = forms.CharField(required=False, strip=False)
    company = forms.CharField(required=False, strip=False)
    project = forms.CharField(required=False, strip=False)
    tag = forms.CharField(required=False)
    area = forms.CharField(required=False, strip=False)
    country = forms.CharField(required=False, strip=False)
    provisional = forms.BooleanField(required=False)
    find = forms.CharField(required=False, max_length=255)


class UsageExportForm(DaysForm):
    """What a usage export is asked for, in the words of the API document."""

    business = forms.ChoiceField(choices=[(code.value, code.value) for code in Business])
    model = forms.ChoiceField(choices=[(code.value, code.value) for code in Model])
    interval = forms.ChoiceField(choices=[(code.value, code.value) for code in Interval], required=False)
    group = forms.ChoiceField(choices=[("company", "company"), ("project", "project")], required=False)

    def clean(self) -> dict[str, Any]:
        super().clean()
        asked = self.cleaned_data
        business, model = asked.get("business"), asked.get("model")
        if business and model and (business, model) not in PAIRS:
            raise ValidationError(_("Agora does not measure this business by this model."))
        if asked.get("project") and asked.get("group") == "company":
            raise ValidationError(_("Figures of one project need group=project."))
        return asked

    def selection(self) -> Selection:
        """What is asked for; daily figures of companies unless told otherwise."""
        asked: Mapping[str, Any] = self.cleaned_data
        return Selection(
            business=asked["business"],
            model=asked["model"],
            interval=asked["interval"] or Interval.DAILY.value,
            since=asked["since"],
            until=asked["until"],
            company_id=asked["company"],
            project_id=asked["project"],
            by_project=asked["group"] == "project" or bool(asked["project"]),
        )
