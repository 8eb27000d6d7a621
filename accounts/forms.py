"""The gate for what is typed about people."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import queries
from accounts.models import Person
from accounts.theme import Theme

SEES_AMOUNTS_HELP = _("Bills and spend are shown to finance, to admins, and to people with this right.")
ROLE_HELP = _(
    "Viewers read. Operators create companies, projects and services, and order days to be read again. Approvers "
    "also decide about unclear operations. Finance reads amounts of money. Admins may do everything and manage people."
)


class NewPersonForm(forms.ModelForm):
    """A person to be."""

    class Meta:
        model = Person
        fields = ["email", "name", "role", "sees_amounts"]
        help_texts = {"role": ROLE_HELP, "sees_amounts": SEES_AMOUNTS_HELP}

    def clean_email(self) -> str:
        return Person.objects.normalize_email(self.cleaned_data["email"])


class PersonForm(forms.ModelForm):
    """What an admin may change about a person."""

    class Meta:
        model = Person
        fields = ["name", "role", "sees_amounts", "is_active"]
        help_texts = {
            "role": ROLE_HELP,
            "sees_amounts": SEES_AMOUNTS_HELP,
            "is_active": _("Without this the person is signed out at once and cannot come back."),
        }


class ThemeForm(forms.Form):
    """The theme of this browser."""

    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)


class AuditFilterForm(forms.Form):
    """Which entries of the audit log to show; both fields may stay empty."""

    email = forms.CharField(
        label=_("E-mail address contains"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"class": "form-control", "placeholder": _("E-mail address contains")}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        actions = [(action, action) for action in queries.audit_actions()]
        self.fields["action"] = forms.ChoiceField(
            label=_("Action"),
            required=False,
            choices=[("", _("Any action")), *actions],
            widget=forms.Select(attrs={"class": "form-select"}),
        )
