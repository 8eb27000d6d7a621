"""Reads of how people look at the list of companies: views that the team shares, and what one person chose."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.access import may_care, may_manage_people
from accounts.models import Person
from companies.models import ColumnChoice, SavedView


def saved_views() -> QuerySet[SavedView]:
    """Every view of the team, in the order of the alphabet."""
    return SavedView.objects.select_related("created_by")


def saved_view(view_id: int) -> SavedView | None:
    """One view of the team; None when it was removed."""
    return saved_views().filter(pk=view_id).first()


def may_change_view(view: SavedView, person: Person) -> bool:
    """Whether this person may rename or remove a view: whoever saved it, and admins."""
    return may_manage_people(person) or (may_care(person) and view.created_by_id == person.pk)


def column_choice(person: Person) -> ColumnChoice | None:
    """What this person wants to see of each company; None for what everybody sees."""
    return ColumnChoice.objects.filter(person=person).first()
