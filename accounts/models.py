"""Tables of the people who sign in and of what they did."""

from typing import Any, ClassVar, NoReturn

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is in this team; nobody has two roles. The rights of each are in `accounts.access`."""

    VIEWER = "viewer", _("Viewer")
    OPERATOR = "operator", _("Operator")
    APPROVER = "approver", _("Approver")
    FINANCE = "finance", _("Finance")
    ADMIN = "admin", _("Admin")


class PersonManager(BaseUserManager["Person"]):
    """Finds and makes people by their e-mail address, whatever its case."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return (email or "").strip().lower()

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=self.normalize_email(username))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Store one person; without a password nobody can sign in as them until one is set."""
        person = self.model(email=self.normalize_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who may sign in; whoever leaves is disabled, never deleted."""

    email = models.EmailField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("Somebody with this e-mail address exists already.")},
    )
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.VIEWER)
    sees_amounts = models.BooleanField(
        _("sees amounts"),
        default=False,
        help_text=_("Finance and admins see amounts of money anyway."),
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_is_in_small_letters"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="person_has_a_known_role"),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class AuditEntryIsFinalError(Exception):
    """Somebody tried to change or delete an entry of the audit log."""


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Reads and adds entries; it refuses to change or delete one."""

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise AuditEntryIsFinalError("Entries of the audit log are never changed or deleted.")

    update = delete = bulk_update = update_or_create = _refuse


class AuditEntry(models.Model):
    """One thing that somebody did or tried to do: who, when (UTC), from where, to what."""

    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    person = models.ForeignKey(
        Person,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        null=True,
        related_name="audit_entries",
    )
    email = models.CharField(_("e-mail address"), max_length=254, blank=True)
    action = models.CharField(_("action"), max_length=60)
    object_type = models.CharField(_("kind of object"), max_length=60, blank=True)
    object_id = models.CharField(_("object"), max_length=255, blank=True)
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    request_id = models.CharField(_("request ID"), max_length=64, blank=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["action", "-id"], name="audit_by_action"),
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.action} by {self.email or 'the portal'} at {self.at:%Y-%m-%d %H:%M:%S} UTC"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AuditEntryIsFinalError("Entries of the audit log are never changed.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AuditEntryIsFinalError("Entries of the audit log are never deleted.")

    def detail_lines(self) -> list[str]:
        """The detail in words: `role: viewer → admin` for a change, `role: admin` for a value."""
        return [
            f"{name}: {value[0]} → {value[1]}" if isinstance(value, list) and len(value) == 2 else f"{name}: {value}"
            for name, value in self.detail.items()
        ]
