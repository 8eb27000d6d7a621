"""The gate for a checklist that is a draft: every field of it, and which of them one person changed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

from django.forms import BooleanField, BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _

from agora.drafts import Payload
from companies.forms.checklists import THERE_ALREADY, ProjectStepForm, is_there, service_code, service_from
from companies.forms.creates import CompanyForm
from companies.models import Checklist, ChecklistStep, OperationKind
from companies.queries import checklists as queries

# What somebody types is kept whole up to here, right or wrong.
LONGEST_KEPT = 2000

Inputs = dict[str, list[str]]


class DraftChanges(TypedDict):
    """What one person changed, as `services.checklist_drafts.Changes` takes it."""

    company: dict[str, str]
    names: dict[int, str]
    ticked: list[tuple[int, tuple[int, int]]]
    unticked: list[tuple[int, tuple[int, int]]]


class DraftForms:
    """A draft as its page shows it: one form for the company and one for each project, checked like single creates.

    What is still empty is no error until `everything` is checked.
    """

    def __init__(self, checklist: Checklist, steps: Sequence[ChecklistStep], *, everything: bool = False) -> None:
        self.checklist = checklist
        self.steps = steps
        self.company_step = queries.company_step(steps)
        self.company = CompanyForm(company_data(self.company_step)) if self.company_step else None
        self.projects = [(step, self._project_form(step)) for step in steps if step.kind == OperationKind.PROJECT]
        self._check(everything)

    @property
    def company_name(self) -> str:
        """The name that `{company}` stands for; '' while there is none."""
        if self.checklist.company is not None:
            return self.checklist.company.name or self.checklist.company.company_id
        return str(self.company_step.typed.get("company_name", "")).strip() if self.company_step else ""

    def _project_form(self, step: ChecklistStep) -> ProjectStepForm:
        services = [service_code(_codes(child)) for child in queries.children_of(step, self.steps)]
        prefix = f"project-{step.pk}"
        data = QueryDict(mutable=True)
        data.setlist(f"{prefix}-name", [str(step.typed.get("name", ""))])
        data.setlist(f"{prefix}-services", services)
        return ProjectStepForm(data, prefix=prefix, company_name=self.company_name)

    def _check(self, everything: bool) -> None:
        seen: set[str] = set()
        for form in self.forms():
            form.full_clean()
            for field in form.visible_fields():
                dress(field)
        for _step, form in self.projects:
            name = form.cleaned_data.get("name", "")
            if name and name in seen:
                form.add_error("name", _("Another project of this checklist has this name."))
            elif everything and is_there(self.checklist.company, name):
                form.add_error("name", THERE_ALREADY)
            seen.add(name)
        if not everything:
            for form in self.forms():
                for name in [name for name in form.errors if not form[name].value()]:
                    del form.errors[name]

    def forms(self) -> Iterable[CompanyForm | ProjectStepForm]:
        """Every form of the draft, in the order of the page."""
        if self.company is not None:
            yield self.company
        yield from (form for _step, form in self.projects)

    def fields(self) -> list[BoundField]:
        """Every field that can be seen, in the order of the page."""
        return [field for form in self.forms() for field in form.visible_fields()]

    @property
    def errors(self) -> int:
        """How many fields need another look."""
        return sum(len(form.errors) for form in self.forms())

    def inputs(self) -> Inputs:
        """What the browser sends when nobody changes anything, by name."""
        return {field.html_name: _sent(field) for field in self.fields()}

    def payloads(self) -> dict[int, Payload]:
        """What was checked, by step; services were checked when they were ticked."""
        payloads: dict[int, Payload] = {step.pk: {"name": form.cleaned_data["name"]} for step, form in self.projects}
        if self.company is not None and self.company_step is not None:
            payloads[self.company_step.pk] = self.company.values()
        return payloads

    def changes(self, posted: Mapping[str, list[str]], seen: Mapping[str, list[str]]) -> DraftChanges:
        """What was changed since the page was shown: fields that left the browser otherwise than they came to it."""
        changes = DraftChanges(company={}, names={}, ticked=[], unticked=[])
        if self.company is not None:
            for field in self.company.visible_fields():
                if posted.get(field.html_name, seen.get(field.html_name)) != seen.get(field.html_name):
                    changes["company"][field.name] = _kept(field, posted[field.html_name])
        for step, form in self.projects:
            name, services = form["name"].html_name, form["services"].html_name
            if posted.get(name, seen.get(name)) != seen.get(name):
                changes["names"][step.pk] = _kept(form["name"], posted[name])
            known = {str(code) for code, _words in form.fields["services"].choices}  # type: ignore[attr-defined]
            now, before = (set(values.get(services, [])) & known for values in (posted, seen))
            changes["ticked"] += [(step.pk, service_from(code)) for code in sorted(now - before)]
            changes["unticked"] += [(step.pk, service_from(code)) for code in sorted(before - now)]
        return changes


def posted_inputs(post: QueryDict) -> tuple[Inputs, Inputs]:
    """What the browser sent of the fields that it showed, and what it had been shown, both by name.

    Boxes that nobody ticked are not sent at all, and are empty.
    """
    try:
        shown = json.loads(post.get("seen", ""))
    except (ValueError, RecursionError):
        shown = {}
    seen: Inputs = {}
    for name, values in shown.items() if isinstance(shown, dict) else ():
        if isinstance(values, list):
            seen[name] = sorted(str(value) for value in values)
    return {name: sorted(post.getlist(name)) for name in seen}, seen


def company_data(step: ChecklistStep) -> dict[str, Any]:
    """The company's form as it was filled in, with the usual values where nobody typed any."""
    usual = {name: field.initial for name, field in CompanyForm.base_fields.items() if name != "form_token"}
    known = {name: value for name, value in step.typed.items() if name in usual}
    filled = {**{name: "" if value is None else value for name, value in usual.items()}, **known}
    return {**filled, "form_token": str(step.token)}


def dress(field: BoundField) -> None:
    """Let a field look as in the other forms, and name its help and its errors to screen readers."""
    widget = field.field.widget
    kinds = {"checkbox": "form-check-input", "checkboxselectmultiple": "form-check-input", "select": "form-select"}
    widget.attrs["class"] = kinds.get(field.widget_type, "form-control")
    widget.attrs["aria-describedby"] = f"{field.auto_id}_error"
    if field.help_text and field.widget_type != "checkboxselectmultiple":
        widget.attrs["aria-describedby"] += f" {field.auto_id}_helptext"


def _codes(step: ChecklistStep) -> tuple[int, int]:
    return step.typed["type_id"], step.typed["region"]


def _sent(field: BoundField) -> list[str]:
    """What a browser sends for a field as it is filled in."""
    value = field.value()
    if isinstance(field.field, BooleanField):
        return ["on"] if value else []
    if isinstance(value, list):
        return sorted(str(one) for one in value)
    return ["" if value is None else str(value)]


def _kept(field: BoundField, values: Sequence[str]) -> str:
    """What is stored of what was typed; databases take no NUL."""
    if isinstance(field.field, BooleanField):
        return "True" if values else "False"
    return "".join(values[:1]).replace("\0", "")[:LONGEST_KEPT]
