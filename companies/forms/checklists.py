"""The gate for what is typed around a checklist: its projects and services, its preset, a step to correct."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from companies import labels
from companies.fields import WordsField
from companies.forms.creates import (
    LONGEST_NAME,
    CompanyForm,
    CreateForm,
    PlainForm,
    ProjectForm,
    UapServiceForm,
)
from companies.models import ChecklistStep, Company, OperationKind, Preset, Project
from companies.models.checklists import COMPANY_PLACEHOLDER
from companies.queries import checklists as queries
from companies.queries import mirror
from companies.queries.checklists import company_above

THERE_ALREADY = _("This company has a project of this name already. Is it the one you want? Choose another name.")
SELECT = {"class": "form-select"}


class ServicesField(forms.TypedMultipleChoiceField):
    """Any number of UAP services, as pairs of product and region."""

    def __init__(self, **options: Any) -> None:
        choices = [
            (service_code((type_id, region)), _service_label(product, place))
            for type_id, product in labels.choices(labels.UAP_TYPES)
            for region, place in labels.choices(labels.REGIONS)
        ]
        boxes = forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
        super().__init__(choices=choices, coerce=service_from, required=False, widget=boxes, **options)


def service_code(service: Sequence[Any]) -> str:
    """How a form names a service: `7-1` for product 7 in region 1."""
    type_id, region = service
    return f"{type_id}-{region}"


def service_from(code: str) -> tuple[int, int]:
    """Product and region, from the code in a form."""
    type_id, region = code.split("-")
    return int(type_id), int(region)


def _service_label(product: object, place: object) -> str:
    return f"{product}, {place}"


class ProjectStepForm(PlainForm):
    """A project and the services to enable for it; its name may hold `{company}`."""

    name = WordsField(
        longest=LONGEST_NAME,
        label=labels.FIELDS["name"],
        help_text=_("1 to 255 characters. {company} stands for the company's name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    services = ServicesField(label=_("UAP services to enable"))

    def __init__(self, *args: Any, company_name: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.company_name = company_name

    def clean_name(self) -> str:
        """The name as Agora is to get it, which has to fit too."""
        name: str = self.cleaned_data["name"]
        if not self.company_name:
            return name
        full: str = self.fields["name"].clean(name.replace(COMPANY_PLACEHOLDER, self.company_name))
        return full

    @property
    def full_name(self) -> str:
        """The name as Agora is to get it, where that is not what was typed; '' while it cannot be told."""
        full: str = getattr(self, "cleaned_data", {}).get("name", "")
        return "" if full == (self["name"].value() or "").strip() else full


class AddProjectForm(ProjectStepForm):
    """A project to add to a checklist that was started."""

    form_token = CreateForm.base_fields["form_token"]


class ServicesForm(PlainForm):
    """Services to add to a project of a checklist that was started."""

    services = ServicesField(label=_("UAP services to enable"))


class BeginForm(PlainForm):
    """What a new checklist is filled in with."""

    form_token = CreateForm.base_fields["form_token"]
    preset = forms.ModelChoiceField(
        label=_("Preset"),
        help_text=_("Fills in what is usual; you can still change all of it."),
        required=False,
        queryset=Preset.objects.none(),
        empty_label=_("None, I fill it in myself"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["preset"].queryset = queries.presets()  # type: ignore[attr-defined]


class PresetChoiceForm(PlainForm):
    """Which preset fills in a draft."""

    preset = BeginForm.base_fields["preset"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["preset"].queryset = queries.presets()  # type: ignore[attr-defined]
        self.fields["preset"].empty_label = _("Choose a preset")  # type: ignore[attr-defined]
        self.fields["preset"].widget.attrs["class"] = "form-select"


class ChecklistFilterForm(PlainForm):
    """Which checklists to list; every field may stay empty."""

    search = forms.CharField(
        label=_("Company, project or e-mail address"),
        required=False,
        max_length=320,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "class": "form-control toolbar-search",
                "placeholder": _("Company, project or e-mail address"),
            }
        ),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Open and finished")), ("open", _("Open")), ("finished", _("Finished"))],
        widget=forms.Select(attrs=SELECT),
    )
    whose = forms.ChoiceField(
        label=_("Whose"),
        required=False,
        choices=[("", _("Everybody's")), ("mine", _("Mine"))],
        widget=forms.Select(attrs=SELECT),
    )

    def wanted(self) -> dict[str, str]:
        """The filters that are set; a filter nobody knows counts as unset."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class CorrectProjectForm(CreateForm):
    """The name of a project that was not created yet; `company` is None while that does not exist either."""

    name = ProjectForm.base_fields["name"]

    def __init__(self, *args: Any, company: Company | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.company = company

    def clean_name(self) -> str:
        """The name, if the company has no project of that name."""
        name: str = self.cleaned_data["name"]
        if is_there(self.company, name):
            raise ValidationError(THERE_ALREADY)
        return name


def is_there(company: Company | None, name: str) -> bool:
    """Whether the company has a project of this name already, which would be a second one."""
    return company is not None and bool(name) and bool(mirror.projects_named(company, name))


def step_form(step: ChecklistStep, data: Any = None) -> CompanyForm | CorrectProjectForm | UapServiceForm:
    """The form of a single create for one step, holding what was sent before unless there is `data`."""
    filled = data if data is not None else {**step.payload, "form_token": str(uuid.uuid4())}
    if step.kind == OperationKind.COMPANY:
        return CompanyForm(filled)
    if step.kind == OperationKind.PROJECT:
        return CorrectProjectForm(filled, company=company_above(step))
    # The project may not exist yet: this only lends the form its shape.
    return UapServiceForm(filled, project=Project(company=Company()))
