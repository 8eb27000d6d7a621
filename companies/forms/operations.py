"""The gate for whatever is typed to decide about an operation, or to find one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from companies import queries
from companies.forms.creates import PlainForm
from companies.models import Operation, OperationKind, OperationState
from companies.models.operations import could_be_id

LONGEST_NOTE = 1000
SELECT = {"class": "form-select"}


class DecisionForm(PlainForm):
    """Why a person decides as they do; `seen` is the version of the operation that their page showed."""

    mark = "decide"

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For your colleagues and the audit log."),
        max_length=LONGEST_NOTE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say why: your colleagues will ask.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, operation: Operation, **options: Any) -> None:
        # Several of these stand on one page, and an id may stand there once.
        super().__init__(*args, auto_id=f"{self.mark}_%s", **options)
        self.operation = operation
        self.fields["seen"].initial = operation.version


class GiveUpForm(DecisionForm):
    """Why nobody follows it any more."""

    mark = "give_up"


class SendAgainForm(DecisionForm):
    """Why it may be sent once more."""

    mark = "send_again"


class AdoptForm(DecisionForm):
    """Under which ID the company or project exists."""

    mark = "adopt"

    remote_id = forms.CharField(
        label=_("ID at Agora"),
        help_text=_("One that Agora lists. A new one appears above once the list is read again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Choose one of the candidates, or copy the ID from Agora's console.")},
    )
    field_order = ["remote_id", "reason"]

    def clean_remote_id(self) -> str:
        """The ID, if it has the form of one."""
        remote_id: str = self.cleaned_data["remote_id"]
        if could_be_id(self.operation.kind, remote_id):
            return remote_id
        if self.operation.kind == OperationKind.COMPANY:
            raise ValidationError(_("A company ID has digits only."))
        raise ValidationError(_("A project ID has no blanks and at most 255 characters."))


class OperationFilterForm(PlainForm):
    """Which operations to list; every field may stay empty."""

    search = forms.CharField(
        label=_("Name, e-mail address or ID"),
        required=False,
        max_length=320,
        widget=forms.TextInput(
            attrs={"type": "search", "class": "form-control", "placeholder": _("Name, e-mail address or ID")}
        ),
    )
    state = forms.ChoiceField(label=_("State"), required=False, widget=forms.Select(attrs=SELECT))
    kind = forms.ChoiceField(label=_("Kind"), required=False, widget=forms.Select(attrs=SELECT))
    person = forms.ModelChoiceField(
        label=_("Person"),
        required=False,
        queryset=Person.objects.none(),
        empty_label=_("Everybody"),
        widget=forms.Select(attrs=SELECT),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["state"].choices = [("", _("Any state")), *OperationState.choices]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("Any kind")), *OperationKind.choices]  # type: ignore[attr-defined]
        self.fields["person"].queryset = queries.who_created()  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """The filters that are set, as `operations_matching` takes them; a filter nobody knows counts as unset."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
