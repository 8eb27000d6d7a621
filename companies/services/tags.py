"""Writes of tags themselves, whoever has them: another name, and the end of one that nobody has."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.http import QueryDict

from accounts.models import Person
from accounts.services import store_audit_entry
from companies.models import SavedView, Tag
from companies.models.care import tag_key


class TagNameTakenError(Exception):
    """Another tag has this name, whatever its case."""


def rename_tag(*, tag: Tag, name: str, by: Person, ip: str | None = None) -> bool:
    """Call a tag otherwise, on all companies and in all views; tells whether that changed anything.

    One that somebody removed meanwhile stays removed. Raises TagNameTakenError.
    """
    before, old_key = tag.name, tag.key
    if before == name:
        return False
    try:
        with transaction.atomic():
            if not Tag.objects.filter(pk=tag.pk).update(name=name, key=tag_key(name)):
                return False
            tag.refresh_from_db()
            _rename_in_views(old_key, name)
            store_audit_entry(action="tag.renamed", by=by, subject=tag, detail={"name": [before, name]}, ip=ip)
    except IntegrityError as error:
        raise TagNameTakenError from error
    return True


def _rename_in_views(old_key: str, name: str) -> None:
    """Views keep showing the same companies."""
    for view in SavedView.objects.filter(query__contains="tag="):
        asked = QueryDict(view.query, mutable=True)
        tags = [name if tag_key(one) == old_key else one for one in asked.getlist("tag")]
        if tags != asked.getlist("tag"):
            asked.setlist("tag", tags)
            SavedView.objects.filter(pk=view.pk).update(query=asked.urlencode())


@transaction.atomic
def remove_tag(*, tag: Tag, by: Person, ip: str | None = None) -> bool:
    """Forget a tag that no company has, gone ones included; False where one has it."""
    if tag.companies.exists():
        return False
    store_audit_entry(action="tag.removed", by=by, subject=tag, detail={"name": tag.name}, ip=ip)
    tag.delete()
    return True
