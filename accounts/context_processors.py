"""What every template may ask about the person who reads it."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import access_of
from accounts.theme import theme_of


def person(request: HttpRequest) -> dict[str, object]:
    """`theme` is light, dark or auto; `access` holds the person's rights, none for whoever is signed out.

    The rights are looked up when a template asks for them: error pages do not ask, and some are shown
    before anybody knows who sent the request.
    """
    access = SimpleLazyObject(lambda: access_of(getattr(request, "user", AnonymousUser())))
    return {"theme": theme_of(request), "access": access}
