"""What presets fill in, in words, and where a draft is not as its preset has it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from companies import labels
from companies.models import Checklist, ChecklistStep, OperationKind, Preset
from companies.pages.words import words_for
from companies.queries import checklists as queries


@dataclass(frozen=True, kw_only=True)
class PresetDifference:
    """A field of a draft that is not as the preset has it, in words."""

    label: str
    typed: str
    preset: str


def preset_differences(checklist: Checklist, steps: Sequence[ChecklistStep]) -> list[PresetDifference]:
    """Where a draft is not as its preset has it."""
    if checklist.preset is None:
        return []
    found = []
    if company := queries.company_step(steps):
        for name, value in checklist.preset.company.items():
            if (typed := company.typed.get(name, "")) != value:
                label = str(labels.FIELDS.get(name, name))
                found.append(PresetDifference(label=label, typed=_said(name, typed), preset=_said(name, value)))
    projects = {step.typed.get("name"): step for step in steps if step.kind == OperationKind.PROJECT}
    for planned in checklist.preset.projects:
        project = projects.get(planned["name"])
        services = {(type_id, region) for type_id, region in planned["services"]}
        there = {_codes(step) for step in queries.children_of(project, steps)} if project else set()
        if project is None or services != there:
            have = _services_said(there) if project else _("not in this checklist")
            label = str(planned["name"])
            found.append(PresetDifference(label=label, typed=have, preset=_services_said(services)))
    return found


def _codes(step: ChecklistStep) -> tuple[int, int]:
    return step.typed["type_id"], step.typed["region"]


def _said(name: str, value: str) -> str:
    if name == "send_password_reset_email":
        return words_for(name, value == "True")
    return words_for(name, value) if value else _("empty")


def _services_said(services: set[tuple[int, int]]) -> str:
    return service_words(sorted(services)) or _("no services")


def service_words(services: Sequence[Sequence[int]]) -> str:
    """Services in words, one after the other."""
    words = [
        _("%(product)s, %(region)s") % {"product": words_for("type_id", one), "region": words_for("region", other)}
        for one, other in services
    ]
    return " · ".join(words)


def preset_facts(preset: Preset) -> list[tuple[str, str]]:
    """What a preset sets, field by field, then project by project."""
    fields = [(str(labels.FIELDS.get(name, name)), _said(name, value)) for name, value in preset.company.items()]
    projects = [
        (
            _("Project “%(name)s”") % {"name": planned["name"]},
            service_words(planned["services"]) or _("no services"),
        )
        for planned in preset.projects
    ]
    return [*fields, *projects]
