"""The document's limits for what a request may carry; whatever is outside them is refused in words."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import IntEnum

from agora.vocabulary import PAIRS, Area, Environment, Industry, Interest, Interval, Region, UapType
from sandbox.countries import COUNTRIES
from sandbox.exchange import Refusal, Request
from sandbox.figures import Pair

MAX_MONTHS = 12
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_COMPANY_FIELDS = {
    "companyName",
    "name",
    "email",
    "firstName",
    "lastName",
    "country",
    "area",
    "appLimit",
    "memberLimit",
    "industry",
    "interest",
    "environment",
    "sendPasswordResetEmail",
}
Body = Mapping[str, object]


def refuse(message: str) -> Refusal:
    """A 400 with these words."""
    return Refusal(400, message)


# --- Bodies --------------------------------------------------------------------------------------------


def json_body(request: Request, allowed: set[str]) -> Body:
    """The JSON object of a request; refused when it is something else or carries an unknown parameter."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(415, "content type must be application/json")
    try:
        body = json.loads(request.body)
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise refuse("request body must be valid JSON") from None
    if not isinstance(body, dict):
        raise refuse("request body must be a JSON object")
    unknown = sorted(set(body) - allowed)
    if unknown:
        raise refuse(f"unknown parameter {unknown[0]}")
    return body


def company_body(request: Request) -> Body:
    """The body of "Create a company", checked in the order of the document's table."""
    body = json_body(request, _COMPANY_FIELDS)
    name = company_name(body)
    email = text(body, "email", 255)
    if not _EMAIL.fullmatch(email):
        raise refuse("email is invalid")
    people = {"firstName": text(body, "firstName", 255), "lastName": text(body, "lastName", 255)}
    if text(body, "country", 255) not in COUNTRIES:
        raise refuse("country is invalid")
    if text(body, "area", 255) not in set(Area):
        raise refuse("area must be CN or Non-CN")
    numbers = {
        "appLimit": limit(body, "appLimit"),
        "memberLimit": limit(body, "memberLimit"),
        "industry": code(body, "industry", Industry, Industry.OTHER),
        "interest": code(body, "interest", Interest, Interest.OTHER),
        "environment": code(body, "environment", Environment, Environment.OTHER),
    }
    if not isinstance(body.get("sendPasswordResetEmail", False), bool):
        raise refuse("sendPasswordResetEmail must be a boolean")
    return {**body, **people, **numbers, "name": name, "email": email}


def company_name(body: Body) -> str:
    """`companyName` of the table or `name` of the sample; both only when they are equal."""
    both = [text(body, key, 20) for key in ("companyName", "name") if key in body]
    if not both:
        raise refuse("companyName is required")
    if len(set(both)) > 1:
        raise refuse("companyName and name differ")
    return both[0]


def text(body: Body, key: str, longest: int) -> str:
    """A mandatory string of 1 to `longest` code points that is not blank."""
    if body.get(key) is None:
        raise refuse(f"{key} is required")
    value = body[key]
    if not isinstance(value, str):
        raise refuse(f"{key} must be a string")
    if not 1 <= len(value) <= longest or not value.strip():
        raise refuse(f"{key} length must be between 1 and {longest}")
    return value


def limit(body: Body, key: str) -> int:
    """A limit of at least 1, 10 when it is absent."""
    value = body.get(key, 10)
    if not isinstance(value, int) or isinstance(value, bool):
        raise refuse(f"{key} must be a number")
    if not 1 <= value < 2**31:
        raise refuse(f"{key} must be at least 1")
    return value


def code(body: Body, key: str, codes: type[IntEnum], default: IntEnum | None = None) -> int:
    """One of the document's codes, as a number or (the table says String) as text."""
    value = body.get(key, default)
    if value is None:
        raise refuse(f"{key} is required")
    if isinstance(value, str) and re.fullmatch(r"\d{1,3}", value, re.ASCII):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value not in set(codes):
        raise refuse(f"{key} is invalid")
    return int(value)


def number(body: Body, key: str, codes: type[IntEnum]) -> int:
    """One of the document's codes where its table says Number: text is refused."""
    if isinstance(body.get(key), str):
        raise refuse(f"{key} must be a number")
    return code(body, key, codes)


def project_body(request: Request) -> str:
    """The name in the body of "Create a project"."""
    return text(json_body(request, {"name"}), "name", 255)


def uap_body(request: Request) -> tuple[int, int]:
    """The product type and region in the body of "Enable UAP self-service"."""
    body = json_body(request, {"typeId", "region"})
    return number(body, "typeId", UapType), number(body, "region", Region)


# --- Queries -------------------------------------------------------------------------------------------


def query(request: Request) -> dict[str, str]:
    """The query parameters by name; one that is given twice is refused."""
    pairs = request.parameters()
    named = dict(pairs)
    if len(named) != len(pairs):
        raise refuse("a parameter is given twice")
    return named


def required(parameters: Mapping[str, str], name: str) -> str:
    """A parameter that must be there and hold something."""
    if not parameters.get(name):
        raise refuse(f"{name} is required")
    return parameters[name]


def whole(value: str, name: str, *, least: int) -> int:
    """A whole number of at most twelve digits."""
    if not re.fullmatch(r"\d{1,12}", value, re.ASCII):
        raise refuse(f"{name} must be a number")
    if int(value) < least:
        raise refuse(f"{name} must be at least {least}")
    return int(value)


def window(parameters: Mapping[str, str], most: int) -> tuple[int, int]:
    """`limit` (20 when absent, cut to `most`) and `offset` (0 when absent) of a list."""
    count = whole(parameters.get("limit", "20"), "limit", least=1)
    return min(count, most), whole(parameters.get("offset", "0"), "offset", least=0)


def usage_pair(parameters: Mapping[str, str]) -> Pair:
    """The business and model of a usage call, when the document's table combines them."""
    model, business = required(parameters, "model"), required(parameters, "business")
    for pair in PAIRS:
        if pair == (business, model):
            return pair
    raise refuse("business and model do not go together")


def usage_range(parameters: Mapping[str, str], days_per_call: int) -> tuple[Interval, date, date]:
    """The interval of a usage call with its first and last UTC day, within what one call may ask."""
    since = _day(required(parameters, "fromTs"), "fromTs")
    until = _day(required(parameters, "endTs"), "endTs")
    interval = required(parameters, "interval")
    if interval not in set(Interval):
        raise refuse("interval must be daily or monthly")
    if until < since:
        raise refuse("endTs must not be earlier than fromTs")
    months = 12 * (until.year - since.year) + until.month - since.month + 1
    if interval == Interval.DAILY and (until - since).days >= days_per_call:
        raise refuse(f"a daily call covers at most {days_per_call} days")
    if interval == Interval.MONTHLY and months > MAX_MONTHS:
        raise refuse(f"a monthly call covers at most {MAX_MONTHS} months")
    return Interval(interval), since, until


def _day(value: str, name: str) -> date:
    seconds = whole(value, name, least=0)
    if seconds >= 2**32:
        raise refuse(f"{name} must be in seconds")
    return datetime.fromtimestamp(seconds, UTC).date()


def bill_period(parameters: Mapping[str, str], latest: date) -> date:
    """The period of a daily bill, the last published one when absent; a later one is refused."""
    value = parameters.get("period")
    if value is None:
        return latest
    if not re.fullmatch(r"\d{8}", value, re.ASCII):
        raise refuse("period must have the format yyyyMMdd")
    try:
        period = date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        raise refuse("period is not a date") from None
    if period > latest:
        raise refuse(f"period must not be later than {latest:%Y%m%d}")
    return period
