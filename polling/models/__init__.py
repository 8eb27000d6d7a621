"""The tables of polling: the ledger, the state of the connection to Agora, and orders to read days again."""

from polling.models.answers import KeptAnswer
from polling.models.backfills import UNFINISHED, Backfill, BackfillState, BackfillStep, Waiting
from polling.models.calls import CallMinute
from polling.models.ledger import (
    SERIES,
    SNAPSHOT,
    Connection,
    Coverage,
    PollRun,
    PollSlot,
    RunOutcome,
    SlotState,
    Stream,
    Target,
    TargetState,
    UsageScope,
)

__all__ = [
    "SERIES",
    "SNAPSHOT",
    "UNFINISHED",
    "Backfill",
    "BackfillState",
    "BackfillStep",
    "CallMinute",
    "Connection",
    "Coverage",
    "KeptAnswer",
    "PollRun",
    "PollSlot",
    "RunOutcome",
    "SlotState",
    "Stream",
    "Target",
    "TargetState",
    "UsageScope",
    "Waiting",
]
