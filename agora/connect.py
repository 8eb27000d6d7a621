"""The client that the settings describe; the only place that reads them."""

from collections.abc import Callable

from django.conf import settings
from django.utils.translation import gettext as _

from .client import ResellerClient
from .signing import AccessKey
from .transport import Gate, RawAnswer, Transport


class NotConfigured(RuntimeError):
    """No server or no access key is set."""


def client_from_settings(gate: Gate, keep: Callable[[RawAnswer], None] = lambda answer: None) -> ResellerClient:
    """A client of AGORA_BASE_URL with AGORA_KEYS and the three time limits; `keep` is shown what is worth keeping.

    Raises `NotConfigured` when either is empty, and ValueError in words when the URL or a key cannot be used.
    """
    if not settings.AGORA_BASE_URL or not settings.AGORA_KEYS:
        raise NotConfigured(_("No Agora server is set: AGORA_BASE_URL, the access key ID and its secret are needed."))
    keys = tuple(AccessKey(id=key_id, secret=secret) for key_id, secret in settings.AGORA_KEYS)
    transport = Transport(
        base_url=settings.AGORA_BASE_URL,
        keys=keys,
        gate=gate,
        keep=keep,
        connect_timeout=settings.AGORA_CONNECT_TIMEOUT,
        read_timeout=settings.AGORA_READ_TIMEOUT,
        call_timeout=settings.AGORA_CALL_TIMEOUT,
        allow_private=getattr(settings, "AGORA_ALLOW_PRIVATE_ADDRESS", False),
    )
    return ResellerClient(transport=transport)
