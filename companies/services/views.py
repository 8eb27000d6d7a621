"""Writes of how people look at the list of companies: views that the team shares, and what one person chose.

A view concerns everybody, so that each change is written down; what one person chose does not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction

from accounts.models import Person
from accounts.services import store_audit_entry
from companies.models import ColumnChoice, SavedView
from companies.models.care import tag_key


class ViewNameTakenError(Exception):
    """Another view has this name, whatever its case."""


class ViewGoneError(Exception):
    """Somebody has removed this view."""


def save_view(*, name: str, query: str, by: Person, now: dt.datetime, ip: str | None = None) -> SavedView:
    """Keep a state of the list, as its address says it, for the whole team. Raises ViewNameTakenError."""
    try:
        with transaction.atomic():
            view = SavedView.objects.create(name=name, key=tag_key(name), query=query, created_by=by, created_at=now)
            store_audit_entry(action="view.saved", by=by, subject=view, detail={"name": name, "query": query}, ip=ip)
    except IntegrityError as error:
        raise ViewNameTakenError from error
    return view


def rename_view(*, view: SavedView, name: str, by: Person, ip: str | None = None) -> SavedView:
    """Call a view otherwise; links to it stay what they are. Raises ViewNameTakenError and ViewGoneError."""
    detail = {"name": [view.name, name]}
    try:
        return _changed(view, "view.renamed", detail, by, ip, name=name, key=tag_key(name))
    except IntegrityError as error:
        raise ViewNameTakenError from error


def replace_view(*, view: SavedView, query: str, by: Person, ip: str | None = None) -> SavedView:
    """Let a view open another state of the list from now on. Raises ViewGoneError."""
    return _changed(view, "view.replaced", {"query": [view.query, query]}, by, ip, query=query)


@transaction.atomic
def remove_view(*, view: SavedView, by: Person, ip: str | None = None) -> None:
    """Forget a view, for everybody."""
    detail = {"name": view.name, "query": view.query}
    store_audit_entry(action="view.removed", by=by, subject=view, detail=detail, ip=ip)
    view.delete()


def choose_columns(*, person: Person, columns: Sequence[str], density: str) -> ColumnChoice:
    """Keep what this person wants to see of each company, and how dense."""
    wanted = {"columns": list(columns), "density": density}
    return ColumnChoice.objects.update_or_create(person=person, defaults=wanted)[0]


@transaction.atomic
def _changed(
    view: SavedView, action: str, detail: Mapping[str, object], by: Person, ip: str | None, **columns: str
) -> SavedView:
    """Change these columns alone, as somebody else may change others or remove the view meanwhile."""
    if not SavedView.objects.filter(pk=view.pk).update(**columns):
        raise ViewGoneError
    view.refresh_from_db()
    store_audit_entry(action=action, by=by, subject=view, detail=detail, ip=ip)
    return view
