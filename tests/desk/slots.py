"""Slots as polls leave them, and what a browser sends and sees, for the tests of the Polling pages."""

import datetime as dt
from urllib.parse import quote

from django.test import Client

from polling.models import Backfill, PollSlot, SlotState, Stream
from polling.periods import DAY, bill_due_at, end_of
from tests.polled import TODAY

NOW = dt.datetime.now(dt.UTC)
HOLE = TODAY - 3 * DAY
USAGE = "default/duration/daily"


def slot(stream: str = Stream.DAILY_BILLS, period: dt.date = HOLE, scope: str = "", **fields: object) -> PollSlot:
    """A slot that is complete, unless told otherwise."""
    fields.setdefault("state", SlotState.COMPLETE)
    due = bill_due_at(period) if stream == Stream.DAILY_BILLS else end_of(period)
    known = {"first_complete_at": NOW, "last_complete_at": NOW} if fields["state"] == SlotState.COMPLETE else {}
    return PollSlot.objects.create(
        **{"stream": stream, "scope": scope, "period": period, "due_at": due, "next_attempt_at": NOW, **known, **fields}
    )


def hole(**fields: object) -> PollSlot:
    """A daily bill that could not be read."""
    return slot(
        state=SlotState.PARTIAL, attempts=2, failing_since=NOW, last_error="The pages do not fit together.", **fields
    )


def path_of(found: PollSlot) -> str:
    query = f"?scope={quote(found.scope, safe='')}" if found.scope else ""
    return f"/polling/{found.stream}/{found.period}/{query}"


def text(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def ask(**changes: object) -> dict[str, object]:
    """What the form of an order sends."""
    return {"streams": ["daily-bills"], "since": f"{HOLE}", "until": f"{HOLE}", "company_id": "", **changes}


def ordered(client: Client) -> Backfill:
    """An order that was given by the form."""
    client.post("/polling/orders/give/", ask())
    return Backfill.objects.get()
