"""The page of one operation."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from companies import labels, queries
from companies.models import Attempt, Operation, OperationKind, OperationState
from companies.models.operations import NOT_SENT
from companies.pages import addresses, words
from polling import queries as connection_queries
from polling.services.connection import creates_held

# Seconds between two looks of a browser: while a machine is at work, and while it waits for a person.
SOON, LATER = 2, 15


@dataclass(frozen=True, kw_only=True)
class Try:
    """One attempt, with what came of it."""

    attempt: Attempt
    outcome: str


@dataclass(frozen=True, kw_only=True)
class OperationPage:
    """An operation as its page shows it; `mark` changes whenever the page would look different."""

    operation: Operation
    title: str
    reason: str
    held: str
    above: Sequence[tuple[str, str]]
    facts: Sequence[words.Fact]
    differences: Sequence[words.Difference]
    tries: Sequence[Try]
    candidates: Sequence[queries.Candidate]
    result_url: str
    next_url: str
    again_url: str
    ready_at: dt.datetime | None
    settles_at: dt.datetime | None
    minutes_off: str
    area_is_odd: bool
    may_cancel: bool
    may_retry: bool
    waits_for_a_person: bool
    look_again_after: int | None

    @property
    def mark(self) -> str:
        """What a browser sends back to hear only of changes."""
        return f"{self.operation.version}-{self.held}"


def operation_page(operation: Operation) -> OperationPage:
    """Everything that the page of an operation says."""
    state = operation.state
    waits = state in (OperationState.REVIEW, OperationState.BLOCKED)
    look_again = None if operation.has_ended else LATER if waits else SOON
    return OperationPage(
        operation=operation,
        title=words.title_of(operation),
        reason=labels.reason_words(operation.reason),
        held=labels.reason_words(creates_held()) if state == OperationState.QUEUED else "",
        above=addresses.above(operation),
        facts=words.facts(operation),
        differences=words.differences(operation),
        tries=[
            Try(attempt=attempt, outcome=labels.reason_words(attempt.outcome))
            for attempt in operation.attempts.order_by("number")
        ],
        candidates=queries.candidates(operation) if state == OperationState.REVIEW else [],
        result_url=addresses.result_url(operation),
        next_url=addresses.next_url(operation),
        again_url=addresses.again_url(operation),
        ready_at=ready_at(operation),
        settles_at=operation.settles_at,
        minutes_off=minutes_off() if operation.reason == "clock" else "",
        area_is_odd=words.area_is_odd(operation),
        may_cancel=state in NOT_SENT,
        may_retry=queries.may_be_retried(operation),
        waits_for_a_person=waits,
        look_again_after=look_again,
    )


def ready_at(operation: Operation) -> dt.datetime | None:
    """When a project that was created can be used, at about."""
    if operation.kind != OperationKind.PROJECT or operation.state != OperationState.DONE:
        return None
    project = queries.project_of(operation.company_id, operation.result_remote_id or "")
    return queries.set_up_at(project) if project else None


def minutes_off() -> str:
    """By how many minutes this machine's clock is off; '' when Agora's answers did not tell."""
    skew = connection_queries.connection().skew_seconds
    return "" if skew is None else f"{abs(skew) / 60:.1f}"
