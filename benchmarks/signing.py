"""How many calls a second could be signed."""

import datetime as dt
import uuid
from collections.abc import Callable

from agora.signing import AccessKey, sign

CALLS = 20_000


def measure(timed: Callable[[Callable[[], object]], float], report: Callable[..., None]) -> None:
    """Sign as every call is: with a new date and a new request id."""
    key = AccessKey(id="k" * 40, secret="s" * 40)

    def work() -> None:
        for _ in range(CALLS):
            sign(key=key, at=dt.datetime.now(dt.UTC), request_id=str(uuid.uuid4()))

    report("signatures", CALLS, timed(work))
