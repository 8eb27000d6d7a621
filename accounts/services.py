"""Every write about people and the audit log; each change and its audit entry are one transaction."""

from collections.abc import Mapping

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts import queries
from accounts.access import may_manage_people
from accounts.models import AuditEntry, Person
from accounts.passwords import new_password


class LastAdminError(Exception):
    """The change would leave nobody who may manage people."""

    def __str__(self) -> str:
        return _("Somebody has to stay admin: make another person admin first.")


def store_audit_entry(
    *,
    action: str,
    by: Person | None,
    email: str = "",
    subject: models.Model | None = None,
    detail: Mapping[str, object] | None = None,
    request_id: str = "",
    ip: str | None = None,
) -> AuditEntry:
    """Store who did what; call it inside the transaction of the change itself.

    `by` is None when the portal itself acted, or when somebody only claimed to be `email`. `detail` holds
    JSON values and never a secret; `request_id` is the one of the signed request to Agora, if there was one.
    """
    return AuditEntry.objects.create(
        action=action,
        person=by,
        email=by.email if by else email[:254],
        object_type=subject._meta.label_lower if subject else "",
        object_id=str(subject.pk) if subject else "",
        detail=dict(detail or {}),
        request_id=request_id,
        ip=ip,
    )


@transaction.atomic
def create_person(
    *,
    email: str,
    role: str,
    name: str = "",
    sees_amounts: bool = False,
    password: str,
    by: Person | None = None,
    ip: str | None = None,
) -> Person:
    """Store a person who may sign in at once; a ValidationError says in words what is wrong with them."""
    person = Person(email=Person.objects.normalize_email(email), role=role, name=name, sees_amounts=sees_amounts)
    person.set_password(password)
    person.full_clean()
    person.save()
    detail = {"email": person.email, "role": role, "sees_amounts": sees_amounts}
    store_audit_entry(action="create_person", by=by, subject=person, detail=detail, ip=ip)
    return person


@transaction.atomic
def change_person(
    *,
    person_id: int,
    name: str,
    role: str,
    sees_amounts: bool,
    is_active: bool,
    by: Person | None = None,
    ip: str | None = None,
) -> Person:
    """Store what a person is called and may do; it holds from their next request on.

    Raises Person.DoesNotExist, and LastAdminError when nobody would be left to manage people.
    """
    admins = list(queries.active_admins().select_for_update().values_list("pk", flat=True))
    person = Person.objects.select_for_update().get(pk=person_id)
    wanted = {"name": name, "role": role, "sees_amounts": sees_amounts, "is_active": is_active}
    changes = {
        field: [getattr(person, field), value] for field, value in wanted.items() if getattr(person, field) != value
    }
    for field, value in wanted.items():
        setattr(person, field, value)
    if admins == [person.pk] and not may_manage_people(person):
        raise LastAdminError
    if changes:
        person.save(update_fields=list(changes))
        store_audit_entry(action="change_person", by=by, subject=person, detail=changes, ip=ip)
    return person


@transaction.atomic
def renew_password(*, person_id: int, by: Person | None = None, ip: str | None = None) -> tuple[Person, str]:
    """Give a person a random password, which ends their sessions; return both, to be shown once.

    Raises Person.DoesNotExist.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    password = new_password()
    person.set_password(password)
    person.save(update_fields=["password"])
    store_audit_entry(action="renew_password", by=by, subject=person, ip=ip)
    return person, password


@transaction.atomic
def change_password(*, person: Person, password: str, ip: str | None) -> None:
    """Store the password that a person chose for themselves, signed in or by a link from a mail."""
    person.set_password(password)
    person.save(update_fields=["password"])
    store_audit_entry(action="change_password", by=person, subject=person, ip=ip)
