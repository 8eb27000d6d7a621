"""What every template may ask about the person who reads it."""

from django.http import HttpRequest

from accounts.access import Access, access_of
from accounts.theme import theme_of


def person(request: HttpRequest) -> dict[str, str | Access]:
    """`theme` is light, dark or auto; `access` holds the person's rights, none for whoever is signed out."""
    return {"theme": theme_of(request), "access": access_of(request.user)}
