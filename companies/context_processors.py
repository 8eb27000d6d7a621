"""What every page may tell whoever creates things: how much waits for a person, and whether anything is sent at all."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import may_create
from companies.queries import waiting_for_a_person
from polling.services.connection import FENCED, creates_held


def operations(request: HttpRequest) -> dict[str, object]:
    """`waiting_count` operations wait for a person, 0 for whoever may not create; `is_fenced`: nothing is sent.

    Both are looked up when a template asks, at most once for a page: error pages do not ask.
    """

    def count() -> int:
        return waiting_for_a_person() if may_create(getattr(request, "user", AnonymousUser())) else 0

    return {
        "waiting_count": SimpleLazyObject(count),
        "is_fenced": SimpleLazyObject(lambda: creates_held() == FENCED),
    }
