"""The gate for whatever is typed to create something."""

import uuid
from typing import Any

from django import forms
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from agora.drafts import CompanyDraft, ProjectDraft, UapServiceDraft
from agora.vocabulary import Environment, Industry, Interest
from companies import labels, queries
from companies.fields import CodeField, CountryField, LimitField, WordsField
from companies.models import Company, Project

LONGEST_COMPANY_NAME = 20
LONGEST_NAME = 255


class PlainForm(forms.Form):
    """A form whose labels end without a colon."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)


class CreateForm(PlainForm):
    """What every create has: a token minted when the form was shown, so that sending twice is sending once."""

    form_token = forms.UUIDField(
        widget=forms.HiddenInput,
        initial=uuid.uuid4,
        error_messages={
            "required": _("This form has lost its mark. Open it again before you send it."),
            "invalid": _("This form has lost its mark. Open it again before you send it."),
        },
    )

    def clean(self) -> dict[str, Any]:
        """Say beside no field what is wrong with the token, which nobody sees."""
        for message in self.errors.pop("form_token", []):
            self.add_error(None, message)
        return self.cleaned_data

    @property
    def token(self) -> uuid.UUID:
        """The token that came with the form."""
        token: uuid.UUID = self.cleaned_data["form_token"]
        return token

    def values(self) -> dict[str, Any]:
        """What was typed, without the token."""
        return {name: value for name, value in self.cleaned_data.items() if name != "form_token"}


class CompanyForm(CreateForm):
    """A company to create ("Create a company")."""

    company_name = WordsField(
        longest=LONGEST_COMPANY_NAME,
        label=labels.FIELDS["company_name"],
        help_text=_("1 to 20 characters. It cannot be changed here later."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = WordsField(
        longest=320,
        label=labels.FIELDS["email"],
        help_text=_("Agora makes the company's Dashboard account for this address. No other company may have it."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        validators=[EmailValidator(_("This is no e-mail address: it needs a name, an @ and a domain."))],
    )
    first_name = WordsField(
        longest=LONGEST_NAME,
        label=labels.FIELDS["first_name"],
        help_text=_("Of the person who will sign in at Agora."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    last_name = WordsField(
        longest=LONGEST_NAME,
        label=labels.FIELDS["last_name"],
        help_text=_("As it shall stand in Agora's Dashboard."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    country = CountryField(label=labels.FIELDS["country"], help_text=_("Where the company is registered."))
    area = forms.ChoiceField(
        label=labels.FIELDS["area"],
        choices=[("", _("Choose an area")), *labels.choices(labels.AREAS)],
        help_text=_("Where Agora serves it. China goes with the country China, Outside China with all others."),
        error_messages={"required": _("Choose an area."), "invalid_choice": _("Choose one of the two areas.")},
    )
    app_limit = LimitField(label=labels.FIELDS["app_limit"], help_text=_("How many projects it may have. Usually 10."))
    member_limit = LimitField(
        label=labels.FIELDS["member_limit"], help_text=_("How many people may join its account. Usually 10.")
    )
    industry = CodeField(
        labels.INDUSTRIES,
        default=Industry.OTHER.value,
        label=labels.FIELDS["industry"],
        help_text=_("What the company does."),
    )
    interest = CodeField(
        labels.INTERESTS,
        default=Interest.OTHER.value,
        label=labels.FIELDS["interest"],
        help_text=_("The product it asks about."),
    )
    environment = CodeField(
        labels.ENVIRONMENTS,
        default=Environment.OTHER.value,
        label=labels.FIELDS["environment"],
        help_text=_("What its software runs on."),
    )
    send_password_reset_email = forms.BooleanField(
        required=False,
        initial=True,
        label=labels.FIELDS["send_password_reset_email"],
        help_text=_("Agora mails a link to set a password. Without it nobody can sign in there."),
    )

    def draft(self) -> CompanyDraft:
        """What Agora is to create."""
        return CompanyDraft(**self.values())


class ProjectForm(CreateForm):
    """A project to create in a company ("Create a project")."""

    name = WordsField(
        longest=LONGEST_NAME,
        label=labels.FIELDS["name"],
        help_text=_("1 to 255 characters. It cannot be changed here later."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    same_name = forms.BooleanField(required=False, label=_("Create another project of the same name"))

    def __init__(self, *args: Any, company: Company, **options: Any) -> None:
        super().__init__(*args, **options)
        self.company = company
        self.named_alike: list[Project] = []

    def clean(self) -> dict[str, Any]:
        """A name that is there already is questioned once: names may repeat, but rarely on purpose."""
        values = super().clean()
        if queries.was_sent(values.get("form_token")):
            return values
        self.named_alike = queries.projects_named(self.company, values["name"]) if "name" in values else []
        if self.named_alike and not values.get("same_name"):
            self.add_error("name", _("This company has a project of this name already. Is it the one you want?"))
        return values

    def draft(self) -> ProjectDraft:
        """What Agora is to create."""
        return ProjectDraft(company_id=self.company.company_id, name=self.cleaned_data["name"])


class UapServiceForm(CreateForm):
    """A UAP service to enable for a project ("Enable UAP self-service")."""

    type_id = CodeField(
        labels.UAP_TYPES,
        label=labels.FIELDS["type_id"],
        widget=forms.RadioSelect,
        help_text=_("What Agora lets the project use by itself."),
        error_messages={"required": _("Choose a product."), "invalid_choice": _("Choose one of the three products.")},
    )
    region = CodeField(
        labels.REGIONS,
        label=labels.FIELDS["region"],
        widget=forms.RadioSelect,
        help_text=_("Where the service runs. Each region is enabled by itself."),
        error_messages={"required": _("Choose a region."), "invalid_choice": _("Choose one of the two regions.")},
    )

    def __init__(self, *args: Any, project: Project, **options: Any) -> None:
        super().__init__(*args, **options)
        self.project = project

    def draft(self) -> UapServiceDraft:
        """What Agora is to enable."""
        return UapServiceDraft(
            company_id=self.project.company.company_id, project_id=self.project.project_id, **self.values()
        )
