"""The gate for whatever is typed to decide about an operation, or to find one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from companies import queries
from companies.forms.creates import PlainForm
from companies.models import Operation, OperationKind, OperationState
from companies.models.operations import could_be_id

LONGEST_NOTE = 1000
SELECT = {"class": "form-select"}
DAY: dict[str, Any] = {
    "required": False,
    "widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control"}),
    "input_formats": ["%Y-%m-%d"],
    "error_messages": {"invalid": _("Write a day as 2026-09-21.")},
}


class DecisionForm(PlainForm):
    """Why a person decides as they do; `seen` is the version of the operation that their page showed.

    The decisions of a page share one reason, so that what was typed serves whichever is pressed. A page that
    does not say what it showed counts as out of date.
    """

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For your colleagues and the audit log: how do you know?"),
        max_length=LONGEST_NOTE,
        # With several lines, Enter presses no button. What was typed stays when the page is brought up to date.
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "hx-preserve": True}),
        error_messages={"required": _("Say why: your colleagues will ask.")},
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    remote_id = forms.CharField(required=False, widget=forms.HiddenInput)
    other_id = forms.CharField(
        label=_("ID at Agora"),
        help_text=_("If Agora's console shows it under an ID that does not stand above."),
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", "hx-preserve": True}),
    )

    def __init__(self, *args: Any, operation: Operation, **options: Any) -> None:
        super().__init__(*args, auto_id="decide_%s", **options)
        self.operation = operation

    def clean_seen(self) -> int:
        """The version that was shown; -1, which none has, where the page did not say."""
        seen: int | None = self.cleaned_data["seen"]
        return -1 if seen is None else seen

    def decided(self) -> dict[str, Any]:
        """What the decision needs."""
        return {"seen": self.cleaned_data["seen"], "reason": self.cleaned_data["reason"]}


class AdoptForm(DecisionForm):
    """Under which ID the company or project exists: a candidate's, or else one that was typed.

    `place_of_id` is the field beside which stands what is wrong with the ID; None when a candidate was pressed.
    """

    place_of_id: str | None = None

    def clean(self) -> dict[str, Any]:
        """Refuse what cannot be an ID; a candidate that was pressed goes before one that was typed."""
        pressed, typed = (self.cleaned_data.get(name) or "" for name in ("remote_id", "other_id"))
        self.place_of_id = None if pressed else "other_id"
        if not (pressed or typed):
            self.add_error("other_id", _("Choose one of the candidates, or copy the ID from Agora's console."))
        elif not could_be_id(self.operation.kind, pressed or typed):
            self.add_error(self.place_of_id, self._what_an_id_is())
        return {**self.cleaned_data, "remote_id": pressed or typed}

    def _what_an_id_is(self) -> str:
        if self.operation.kind == OperationKind.COMPANY:
            return str(_("A company ID has digits only."))
        return str(_("A project ID has no blanks and at most 255 characters."))

    def decided(self) -> dict[str, Any]:
        """What the decision needs, with the ID."""
        return {**super().decided(), "remote_id": self.cleaned_data["remote_id"]}


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

    since = forms.DateField(label=_("From (UTC)"), **DAY)
    until = forms.DateField(label=_("Until (UTC)"), **DAY)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["state"].choices = [("", _("Any state")), *OperationState.choices]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("Any kind")), *OperationKind.choices]  # type: ignore[attr-defined]
        self.fields["person"].queryset = queries.who_created()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Say so when the days are the wrong way round; then neither counts."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            self.add_error("until", _("This day lies before the first one."))
            self.cleaned_data["since"] = None
        return self.cleaned_data

    def wanted(self) -> dict[str, Any]:
        """The filters that are set, as `operations_matching` takes them; one that is wrong counts as unset."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
