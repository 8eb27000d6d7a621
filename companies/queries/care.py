"""Reads of what the team itself says about companies: its tags, and who may look after one."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Person
from companies.models import CareChange, Company, Tag
from companies.models.care import tag_key


def all_tags() -> QuerySet[Tag]:
    """Every tag that was ever used, in the order of the alphabet."""
    return Tag.objects.all()


def tags_in_use() -> QuerySet[Tag]:
    """The tags that some listed company has."""
    tied = Company.tags.through.objects.filter(tag_id=OuterRef("pk"), company__gone_at=None)
    return Tag.objects.filter(Exists(tied))


def counted_tags() -> QuerySet[Tag]:
    """Every tag, with how many listed companies have it as `listed`, and how many gone ones as `gone`."""
    is_gone = Q(companies__gone_at__isnull=False)
    # A join with no company at all has no `gone_at` either.
    listed = Count("companies", filter=~is_gone)
    # Rows that are grouped have no order of their own, whatever the table's is.
    return Tag.objects.annotate(listed=listed, gone=Count("companies", filter=is_gone)).order_by("key")


def tag_numbered(tag_id: int) -> Tag | None:
    """The tag of this row number; None when it was removed."""
    return Tag.objects.filter(pk=tag_id).first()


def tag_named(name: str) -> Tag | None:
    """The tag of this name, whatever its case."""
    return Tag.objects.filter(key=tag_key(name)).first()


def possible_owners() -> QuerySet[Person]:
    """The people who can be made the owner of a company: those who may sign in."""
    return Person.objects.filter(is_active=True).order_by("name", "email")


def owners_in_use() -> QuerySet[Person]:
    """The people who look after some listed company, whether they may still sign in or not."""
    owned = Company.objects.filter(gone_at=None, owner_id=OuterRef("pk"))
    return Person.objects.filter(Exists(owned)).order_by("name", "email")


def people_numbered(numbers: Iterable[str]) -> QuerySet[Person]:
    """The people of these row numbers; what is no number is nobody's."""
    return Person.objects.filter(pk__in=row_numbers(numbers))


def row_numbers(texts: Iterable[str]) -> list[int]:
    """The texts that can be the number of a row, as an address may hold anything."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10]


def change_made_by(change_id: int, person: Person) -> CareChange | None:
    """A step over many companies that this person took; None for anybody else's."""
    return CareChange.objects.select_related("tag").filter(pk=change_id, by=person).first()
