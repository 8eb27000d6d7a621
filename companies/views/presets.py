"""The pages on which admins keep presets."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Right, person_of, requires
from accounts.origin import client_ip
from companies.forms.presets import PresetForm, planned_projects, project_forms
from companies.models import Preset
from companies.pages import checklists as pages
from companies.pages.presets import preset_facts
from companies.queries import checklists as queries
from companies.services import presets


@requires(Right.KEEP_PRESETS)
@require_safe
def list_presets(request: HttpRequest) -> HttpResponse:
    """Every preset with what it fills in."""
    rows = [(preset, preset_facts(preset)) for preset in queries.presets()]
    return render(request, "companies/presets/list_presets.html", {"rows": rows, "crumbs": _crumbs()[:-1]})


@requires(Right.KEEP_PRESETS)
@require_http_methods(["GET", "HEAD", "POST"])
def create_preset(request: HttpRequest) -> HttpResponse:
    """The form of a new preset."""
    return _edit(request, None)


@requires(Right.KEEP_PRESETS)
@require_http_methods(["GET", "HEAD", "POST"])
def change_preset(request: HttpRequest, preset_id: int) -> HttpResponse:
    """The form of a preset, as it is."""
    return _edit(request, _preset(preset_id))


@requires(Right.KEEP_PRESETS)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_preset(request: HttpRequest, preset_id: int) -> HttpResponse:
    """Ask whether a preset is to be removed, and remove it."""
    preset = _preset(preset_id)
    if request.method != "POST":
        return render(request, "companies/presets/remove_preset.html", {"preset": preset, "crumbs": _crumbs()})
    presets.remove_preset(preset=preset, by=person_of(request), ip=client_ip(request))
    messages.success(request, _("The preset “%(name)s” was removed.") % {"name": preset.name})
    return redirect("companies:list_presets")


def _edit(request: HttpRequest, preset: Preset | None) -> HttpResponse:
    """Show the form of a preset, with one more line when that is asked for, or store what it holds."""
    if request.method != "POST":
        planned = preset.projects if preset else []
        initial = {"name": preset.name, **preset.company} if preset else None
        form = PresetForm(initial=initial, preset=preset)
        return _show(request, form, project_forms(None, planned, len(planned) + 1))
    rows = request.POST.get("rows", "")
    count = int(rows) if rows.isdecimal() and len(rows) < 4 else 1
    form, lines = PresetForm(request.POST, preset=preset), project_forms(request.POST, [], count)
    if "more" in request.POST:
        more = project_forms(request.POST, [], count + 1)
        for unfinished in (form, *more):
            unfinished.errors.clear()
        return _show(request, form, more)
    valid = [form.is_valid(), *[line.is_valid() for line in lines]]
    if not all(valid):
        return _show(request, form, lines, wrong=sum(len(one.errors) for one in (form, *lines)))
    return _store(request, form, lines)


def _store(request: HttpRequest, form: PresetForm, lines: list[Any]) -> HttpResponse:
    try:
        stored = presets.store_preset(
            preset=form.preset,
            name=form.cleaned_data["name"],
            company=form.company(),
            projects=planned_projects(lines),
            by=person_of(request),
            now=timezone.now(),
            ip=client_ip(request),
        )
    except presets.NameTakenError:
        form.add_error("name", _("Another preset has this name."))
        return _show(request, form, lines, wrong=1)
    messages.success(request, _("The preset “%(name)s” was saved.") % {"name": stored.name})
    return redirect("companies:list_presets")


def _show(request: HttpRequest, form: PresetForm, lines: list[Any], **context: Any) -> HttpResponse:
    shown = {"form": form, "lines": lines, "preset": form.preset, "crumbs": _crumbs(), **context}
    return render(request, "companies/presets/edit_preset.html", shown)


def _preset(preset_id: int) -> Preset:
    preset = queries.preset(preset_id)
    if preset is None:
        raise Http404
    return preset


def _crumbs() -> list[tuple[str, str]]:
    return [pages.addresses.onboarding_crumb(), pages.checklists_crumb(), pages.presets_crumb()]
