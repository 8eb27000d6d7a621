"""What the list of companies is narrowed down by; every choice stands in the page's address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from companies.queries import companies_matching
from desk.queries.listed import choices_of

# What usage is narrowed down by as well, by one of each.
OF_USAGE = {"tag", "area", "country"}


class SearchField(forms.CharField):
    """Words to search for; spaces around them are not meant."""

    widget = forms.TextInput(
        attrs={
            "type": "search",
            "placeholder": _("Name, company ID or e-mail"),
            "autocomplete": "off",
            "class": "form-control w-100",
        }
    )


class SearchFilter(django_filters.CharFilter):
    """A filter with a search field."""

    field_class = SearchField


class CodeFilter(django_filters.MultipleChoiceFilter):
    """Any of several codes, of which those are offered that some company has, or that the address asks for."""

    def offer(self, asked: list[str]) -> None:
        """Find out what is there to choose from."""
        self.extra["choices"] = choices_of(self.field_name, asked)


@dataclass(frozen=True, kw_only=True)
class Menu:
    """A filter as a menu of boxes."""

    field: forms.BoundField

    @property
    def name(self) -> str:
        return str(self.field.name)

    @property
    def label(self) -> str:
        return str(self.field.label)

    @property
    def boxes(self) -> list[forms.boundfield.BoundWidget]:
        return list(self.field.subwidgets)

    @property
    def chosen(self) -> int:
        """How many boxes are ticked."""
        return sum(bool(box.data.get("selected")) for box in self.boxes)


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One thing that the list is narrowed down by, and the address without it."""

    label: str
    words: str
    query: str


class CompanyFilter(django_filters.FilterSet):
    """The filters of the list of companies; one that makes no sense is as if it were not there."""

    q = SearchFilter(label=_("Search"))
    status = CodeFilter(label=_("Status"), widget=forms.CheckboxSelectMultiple)
    area = CodeFilter(label=_("Area"), widget=forms.CheckboxSelectMultiple)
    country = CodeFilter(label=_("Country"), widget=forms.CheckboxSelectMultiple)
    industry = CodeFilter(label=_("Industry"), widget=forms.CheckboxSelectMultiple)
    tag = CodeFilter(label=_("Tag"), field_name="tags", widget=forms.CheckboxSelectMultiple)
    owner = CodeFilter(label=_("Owner"), widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Company
        fields: list[str] = []

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, Company.objects.none())
        for name, code in self.codes.items():
            code.offer(data.getlist(name))

    @property
    def codes(self) -> dict[str, CodeFilter]:
        """The filters that offer codes, by name."""
        return {name: found for name, found in self.filters.items() if isinstance(found, CodeFilter)}

    def filter_queryset(self, queryset: QuerySet[Company]) -> QuerySet[Company]:
        asked: dict[str, Any] = self.form.cleaned_data
        return companies_matching(
            search=asked.get("q", ""),
            statuses=asked.get("status", ()),
            areas=asked.get("area", ()),
            countries=asked.get("country", ()),
            industries=asked.get("industry", ()),
            tags=asked.get("tag", ()),
            owners=asked.get("owner", ()),
        )

    @property
    def menus(self) -> list[Menu]:
        """The filters that offer codes, as menus of boxes to tick."""
        return [Menu(field=self.form[name]) for name in self.codes]

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for at all."""
        return any(self.form.cleaned_data.values())

    @property
    def chips(self) -> Iterator[Chip]:
        """Everything that is asked for, one by one."""
        asked: dict[str, Any] = self.form.cleaned_data
        if search := asked.get("q"):
            yield Chip(label=str(self.form["q"].label), words=search, query=self._without("q", self.data.get("q", "")))
        for name, code in self.codes.items():
            known = dict(code.extra["choices"])
            for one in asked.get(name, ()):
                yield Chip(label=str(self.form[name].label), words=known[one], query=self._without(name, one))

    @property
    def usage_query(self) -> str:
        """What to ask the page of usage for to see just these companies; '' where it cannot tell them apart."""
        asked: dict[str, Any] = {name: value for name, value in self.form.cleaned_data.items() if value}
        if not asked.keys() <= OF_USAGE or any(len(values) > 1 for values in asked.values()):
            return ""
        return urlencode({name: values[0] for name, values in asked.items()})

    def _without(self, name: str, value: str) -> str:
        rest = self.data.copy()
        rest.setlist(name, [one for one in self.data.getlist(name) if one != value])
        rest.pop("page", None)
        return f"?{rest.urlencode()}"
