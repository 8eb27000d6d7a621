"""A small caller of the sandbox that signs by its own few lines, so that it proves something."""

import base64
import hashlib
import hmac
import http.client
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

ROOT = "/v1/resellers/companies"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text, parse_float=Decimal)


def signature(secret: str, text: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


def signed_headers(key_id: str, secret: str, *, date: str = "", request_id: str = "") -> dict[str, str]:
    date = date or formatdate(usegmt=True)
    request_id = request_id or str(uuid.uuid4())
    proof = signature(secret, f"x-date: {date}\nx-request-id: {request_id}")
    claim = f'hmac username="{key_id}", algorithm="hmac-sha256", headers="x-date x-request-id", signature="{proof}"'
    return {"x-date": date, "x-request-id": request_id, "Authorization": claim, "Accept": "application/json"}


def send(base_url: str, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None) -> Said:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=10)
    try:
        connection.request(method, target, body=body, headers=dict(headers))
        answer = connection.getresponse()
        text = answer.read().decode()
        return Said(status=answer.status, headers=dict(answer.getheaders()), text=text)
    finally:
        connection.close()


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Calls with a key that the sandbox knows."""

    base_url: str
    key_id: str
    key_secret: str

    def get(self, path: str = "", **parameters: object) -> Said:
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        headers = signed_headers(self.key_id, self.key_secret)
        return send(self.base_url, "GET", f"{ROOT}{path}" + (f"?{query}" if query else ""), headers)

    def post(self, path: str, value: object) -> Said:
        headers = signed_headers(self.key_id, self.key_secret) | {"Content-Type": "application/json"}
        return send(self.base_url, "POST", f"{ROOT}{path}", headers, json.dumps(value).encode())
