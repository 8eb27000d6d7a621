"""The gate for a note."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from companies.fields import has_something_to_see
from companies.forms.creates import PlainForm
from companies.models.changes import LONGEST_NOTE


class NoteField(forms.CharField):
    """Some lines of text with something to see; a line ends as people type it."""

    default_error_messages = {"required": _("Write something first.")}

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        return text if has_something_to_see(text) else ""

    def validate(self, value: str) -> None:
        super().validate(value)
        if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in value):
            raise ValidationError(_("This holds a character that cannot be stored."))
        if len(value) > LONGEST_NOTE:
            message = _("At most %(longest)d characters; these are %(length)d.")
            raise ValidationError(message % {"longest": LONGEST_NOTE, "length": len(value)})


class NoteForm(PlainForm):
    """What somebody writes about a company or project."""

    text = NoteField(
        label=_("Note"),
        help_text=_("Everybody who signs in here reads it; Agora and the company do not."),
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3, "dir": "auto"}),
    )
