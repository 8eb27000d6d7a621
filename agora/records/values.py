"""How one value of an answer is read: text, ids, whole numbers, codes, times and money, each tolerantly."""

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

TEXT_LENGTH = 255
RAW_LENGTH = 500
LARGEST_AMOUNT = Decimal("9.2e10")
SMALLEST_STEP = -8  # amounts are kept in steps of 10^-8

_INT64 = range(-(2**63), 2**63)
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
_NUMBER = re.compile(r"[+-]?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,9})?", re.ASCII)
_LEAP_SECOND = re.compile(r":60(?=$|[.Z+-])")
_MILLISECONDS_FROM = 100_000_000_000  # as seconds that would be the year 5138
_EXACT = Context(prec=28, traps=[Inexact])
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = range(1900, 3000)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something in an answer that could not be read: where, why, and its raw text, cut."""

    where: str
    reason: str
    raw: str


def problem(where: str, reason: str, value: Any) -> Problem:
    """A problem that shows the value as the JSON it came in."""
    return Problem(where=where, reason=reason, raw=clean(raw_text(value), RAW_LENGTH))


def raw_text(value: Any) -> str:
    """The value as text: strings as they are, everything else as JSON, Decimals exactly."""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value, default=str, ensure_ascii=False)


def clean(text: str, length: int = TEXT_LENGTH) -> str:
    """Text that any database takes: no NUL, no half characters, cut."""
    return _NOT_TEXT.sub("", text[: 2 * length])[:length]


def read_text(value: Any) -> str:
    """Free text; null is ''."""
    return "" if value is None else clean(raw_text(value))


def folded(text: str) -> str:
    """How names are compared: NFC, trimmed, without case."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def read_number(value: Any) -> Decimal | None:
    """The exact number in a JSON number or a numeric string; None for anything else, infinities included."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        return None
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def read_whole(value: Any) -> int | None:
    """The whole number in a JSON number or a numeric string, if it fits 64 bits."""
    number = read_number(value)
    if number is None or number.adjusted() > 18 or number != number.to_integral_value():
        return None
    return int(number) if int(number) in _INT64 else None


def read_code(value: Any) -> int | str | None:
    """A code of the document: whole where it is one, else its text; None when there is none."""
    whole = read_whole(value)
    return whole if whole is not None else read_text(value) or None


def read_id(value: Any) -> str | None:
    """An id as raw text; None when there is none, or none that can be kept exactly."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    whole = read_whole(value) if isinstance(value, Decimal) else None
    text = str(value if whole is None else whole)
    return text if text.strip() and text == clean(text) else None


def read_flag(value: Any) -> bool | None:
    """A boolean in any of its usual spellings; None when it is none of them."""
    return {"true": True, "1": True, "false": False, "0": False}.get(raw_text(value).strip().lower())


def read_time(value: Any) -> datetime | None:
    """An instant, in UTC: ISO text (naive means UTC), a date, or seconds or milliseconds since 1970.

    None for anything else, and for years so far away that nobody can count on from them.
    """
    at = _instant(value)
    return at if at and at.year in _YEARS else None


def _instant(value: Any) -> datetime | None:
    # A bare number is no ISO text, unless it has the eight digits of a date.
    if isinstance(value, str) and (len(value.strip()) == 8 or not _NUMBER.fullmatch(value.strip())):
        try:
            at = datetime.fromisoformat(_LEAP_SECOND.sub(":59", value.strip()))
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            pass
    number = read_number(value)
    if number is None or number.adjusted() > 15:
        return None
    seconds = number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
    try:
        return _EPOCH + timedelta(seconds=float(seconds))
    except OverflowError:
        return None


def read_amount(value: Any) -> Decimal:
    """Money, exactly; ValueError in words when it is none, or does not fit steps of 10^-8 in 64 bits."""
    amount = read_number(value)
    if amount is None:
        raise ValueError("the amount is no number")
    try:
        plain = amount.normalize(_EXACT)
    except Inexact:
        raise ValueError("the amount does not fit") from None
    exponent = plain.as_tuple().exponent
    if abs(plain) >= LARGEST_AMOUNT or not isinstance(exponent, int) or exponent < SMALLEST_STEP:
        raise ValueError("the amount does not fit")
    return amount if amount else abs(amount)
