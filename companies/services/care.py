"""Writes of what the team itself says about companies: tags and owners, of one company or of many, with undo.

Every change is written down in the audit log and in the timelines of the companies, in the same transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Person
from accounts.services import store_audit_entry
from companies.models import CareChange, CareStep, Company, Tag
from companies.models.care import tag_key
from companies.services.care_events import owners_changed, tags_changed

# What ties a tag to a company, one row each.
Tagged = Company.tags.through
# How many rows one statement names: a database takes only so many values at once.
AT_ONCE = 400


@transaction.atomic
def set_tags(*, company: Company, names: Iterable[str], by: Person, ip: str | None = None) -> bool:
    """Let a company have these tags and no others; tells whether that changed anything.

    A tag that nobody used before is made; one that differs in case only is the one that exists.
    """
    before = list(company.tags.all())
    wanted = _tags(names)
    if {tag.pk for tag in before} == {tag.pk for tag in wanted}:
        return False
    company.tags.set(wanted)
    taken, put = ([tag for tag in some if tag not in others] for some, others in ((before, wanted), (wanted, before)))
    tags_changed([company.pk], taken=taken, put=put, by=by)
    detail = {"tags": [_listed(before), _listed(wanted)]}
    store_audit_entry(action="company.tagged", by=by, subject=company, detail=detail, ip=ip)
    return True


@transaction.atomic
def set_owner(*, company: Company, owner: Person | None, by: Person, ip: str | None = None) -> bool:
    """Let a person look after a company from now on, or with None nobody; tells whether that changed anything."""
    before = Company.objects.select_related("owner").get(pk=company.pk).owner
    company.owner = owner
    if before == owner:
        return False
    Company.objects.filter(pk=company.pk).update(owner=owner)
    owners_changed({company.pk: _number(before)}, {company.pk: _number(owner)}, by=by)
    detail = {"owner": [_called(before), _called(owner)]}
    store_audit_entry(action="company.owner_set", by=by, subject=company, detail=detail, ip=ip)
    return True


@transaction.atomic
def add_tag(
    *, companies: QuerySet[Company], name: str, by: Person, now: dt.datetime, ip: str | None = None
) -> CareChange | None:
    """Put a tag on all of these companies; those that have it are left alone. None when all of them have it."""
    tag = _tags([name])[0]
    found = list(companies.exclude(tags=tag).order_by().values_list("pk", flat=True))
    _tie(tag, found)
    tags_changed(found, put=[tag], by=by, at=now)
    return _stored(CareStep.ADD_TAG, dict.fromkeys(found), by, now, ip, tag=tag)


@transaction.atomic
def remove_tag(
    *, companies: QuerySet[Company], tag: Tag, by: Person, now: dt.datetime, ip: str | None = None
) -> CareChange | None:
    """Take a tag off all of these companies. None when none of them has it."""
    found = list(companies.filter(tags=tag).order_by().values_list("pk", flat=True))
    _untie(tag, found)
    tags_changed(found, taken=[tag], by=by, at=now)
    return _stored(CareStep.REMOVE_TAG, dict.fromkeys(found), by, now, ip, tag=tag)


@transaction.atomic
def set_owners(
    *, companies: QuerySet[Company], owner: Person | None, by: Person, now: dt.datetime, ip: str | None = None
) -> CareChange | None:
    """Let a person, or with None nobody, look after all of these companies. None when that is so already."""
    rows = companies.order_by().values_list("pk", "owner_id")
    before = {pk: owner_id for pk, owner_id in rows if owner_id != (owner.pk if owner else None)}
    for some in _pieces(before):
        Company.objects.filter(pk__in=some).update(owner=owner)
    owners_changed(before, dict.fromkeys(before, _number(owner)), by=by, at=now)
    return _stored(CareStep.SET_OWNER, before, by, now, ip, owner=owner)


@transaction.atomic
def undo(*, change: CareChange, by: Person, now: dt.datetime, ip: str | None = None) -> int | None:
    """Undo one step over many companies, where it still stands; gives how many are as they were before.

    None when it was undone already. A company that somebody changed again since then stays as it is.
    """
    if not CareChange.objects.filter(pk=change.pk, undone_at=None).update(undone_at=now):
        return None
    before = {int(pk): owner_id for pk, owner_id in change.before.items()}
    if change.step == CareStep.SET_OWNER:
        count = _give_back(before, change.owner_id, by, now)
    else:
        count = _turn_round(change, list(before), by, now)
    detail = {"step": change.step, "companies": count}
    store_audit_entry(action="companies.undone", by=by, subject=change, detail=detail, ip=ip)
    return count


def _turn_round(change: CareChange, found: list[int], by: Person, now: dt.datetime) -> int:
    """Tags: take off what was put on, put back what was taken off."""
    if change.tag is None:  # removed since, so that nobody can have it
        return 0
    there = Company.objects.filter(tags=change.tag).values_list("pk", flat=True)
    tagged = set(there).intersection(found)
    if change.step == CareStep.ADD_TAG:
        _untie(change.tag, tagged)
        tags_changed(tagged, taken=[change.tag], by=by, at=now)
        return len(tagged)
    missing = set(found) - tagged
    _tie(change.tag, missing)
    tags_changed(missing, put=[change.tag], by=by, at=now)
    return len(missing)


def _give_back(before: Mapping[int, int | None], owner_id: int | None, by: Person, now: dt.datetime) -> int:
    """Owners: everybody looks after what was theirs."""
    still = set(Company.objects.filter(owner_id=owner_id).values_list("pk", flat=True)).intersection(before)
    given = {pk: owner for pk, owner in before.items() if pk in still}
    for former in set(given.values()):
        for some in _pieces(pk for pk, one in given.items() if one == former):
            Company.objects.filter(pk__in=some, owner_id=owner_id).update(owner_id=former)
    owners_changed(dict.fromkeys(given, owner_id), given, by=by, at=now)
    return len(given)


def _tags(names: Iterable[str]) -> list[Tag]:
    """The tags of these names, made where they are missing, in the order of the alphabet and each one once."""
    wanted = {tag_key(name): " ".join(name.split()) for name in names}
    wanted.pop("", None)
    missing = [Tag(name=name, key=key) for key, name in wanted.items()]
    Tag.objects.bulk_create(missing, ignore_conflicts=True)
    return list(Tag.objects.filter(key__in=wanted))


def _tie(tag: Tag, companies: Iterable[int]) -> None:
    rows = [Tagged(company_id=pk, tag_id=tag.pk) for pk in companies]
    Tagged.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)


def _untie(tag: Tag, companies: Iterable[int]) -> None:
    for some in _pieces(companies):
        Tagged.objects.filter(tag=tag, company_id__in=some).delete()


def _pieces(companies: Iterable[int]) -> list[list[int]]:
    found = list(companies)
    return [found[start : start + AT_ONCE] for start in range(0, len(found), AT_ONCE)]


def _stored(
    step: CareStep,
    before: Mapping[int, int | None],
    by: Person,
    now: dt.datetime,
    ip: str | None,
    *,
    tag: Tag | None = None,
    owner: Person | None = None,
) -> CareChange | None:
    if not before:
        return None
    change = CareChange.objects.create(step=step, tag=tag, owner=owner, before=before, by=by, at=now)
    about = {"owner": _called(owner)} if step == CareStep.SET_OWNER else {"tag": str(tag)}
    detail = {"step": step.value, **about, "companies": len(before)}
    store_audit_entry(action="companies.changed", by=by, subject=change, detail=detail, ip=ip)
    return change


def _listed(tags: Iterable[Tag]) -> str:
    return ", ".join(tag.name for tag in tags)


def _number(person: Person | None) -> int | None:
    return person.pk if person else None


def _called(person: Person | None) -> str:
    return person.email if person else ""
