"""Who may do what: the roles, their rights, and the right each page needs, all of it on this page."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is in this team; nobody has two roles."""

    VIEWER = "viewer", _("Viewer")
    OPERATOR = "operator", _("Operator")
    APPROVER = "approver", _("Approver")
    FINANCE = "finance", _("Finance")
    ADMIN = "admin", _("Admin")
