"""The gate for what admins type into a preset."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies import labels
from companies.fields import LARGEST_LIMIT, CountryField, LimitField, WordsField
from companies.forms.checklists import ProjectStepForm, service_code
from companies.forms.creates import CompanyForm, PlainForm
from companies.models import Preset
from companies.models.checklists import MOST_PROJECTS
from companies.queries import checklists as queries

UNSET = _("Not set")


class PresetLimitField(forms.IntegerField):
    """A limit that a preset may leave open."""

    default_error_messages = LimitField.default_error_messages

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_LIMIT, required=False, **options)


class PresetForm(PlainForm):
    """What a preset is called, and the fields of the company that it sets."""

    name = WordsField(
        longest=80,
        label=_("Name of the preset"),
        help_text=_("As people find it when they begin a checklist, for example “Education CN”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    country = CountryField(label=labels.FIELDS["country"], required=False)
    area = forms.ChoiceField(label=labels.FIELDS["area"], required=False)
    app_limit = PresetLimitField(label=labels.FIELDS["app_limit"])
    member_limit = PresetLimitField(label=labels.FIELDS["member_limit"])
    industry = forms.ChoiceField(label=labels.FIELDS["industry"], required=False)
    interest = forms.ChoiceField(label=labels.FIELDS["interest"], required=False)
    environment = forms.ChoiceField(label=labels.FIELDS["environment"], required=False)
    send_password_reset_email = forms.ChoiceField(
        label=labels.FIELDS["send_password_reset_email"],
        required=False,
        choices=[("", UNSET), ("True", _("Yes")), ("False", _("No"))],
    )

    def __init__(self, *args: Any, preset: Preset | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.preset = preset
        for name in ("area", "industry", "interest", "environment"):
            self.fields[name].choices = unset_or(labels.CODED[name])  # type: ignore[attr-defined]
        for name in self.fields.keys() & CompanyForm.base_fields.keys():
            self.fields[name].help_text = CompanyForm.base_fields[name].help_text

    def clean_name(self) -> str:
        """The name, if no other preset has it."""
        name: str = self.cleaned_data["name"]
        other = queries.preset_named(name)
        if other is not None and other != self.preset:
            raise ValidationError(_("Another preset has this name."))
        return name

    def company(self) -> dict[str, str]:
        """The fields that are set, as they would be typed."""
        return {
            name: str(value) for name, value in self.cleaned_data.items() if name != "name" and value not in ("", None)
        }


def unset_or(words: labels.Labels) -> list[tuple[str | int, str | Promise]]:
    """Not set, or one of the document's codes."""
    return [("", UNSET), *labels.choices(words)]


def project_forms(data: Mapping[str, Any] | None, planned: Sequence[Mapping[str, Any]], rows: int) -> list[Any]:
    """One form for each line of a preset's projects, of which the last may stay empty."""
    made = []
    for number in range(min(max(rows, 1), MOST_PROJECTS)):
        initial = planned[number] if number < len(planned) else {"name": "", "services": []}
        codes = [service_code(service) for service in initial["services"]]
        made.append(
            PresetProjectForm(data, prefix=f"project-{number}", initial={"name": initial["name"], "services": codes})
        )
    return made


class PresetProjectForm(ProjectStepForm):
    """One project of a preset; a line without name and services is left out."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].required = False

    def clean(self) -> dict[str, Any]:
        """Ask for the name of a project that has services."""
        values = self.cleaned_data
        if values.get("services") and values.get("name") == "":
            self.add_error("name", WordsField.default_error_messages["required"])
        return values

    def is_blank(self) -> bool:
        """Whether nothing was typed or ticked."""
        return not self.cleaned_data.get("name") and not self.cleaned_data.get("services")

    def planned(self) -> dict[str, Any]:
        """The project as a preset stores it."""
        return {
            "name": self.cleaned_data["name"],
            "services": sorted(list(service) for service in self.cleaned_data["services"]),
        }


def planned_projects(forms: Sequence[PresetProjectForm]) -> list[dict[str, Any]]:
    """The projects of the lines that are not empty."""
    return [form.planned() for form in forms if not form.is_blank()]
