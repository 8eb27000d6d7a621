"""The gate for orders to read days again, for steps over many companies, and for what somebody wants to see of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from companies.forms.care import OwnerField, TagField
from companies.models import CareStep, Company, Density
from companies.queries.care import possible_owners, row_numbers, tag_named
from desk.filters import CompanyFilter
from desk.tables import COLUMNS
from polling.labels import STREAMS, Words, usage_words
from polling.models import Stream
from polling.series import DAILY_SCOPES, MONTHLY_SCOPES, is_polled
from polling.services.backfills import Wanted
from usage.numerals import grouped

MOST_DAYS = 1100


class DayField(forms.DateField):
    """A UTC day, as the browser's own control gives it."""

    widget = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
    input_formats = ["%Y-%m-%d"]


def scope_choices() -> list[tuple[str, Words]]:
    """Every kind of usage that is polled, and all of them."""
    polled = filter(is_polled, (*DAILY_SCOPES, *MONTHLY_SCOPES))
    return [("", _("All products")), *((scope, usage_words(scope)) for scope in polled)]


class OrderForm(forms.Form):
    """Which streams, days and company are read again; `today` is the last day that can be."""

    streams = forms.MultipleChoiceField(
        label=_("What"),
        choices=list(STREAMS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    since = DayField(label=_("From"))
    until = DayField(label=_("To, inclusive"))
    scope = forms.ChoiceField(
        label=_("Usage of"),
        required=False,
        choices=scope_choices,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    company_id = forms.CharField(
        label=_("Company ID"),
        required=False,
        strip=True,
        help_text=_("Without an ID it is of all companies. A daily bill always is."),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    only_gaps = forms.BooleanField(
        label=_("Only what is missing"),
        required=False,
        help_text=_("What is known is left alone; it takes far fewer calls."),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, today: dt.date, **options: Any) -> None:
        super().__init__(data, **options)
        self.today = today
        for name in ("since", "until"):
            self.fields[name].widget.attrs["max"] = today.isoformat()

    def clean_since(self) -> dt.date:
        """A day that has begun."""
        since: dt.date = self.cleaned_data["since"]
        if since > self.today:
            raise ValidationError(_("This day has not begun yet."))
        return since

    def clean_company_id(self) -> str:
        """A company that Agora lists."""
        company_id: str = self.cleaned_data["company_id"]
        if company_id and not Company.objects.filter(company_id=company_id, gone_at=None).exists():
            raise ValidationError(_("No company with this ID is listed."))
        return company_id

    def clean(self) -> dict[str, Any]:
        """Days in their order, not too many, and something that can be read of the company."""
        found: dict[str, Any] = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and since > until:
            self.add_error("until", _("This is before the first day."))
        elif since and until and (until - since).days > MOST_DAYS:
            self.add_error("since", _("That is more than three years; order them one after the other."))
        of_company = {Stream.USAGE, Stream.PROJECTS}
        if found.get("company_id") and found.get("streams") and not of_company & set(found["streams"]):
            self.add_error("streams", _("Of one company only its usage and its list of projects can be read."))
        if found.get("scope") and found.get("streams", [Stream.USAGE]) != [Stream.USAGE]:
            self.add_error("scope", _("Only usage has products: choose usage alone, or all products."))
        return found

    def wanted(self) -> Wanted:
        """What is ordered; call it on a form that is valid."""
        found = self.cleaned_data
        return Wanted(
            streams=tuple(stream for stream in STREAMS if stream in found["streams"]),
            since=found["since"],
            until=min(found["until"], self.today),
            scope=found["scope"],
            company_id=found["company_id"],
            only_gaps=found["only_gaps"],
        )


class ColumnsForm(forms.Form):
    """Which columns somebody wants to see, and how dense."""

    columns = forms.MultipleChoiceField(required=False, choices=list(COLUMNS.items()))
    density = forms.ChoiceField(choices=Density)


class ChangeForm(forms.Form):
    """A step over many companies: those that are ticked, or all that match what `query` asks for.

    `matching` is how many those were when the form was shown; it is not taken when there are others by now.
    """

    step = forms.ChoiceField(choices=CareStep)
    which = forms.ChoiceField(choices=[("ticked", _("Ticked")), ("all", _("All that match"))])
    query = forms.CharField(required=False)
    matching = forms.IntegerField(required=False)
    tag = forms.CharField(label=_("Tag"), required=False)
    owner = OwnerField(label=_("Owner"))

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.ticked = row_numbers(data.getlist("company"))
        self.fields["owner"].queryset = possible_owners()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The tag that is meant, and the companies; a ValidationError says what to do first."""
        asked = self.cleaned_data
        if asked.get("step") == CareStep.ADD_TAG:
            self._clean_tag(asked.get("tag", ""))
        if asked.get("step") == CareStep.REMOVE_TAG:
            asked["tag"] = tag_named(asked.get("tag", ""))
            if asked["tag"] is None:
                self.add_error("tag", _("No company has this tag."))
        asked["companies"] = self._companies()
        return asked

    def _clean_tag(self, typed: str) -> None:
        try:
            self.cleaned_data["tag"] = TagField().clean(typed)
        except ValidationError as error:
            self.add_error("tag", error)

    def _companies(self) -> QuerySet[Company]:
        if self.cleaned_data.get("which") != "all":
            if not self.ticked:
                raise ValidationError(_("Tick companies first, or choose all that match."))
            return Company.objects.filter(pk__in=self.ticked)
        found = CompanyFilter(QueryDict(self.cleaned_data.get("query", ""))).qs
        count = found.count()
        if count != self.cleaned_data.get("matching"):
            words = ngettext("%(count)s company matches by now.", "%(count)s companies match by now.", count)
            again = _("Nothing was changed: look at the list again.")
            raise ValidationError(f"{words % {'count': grouped(count)}} {again}")
        return found

    def problem(self) -> str:
        """What is wrong, in words, with the field that it is about."""
        labels = {name: f"{self.fields[name].label}: " for name in self.at}
        return " ".join(f"{labels.get(name, '')}{said}" for name, some in self.errors.items() for said in some)

    @property
    def at(self) -> list[str]:
        """The fields beside which it is said what is wrong."""
        return [name for name in ("tag", "owner") if name in self.errors]
