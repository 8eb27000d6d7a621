"""How many calls a second could be signed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

from agora.signing import AccessKey, sign
from benchmarks.table import Line, figure, seconds, short

CALLS = 20_000


def measure() -> Iterator[Line]:
    """Sign as every call is: with a new date and a new request id."""
    key = AccessKey(id="k" * 40, secret="s" * 40)

    def work() -> None:
        for _ in range(CALLS):
            sign(key=key, at=dt.datetime.now(dt.UTC), request_id=str(uuid.uuid4()))

    yield figure("signatures a second", short(CALLS / seconds(work)))
