"""What readings of every stream share: the client with its gate, progress, and how a reading ends early."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from agora.client import ResellerClient
from agora.connect import client_from_settings
from agora.errors import AgoraError, GatewayRefused, Held, RateLimited
from polling import queries
from polling.gate import Ending, LedgerGate
from polling.models import RunOutcome
from polling.services import connection, slots
from polling.services.raw import Keeper
from polling.services.slots import Lease, LeaseLost

logger = logging.getLogger(__name__)


class Interrupted(Exception):
    """Agora takes no calls for now; what was read is stored, the rest waits until `until` (None: for a person)."""

    def __init__(self, error: AgoraError, until: dt.datetime | None) -> None:
        super().__init__(str(error))
        self.error = error
        self.until = until


class Busy(Exception):
    """Somebody else is reading the same thing at this moment."""


@dataclass(kw_only=True)
class Reader:
    """One process's way to Agora while it reads: client, gate and clock, and whom to tell of each finished call."""

    client: ResellerClient
    gate: LedgerGate
    clock: Callable[[], dt.datetime] = timezone.now
    on_call: Callable[[int], None] = field(default=lambda calls: None)
    keeper: Keeper = field(default_factory=Keeper)

    def note(self) -> None:
        """Write down what the calls told about the connection, and which answers were kept."""
        connection.note_answers(self.gate)
        self.keeper.note()


def open_reader(*, may_end: bool = False) -> Reader:
    """A reader that speaks to the server of the settings; with `may_end` it ends with its worker."""
    gate = LedgerGate(failures_in_a_row=queries.connection().failures_in_a_row, may_end=may_end)
    keeper = Keeper()
    return Reader(client=client_from_settings(gate, keeper.keep), gate=gate, keeper=keeper)


@contextmanager
def polling_session() -> Iterator[Reader]:
    """A reader for one background poll; when Agora takes no calls for now, the poll ends and the ledger remembers."""
    reader = open_reader(may_end=True)
    try:
        yield reader
    except (Ending, Interrupted, LeaseLost) as ended:
        logger.warning("The poll ended early: %s", ended)
    finally:
        reader.note()


def stops_everything(error: AgoraError) -> bool:
    """Whether no other call would fare better: the signature is refused, or Agora asked for quiet."""
    return isinstance(error, (GatewayRefused, Held)) or (isinstance(error, RateLimited) and bool(error.retry_after))


def resume_at(error: AgoraError, now: dt.datetime) -> dt.datetime | None:
    """When calls may go out again; None when a person must act first."""
    if isinstance(error, Held):
        return error.until
    if isinstance(error, RateLimited) and error.retry_after:
        return now + dt.timedelta(seconds=error.retry_after)
    return None


def give_up(reader: Reader, lease: Lease, error: AgoraError) -> None:
    """What is leased could not be read: what is known stays, and it is tried again later.

    Raises Interrupted when no other call would be answered either.
    """
    now = reader.clock()
    until = resume_at(error, now)
    with transaction.atomic():
        slots.fail(lease, error=str(error), now=now, retry_after=until)
        slots.note_run(lease, outcome=RunOutcome.FAILED, now=now, error=str(error), request_id=error.request_id or "")
    if stops_everything(error):
        raise Interrupted(error, until)
