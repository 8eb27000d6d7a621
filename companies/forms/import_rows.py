"""The gate for the rows of an import: every one by the rules of the single forms, and what is typed into them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from companies import labels
from companies.forms.creates import CompanyForm, CreateForm, UapServiceForm
from companies.intake.checked import Checked
from companies.intake.reading import BROKEN_SIGNS, LONGEST_CELL, UNREADABLE_SIGN
from companies.intake.understanding import understood
from companies.models import Import, ImportRow, OperationKind
from companies.queries.imports import projects_by_ids

# Rows have tokens of their own; the form wants one before it looks at the rest.
ONE_TOKEN = str(uuid.UUID(int=0))


def choices_of(name: str) -> Sequence[tuple[str, str]]:
    """The few values that a field can have, with their words; nothing for a field where anything can be typed."""
    if name == "send_password_reset_email":
        return [("yes", _("Yes")), ("no", _("No"))]
    return (
        [(str(code), str(words)) for code, words in labels.choices(labels.CODED[name])] if name in labels.CODED else []
    )


def typed_edits(data: Mapping[str, str], batch: Import, row: ImportRow) -> dict[str, str]:
    """What was typed into the fields of a row, as far as it means something else than what stood there."""
    before = row.typed(batch)
    typed = {
        name: BROKEN_SIGNS.sub(UNREADABLE_SIGN, data[name][:LONGEST_CELL].strip()) for name in before if name in data
    }
    return {name: text for name, text in typed.items() if understood(name, text) != understood(name, before[name])}


def checked_rows(kind: str, rows: Iterable[Mapping[str, str]]) -> list[Checked]:
    """Every row by the rules of the single form; it costs at most one query, however many rows there are."""
    return _checked_companies(rows) if kind == OperationKind.COMPANY else _checked_services(list(rows))


def _checked_companies(rows: Iterable[Mapping[str, str]]) -> list[Checked]:
    form = CompanyForm({})
    # A list that is read once: the field would sort all countries again for every row.
    form.fields["country"].choices = list(form.fields["country"].choices)  # type: ignore[attr-defined]
    return [_checked_company(form, typed) for typed in rows]


def _checked_company(form: CompanyForm, typed: Mapping[str, str]) -> Checked:
    errors = _errors(form, typed)
    answer = understood("send_password_reset_email", typed["send_password_reset_email"])
    if answer not in ("", "on"):
        errors["send_password_reset_email"] = [_("“%(value)s” is neither yes nor no.") % {"value": answer}]
    return Checked(
        draft=None if errors else form.draft(),
        title=typed["company_name"],
        email=typed["email"].strip(),
        errors=errors,
    )


def _checked_services(rows: Sequence[Mapping[str, str]]) -> list[Checked]:
    ids = [(understood("company_id", typed["company_id"]), typed["project_id"]) for typed in rows]
    projects = projects_by_ids(ids)
    form: UapServiceForm | None = None
    checked = []
    for typed, key in zip(rows, ids, strict=True):
        project = projects.get(key)
        form = form or UapServiceForm({}, project=project)  # type: ignore[arg-type]
        form.project = project  # type: ignore[assignment]
        checked.append(_checked_service(form, typed, key))
    return checked


def _checked_service(form: UapServiceForm, typed: Mapping[str, str], ids: tuple[str, str]) -> Checked:
    errors = _errors(form, typed)
    company_id, project_id = ids
    if not company_id:
        errors["company_id"] = [_("This cannot stay empty.")]
    if not project_id:
        errors["project_id"] = [_("This cannot stay empty.")]
    elif company_id and form.project is None:
        errors["project_id"] = [_("Agora lists no project with this ID in this company.")]
    names = {}
    if form.project:
        names = {"company_id": form.project.company.name or company_id, "project_id": form.project.name or project_id}
    return Checked(
        draft=None if errors else form.draft(),
        title=" · ".join(names.values()) or project_id,
        errors=errors,
        names=names,
    )


def _errors(form: CreateForm, typed: Mapping[str, str]) -> dict[str, list[str]]:
    """What the form says about these values, and which of them could not even be read."""
    form.data = {name: understood(name, text) for name, text in typed.items()} | {"form_token": ONE_TOKEN}
    form.full_clean()
    errors = {name: [str(message) for message in messages] for name, messages in form.errors.items()}
    for name, text in typed.items():
        if UNREADABLE_SIGN in text:
            errors[name] = [_("A sign in this could not be read. Type it again.")]
    return errors
