"""The gate for views of the list of companies that the team shares."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from companies.fields import WordsField
from companies.forms.creates import PlainForm
from companies.models.views import LONGEST_VIEW_NAME

# What an address of the list can ask for, in the order in which a view keeps it; a page is no part of a view.
KEPT = ("q", "status", "area", "country", "industry", "tag", "owner", "columns", "sort")

LONGEST_QUERY = 4000


class ViewNameForm(PlainForm):
    """What a view is called."""

    name = WordsField(
        longest=LONGEST_VIEW_NAME,
        label=_("Name of the view"),
        help_text=_("As the team finds it, for example “Education, suspended”."),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )


class SaveViewForm(ViewNameForm):
    """A view to be kept: its name, and the state of the list that it opens."""

    query = forms.CharField(required=False, max_length=LONGEST_QUERY, widget=forms.HiddenInput)

    def clean_query(self) -> str:
        """What counts of an address, and nothing else."""
        return kept_query(QueryDict(self.cleaned_data["query"]))


def kept_query(asked: QueryDict) -> str:
    """The part of an address of the list that says which companies are shown, how and in which order."""
    kept = QueryDict(mutable=True)
    for name in KEPT:
        kept.setlist(name, [value for value in asked.getlist(name) if value])
    return kept.urlencode()
