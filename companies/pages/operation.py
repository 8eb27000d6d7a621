"""The page of one operation."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from companies import labels, queries
from companies.models import Attempt, Operation, OperationKind, OperationState
from companies.models.operations import NOT_SENT
from companies.pages import addresses, words
from companies.pages.advice import advice
from companies.pages.review import Review, review_of
from companies.services.refresh import list_of
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
    """An operation as its page shows it; `mark` changes whenever the page would look different.

    `looked_at` is when the list was last read whole since it was sent. `review` is there while a decision is awaited.
    `whole` leads to the checklist or import that it is a part of.
    """

    operation: Operation
    mark: str
    title: str
    reason: str
    held: str
    above: Sequence[tuple[str, str]]
    whole: tuple[str, str] | None
    facts: Sequence[words.Fact]
    differences: Sequence[words.Difference]
    tries: Sequence[Try]
    advice: Sequence[str]
    review: Review | None
    looked_at: dt.datetime | None
    result_url: str
    second_url: str
    next_url: str
    again_url: str
    ready_at: dt.datetime | None
    minutes_off: str
    area_is_odd: bool
    may_cancel: bool
    may_retry: bool
    look_again_after: int | None


def operation_page(operation: Operation) -> OperationPage:
    """Everything that the page of an operation says."""
    tries = list(operation.attempts.order_by("number"))
    review = review_of(operation) if operation.state == OperationState.REVIEW else None
    may_retry = queries.may_be_retried(operation)
    last_outcome = tries[-1].outcome if tries else ""
    return OperationPage(
        operation=operation,
        mark=mark_of(operation),
        title=words.title_of(operation),
        reason=labels.reason_words(operation.reason),
        held=held_words(operation),
        above=addresses.above(operation),
        whole=addresses.whole_of(operation),
        facts=words.facts(operation),
        differences=words.differences(operation),
        tries=[Try(attempt=attempt, outcome=labels.reason_words(attempt.outcome)) for attempt in tries],
        advice=advice(operation, review, last_outcome=last_outcome, may_retry=may_retry) if review else [],
        review=review,
        looked_at=looked_at(operation),
        result_url=addresses.result_url(operation),
        second_url=addresses.listed_path(operation, operation.message) if operation.reason == "two-ids" else "",
        next_url=addresses.next_url(operation),
        again_url=addresses.again_url(operation),
        ready_at=ready_at(operation),
        minutes_off=minutes_off() if operation.reason == "clock" else "",
        area_is_odd=words.area_is_odd(operation),
        may_cancel=operation.state in NOT_SENT,
        may_retry=may_retry,
        look_again_after=look_again_after(operation),
    )


def mark_of(operation: Operation) -> str:
    """What a browser sends back to hear only of changes; cheap, since it is asked for every few seconds."""
    if operation.state == OperationState.QUEUED:
        return f"{operation.version}-{creates_held()}"
    if operation.state == OperationState.UNCERTAIN:
        looks = (operation.next_action_at, looked_at(operation))
        return "-".join([str(operation.version), *(f"{at:%H%M%S%f}" for at in looks if at)])
    return str(operation.version)


def look_again_after(operation: Operation) -> int | None:
    """Seconds after which a browser asks again; None once it has ended."""
    if operation.has_ended:
        return None
    return LATER if operation.state in (OperationState.REVIEW, OperationState.BLOCKED) else SOON


def held_words(operation: Operation) -> str:
    """Why nothing is sent at the moment, while this waits to be sent."""
    return labels.reason_words(creates_held()) if operation.state == OperationState.QUEUED else ""


def looked_at(operation: Operation) -> dt.datetime | None:
    """When Agora's list was last read whole since this was sent, while the portal looks for it there."""
    if operation.state != OperationState.UNCERTAIN or operation.kind == OperationKind.UAP_SERVICE:
        return None
    runs = connection_queries.complete_runs(*list_of(operation.kind, operation.company_id))
    last = runs.filter(started_at__gte=operation.sent_at or operation.created_at).order_by("-ended_at").first()
    return last.ended_at if last else None


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
