"""`manage.py check_agora`: one signed call, and which of URL, key, secret or clock is wrong when it is not accepted."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from agora.connect import NotConfigured, client_from_settings
from agora.errors import AgoraError, ClockRefused, GatewayRefused, Held, NotFound, NotSent, UnknownKey, WrongSecret
from polling.gate import LedgerGate

# What is wrong, by the error that a signed read ends with; the first match counts.
CULPRITS: tuple[tuple[type[AgoraError], str], ...] = (
    (ClockRefused, "CLOCK"),
    (UnknownKey, "KEY"),
    (WrongSecret, "SECRET"),
    (GatewayRefused, "KEY"),
    (Held, "PAUSE"),
    (NotSent, "URL"),
    (NotFound, "URL"),
)


class Command(BaseCommand):
    help = "Make one signed call and tell which of URL, key, secret or clock is wrong; exit code 0 when it worked."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            client = client_from_settings(LedgerGate())
        except (NotConfigured, ValueError) as error:
            raise CommandError(str(error)) from error
        try:
            companies = client.list_companies().count
        except AgoraError as error:
            raise CommandError(explained(error)) from error
        self.stdout.write(
            _("%(url)s accepted the signature of this portal and lists %(count)d companies.")
            % {"url": settings.AGORA_BASE_URL, "count": companies}
        )


def explained(error: AgoraError) -> str:
    """The culprit in one word, what a person can do, and what was seen."""
    culprit = next((word for kind, word in CULPRITS if isinstance(error, kind)), "SERVER")
    return f"{culprit}: {_(error.help_message) % error.help_values}\n{settings.AGORA_BASE_URL}: {error}"
