"""Mails about operations that wait for a decision: one an hour after nobody has decided."""

import datetime as dt
import logging
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.queries import people_who_approve
from companies import queries
from companies.models import Operation
from companies.timing import times

logger = logging.getLogger(__name__)


def remind(*, now: dt.datetime) -> int:
    """Write to who may decide, and to who asked for it; gives how many operations were written about.

    Each is marked before the mail goes out, so that a mail is lost rather than sent every five minutes.
    """
    overdue = queries.unanswered_reviews(now - dt.timedelta(seconds=times().remind_after))
    reminded = 0
    for operation in overdue:
        if Operation.objects.filter(pk=operation.pk, reminded_at=None).update(reminded_at=now):
            reminded += write_about(operation)
    return reminded


def write_about(operation: Operation) -> bool:
    """One mail to everybody concerned; a mail server that is down is noted and not waited for."""
    people = {person.email for person in people_who_approve()}
    if operation.created_by.is_active:
        people.add(operation.created_by.email)
    message = EmailMessage(
        subject=_("A create needs a decision: operation %(number)d") % {"number": operation.pk},
        body=_(
            "Agora did not confirm something that was asked for, or it may exist twice. "
            "The portal cannot decide that by itself.\n\n"
            "Look at what was found and decide: %(address)s\n"
        )
        % {"address": address_of(operation)},
        bcc=sorted(people),
    )
    try:
        return bool(message.send())
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("No mail about operation %d: %s", operation.pk, type(error).__name__)
        return False


def address_of(operation: Operation) -> str:
    """Where it is decided; the path alone where the portal's own name is not set."""
    path = reverse("companies:show_operation", args=[operation.pk])
    if settings.PORTAL_LOOPBACK:
        return f"http://127.0.0.1:{settings.PORT}{path}"
    hosts = [host for host in settings.ALLOWED_HOSTS if "*" not in host and not host.startswith(".")]
    return f"https://{hosts[0]}{path}" if hosts else path
