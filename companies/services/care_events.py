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
    words = tuple(", ".join(tag.name for tag in tags) for tags in (taken, put))
    _store(CareAbout.TAGS, dict.fromkeys(companies, words), by, at)


def owners_changed(
    before: Mapping[int, int | None], after: Mapping[int, int | None], *, by: Person, at: dt.datetime | None = None
) -> None:
    """Companies, by row number, have another owner, by row number too; None is nobody."""
    wanted = {pk for pk in (*before.values(), *after.values()) if pk is not None}
    names: dict[int | None, str] = {one.pk: f"{one}" for one in Person.objects.filter(pk__in=wanted)}
    words = {pk: (names.get(owner, ""), names.get(after[pk], "")) for pk, owner in before.items()}
    _store(CareAbout.OWNER, words, by, at)


def _store(about: CareAbout, words: Mapping[int, tuple[str, ...]], by: Person, at: dt.datetime | None) -> None:
    """What was there before and what is now, in words, of each company."""
    moment = at or timezone.now()
    events = [
        CareEvent(company_id=pk, about=about, old=old, new=new, by=by, at=moment) for pk, (old, new) in words.items()
    ]
    CareEvent.objects.bulk_create(events, batch_size=AT_ONCE)
