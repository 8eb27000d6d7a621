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


def save_view(*, name: str, query: str, by: Person, now: dt.datetime, ip: str | None = None) -> SavedView:
    """Keep a state of the list, as its address says it, for the whole team. Raises ViewNameTakenError."""
    view = SavedView(name=name, key=tag_key(name), query=query, created_by=by, created_at=now)
    detail = {"name": name, "query": query}
    return _stored(view, "view.saved", detail, by, ip)


def rename_view(*, view: SavedView, name: str, by: Person, ip: str | None = None) -> SavedView:
    """Call a view otherwise; links to it stay what they are. Raises ViewNameTakenError."""
    detail = {"name": [view.name, name]}
    view.name, view.key = name, tag_key(name)
    return _stored(view, "view.renamed", detail, by, ip)


def replace_view(*, view: SavedView, query: str, by: Person, ip: str | None = None) -> SavedView:
    """Let a view open another state of the list from now on."""
    detail = {"query": [view.query, query]}
    view.query = query
    return _stored(view, "view.replaced", detail, by, ip)


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


def _stored(view: SavedView, action: str, detail: Mapping[str, object], by: Person, ip: str | None) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
            store_audit_entry(action=action, by=by, subject=view, detail=detail, ip=ip)
    except IntegrityError as error:
        raise ViewNameTakenError from error
    return view
