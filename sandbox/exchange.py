"""What passes between the parts of the sandbox: a request, the reply to it, and a refusal with its words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import parse_qsl

JSON_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request as it was received: `path` and `query` still encoded, header names in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = b""

    def parameters(self) -> list[tuple[str, str]]:
        """The decoded parameters of the query string, in order."""
        return parse_qsl(self.query, keep_blank_values=True)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What is answered; a header without a value is not sent.

    `effect` names what the request created, for the truth log only.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    effect: str = ""


class Refusal(Exception):
    """A request that is answered with an error status and a message, and that had no effect."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def json_text(value: object) -> str:
    """JSON in which every Decimal is a number with exactly its own digits; a float never takes part."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{json_text(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(json_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def json_reply(status: int, value: object, *, effect: str = "", exact: bool = False) -> Reply:
    """A JSON answer; `exact` where it may hold Decimals, which is slower."""
    text = json_text(value) if exact else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Reply(status=status, body=text.encode(), headers={"Content-Type": JSON_TYPE}, effect=effect)


def message_reply(status: int, message: str, **more: str) -> Reply:
    """An error in the gateway's form, `{"message": …}`."""
    return json_reply(status, {"message": message, **more})
