"""What the outcome of one attempt means for its operation: the table of outcomes, without any database."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from agora.drafts import AnyDraft, CompanyDraft, ProjectDraft
from agora.errors import (
    AgoraError,
    Effect,
    Forbidden,
    GatewayRefused,
    Held,
    NotFound,
    RateLimited,
    TlsRefused,
    TooLate,
)
from agora.records import CompanyRecord, ProjectRecord, UapServiceRecord, folded
from companies.models import OperationState
from polling.services.connection import REASONS as GATEWAY_REASONS

AnyRecord = CompanyRecord | ProjectRecord | UapServiceRecord

_ECHOED = ("country", "area", "app_limit", "member_limit", "industry", "interest", "environment")

# Which field Agora's words speak of: the first one whose pattern is found.
_SPEAKS_OF: Mapping[type[Any], tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        CompanyDraft: (
            ("email", r"e-?mail"),
            ("first_name", r"first\W?name"),
            ("last_name", r"last\W?name"),
            ("app_limit", r"app\w*\W?(limit|number)"),
            ("member_limit", r"member"),
            ("country", r"country"),
            ("area", r"\barea\b"),
            ("industry", r"industry"),
            ("interest", r"interest"),
            ("environment", r"environment|platform"),
            ("company_name", r"name"),
        ),
        ProjectDraft: (("name", r"name"),),
    }
)
_SPEAKS_OF_SERVICE = (("type_id", r"type|product"), ("region", r"region"))
_EMAIL_IN_USE = re.compile(r"e-?mail.*(use|exist|taken|regist|duplicate|occupied|already)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Where an attempt leads; `reason` is a code of `labels.REASONS`, `wait` in seconds.

    `differences` are [field, what was sent, what came back]; `is_alarming` asks for somebody's attention.
    """

    state: OperationState
    reason: str
    status: int | None = None
    message: str = ""
    field: str = ""
    wait: float | None = None
    record: AnyRecord | None = None
    differences: tuple[tuple[str, str, str], ...] = ()
    is_alarming: bool = False


def verdict_of_record(draft: AnyDraft, record: AnyRecord) -> Verdict:
    """An answer that confirmed what was asked for."""
    return Verdict(state=OperationState.DONE, reason="created", record=record, differences=differences(draft, record))


def differences(draft: AnyDraft, record: AnyRecord) -> tuple[tuple[str, str, str], ...]:
    """What Agora echoed otherwise than it was sent, codes and case folded; what it did not echo is left out."""
    pairs: list[tuple[str, object, object]] = []
    if isinstance(draft, CompanyDraft) and isinstance(record, CompanyRecord):
        pairs = [("company_name", draft.company_name, record.name)]
        pairs += [(name, getattr(draft, name), getattr(record, name)) for name in _ECHOED]
    elif isinstance(draft, ProjectDraft) and isinstance(record, ProjectRecord):
        pairs = [("name", draft.name, record.name)]
    return tuple(
        (name, str(sent), str(came))
        for name, sent, came in pairs
        if came not in (None, "") and _is_different(name, str(sent), str(came))
    )


def _is_different(name: str, sent: str, came: str) -> bool:
    if name.endswith("name"):
        return sent != came
    return folded(sent) != folded(came)


def verdict_of_error(draft: AnyDraft, error: AgoraError, *, now: dt.datetime) -> Verdict:
    """A call that failed: refused, to be tried again, blocked, or of unknown outcome."""
    if isinstance(error, GatewayRefused):
        return _verdict(OperationState.BLOCKED, GATEWAY_REASONS[type(error).__name__], error)
    if error.effect is Effect.NONE:
        return _verdict(
            OperationState.RETRY_WAIT,
            _why_not_processed(error),
            error,
            wait=_wait(error, now),
            is_alarming=isinstance(error, TlsRefused),
        )
    if error.effect is Effect.REFUSED:
        field = field_spoken_of(draft, error.agora_message)
        return _verdict(
            OperationState.REFUSED, _why_refused(error), error, field=field, is_alarming=isinstance(error, Forbidden)
        )
    return _verdict(OperationState.UNCERTAIN, _why_unknown(error), error, is_alarming=True)


def _verdict(state: OperationState, reason: str, error: AgoraError, **more: Any) -> Verdict:
    return Verdict(state=state, reason=reason, status=error.status, message=error.agora_message, **more)


def _why_not_processed(error: AgoraError) -> str:
    kinds = ((Held, "held"), (TooLate, "too-late"), (TlsRefused, "tls"), (RateLimited, "busy"))
    return next((reason for kind, reason in kinds if isinstance(error, kind)), "not-sent")


def _why_refused(error: AgoraError) -> str:
    kinds = ((Forbidden, "forbidden"), (NotFound, "not-found"))
    return next((reason for kind, reason in kinds if isinstance(error, kind)), "refused")


def _why_unknown(error: AgoraError) -> str:
    """Whether an answer came that said yes, but did not name what was asked for."""
    return "mismatch" if error.status and 200 <= error.status < 300 else "unknown"


def _wait(error: AgoraError, now: dt.datetime) -> float | None:
    if isinstance(error, Held) and error.until is not None:
        return max(1.0, (error.until - now).total_seconds())
    return error.retry_after


def field_spoken_of(draft: AnyDraft, message: str) -> str:
    """The form field that Agora's words are about; '' when they name none."""
    patterns = _SPEAKS_OF.get(type(draft), _SPEAKS_OF_SERVICE)
    return next((field for field, pattern in patterns if re.search(pattern, message, re.IGNORECASE)), "")


def says_email_is_used(message: str) -> bool:
    """Whether a refusal says that the e-mail address belongs to somebody already."""
    return bool(_EMAIL_IN_USE.search(message))
