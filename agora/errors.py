"""The tree of what can go wrong with a call to Agora; each error knows whether the call can have worked.

AgoraError
├── NotSent            no byte was written: name lookup, refused, connect timeout
│   ├── Held           the gate let nothing through
│   ├── TooLate        the signature was too old when the first byte was due
│   └── TlsRefused     the server's certificate or TLS was not acceptable
├── GatewayRefused     the signature was refused before anything was processed
│   ├── ClockRefused · UnknownKey · WrongSecret
├── RateLimited        the gateway's own 429
├── Refused            a definite no
│   ├── Forbidden · NotFound
└── OutcomeUnknown     anything else: it may have taken effect
    └── IncompleteListing   a list that never stood still

IdNotAddressable is no call at all, but a ValueError: the id cannot be part of a path.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import ClassVar

MESSAGE_BYTES = 4096


class Effect(Enum):
    """Whether the call can have changed something at Agora."""

    NONE = "none"  # provably not processed: it may be sent again
    REFUSED = "refused"  # a definite no: sending the same again is pointless
    UNKNOWN = "unknown"  # it may have taken effect: look, never resend blindly


class AgoraError(Exception):
    """One failed call; `retry_after` is in seconds, `request_id` is our x-request-id, for Agora's support."""

    effect: ClassVar[Effect] = Effect.UNKNOWN
    help_message: str = "Something went wrong between this portal and Agora."

    def __init__(
        self,
        reason: str = "",
        *,
        status: int | None = None,
        request_id: str = "",
        agora_message: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.request_id = request_id
        self.agora_message = cut(agora_message)
        self.retry_after = retry_after

    @property
    def help_values(self) -> Mapping[str, str | int]:
        """What fills the placeholders of `help_message`, so that a page can translate the sentence first."""
        return {}

    @property
    def help_text(self) -> str:
        """One or two English sentences that say what a person can do."""
        return self.help_message % self.help_values

    def __str__(self) -> str:
        parts = [
            self.reason or type(self).__name__,
            f"status {self.status}" if self.status and str(self.status) not in self.reason else "",
            self.agora_message,
            f"request {self.request_id}" if self.request_id else "",
        ]
        return " · ".join(part for part in parts if part)


def cut(text: str) -> str:
    """Text of at most 4 KB that any database and any page can take: no NUL, no half characters."""
    return text.encode("utf-8", "ignore")[:MESSAGE_BYTES].decode("utf-8", "ignore").replace("\0", "")


class NotSent(AgoraError):
    """Not one byte of the request was written."""

    effect = Effect.NONE
    help_message = "Agora could not be reached, so nothing was sent. It will be tried again."


class Held(NotSent):
    """The gate lets no call out, until that time (aware) or until somebody acts (None)."""

    help_message = "Calls to Agora are paused, so nothing was sent. It will be tried again."

    def __init__(self, until: datetime | None, reason: str) -> None:
        super().__init__(reason)
        self.until = until


class TooLate(NotSent):
    """The call was signed so long ago that writing it now would no longer be safe."""

    help_message = "This machine was too slow to send in time, so nothing was sent. It will be tried again."


class TlsRefused(NotSent):
    """The server did not prove who it is; an administrator should look at once."""

    help_message = (
        "The server at Agora's address could not prove that it is Agora, so nothing was sent. "
        "An administrator must check the address and this machine's network."
    )


class GatewayRefused(AgoraError):
    """The gateway did not accept the signature; nothing was processed."""

    effect = Effect.NONE
    help_message = (
        "Agora's gateway did not accept the signature, and nothing was processed. "
        "An administrator must check the access key."
    )


class ClockRefused(GatewayRefused):
    """The gateway's clock and ours differ too much; `skew` is the server's time minus ours, in seconds."""

    help_message = (
        "Agora's gateway did not accept the date of the request, and nothing was processed. "
        "An administrator must set this machine's clock right."
    )
    help_message_ahead = (
        "This machine's clock is %(minutes)s minutes ahead of Agora's, and nothing was processed. "
        "An administrator must set the clock right."
    )
    help_message_behind = (
        "This machine's clock is %(minutes)s minutes behind Agora's, and nothing was processed. "
        "An administrator must set the clock right."
    )

    skew: float | None = None

    @property
    def help_values(self) -> Mapping[str, str | int]:
        return {} if self.skew is None else {"minutes": f"{abs(self.skew) / 60:.1f}"}

    def measured(self, skew: float) -> None:
        """Learn by how much the clocks differ, and say so in the help."""
        self.skew = skew
        self.help_message = self.help_message_behind if skew > 0 else self.help_message_ahead


class UnknownKey(GatewayRefused):
    """The gateway does not know the key ID, or not any more."""

    help_message = (
        "Agora does not know the access key ID: it was mistyped or deleted. Nothing was processed. "
        "An administrator must set the ID of an active key."
    )


class WrongSecret(GatewayRefused):
    """The gateway knows the key ID, but the secret belongs to another one."""

    help_message = (
        "Agora knows the access key ID, but the secret does not belong to it. Nothing was processed. "
        "An administrator must set the secret of this very key."
    )


class RateLimited(AgoraError):
    """Too many calls, and the gateway itself said so; nothing was processed."""

    effect = Effect.NONE
    help_message = "Agora is busy and asked for a pause; nothing was processed. It will be tried again."


class Refused(AgoraError):
    """Agora understood and said no."""

    effect = Effect.REFUSED
    help_message = "Agora refused this. What it said stands below."


class Forbidden(Refused):
    """This account may not do that, or not there."""

    help_message = "Agora says that this account has no permission for this."


class NotFound(Refused):
    """What the call speaks of does not exist at Agora, or not yet."""

    help_message = "Agora does not know what was asked for: it is gone, or not ready yet."


class OutcomeUnknown(AgoraError):
    """No usable answer: a create may have taken effect, a read told nothing."""

    effect = Effect.UNKNOWN
    help_message = "Agora gave no usable answer."


class IncompleteListing(OutcomeUnknown):
    """A list kept changing, or repeated itself, while it was read."""

    help_message = "Agora's list kept changing while it was read. It will be read again."


class IdNotAddressable(ValueError):
    """An id that no URL path can carry as one segment; what it names can be shown, but not asked for."""

    def __init__(self) -> None:
        super().__init__("This ID cannot be part of an address.")
