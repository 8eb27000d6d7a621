"""The kinds of form fields: words, codes of the document, limits, countries."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_countries import countries

from companies import labels

LARGEST_LIMIT = 2**31 - 1


class WordsField(forms.CharField):
    """Text that is trimmed, has something to see, and no more than `longest` characters (code points).

    The browser is not told: its `maxlength` counts UTF-16 units.
    """

    default_error_messages = {"required": _("This cannot stay empty.")}

    def __init__(self, *, longest: int, **options: Any) -> None:
        self.longest = longest
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text if has_something_to_see(text) else ""

    def validate(self, value: str) -> None:
        super().validate(value)
        if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in value):
            raise ValidationError(_("This holds a character that cannot be sent: a line break, a tab or half a sign."))
        if len(value) > self.longest:
            message = ngettext(
                "At most %(longest)d character; these are %(length)d.",
                "At most %(longest)d characters; these are %(length)d.",
                self.longest,
            )
            raise ValidationError(message % {"longest": self.longest, "length": len(value)})


def has_something_to_see(text: str) -> bool:
    """Whether a text is more than blanks and signs of no width."""
    return any(unicodedata.category(sign)[0] not in "ZC" for sign in text)


class CodeField(forms.TypedChoiceField):
    """A choice among the document's codes, shown in words; whatever is left out gets the default."""

    def __init__(self, words: labels.Labels, *, default: int | None = None, **options: Any) -> None:
        options.setdefault("required", default is None)
        options |= {"empty_value": default}
        super().__init__(choices=labels.choices(words), coerce=int, initial=default, **options)


class LimitField(forms.IntegerField):
    """A number from 1 up; 10 when it is left out."""

    default_error_messages = {
        "invalid": _("This must be a whole number."),
        "min_value": _("The least is %(limit_value)s."),
        "max_value": _("The most is %(limit_value)s."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_LIMIT, initial=10, required=False, **options)

    def clean(self, value: Any) -> int:
        number = super().clean(value)
        return 10 if number is None else number


class CountryField(forms.ChoiceField):
    """An ISO 3166-1 code of two letters, in whatever case it was typed."""

    default_error_messages = {
        "required": _("Choose a country."),
        "invalid_choice": _("“%(value)s” is no country. Choose one from the list."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=lambda: [("", _("Choose a country")), *countries], **options)

    def to_python(self, value: Any) -> str:
        return super().to_python(value).strip().upper()
