"""Every read about people and the audit log."""

from django.db.models import QuerySet

from accounts.access import ROLE_RIGHTS, Right
from accounts.models import AuditEntry, Person, Role


def people() -> QuerySet[Person]:
    """Everybody, those who may sign in first, then by e-mail address."""
    return Person.objects.order_by("-is_active", "email")


def person_exists(email: str) -> bool:
    """Whether somebody has this e-mail address, in any case, active or not."""
    return Person.objects.filter(email=Person.objects.normalize_email(email)).exists()


def active_admins() -> QuerySet[Person]:
    """The people who may manage people now, in the order in which a change locks them."""
    return Person.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk")


def people_who_approve() -> QuerySet[Person]:
    """The people who may decide now that something is sent to Agora once more."""
    roles = [role for role, rights in ROLE_RIGHTS.items() if Right.APPROVE in rights]
    return Person.objects.filter(role__in=roles, is_active=True).order_by("email")


def audit_entries(*, email: str = "", action: str = "") -> QuerySet[AuditEntry]:
    """Entries of the audit log, newest first, of those whose address contains `email`, about one action."""
    entries = AuditEntry.objects.select_related("person")
    if email:
        entries = entries.filter(email__icontains=email)
    if action:
        entries = entries.filter(action=action)
    return entries


def audit_actions() -> list[str]:
    """The actions that occur in the audit log, in order of the alphabet."""
    return list(AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct())
