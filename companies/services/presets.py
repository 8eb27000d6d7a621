"""Every write of presets; each change and its audit entry are one transaction."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Person
from accounts.services import store_audit_entry
from companies.models import Preset


class NameTakenError(Exception):
    """Another preset has this name."""


def store_preset(
    *,
    preset: Preset | None,
    name: str,
    company: Mapping[str, str],
    projects: Sequence[Mapping[str, Any]],
    by: Person,
    now: dt.datetime,
    ip: str | None = None,
) -> Preset:
    """Store a new preset, or what an existing one is to hold from now on. Raises NameTakenError."""
    try:
        with transaction.atomic():
            stored = preset or Preset()
            stored.name, stored.company, stored.projects = name, dict(company), list(projects)
            stored.changed_by, stored.changed_at = by, now
            stored.save()
            action = "preset.changed" if preset else "preset.created"
            detail = {"name": name, "company": stored.company, "projects": stored.projects}
            store_audit_entry(action=action, by=by, subject=stored, detail=detail, ip=ip)
    except IntegrityError as error:
        raise NameTakenError from error
    return stored


@transaction.atomic
def remove_preset(*, preset: Preset, by: Person, ip: str | None = None) -> None:
    """Remove a preset; checklists that were filled in with it keep what they have."""
    store_audit_entry(action="preset.removed", by=by, subject=preset, detail={"name": preset.name}, ip=ip)
    preset.delete()
