"""The gate for what the team says about companies: names of tags, and who looks after one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Person
from companies.fields import WordsField
from companies.forms.creates import PlainForm
from companies.models import Company
from companies.models.care import LONGEST_TAG
from companies.queries.care import possible_owners

MOST_TAGS = 20


class TagField(WordsField):
    """The name of one tag; a comma divides tags, so that none can hold one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=LONGEST_TAG, **options)

    def validate(self, value: str) -> None:
        super().validate(value)
        if "," in value:
            raise ValidationError(_("A tag holds no comma. Type one tag here."))


class TagNameForm(PlainForm):
    """What a tag is called."""

    name = TagField(label=_("Name"), widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}))


class TagsField(forms.CharField):
    """The names of tags with commas between them, as a list of at most `most`."""

    most = MOST_TAGS

    def clean(self, value: Any) -> list[str]:
        names = [name for part in super().clean(value).split(",") if (name := part.strip())]
        if len(names) > self.most:
            message = ngettext("At most %(most)d tag.", "At most %(most)d tags.", self.most)
            raise ValidationError(message % {"most": self.most})
        one = TagField()
        return [one.clean(name) for name in names]


class OwnerField(forms.ModelChoiceField):
    """Somebody who may sign in, or nobody."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("empty_label", _("Nobody"))
        options.setdefault("widget", forms.Select(attrs={"class": "form-select"}))
        super().__init__(queryset=Person.objects.none(), required=False, **options)


class CareForm(PlainForm):
    """The tags and the owner of one company."""

    tags = TagsField(
        label=_("Tags"),
        required=False,
        help_text=_("With commas between them, for example “education, pilot”."),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    owner = OwnerField(label=_("Owner"))

    def __init__(self, *args: Any, company: Company, **options: Any) -> None:
        tags = [tag.name for tag in company.tags.all()]
        super().__init__(*args, initial={"tags": ", ".join(tags), "owner": company.owner_id}, **options)
        # A step over many companies may have put more on it; those it can keep.
        self.fields["tags"].most = max(MOST_TAGS, len(tags))  # type: ignore[attr-defined]
        # Who looks after it may have lost the sign-in since; that alone changes nothing.
        people = possible_owners() | Person.objects.filter(Q(pk=company.owner_id))
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
