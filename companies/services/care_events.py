"""Writes of what became of each company's tags and owner, for its timeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.utils import timezone

from accounts.models import Person
from companies.models import CareAbout, CareEvent, Tag

AT_ONCE = 400


def tags_changed(
    companies: Iterable[int],
    *,
    taken: Iterable[Tag] = (),
    put: Iterable[Tag] = (),
    by: Person,
    at: dt.datetime | None = None,
) -> None:
    """Tags were taken off these companies, by row number, and others put on them."""
    old, new = (", ".join(tag.name for tag in tags) for tags in (taken, put))
    _store(companies, by, at, about=CareAbout.TAGS, old={}, new={}, words=(old, new))


def owners_changed(
    before: Mapping[int, int | None], after: Mapping[int, int | None], *, by: Person, at: dt.datetime | None = None
) -> None:
    """Companies, by row number, have another owner, by row number too; None is nobody."""
    wanted = {pk for pk in (*before.values(), *after.values()) if pk is not None}
    names: dict[int | None, str] = {one.pk: f"{one}" for one in Person.objects.filter(pk__in=wanted)}
    old, new = ({pk: names.get(owner, "") for pk, owner in owners.items()} for owners in (before, after))
    _store(before, by, at, about=CareAbout.OWNER, old=old, new=new)


def _store(
    companies: Iterable[int],
    by: Person,
    at: dt.datetime | None,
    *,
    about: CareAbout,
    old: Mapping[int, str],
    new: Mapping[int, str],
    words: tuple[str, str] = ("", ""),
) -> None:
    moment = at or timezone.now()
    events = [
        CareEvent(company_id=pk, about=about, old=old.get(pk, words[0]), new=new.get(pk, words[1]), by=by, at=moment)
        for pk in companies
    ]
    CareEvent.objects.bulk_create(events, batch_size=AT_ONCE)
